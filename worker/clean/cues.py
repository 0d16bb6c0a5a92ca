"""What the wording of lines hints at, by dictionary look-ups and a few anchored expressions for short lines."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from worker.clean.notices import SUSPICIOUS, TRIGGERS, notices
from worker.clean.shape import DIGIT, Letters, Places
from worker.clean.words import OPENERS, OPENINGS, PHRASES, WORD_FORMS, WORDS

_LONGEST_NOTICE = 320
_LONGEST_PHRASE = 49
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


Marks = npt.NDArray[np.uint32]
_MIX = np.array((0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1), np.uint32)
_TO_MARK = np.uint32(14)


def _mark(first: Marks, second: Marks, last_but_one: Marks, last: Marks, size: Marks) -> Marks:
    """18 bits that tell most words apart: of their first and last letters and their sizes.

    One letter is followed by a space and stands behind one.
    """
    mixed = first * _MIX[0] + second * _MIX[1] + last_but_one * _MIX[2] + last * _MIX[3] + size * _MIX[4]
    return mixed >> _TO_MARK


_IS_KNOWN, _IS_OPENER = np.uint8(1), np.uint8(2)


def _marked() -> npt.NDArray[np.uint8]:
    """For each mark what a word that has it may be."""
    table = np.zeros(1 << 18, np.uint8)
    for words, flag in ((_KNOWN, _IS_KNOWN), (OPENERS, _IS_OPENER)):
        ends = np.array([[ord(c) for c in (*f"{word} "[:2], *f" {word}"[-2:])] for word in words], np.uint32)
        sizes = np.fromiter(map(len, words), np.uint32)
        table[_mark(ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3], sizes)] |= flag
    return table


_MARKED = _marked()


class Cues:
    """Cues of some lines, as parallel lists."""

    __slots__ = ("bits", "letters", "notice", "opening", "phrase", "share", "words")

    def __init__(self, letters: Letters) -> None:
        self.letters = letters = letters.lowered()
        """The lines in lower case."""
        lines = letters.lines
        n = len(lines)
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
        sizes = letters.ends - letters.starts
        phrases = PHRASES.get
        # Nothing is stripped of a line that begins and ends with a letter or a figure.
        edges = letters.kinds.take(letters.starts) | letters.kinds.take(letters.ends - 1)
        at = np.flatnonzero(sizes <= _LONGEST_PHRASE)
        for i, marked in zip(at.tolist(), (edges.take(at) > DIGIT).tolist(), strict=True):
            low = lines[i].lower()
            self.phrase[i] = phrases(low, 0) or (phrases(low.strip(_STRIP), 0) if marked else 0)
        told, opened = self._met(sizes)
        for i in opened:
            first, *rest = lines[i].lower().split(None, 2)
            start = OPENINGS.get(first, 0)
            if rest:
                start |= OPENINGS.get(f"{first} {rest[0]}", 0)
            self.opening[i] = start
        short = (sizes <= LONGEST).tolist()
        count = np.bincount(letters.word_lines, minlength=n).tolist()
        for i, hits in told.items():
            if short[i] and (cues := WORD_FORMS.intersection(hits)):
                bits = 0
                for cue in cues:
                    bits |= WORDS[cue]
                self.words[i] = bits
                self.share[i] = len(cues) / count[i]
        suspected = [i for i, hits in told.items() if not hits.isdisjoint(TRIGGERS)]
        found = notices([lines[i].lower() for i in suspected])
        for i, whole in zip(suspected, found, strict=True):
            self.notice[i] = 2 if whole else int(not SUSPICIOUS.isdisjoint(told[i]))
        self.bits = np.array((self.phrase, self.opening, self.words), np.int32)
        """`phrase`, `opening` and `words` once more."""

    def _met(self, sizes: Places) -> tuple[dict[int, set[str]], list[int]]:
        """The known words of each line that has any, and the lines that may begin with an opening.

        Only few words need to be looked up: those whose mark is that of a known one.
        """
        letters = self.letters
        low, text = letters.low, letters.text
        asked = np.flatnonzero((sizes <= _LONGEST_NOTICE).take(letters.word_lines))
        begin, end, line = (
            letters.word_starts.take(asked),
            letters.word_ends.take(asked),
            letters.word_lines.take(asked),
        )
        marks = _mark(
            low.take(begin), low.take(begin + 1), low.take(end - 2), low.take(end - 1), (end - begin).astype(np.uint32)
        )
        kinds = _MARKED.take(marks)
        told: dict[int, set[str]] = {}
        at = np.flatnonzero(kinds & _IS_KNOWN)
        for i, a, b in zip(line.take(at).tolist(), begin.take(at).tolist(), end.take(at).tolist(), strict=True):
            word = text[a:b].lower()
            if word in _KNOWN:
                if i in told:
                    told[i].add(word)
                else:
                    told[i] = {word}
        kinds[1:] *= line[1:] != line[:-1]
        opened = line.take(np.flatnonzero(kinds & _IS_OPENER))
        return told, opened[sizes.take(opened) <= LONGEST].tolist()


def is_date(line: str) -> bool:
    """Whether a day or a time of day stands in `line`."""
    return (
        _DAY.search(line) is not None
        or (("19" in line or "20" in line) and _MONTH_FIRST.search(line) is not None)
        or (("vor" in line or "hace" in line or "il y a" in line or "för" in line) and _AGO.search(line) is not None)
    )


def is_counter(line: str) -> bool:
    """`1/50`, `Bild 3 von 12`."""
    return len(line) < 24 and _COUNTER.match(line) is not None


def is_credit(line: str) -> bool:
    """Whether a photo credit stands in `line`."""
    return _CREDIT.search(line.lower()) is not None
