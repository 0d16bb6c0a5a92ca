"""Which lines share their words with the paragraphs: a story repeats its names and things, another story's teaser does not.

`kinship` counts for all lines of a document at once. Words are known by their first six letters, and those by a hash of
64 bits: two beginnings that are taken for one would only make a line look a little closer than it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.clean.shape import Flags, Floats, code_points

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
_SPAN = np.arange(_STEM)
_OF_BITS = np.uint64(12)
"""Bits of a hash that tell documents apart: 4,096 of them."""


def kinship(text: str, prose: Flags, edges: Sequence[int] = ()) -> tuple[Floats, Floats]:
    """How many longer words each line of `text` has, each once, and the share of them that stand in another paragraph.

    The lines are parted by one line feed and hold no white space but spaces; `prose` says which are paragraphs. Where
    they are of several documents, these begin and end at the lines `edges`.
    """
    n = len(prose)
    codes = code_points(text)
    ends = np.append(np.flatnonzero(codes <= 32), len(codes))
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    sizes = ends - starts
    line_of = np.zeros(len(starts), np.intp)
    np.cumsum(codes[ends[:-1]] == 10, out=line_of[1:])
    chosen = sizes >= _STEM
    if len(text) > _LONGEST:
        length = np.bincount(line_of, weights=sizes + 1, minlength=n)
        if (length > _LONGEST + 1).any():
            chosen &= (length <= _LONGEST + 1)[line_of]
    at = starts[chosen]
    line = line_of[chosen]
    if not len(at):
        return np.zeros(n, np.float32), np.zeros(n, np.float32)
    hashes = codes[at[:, None] + _SPAN].astype(np.uint64) @ _FACTORS
    if len(edges) > 2:
        # Another document's words are others; its number comes first, so that no other document changes what falls together.
        of = np.repeat(np.arange(len(edges) - 1, dtype=np.uint64), np.diff(edges))
        hashes = hashes >> _OF_BITS | of[line] << (np.uint64(64) - _OF_BITS)
    else:
        hashes >>= _OF_BITS
    order = np.argsort(hashes, kind="stable")  # within a hash the lines stay in order
    hashes, line = hashes[order], line[order]
    fresh = np.empty(len(hashes), np.bool_)
    fresh[0] = True
    fresh[1:] = hashes[1:] != hashes[:-1]
    once = fresh.copy()
    once[1:] |= line[1:] != line[:-1]
    group = (np.cumsum(fresh) - 1)[once]
    line = line[once]
    told = prose[line]
    others = np.bincount(group, weights=told)[group] - told
    stems = np.bincount(line, minlength=n)
    shared = np.bincount(line, weights=others > 0, minlength=n)
    return stems.astype(np.float32), (shared / np.maximum(stems, 1)).astype(np.float32)
