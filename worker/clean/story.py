"""Which lines share their words with the paragraphs: a story repeats its names and things, another story's teaser does not.

`kinship` counts for all lines of a document at once. Words are known by their first six letters, and those by a hash of
40 bits: two beginnings that are taken for one would only make a line look a little closer than it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.clean.shape import Flags, Floats, Letters

_STEM = 6
_LONGEST = 5000
"""Lines of more characters are no part of a story; a text without line breaks would be compared with itself."""
_FACTORS = np.array(
    (
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
    ),
    np.uint64,
)
_LINE_BITS = np.uint64(18)
_LINE = np.uint64((1 << 18) - 1)
_OF_BITS = np.uint64(24)
"""Bits of a hash that give way to those of the line, and to six that tell documents apart."""
_AT_TOP = np.uint64(58)


def kinship(letters: Letters, prose: Flags, edges: Sequence[int] = ()) -> tuple[Floats, Floats]:
    """How many longer words each line has, each once, and the share of them that stand in another paragraph.

    `letters` are of lines in lower case (`Letters.lowered`), 200,000 of 64 documents at most; `prose` says which lines are
    paragraphs. Where the lines are of several documents, these begin and end at `edges`.
    """
    n = len(prose)
    chosen = letters.word_ends - letters.word_starts >= _STEM
    if (far := letters.ends - letters.starts > _LONGEST).any():
        chosen &= ~far[letters.word_lines]
    long = np.flatnonzero(chosen)
    at = letters.word_starts.take(long)
    line = letters.word_lines.take(long)
    if not len(at):
        return np.zeros(n, np.float32), np.zeros(n, np.float32)
    hashes = np.zeros(len(at), np.uint64)
    for step, factor in enumerate(_FACTORS):
        hashes += letters.low.take(at + step) * factor
    # The document's number comes first, so that its words are others than those of another, whatever falls together.
    keys = hashes >> _OF_BITS << _LINE_BITS | line.view(np.uint64)
    if len(edges) > 2:
        of = np.repeat(np.arange(len(edges) - 1, dtype=np.uint64), np.diff(edges))
        keys |= of[line] << _AT_TOP
    keys.sort()  # by word, then by line
    keys = keys.take(np.append(0, np.flatnonzero(keys[1:] != keys[:-1]) + 1))
    line = (keys & _LINE).view(np.intp)
    keys >>= _LINE_BITS
    group = np.zeros(len(keys), np.intp)
    np.cumsum(keys[1:] != keys[:-1], out=group[1:])
    told = prose[line]
    others = np.bincount(group, weights=told)[group] - told
    stems = np.bincount(line, minlength=n)
    shared = np.bincount(line, weights=others > 0, minlength=n)
    return stems.astype(np.float32), (shared / np.maximum(stems, 1)).astype(np.float32)
