"""Words and phrases that pages put around articles, by what they stand for: German and English in breadth, others in short.

A line is looked up whole (`PHRASES`), by its first two words or its first (`OPENINGS`), and word by word (`WORDS`):
dictionary look-ups only. The lists stand in `data/wording.tsv`.
"""

from __future__ import annotations

from importlib.resources import files


class Cue:
    """What a line's wording hints at: bits, several may hold. Plain ints: they are tested for every line of every page."""

    NAV = 1
    SHARE = 2
    COMMENT = 4
    COOKIE = 8
    NEWSLETTER = 16
    OFFER = 32  # subscriptions, logins, paywalls
    RELATED = 64
    AD = 128
    CREDIT = 256
    BYLINE = 512
    DATE = 1024
    LEGAL = 2048
    GALLERY = 4096
    VIDEO = 8192
    TAGS = 16384
    READING = 32768  # reading time, listen, print, font size: an article's tool bar
    LIVE = 65536


STRONG = (
    Cue.SHARE
    | Cue.COOKIE
    | Cue.NEWSLETTER
    | Cue.OFFER
    | Cue.RELATED
    | Cue.AD
    | Cue.LEGAL
    | Cue.GALLERY
    | Cue.TAGS
    | Cue.READING
)
"""Cues that are no part of running text in a short line."""

PHRASES: dict[str, int] = {}
OPENINGS: dict[str, int] = {}
WORDS: dict[str, int] = {}


def _load() -> None:
    """Fill the three tables; an opening also with a colon behind it, a word with the punctuation that touches it."""
    for row in files("worker.clean").joinpath("data/wording.tsv").read_text(encoding="utf-8").splitlines():
        if not row or row.startswith("#"):
            continue
        kind, name, text = row.split("\t")
        cue: int = getattr(Cue, name.upper())
        if kind == "phrase":
            PHRASES[text] = PHRASES.get(text, 0) | cue
        elif kind == "opening":
            for form in {text, text.rstrip(":") + ":"}:
                OPENINGS[form] = OPENINGS.get(form, 0) | cue
        else:
            for form in (text, text + ":", text + ",", text + ".", text + ")", "(" + text, "(" + text + ")"):
                WORDS[form] = WORDS.get(form, 0) | cue


_load()
WORD_FORMS = frozenset(WORDS)
OPENERS = frozenset(opening.split(" ", 1)[0] for opening in OPENINGS)
"""The first words of openings."""
