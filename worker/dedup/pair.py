"""The pair rule: whether two entries are copies of one report, and how close they are. Pure, symmetric, blind to all other articles."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from worker.dedup.entry import SHORT, Entry
from worker.dedup.sketch import WIDTH

RULE = "1"  # version of the rule: state written under another one cannot be mixed with it
SHARED = 0.5  # of the shorter text: the definition of a copy


class Match(NamedTuple):
    """What the rule found: the score (0 = no copies) and what it rests on."""

    score: float
    explain: dict[str, Any]


def _shingles(entry: Entry) -> npt.NDArray[np.uint32]:
    """Distinct 4-grams of the trace that stand on no list."""
    trace = entry.trace
    count = len(trace) - WIDTH + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    found = np.ndarray((count,), "<u4", trace, 0, (1,))
    if entry.stopped:
        found = found[np.unpackbits(np.frombuffer(entry.stopped, np.uint8), count=count) == 0]
    return np.unique(found)


def pair(a: Entry, b: Entry, window: int) -> Match | None:
    """The match of two entries, None when they are no copies. `window` in ms."""
    if a.language != b.language or abs(a.t - b.t) > window:
        return None
    if a.body == b.body:
        return Match(1.0, {"shared": 1.0, "exact": True}) if len(a.trace) >= SHORT or a.title else None
    if len(a.trace) < SHORT or len(b.trace) < SHORT:
        return None
    if not np.isin(np.frombuffer(a.keys, "<u4"), np.frombuffer(b.keys, "<u4")).any():
        return None
    in_a, in_b = _shingles(a), _shingles(b)
    shorter = min(len(in_a), len(in_b))
    if not shorter:
        return None
    shared = len(np.intersect1d(in_a, in_b, assume_unique=True)) / shorter
    if shared < SHARED:
        return None
    return Match(round(shared, 3), {"shared": round(shared, 3)})
