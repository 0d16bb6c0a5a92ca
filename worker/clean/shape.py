"""The shape of lines: counts of kinds of characters, taken for all lines of a document in one pass over its code points.

Nothing here knows a language; the arrays feed the line model and the block rules.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

OTHER, UPPER, LOWER, SPACE, DIGIT, STOP, COMMA, COLON, QUOTE, BRACKET, DASH, SYMBOL, MARK, HIDDEN, IDEOGRAPH, BREAK = (
    range(16)
)

_STOPS = ".!?…。！？．؟۔।॥։።፧᙮‼⁇⁈⁉｡"
_COMMAS = ",;،؛、，；"
_COLONS = ":：჻"


def _kind(code: int) -> int:
    """The kind of one code point; a surrogate is `HIDDEN`."""
    char = chr(code)
    if char == "\n":
        return BREAK
    if char in _STOPS:
        return STOP
    if char in _COMMAS:
        return COMMA
    if char in _COLONS:
        return COLON
    if char in "\"'`´":
        return QUOTE
    category = unicodedata.category(char)
    if category in ("Lu", "Lt"):
        return UPPER
    if category == "Ll":
        return LOWER
    if category in ("Lo", "Lm"):
        if 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xE00 <= code <= 0xEFF:
            return IDEOGRAPH
        return OTHER
    if category == "Zs" or char == "\t":
        return SPACE
    if category == "Nd":
        return DIGIT
    if category in ("Pi", "Pf"):
        return QUOTE
    if category in ("Ps", "Pe"):
        return QUOTE if char in "‚„「」『』《》〈〉" else BRACKET
    if category == "Pd":
        return DASH
    if category in ("Mn", "Mc", "Me") or code == 0x200C or code == 0x200D:
        return MARK
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return HIDDEN
    return SYMBOL


def _table() -> npt.NDArray[np.uint8]:
    """Kinds of the first 65,536 code points; what lies above (emoji, rare scripts) is taken as the last entry."""
    table = np.fromiter((_kind(c) for c in range(0x10000)), dtype=np.uint8, count=0x10000)
    table[0xFFFF] = SYMBOL
    return table


_TABLE = _table()


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The characters of `text` as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@dataclass(slots=True)
class Shape:
    """Per line: float32 arrays of length n unless said otherwise."""

    counts: Any
    """(n, 16): characters of each kind."""
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


def shape(text: str) -> Shape:
    """The shape of the lines of `text`: stripped, none empty, joined by one line feed."""
    codes = code_points(text)
    k = _TABLE.take(codes, mode="clip")
    breaks = np.flatnonzero(k == BREAK)
    n = len(breaks) + 1
    ends_at = np.empty(n, np.intp)
    ends_at[:-1] = breaks
    ends_at[-1] = len(k)
    starts = np.zeros(n, np.intp)
    starts[1:] = breaks + 1
    sizes = ends_at - starts + 1
    sizes[-1] -= 1
    line = np.repeat(np.arange(0, 16 * n, 16), sizes)
    counts = np.bincount(line + k, minlength=n * 16).reshape(n, 16).astype(np.float32)
    spaces = np.flatnonzero(k[:-1] == SPACE)
    after = k[spaces + 1]
    low = np.bincount(line[spaces[(after == LOWER) | (after == OTHER)]] >> 4, minlength=n).astype(np.float32)
    gaps = np.bincount(line[spaces[after != SPACE]] >> 4, minlength=n).astype(np.float32)
    words = (gaps + 1 + counts[:, IDEOGRAPH] / 2).astype(np.float32)
    letters = counts[:, OTHER] + counts[:, UPPER] + counts[:, LOWER] + counts[:, MARK] + counts[:, IDEOGRAPH]
    padded = np.full(len(k) + 2, BREAK, np.uint8)
    padded[1:-1] = k
    stop_at = np.flatnonzero(k == STOP)
    follows = padded[stop_at + 2]
    final = (
        (follows == SPACE)
        | (follows == BREAK)
        | (follows == QUOTE)
        | (follows == BRACKET)
        | (padded[stop_at] == IDEOGRAPH)
    )
    stops = np.bincount(line[stop_at[final]] >> 4, minlength=n).astype(np.float32)
    last_at = ends_at - 1
    last = k[last_at]
    for _ in range(2):
        closing = ((last == QUOTE) | (last == BRACKET)) & (last_at > starts)
        if not closing.any():
            break
        last_at = last_at - closing
        last = k[last_at]
    ends = last == STOP
    code = codes[last_at]
    asks = (code == ord("?")) | (code == ord("!"))
    dots = ends & ((code == ord("…")) | ((last_at - starts >= 2) & (k[last_at - 1] == STOP) & ~asks))
    return Shape(
        counts=counts,
        chars=counts.sum(axis=1) - counts[:, BREAK],
        letters=letters,
        words=words,
        lower_share=(low / np.maximum(gaps, 1) + (counts[:, IDEOGRAPH] > 4)).astype(np.float32),
        upper_share=counts[:, UPPER] / np.maximum(letters, 1),
        stops=stops,
        ends=ends,
        dots=dots,
        asks=asks,
        colon=last == COLON,
        first=k[starts],
        last=last,
    )
