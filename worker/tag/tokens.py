"""The one pass over an article's text that all tags share.

Use when: a tag needs words, their positions, sentences or what stands in the headline. `tokenise` cuts the text once
into parallel lists (no object a token: the whole of tagging has about one millisecond for an average article).

What is a token: a word with its inner hyphens and apostrophes (`Ost-Ukraine`, `O'Brien`, `don't`), an abbreviation with
its dots (`U.S.`, `z.B.`), a number (`1.250,5`, `2:1`), a genitive `'s` on its own, a French or Italian elided article
on its own (`l'`), and each mark of `. ! ? … : ; , ( ) [ ] " ' „ “ ” « » – — - / & % $ €` and of the full-width marks on
its own. Other characters (emoji, box drawing) are no token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_CHARS = 30_000
"""Only so many characters of an article are tagged: the story is told by then, and the time for hostile input stays
bounded."""
MAX_TITLE = 1_000
MAX_WORD = 80
"""A longer run of letters is no word of a language that puts spaces between words; it is cut into pieces of this
length."""

# Vowel signs and joiners are not \w in `re`; a word of Hindi, Tamil or Thai would fall to pieces without these blocks.
_L = r"[^\W\d_]"
_W = (
    r"[\w\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    r"\u0900-\u0963\u0966-\u0df3\u0e00-\u0e4e\u0e80-\u0fff\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u200c\u200d\u00ad]"
)
_NUMBER = r"\d{1,20}(?:[.,:]\d{1,20}){1,8}(?!\w)"
_ABBREVIATION = rf"\b(?:{_L}\.){{2,8}}(?=\W|$)"
_WORD = rf"{_W}{{1,{MAX_WORD}}}(?:(?!['’]s\b)[-‐‑'’ʼ]{_W}{{1,{MAX_WORD}}}|(?<=[A-Z])&[A-Z]{{1,9}}\b){{0,8}}"
_MARK = r"\n+|['’]s\b|\.\.\.|[.!?…。！？।؟。:;,،、，()\[\]\"'„“”‘’‚«»‹›–—\-/&%$€£|•]"
_ELIDED = r"\b(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un|jusqu|lorsqu|puisqu)['’](?=\w)"
_COMMON = r"\w{2,80}+(?= )"  # most words by far; saves the alternatives a third of the time
_PLAIN = re.compile(rf"{_COMMON}|{_NUMBER}|{_ABBREVIATION}|{_WORD}|{_MARK}")
_ELIDING = re.compile(rf"{_COMMON}|{_NUMBER}|{_ABBREVIATION}|(?i:{_ELIDED})|{_WORD}|{_MARK}")
_ELIDING_LANGUAGES = frozenset({"fr", "it", "ca", "oc"})

_END = frozenset(".!?…。！？।؟...")
_CLOSING = frozenset("\"'“”’«»)]")
ABBREVIATIONS = frozenset(
    """
    dr prof mr mrs ms st ste sr jr hr fr hon rev gen lt col sgt capt cpl maj adm cmdr gov sen rep pres supt insp
    dipl ing mag phil med jur  no nr nos vol pp fig art abs bzw ca evtl ggf inkl exkl max min mio mrd mill bill tel
    str vgl usw etc al vs co corp inc ltd bros dept est approx  jan feb febr mrz apr jun jul aug sep sept okt oct
    nov dez dec mon tue wed thu fri sat sun  mme mlle mm av env bd boul sra srta dña dott sig dra drs mevr dhr
    """.split()
)
"""Words after which a full stop does not end a sentence (lower case)."""


@dataclass(slots=True)
class Document:
    """One article cut into tokens. `words`, `lower`, `starts`, `ends` are parallel: token i is
    `text[starts[i]:ends[i]]`."""

    text: str  # title + "\n\n" + body, cut at MAX_CHARS
    title_end: int  # characters of the title part
    language: str  # BCP 47, 'und' when unknown
    words: list[str]
    lower: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]  # index of the first token of each sentence or line, ascending, without repeats
    title_tokens: int  # how many tokens belong to the title
    section: str | None
    dateline: str | None
    source: str | None
    url: str | None


_LIKE = {"pcm": "en", "gsw": "de", "als": "de", "bar": "de"}


def lists_language(language: str) -> str:
    """The language whose word lists fit a BCP 47 code: its first part; for a close relative without lists the big one."""
    first = language.split("-", 1)[0]
    return _LIKE.get(first, first)


def cut(text: str, language: str) -> list[str]:
    """The tokens of a short text, as `tokenise` would cut them."""
    return _pattern(language).findall(text)


def _pattern(language: str) -> re.Pattern[str]:
    return _ELIDING if language.split("-", 1)[0] in _ELIDING_LANGUAGES else _PLAIN


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def tokenise(article: Mapping[str, Any]) -> Document:
    """Cuts title and body of an article (as `clean` leaves it) into tokens.

    Missing keys and values of a wrong type count as absent. Time is linear in the text and bounded by MAX_CHARS; never
    raises for a mapping of JSON values.
    """
    title = (_text(article.get("title")) or "")[:MAX_TITLE].strip()
    body = _text(article.get("body")) or _text(article.get("lead")) or ""
    code = article.get("language")
    if isinstance(code, Mapping):
        code = code.get("code")
    language = code.lower() if isinstance(code, str) and code else "und"
    text = (title + "\n\n" + body)[:MAX_CHARS]
    title_end = len(title)
    pattern = _pattern(language)

    words: list[str] = []
    starts: list[int] = []
    sentences: list[int] = [0]
    for match in pattern.finditer(text):
        word = match[0]
        if word[0] == "\n":
            sentences.append(len(words))
            continue
        words.append(word)
        starts.append(match.start())
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    title_tokens = 0
    while title_tokens < len(starts) and starts[title_tokens] < title_end:
        title_tokens += 1
    lower = [word.lower() for word in words]
    _mark_sentence_ends(words, lower, starts, ends, sentences, language)
    sentences = sorted({i for i in sentences if i < len(words)})
    return Document(
        text,
        title_end,
        language,
        words,
        lower,
        starts,
        ends,
        sentences,
        title_tokens,
        _text(article.get("section")),
        _text(article.get("dateline")),
        _text(article.get("source")),
        _text(article.get("url")),
    )


def _mark_sentence_ends(
    words: list[str], lower: list[str], starts: list[int], ends: list[int], sentences: list[int], language: str
) -> None:
    """Appends the index after each sentence end: a final mark, closing quotes taken along, white space after it."""
    n = len(words)
    ordinals = lists_language(language) in ("de", "da", "nb", "no", "fi", "cs", "sk", "hu", "pl", "sl", "hr")
    for i, word in enumerate(words):
        if word not in _END or i + 1 >= n:
            continue
        j = i + 1
        while j < n and words[j] in _CLOSING and starts[j] == ends[j - 1]:
            j += 1
        if j >= n or (starts[j] == ends[j - 1] and ord(word[0]) < 0x900):
            continue
        if word == "." and i and starts[i] == ends[i - 1]:
            before = words[i - 1]
            if lower[i - 1] in ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
                continue  # an initial or a title: "J. Biden", "Dr. Braun"
            if ordinals and len(before) <= 2 and before.isdigit():
                continue  # "3. Oktober"
        if not words[j][0].islower():
            sentences.append(j)
