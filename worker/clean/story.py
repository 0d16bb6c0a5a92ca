"""Which lines share their words with the paragraphs: a story repeats its names and things, another story's teaser does not.

`kinship` counts for all lines of a document at once. Words are known by their first six letters, and those by a hash of
64 bits: two beginnings that are taken for one would only make a line look a little closer than it is.
"""

from __future__ import annotations

import numpy as np

from worker.clean.shape import Flags, Floats

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


def kinship(text: str, prose: Flags) -> tuple[Floats, Floats]:
    """How many longer words each line of `text` has, each once, and the share of them that stand in another paragraph.

    The lines are parted by one line feed and hold no white space but spaces; `prose` says which are paragraphs.
    """
    n = len(prose)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.append(np.flatnonzero(codes <= 32), len(codes))
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    breaks = ends[:-1][codes[ends[:-1]] == 10]
    at = starts[ends - starts >= _STEM]
    line = np.searchsorted(breaks, at)
    if len(text) > _LONGEST:
        edges = np.concatenate((np.zeros(1, breaks.dtype), breaks + 1, np.array((len(codes) + 1,), breaks.dtype)))
        short = (edges[1:] - edges[:-1] <= _LONGEST)[line]
        at, line = at[short], line[short]
    if not len(at):
        return np.zeros(n, np.float32), np.zeros(n, np.float32)
    hashes = codes[at[:, None] + _SPAN].astype(np.uint64) @ _FACTORS
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
