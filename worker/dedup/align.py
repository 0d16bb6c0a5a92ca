"""How two traces lie beside each other: which shingles they share, and where the shared text is broken. Use it through `pair`.

One article, the *query*, is compared with many candidates at once: their traces stand end to end in flat arrays, so that
the cost of a candidate is that of its words and not of a call. A trace is *walked* along the shingles that its partner
has; words in no shared shingle form gaps. A short gap with the same place in the partner filled by other words is a
*slot*: the mark of a template, where each sentence is the same but for a name, a figure, a colour. Editors cut, add and
move whole stretches and change a word here and there; that leaves long stretches unbroken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from worker.dedup.sketch import WIDTH

SLOT = 12  # words: what is longer is a sentence of its own, added or left out, and no filled-in slot
OPENING = 30  # words: about the first sentence, in which a report says what it is about

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def codes(trace: Bytes) -> npt.NDArray[np.uint32]:
    """The shingle codes of a trace at each of its words; those of the last three words reach beyond it and mean nothing."""
    wide = np.zeros(len(trace) + WIDTH - 1, np.uint8)
    wide[: len(trace)] = trace
    return np.ndarray((len(trace),), "<u4", wide, 0, (1,)).astype(np.uint32)


@dataclass(slots=True)
class Query:
    """An article made ready to be compared with many."""

    trace: Bytes
    distinct: npt.NDArray[np.uint32]  # its shingle codes, sorted
    where: Ints  # index in `distinct` of each shingle in order
    first: Ints  # the word at which each of `distinct` stands first
    free: npt.NDArray[np.bool_] | None  # which of `distinct` stand on no list; None: all

    @classmethod
    def of(cls, trace: bytes, stopped: bytes) -> Self:
        """From the fields of an entry."""
        words = np.frombuffer(trace, np.uint8)
        count = max(0, len(words) - WIDTH + 1)
        distinct, first, where = np.unique(codes(words)[:count], return_index=True, return_inverse=True)
        free = None
        if stopped:
            free = np.ones(len(distinct), bool)
            free[where[np.unpackbits(np.frombuffer(stopped, np.uint8), count=count) == 1]] = False
        return cls(words, distinct, where, first, free)

    @property
    def size(self) -> int:
        """Distinct shingles that count."""
        return len(self.distinct) if self.free is None else int(np.count_nonzero(self.free))


@dataclass(slots=True)
class Batch:
    """Candidates, their traces end to end, beside a query."""

    words: Bytes
    starts: Ints
    lengths: Ints
    at: npt.NDArray[np.int32]  # at each word: index in query.distinct of the shingle that begins there, -1 for none
    free: npt.NDArray[np.bool_] | None  # at each word: the shingle stands on no list of the candidate's; None: all

    @classmethod
    def of(cls, query: Query, traces: Sequence[bytes], stopped: Sequence[bytes]) -> Self:
        """Looks all shingles of the candidates up in the query."""
        lengths = np.fromiter(map(len, traces), np.int64, len(traces))
        ends = np.cumsum(lengths)
        words = np.frombuffer(b"".join(traces), np.uint8)
        found = codes(words)
        if len(query.distinct):
            index = np.searchsorted(query.distinct, found).astype(np.int32)
            index[index == len(query.distinct)] = 0
            index[query.distinct[index] != found] = -1
        else:
            index = np.full(len(found), -1, np.int32)
        for back in range(1, WIDTH):  # shingles that reach into the next candidate
            index[np.maximum(ends - back, 0)] = -1
        free = None
        if any(stopped):
            free = np.ones(len(words), bool)
            for start, length, bits in zip((ends - lengths).tolist(), lengths.tolist(), stopped, strict=True):
                if bits:
                    count = length - WIDTH + 1
                    free[start : start + count] = np.unpackbits(np.frombuffer(bits, np.uint8), count=count) == 0
        return cls(words, ends - lengths, lengths, index, free)

    def pick(self, chosen: Ints) -> Batch:
        """Some of the candidates, in the order chosen."""
        if len(chosen) == 1:
            k = int(chosen[0])
            s = slice(int(self.starts[k]), int(self.starts[k] + self.lengths[k]))
            free = None if self.free is None else self.free[s]
            return Batch(self.words[s], np.zeros(1, np.int64), self.lengths[k : k + 1], self.at[s], free)
        lengths = self.lengths[chosen]
        starts = np.cumsum(lengths) - lengths
        take = np.repeat(self.starts[chosen] - starts, lengths) + np.arange(lengths.sum())
        free = None if self.free is None else self.free[take]
        return Batch(self.words[take], starts, lengths, self.at[take], free)

    def owners(self) -> Ints:
        """At each word: the candidate it belongs to."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


def shared(query: Query, batch: Batch) -> Ints:
    """For each candidate: how many distinct shingles it shares with the query, those on a list of either left out."""
    hits = batch.at >= 0 if batch.free is None else (batch.at >= 0) & batch.free
    if len(batch.lengths) == 1:
        seen = np.zeros((1, len(query.distinct)), bool)
        seen[0, batch.at[hits]] = True
    else:
        seen = np.zeros((len(batch.lengths), len(query.distinct)), bool)
        seen[batch.owners()[hits], batch.at[hits]] = True
    if query.free is not None:
        seen &= query.free
    return np.count_nonzero(seen, axis=1)


