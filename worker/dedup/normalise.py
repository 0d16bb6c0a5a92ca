"""The words of a text as deduplication sees them. Use it wherever two texts are compared: everything that an editor's system changes
without changing the report (case, quotes, hyphenation, entities, composed characters) must be gone after it."""

from __future__ import annotations

import html
import re
import unicodedata

# Scripts written without spaces: each character is a word. Han, kana, Hangul is spaced and stays out; Thai, Lao, Burmese, Khmer, Tibetan.
_UNSPACED = "\u0e01-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u104f\u1780-\u17d3\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Vowel signs belong to their word in Indic, Hebrew and Arabic script, but are no letters to `\w`.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
_SPACED_WORD = re.compile(r"\w+")
_ANY_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W{_UNSPACED}]|[{_SIGNS}])+")
# Soft hyphen, zero-width characters, joiners, direction marks, byte order mark: invisible, and left in by content systems.
_INVISIBLE = "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


def words(text: str) -> list[str]:
    """The words of `text` in order, case folded (NFKC): runs of letters, digits and their signs, or single characters of scripts
    that are written without spaces. Punctuation is dropped."""
    if "&" in text:
        text = html.unescape(text)
    if text.isascii():
        return _SPACED_WORD.findall(text.lower())
    for mark in _INVISIBLE:  # a search for one character is far cheaper than str.translate
        if mark in text:
            text = text.replace(mark, "")
    text = unicodedata.normalize("NFKC", text).casefold()
    try:  # a cheap way to see that only western letters are in it, which is most of the news this worker reads
        text.encode("cp1252")
    except UnicodeEncodeError:
        return _ANY_WORD.findall(text)
    return _SPACED_WORD.findall(text)
