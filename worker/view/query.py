"""Cursors and search words as they come from outside. What does not fit raises ValueError with one sentence."""

from __future__ import annotations

import base64
import binascii
import re

_WORDS = re.compile(r'"([^"]{1,200})"|(\S{1,200})')
_MEANS = re.compile(r"\w")
_MOST_WORDS = 20
# What the full-text index has beginnings of (`prefix` in schema.py): shorter ones would gather half of all articles.
SHORTEST_BEGINNING = 3


def pack_cursor(*parts: int | str) -> str:
    """An opaque, URL-safe cursor of the sort key of the last item."""
    return base64.urlsafe_b64encode("\n".join(map(str, parts)).encode()).decode().rstrip("=")


def unpack_cursor(cursor: str, *kinds: type[int] | type[str]) -> tuple[int | str, ...]:
    """The sort key in `cursor`; `kinds` are the types of its parts. Raises ValueError where it is not one of ours."""
    try:
        parts = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("\n")
        key = tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (binascii.Error, ValueError):
        raise ValueError("cursor is not one that this API has given out") from None
    if any(isinstance(part, int) and abs(part) >= 1 << 63 for part in key):
        raise ValueError("cursor is not one that this API has given out")
    return key


def match_expression(text: str) -> str:
    """An FTS5 expression of what a person types: all words, "phrases", begin* for beginnings, -word for not.

    Nothing of FTS5's own syntax gets through: each term is quoted. Raises ValueError where no word is left or
    a beginning is too short to be looked up.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for phrase, word in _WORDS.findall(text.replace("\0", " ").replace("\u00ad", "")):
        term = (phrase or word).replace('"', " ")
        negated = bool(word) and term.startswith("-")
        prefix = bool(word) and term.endswith("*")
        term = term.removeprefix("-").rstrip("*") if word else term
        if not _MEANS.search(term):
            continue
        if prefix and len(term) < SHORTEST_BEGINNING:
            raise ValueError(f"q needs {SHORTEST_BEGINNING} letters before a *")
        (unwanted if negated else wanted).append(f'"{term}"' + ("*" if prefix else ""))
    if not wanted:
        raise ValueError("q holds no word to search for")
    expression = " AND ".join(wanted[:_MOST_WORDS])
    for term in unwanted[:_MOST_WORDS]:
        expression = f"({expression}) NOT {term}"
    return expression