def openings(query: Query, batch: Batch) -> tuple[Ints, Ints]:
    """For each candidate, in thousandths: how much of the query's opening it has, how much of its opening the query has."""
    size = OPENING - WIDTH + 1
    head = query.where[:size]
    seen = np.zeros((len(batch.lengths), len(query.distinct)), bool)
    hits = batch.at >= 0
    seen[batch.owners()[hits], batch.at[hits]] = True
    of_query = seen[:, head].sum(axis=1) * 1000 // max(1, len(head))
    counts = np.clip(batch.lengths - WIDTH + 1, 1, size)
    sums = np.concatenate(([0], np.cumsum(hits)))
    of_candidate = (sums[batch.starts + counts] - sums[batch.starts]) * 1000 // counts
    return of_query, of_candidate


def slots(query: Query, batch: Batch, walk_query: bool) -> tuple[Ints, Ints]:
    """For each candidate: slots in the text it shares with the query, and the words of the walked text found in the other.

    The walk is along the candidate, or with `walk_query` along the query. The two differ a little where shingles repeat,
    so the rule says which is to be walked.
    """
    k = len(batch.lengths)
    if not walk_query:
        place = np.where(batch.at >= 0, query.first[batch.at], -1)
        partner, there, size = query.trace, np.zeros(k, np.int64), np.full(k, len(query.trace))
        return _slots(batch.words, batch.starts, batch.lengths, place, partner, there, size)
    first = np.full((k, len(query.distinct)), -1, np.int64)
    hits = np.flatnonzero(batch.at >= 0)[::-1]  # backwards: the first of equal ones is written last
    owner = batch.owners()[hits]
    first[owner, batch.at[hits]] = hits - batch.starts[owner]
    n = len(query.trace)
    place = np.full((k, n), -1, np.int64)
    place[:, : len(query.where)] = first[:, query.where]
    starts, lengths = np.arange(k) * n, np.full(k, n)
    return _slots(np.tile(query.trace, k), starts, lengths, place.ravel(), batch.words, batch.starts, batch.lengths)


def _slots(
    words: Bytes, starts: Ints, lengths: Ints, place: Ints, partner: Bytes, there: Ints, size: Ints
) -> tuple[Ints, Ints]:
    """Slots and found words of walked texts laid end to end.

    `place`: at each word the partner's word at which the shingle that begins here begins there, or -1; `there`, `size`:
    where each one's partner begins in `partner`, and its length.
    """
    k, total = len(starts), len(words)
    found = place >= 0
    hit = found.copy()
    for step in range(1, WIDTH):  # no shingle reaches beyond its text, so no hit spills into the next
        found[step:] |= hit[:-step]
    covered = np.add.reduceat(found, starts, dtype=np.int64) if total else np.zeros(k, np.int64)
    before, after = np.empty(total, bool), np.empty(total, bool)
    before[1:], after[:-1] = found[:-1], found[1:]
    before[starts] = True
    after[starts + lengths - 1] = True
    gaps = ~found
    begin, end = np.flatnonzero(gaps & before), np.flatnonzero(gaps & after) + 1
    short = end - begin <= SLOT
    begin, end = begin[short], end[short]
    of = np.searchsorted(starts, begin, side="right") - 1
    at_start, at_end = begin == starts[of], end == starts[of] + lengths[of]
    inner = ~(at_start & at_end)
    begin, end, of, at_start, at_end = begin[inner], end[inner], of[inner], at_start[inner], at_end[inner]
    if not len(begin):
        return np.zeros(k, np.int64), covered
    x, y = begin - starts[of], end - starts[of]
    # How far the partner is shifted against the walked text, judged on the left and on the right of the gap.
    left = place[np.maximum(begin - WIDTH, 0)] - x + WIDTH
    right = place[np.minimum(end, total - 1)] - y
    low, high = np.where(at_start, 0, x + left), np.where(at_end, size[of], y + right)
    left, right = np.where(at_start, right, left), np.where(at_end, left, right)
    filled = (high > low) & (high - low <= SLOT)
    if not filled.any():
        return np.zeros(k, np.int64), covered
    begin, end, of, x, left, right, low, high = (v[filled] for v in (begin, end, of, x, left, right, low, high))
    # Inside the gap words may agree too, too few in a row for a shingle: "61 and your colour is red".
    width = end - begin
    gap = np.repeat(np.arange(len(begin)), width)
    off = np.arange(len(gap)) - np.repeat(np.cumsum(width) - width, width)
    here = words[begin[gap] + off]
    base = there[of][gap]
    same = np.zeros(len(gap), bool)
    for shift in (left, right):
        j = (x + shift)[gap] + off
        inside = (j >= low[gap]) & (j < high[gap])
        same |= inside & (partner[base + np.where(inside, j, low[gap])] == here)
    new = ~same
    new[1:] &= same[:-1] | (off[1:] == 0)
    runs = np.maximum(1, np.bincount(gap[new], minlength=len(begin)))
    count = np.bincount(of, runs, minlength=k).astype(np.int64)
    covered += np.bincount(of[gap[same]], minlength=k)
    return count, covered
