"""Lines as arrays of their characters (`Letters`), and their shape: counts of kinds of characters, for all lines at once.

Nothing here knows a language; the arrays feed the line model, the block rules and what looks at words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

LOWER, OTHER, UPPER, DIGIT, STOP, COMMA, COLON, QUOTE, BRACKET, DASH, SYMBOL, MARK, HIDDEN, IDEOGRAPH, SPACE, BREAK = (
    range(16)
)
"""Kinds of characters: the most frequent is 0, letters and figures come first, the two that part words last."""

_STOPS = ".!?…。！？．؟۔।॥։።፧᙮‼⁇⁈⁉｡"
_COMMAS = ",;،؛、，；"
_COLONS = ":：჻"


_OF_CATEGORY = {
    **dict.fromkeys(("Lu", "Lt"), UPPER),
    "Ll": LOWER,
    **dict.fromkeys(("Lo", "Lm"), OTHER),
    "Zs": SPACE,
    "Nd": DIGIT,
    **dict.fromkeys(("Pi", "Pf"), QUOTE),
    **dict.fromkeys(("Ps", "Pe"), BRACKET),
    "Pd": DASH,
    **dict.fromkeys(("Mn", "Mc", "Me"), MARK),
    **dict.fromkeys(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), HIDDEN),
}
"""Kinds by Unicode's categories; all others are symbols."""
_OF_SIGN = {
    "\n": BREAK,
    "\t": SPACE,
    **dict.fromkeys(_STOPS, STOP),
    **dict.fromkeys(_COMMAS, COMMA),
    **dict.fromkeys(_COLONS, COLON),
    **dict.fromkeys("\"'`´‚„「」『』《》〈〉", QUOTE),
    **dict.fromkeys("\u200c\u200d", MARK),
}
"""Kinds of single characters."""
_WITHOUT_SPACES = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
"""First and last code points of scripts whose letters are ideographs, or stand without spaces between words."""

_UNEVEN = (ord("İ"), ord("Σ"))
"""Letters that have no small letter of their own: one becomes two characters, the other's depends on its place."""


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The characters of `text` as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _table() -> npt.NDArray[np.uint32]:
    """Of the first 65,536 code points the kind, and above its eight bits the code point of the letter in lower case.

    What lies above (emoji, rare scripts) is taken as the last entry.
    """
    points = "".join(map(chr, range(0x10000)))
    categories = map(unicodedata.category, points)
    kinds = np.fromiter((_OF_CATEGORY.get(category, SYMBOL) for category in categories), np.uint32, len(points))
    for first, last in _WITHOUT_SPACES:
        part = kinds[first : last + 1]
        part[part == OTHER] = IDEOGRAPH
    for sign, kind in _OF_SIGN.items():
        kinds[ord(sign)] = kind
    kinds[-1] = SYMBOL
    lower = code_points(points.lower())
    lower = np.delete(lower, _UNEVEN[0] + 1)  # that letter alone becomes two
    return kinds | lower << _KIND_BITS


_KIND_BITS = np.uint32(8)
_TABLE = _table()
_LAST_LATIN = 0xFF
_LATIN = _TABLE[: _LAST_LATIN + 1].astype(np.uint8).tobytes()
"""Kinds of the first 256 code points, among which are nearly all: they are looked up far quicker."""
_TO_LOWER = np.uint8(32)
"""From a capital to its small letter, among those."""
_A_SPACE = ord(" ")


class Letters:
    """Lines as arrays: their characters, and where lines and words begin and end."""

    __slots__ = (
        "ends",
        "kinds",
        "lines",
        "low",
        "odd",
        "odd_kinds",
        "odd_lines",
        "starts",
        "text",
        "uneven",
        "word_ends",
        "word_lines",
        "word_starts",
    )

    def __init__(self, lines: Sequence[str]) -> None:
        """`lines` are stripped, none is empty, and they hold no white space but spaces."""
        self.lines = lines
        self.text = text = "\n".join([*lines, ""])
        codes = code_points(text)
        narrow = codes.astype(np.uint8)
        kinds: npt.NDArray[np.uint8] = np.frombuffer(bytearray(narrow).translate(_LATIN), np.uint8)
        narrow += (kinds == UPPER) * _TO_LOWER
        low = narrow.astype(np.uint32)
        wide = np.flatnonzero(codes > _LAST_LATIN)
        others = codes.take(wide)
        known = _TABLE.take(others, mode="clip")
        kinds[wide] = known
        low[wide] = np.where(others < len(_TABLE), known >> _KIND_BITS, others)
        self.kinds = kinds
        """The kind of each character of the text, in which a line feed ends each line."""
        self.low = low
        """Each in lower case, with a space for a line feed; `_UNEVEN` letters and those of rare scripts as they are."""
        self.uneven = any((others == letter).any() for letter in _UNEVEN)
        """Whether letters that `low` does not know are among them."""
        self.odd = odd = np.flatnonzero(kinds != LOWER)
        """Where something else than a small letter stands."""
        self.odd_kinds = kind = kinds.take(odd)
        breaks = kind == BREAK
        self.odd_lines = np.cumsum(breaks)
        """The line of each of these; a line feed counts to the next one."""
        self.ends = odd.take(np.flatnonzero(breaks))
        low[self.ends] = _A_SPACE
        self.starts = np.zeros(len(self.ends), np.intp)
        self.starts[1:] = self.ends[:-1] + 1
        parting = np.flatnonzero(kind >= SPACE)
        end = odd.take(parting)
        begin = np.zeros(len(end), np.intp)
        begin[1:] = end[:-1] + 1
        word_lines = np.zeros(len(end), np.intp)
        word_lines[1:] = self.odd_lines.take(parting[:-1])
        if (begin == end).any():
            some = np.flatnonzero(begin < end)
            begin, end, word_lines = begin.take(some), end.take(some), word_lines.take(some)
        self.word_starts, self.word_ends, self.word_lines = begin, end, word_lines
        """Where each run between spaces begins and ends, and its line."""

    def lowered(self) -> Letters:
        """The same lines in lower case; these themselves where `low` says as much."""
        return Letters([line.lower() for line in self.lines]) if self.uneven else self

    def begin_with(self, signs: str) -> Any:
        """Which lines begin with one of some characters, be they capitals or not."""
        first = self.low.take(self.starts)
        return np.logical_or.reduce([first == ord(sign) for sign in signs.lower()])

    def holding(self, sign: str) -> Places:
        """The lines in which a character stands, for one that is rare."""
        found = []
        at = self.text.find(sign)
        while at >= 0:
            found.append(at)
            at = self.text.find(sign, at + 1)
        return np.searchsorted(self.ends, np.array(found, np.intp))


