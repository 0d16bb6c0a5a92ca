"""What the wording of lines hints at, by dictionary look-ups and a few anchored expressions for short lines."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re

from worker.clean.notices import TRIGGERS, notice
from worker.clean.words import OPENERS, OPENINGS, PHRASES, WORD_FORMS, WORDS

_LONGEST_NOTICE = 320
_KNOWN = WORD_FORMS | TRIGGERS

LONGEST = 200
"""Lines of more characters are judged by their shape alone."""

_STRIP = " :.·|…>»›→-–—!*•()[]+✕×▶►,#"
_DAY = re.compile(
    r"(?=\d)(?:\d{1,2}\.\s?(?:\d{1,2}\.|[^\W\d]{3,9}\.?)\s?(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\b"
    r"|\d{1,2}(?:st|nd|rd|th)?\s[^\W\d]{3,10}\.?,?\s(?:19|20)\d\d"
    r"|\b\d{1,2}:\d\d\b|\b\d{1,3}\s(?:minutes?|mins?|hours?|days?|weeks?|months?|years?)\sago)"
)
_MONTH_FIRST = re.compile(r"[^\W\d]{3}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d")
_AGO = re.compile(r"\b(?:vor|hace|il y a|för)\s(?:\d{1,3}|einer|einem)\s")
_COUNTER = re.compile(
    r"^\(?\d{1,3}\s?(?:/|von|of|de|sur|di|van|av|z)\s?\d{1,3}\)?$|^(?:bild|foto|image|photo|slide)\s\d{1,3}(?:\s?(?:/|von|of)\s?\d{1,3})?$",
    re.I,
)
_CREDIT = re.compile(
    r"(?:^|[(\[|.•–-]\s?)(?:foto|fotos|bild|bilder|photo|photos|image|picture|photograph|quelle|bildquelle|fotocredit|credit|photo credit|©|\(c\)|symbolbild|archivbild|grafik|illustration|foto:|crédit|crédits|fotograf)"
    r"\s?(?:by|von|:|©|/|–|-)\s?\S|©\s?\S|\(c\)\s?\w|\b(?:afp|reuters|dpa|apa|epa|ap|imago|getty(?: images)?|picture[ -]alliance|keystone|shutterstock|istock|ntb|tt|anp|belga|ansa|efe|pap|mti|zuma|xinhua|tass|unsplash|pixabay|alamy)\s?(?:/|\||via\s|-\w)"
    r"|(?:/|\||via)\s?(?:afp|reuters|dpa|apa|epa|ap|imago|getty|picture[ -]alliance|keystone|shutterstock|istock|ap photo|alamy|unsplash|nurphoto|shutterstock|bloomberg)\b|\bhandout\b|\bpicture[ -]alliance\b|\bgetty images\b|\b(?:ap|afp) photo\b"
    r"|\((?:[^()]{0,60}[\s/])?(?:afp|reuters|dpa|apa|epa|ap|imago|getty|getty images|keystone|shutterstock|ap photo|archivbild|symbolbild|symbolfoto|archivfoto|file)\)$"
)
_BYLINE = re.compile(
    r"^(?:(?:ein(?:e|en)?\s)?(?:gastbeitrag|gastkommentar|kommentar|kolumne|analyse|interview|essay|bericht|reportage|rezension|protokoll|porträt|text|story|analysis|opinion|commentary|review|reporting|report)\s?)?"
    r"(?:von|vom|by|par|por|di|door|av|af|autor(?:in)?|author|written by|words by|text|przez|napisał|автор)\s?:?\s(?=[^\W\d_a-zà-ÿ])[^.!?]{2,90}$"
)


class Cues:
    """Cues of the lines of a document, as parallel lists."""

    __slots__ = ("notice", "opening", "phrase", "share", "text", "words")

    def __init__(self, text: str) -> None:
        """`text` are the lines in lower case, joined by one line feed."""
        lows = text.split("\n")
        n = len(lows)
        self.text = text
        self.notice = [0] * n
        """How much of it is a page speaking of itself: words that make it suspicious count 1 each, a whole phrase 2."""
        self.phrase = [0] * n
        """Cues of the line taken whole."""
        self.opening = [0] * n
        """Cues of its first words."""
        self.words = [0] * n
        """Cues of any word."""
        self.share = [0.0] * n
        """Share of its words that carry a cue."""
        phrases, openings, words = PHRASES.get, OPENINGS.get, WORDS
        openers = OPENERS
        known, forms = _KNOWN.intersection, WORD_FORMS.intersection
        phrase, opening, cued, share = self.phrase, self.opening, self.words, self.share
        for i, low in enumerate(lows):
            size = len(low)
            if size > _LONGEST_NOTICE:
                continue
            parts = low.split()
            hits = known(parts)
            if hits and not hits.isdisjoint(TRIGGERS):
                self.notice[i] = notice(low, hits)
            if size > LONGEST or not parts:
                continue
            if size < 50:
                phrase[i] = phrases(low, 0) or phrases(low.strip(_STRIP), 0)
            first = parts[0]
            if first in openers:
                start = openings(first, 0)
                if len(parts) > 1:
                    start |= openings(f"{first} {parts[1]}", 0)
                opening[i] = start
            if hits and (hits := forms(hits)):
                bits = 0
                for hit in hits:
                    bits |= words[hit]
                cued[i] = bits
                share[i] = len(hits) / len(parts)


def is_date(line: str) -> bool:
    """Whether a day or a time of day stands in `line`."""
    return (
        _DAY.search(line) is not None
        or (("19" in line or "20" in line) and _MONTH_FIRST.search(line) is not None)
        or (any(word in line for word in ("vor", "hace", "il y a", "för")) and _AGO.search(line) is not None)
    )


def is_counter(line: str) -> bool:
    """`1/50`, `Bild 3 von 12`."""
    return len(line) < 24 and _COUNTER.match(line) is not None


def is_credit(line: str) -> bool:
    """Whether a photo credit stands in `line`."""
    return _CREDIT.search(line.lower()) is not None


def is_byline(line: str) -> bool:
    """`Von Anna Muster`, `By Jane Doe and John Roe`."""
    return (len(line) <= 120 and _BYLINE.match(line) is not None) or (
        len(line) <= 120 and _BYLINE.match(line[:1].lower() + line[1:]) is not None
    )
