"""Where the readers' comments begin behind an article: what stands there reads like its paragraphs, but is another's.

A heading of comments alone says little, for many pages have the link to them in the head of the article. So either the
article must be told by then, or what follows must come in turns: a line with a date, then someone's text.
"""

# ruff: noqa: E501 -- expressions are read by the line
from __future__ import annotations

import re
from collections.abc import Sequence

from worker.clean.words import Cue

_NOUNS = r"(?:comments?|(?:leser)?kommentare?|responses?|replies|commentaires?|comentarios?|comentários?|commenti|reacties|kommentarer|kommentit|komentarze|komentáře|комментари[йия]\w{0,2}|коментар[іи]|yorumlar|σχόλια|hozzászólások)"
_HEAD = re.compile(
    rf"\W{{0,3}}(?:\d{{1,6}}\W{{1,3}})?(?!top comment\b)(?:top |show |view |see |read |load |all |alle |reader |rated |voir les |lire les |ver |leggi i |bekijk de |visa |vis |se ){{0,2}}{_NOUNS}(?:\W{{0,3}}\d{{0,6}}\W{{0,3}}$| (?:to|on|auf|zu|sur|a|en|op)\b)"
    rf"|.{{0,60}}\b\d{{1,6}} {_NOUNS}\W{{0,2}}$|\d{{1,5}} thoughts? on\b"
)
_NUMBER = re.compile(r"[1-9]\d{0,5}")
_COMMENT = Cue.COMMENT
_LONGEST_HEAD = 14  # words
_MOST = 50
"""Headings that are looked at: a page has some."""
_TOLD = 40
"""Words of an article before its comments: fewer are a lead, below which a page has its buttons."""
_POSTS = 0.6
"""The share of groups of paragraphs that begin below a date, where they are comments."""


def comments_at(
    keep: Sequence[bool], texts: Sequence[str], words: Sequence[float], cues: Sequence[int], dated: Sequence[float]
) -> int:
    """The line of the heading of the comments; the number of lines where there is none.

    All are parallel: `keep` says which lines are taken for the body, `words` counts words, `cues` are those of any word or
    the whole of a line, `dated` is above 0 for lines with a day or a time.
    """
    heads = [
        i
        for i, bits in enumerate(cues)
        if (bits & _COMMENT or texts[i][0] in "123456789")
        and words[i] <= _LONGEST_HEAD
        and not keep[i]
        and _HEAD.match(texts[i].lower())
    ]
    if heads:
        counts = [count if kept else 0 for count, kept in zip(words, keep, strict=True)]
        total = sum(counts)
        for i in heads[:_MOST]:
            told = sum(counts[:i])
            if _TOLD <= told < total and (
                told >= 2 * (total - told) or _in_turns(keep, words, dated, i) or _told_again(texts, heads, i)
            ):
                return i
    return len(keep)


def _told_again(texts: Sequence[str], heads: Sequence[int], head: int) -> bool:
    """Whether the head of the article tells the same number of comments as line `head`."""
    number = _NUMBER.search(texts[head])
    return number is not None and any(
        i < head and (other := _NUMBER.search(texts[i])) is not None and other[0] == number[0] for i in heads
    )


def _in_turns(keep: Sequence[bool], words: Sequence[float], dated: Sequence[float], head: int) -> bool:
    """Whether most groups of kept lines behind line `head` stand below a short line with a date, two at least."""
    below = False
    groups = posts = 0
    for i in range(head + 1, len(keep)):
        if keep[i]:
            if below or not keep[i - 1]:
                groups += 1
                posts += below
            below = False
        elif dated[i] and words[i] < _LONGEST_HEAD:
            below = True
    return posts >= 2 and posts >= _POSTS * groups