@dataclass(slots=True)
class Shape:
    """Per line: float32 arrays of length n unless said otherwise."""

    counts: Any
    """(16, n): characters of each kind."""
    chars: Floats
    letters: Floats
    words: Floats
    """Runs between spaces; in scripts without spaces two characters count as a word."""
    lower_share: Floats
    """Share of the words after the first that begin with a letter that is not a capital."""
    upper_share: Floats
    """Share of capitals among its letters."""
    stops: Floats
    """Sentence ends: a stop followed by a space, a quote or the line's end."""
    ends: Flags
    """The line ends like a sentence (closing quotes and brackets looked through)."""
    dots: Flags
    """It ends in an ellipsis: the mark of a cut teaser."""
    asks: Flags
    """It ends in a question or exclamation mark."""
    colon: Flags
    first: npt.NDArray[np.uint8]
    """Kind of the first character."""
    last: npt.NDArray[np.uint8]
    """Kind of the last character."""


def shape(letters: Letters) -> Shape:
    """The shape of some lines."""
    k, kind, line = letters.kinds, letters.odd_kinds, letters.odd_lines
    starts, ends_at = letters.starts, letters.ends
    n = len(starts)
    table = np.bincount(kind.astype(np.intp) * n + line)[: n * 16].reshape(16, n)
    chars = ends_at - starts
    table[BREAK] = 0
    table[LOWER] = chars - table.sum(axis=0)
    counts = table.astype(np.float32)
    word_lines = letters.word_lines
    gaps = np.maximum(np.bincount(word_lines, minlength=n) - 1, 0).astype(np.float32)
    inner = np.flatnonzero(word_lines[1:] == word_lines[:-1]) + 1
    initial = k.take(letters.word_starts.take(inner))
    small = inner.take(np.flatnonzero((initial == LOWER) | (initial == OTHER)))
    low = np.bincount(word_lines.take(small), minlength=n).astype(np.float32)
    words = (gaps + 1 + counts[IDEOGRAPH] / 2).astype(np.float32)
    many = counts[OTHER] + counts[UPPER] + counts[LOWER] + counts[MARK] + counts[IDEOGRAPH]
    stopping = np.flatnonzero(kind == STOP)
    stop_at = letters.odd.take(stopping)
    follows = k.take(stop_at + 1)
    final = (
        (follows == SPACE)
        | (follows == BREAK)
        | (follows == QUOTE)
        | (follows == BRACKET)
        | (k.take(stop_at - 1) == IDEOGRAPH)
    )
    stops = np.bincount(line.take(stopping.take(np.flatnonzero(final))), minlength=n).astype(np.float32)
    last_at = ends_at - 1
    last = k[last_at]
    for _ in range(2):
        closing = ((last == QUOTE) | (last == BRACKET)) & (last_at > starts)
        if not closing.any():
            break
        last_at = last_at - closing
        last = k[last_at]
    ends = last == STOP
    code = letters.low[last_at]
    asks = (code == ord("?")) | (code == ord("!"))
    dots = ends & ((code == ord("…")) | ((last_at - starts >= 2) & (k[last_at - 1] == STOP) & ~asks))
    return Shape(
        counts=counts,
        chars=chars.astype(np.float32),
        letters=many,
        words=words,
        lower_share=(low / np.maximum(gaps, 1) + (counts[IDEOGRAPH] > 4)).astype(np.float32),
        upper_share=counts[UPPER] / np.maximum(many, 1),
        stops=stops,
        ends=ends,
        dots=dots,
        asks=asks,
        colon=last == COLON,
        first=k[starts],
        last=last,
    )
