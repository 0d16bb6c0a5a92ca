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
Codes = npt.NDArray[np.uint32]


def codes(trace: Bytes) -> Codes:
    """The shingle codes of a trace at each of its words; those of the last three words reach beyond it and mean nothing."""
    wide = np.zeros(len(trace) + WIDTH - 1, np.uint8)
    wide[: len(trace)] = trace
    return np.ndarray((len(trace),), "<u4", wide, 0, (1,)).astype(np.uint32)


def free_codes(trace: bytes, stopped: bytes) -> Codes:
    """The distinct shingle codes of a trace that stand on no list, sorted."""
    found = codes(np.frombuffer(trace, np.uint8))[: max(0, len(trace) - WIDTH + 1)]
    if stopped:
        found = found[np.unpackbits(np.frombuffer(stopped, np.uint8), count=len(found)) == 0]
    return np.unique(found)


class Query:
    """An article made ready to be compared with many."""

    __slots__ = ("_buckets", "distinct", "first", "free", "trace", "where")

    def __init__(self, trace: bytes, stopped: bytes) -> None:
        """From the fields of an entry with at least WIDTH words."""
        words = np.frombuffer(trace, np.uint8)
        n = len(words) - WIDTH + 1
        # Code and place in one number: one sort gives the distinct codes and where each stands first.
        both = codes(words)[:n].astype(np.uint64) << _S16 | np.arange(n, dtype=np.uint64)
        both.sort()
        sorted_codes, places = (both >> _S16).astype(np.uint32), (both & _LOW16).astype(np.int64)
        new = np.empty(n, bool)
        new[0] = True
        np.not_equal(sorted_codes[1:], sorted_codes[:-1], out=new[1:])
        self.trace = words
        self.distinct: Codes = sorted_codes[new]
        self.first: Ints = places[new]  # the word at which each of `distinct` stands first
        self.where: Ints = np.empty(n, np.int64)  # index in `distinct` of each shingle in order
        self.where[places] = new.cumsum() - 1
        self.free: npt.NDArray[np.bool_] | None = None  # which of `distinct` stand on no list; None: all
        if stopped:
            self.free = np.ones(len(self.distinct), bool)
            self.free[self.where[np.unpackbits(np.frombuffer(stopped, np.uint8), count=n) == 1]] = False
        # A table by a part of the code: some times faster than a search in `distinct` for each word of each candidate.
        self._buckets = np.full(_BUCKETS, -1, np.int16)
        self._buckets[_bucket(self.distinct)] = np.arange(len(self.distinct))

    def look_up(self, found: Codes) -> npt.NDArray[np.int64]:
        """For each code its index in `distinct`, -1 for none."""
        index = self._buckets[_bucket(found)].astype(np.int64)
        wrong = self.distinct[index] != found
        again = (wrong & (index >= 0)).nonzero()[
            0
        ]  # two codes may share a bucket: what looks like a miss is looked for
        at = np.searchsorted(self.distinct, found[again])
        at[at == len(self.distinct)] = 0
        index[again] = at
        wrong[again] = self.distinct[at] != found[again]
        index[wrong] = -1
        return index


def at_most(trace: bytes, traces: Sequence[bytes]) -> Ints:
    """For each of `traces` a number not below that of the distinct shingles it shares with `trace`, much cheaper to have."""
    there = np.zeros(_BUCKETS, np.int16)
    there[_bucket(codes(np.frombuffer(trace, np.uint8))[: len(trace) - WIDTH + 1])] = 1
    lengths = np.fromiter(map(len, traces), np.int64, len(traces))
    hits = there[_bucket(codes(np.frombuffer(b"".join(traces), np.uint8)))]
    return np.add.reduceat(hits, np.cumsum(lengths) - lengths, dtype=np.int64)


def _bucket(found: Codes) -> Codes:
    return found * _MIX >> _SHIFT


_S16, _LOW16, _MIX, _SHIFT = np.uint64(16), np.uint64(0xFFFF), np.uint32(0x9E3779B1), np.uint32(18)
_BUCKETS = 1 << 14


@dataclass(slots=True)
class Batch:
    """Candidates, their traces end to end, beside a query."""

    words: Bytes
    starts: Ints
    lengths: Ints
    at: Ints  # at each word: index in query.distinct of the shingle that begins there, -1 for none
    has: npt.NDArray[np.bool_]  # for each candidate: which of query.distinct it has
    free: npt.NDArray[np.bool_] | None  # the same without those on a list of the candidate's; None: no list

    @classmethod
    def of(cls, query: Query, traces: Sequence[bytes], stopped: Sequence[bytes]) -> Self:
        """Looks all shingles of the candidates up in the query."""
        if len(traces) == 1 and not stopped[0]:
            words = np.frombuffer(traces[0], np.uint8)
            at = query.look_up(codes(words))
            at[1 - WIDTH :] = -1
            one = np.zeros((1, len(query.distinct)), bool)
            one[0][at[at >= 0]] = True
            return cls(words, _NOUGHT, np.array([len(words)]), at, one, None)
        k = len(traces)
        lengths = np.fromiter(map(len, traces), np.int64, k)
        ends = lengths.cumsum()
        starts = ends - lengths
        words = np.frombuffer(b"".join(traces), np.uint8)
        at = query.look_up(codes(words))
        for back in range(1, WIDTH):  # shingles that reach into the next candidate
            at[ends - back] = -1
        hits = (at >= 0).nonzero()[0]
        has = np.zeros((k, len(query.distinct)), bool)
        if k == 1:
            owners = np.zeros(len(hits), np.int64) if any(stopped) else hits
            has[0][at[hits]] = True
        else:
            owners = np.repeat(np.arange(k), lengths)[hits]
            has[owners, at[hits]] = True
        free = None
        if any(stopped):
            counts = np.ones(len(words), bool)
            for start, length, bits in zip(starts.tolist(), lengths.tolist(), stopped, strict=True):
                if bits:
                    n = length - WIDTH + 1
                    counts[start : start + n] = np.unpackbits(np.frombuffer(bits, np.uint8), count=n) == 0
            counted = counts[hits]
            free = np.zeros_like(has)
            free[owners[counted], at[hits[counted]]] = True
        return cls(words, starts, lengths, at, has, free)

    def pick(self, k: int) -> Batch:
        """One of the candidates, alone."""
        s = slice(int(self.starts[k]), int(self.starts[k] + self.lengths[k]))
        free = None if self.free is None else self.free[k : k + 1]
        return Batch(self.words[s], _NOUGHT, self.lengths[k : k + 1], self.at[s], self.has[k : k + 1], free)


_NOUGHT = np.zeros(1, np.int64)


def shared(query: Query, batch: Batch) -> Ints:
    """For each candidate: how many distinct shingles it shares with the query, those on a list of either left out."""
    has = batch.has if batch.free is None else batch.free
    if query.free is not None:
        has = has & query.free
    return np.array([np.count_nonzero(has)]) if len(has) == 1 else has.sum(axis=1)


def openings(query: Query, batch: Batch) -> tuple[Ints, Ints]:
    """For each candidate, in thousandths: how much of the query's opening it has, how much of its opening the query has."""
    size = OPENING - WIDTH + 1
    head = query.where[:size]
    of_query = batch.has[:, head].sum(axis=1) * 1000 // len(head)
    counts = np.minimum(batch.lengths - WIDTH + 1, size)
    sums: Ints = np.concatenate((_NOUGHT, np.cumsum(batch.at >= 0)))
    of_candidate: Ints = (sums[batch.starts + counts] - sums[batch.starts]) * 1000 // counts
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
    owner = np.searchsorted(batch.starts, hits, side="right") - 1
    first[owner, batch.at[hits]] = hits - batch.starts[owner]
    n = len(query.trace)
    place = np.full((k, n), -1, np.int64)
    place[:, : len(query.where)] = first[:, query.where]
    starts, lengths = np.arange(k) * n, np.full(k, n)
    return _slots(np.tile(query.trace, k), starts, lengths, place.ravel(), batch.words, batch.starts, batch.lengths)


def openings_of_one(query: Query, batch: Batch) -> tuple[int, int]:
    """`openings` for a batch of one."""
    size = OPENING - WIDTH + 1
    head = query.where[:size]
    count = min(len(batch.at) - WIDTH + 1, size)
    of_query = int(np.count_nonzero(batch.has[0][head])) * 1000 // len(head)
    return of_query, int(np.count_nonzero(batch.at[:count] >= 0)) * 1000 // count


def slots_of_one(query: Query, batch: Batch) -> tuple[int, int]:
    """`slots` for a batch of one, walked along the candidate: few gaps cost less one by one than in arrays."""
    at, total, size = batch.at, len(batch.at), len(query.trace)
    hit = at >= 0
    if np.count_nonzero(hit) == total - WIDTH + 1:  # all of it is there
        return 0, total
    found = hit.copy()
    for step in range(1, WIDTH):
        found[step:] |= hit[:-step]
    turns = ((found[1:] != found[:-1]).nonzero()[0] + 1).tolist()
    if not found[0]:
        turns.insert(0, 0)
    if not found[-1]:
        turns.append(total)
    if len(turns) > 2 * _FEW_GAPS:
        counts, words = slots(query, batch, walk_query=False)
        return int(counts[0]), int(words[0])
    count, covered = 0, int(np.count_nonzero(found))
    here, partner = batch.words.tobytes(), query.trace.tobytes()
    for begin, end in zip(turns[::2], turns[1::2], strict=True):
        if end - begin > SLOT or end - begin == total:
            continue
        # The gap in the partner, and how far the partner is shifted, judged on the left and on the right, as in `_slots`.
        low = 0 if begin == 0 else query.first.item(at.item(begin - WIDTH)) + WIDTH
        high = size if end == total else query.first.item(at.item(end))
        if not 0 < high - low <= SLOT:
            continue
        left = low - begin if begin else high - end
        right = high - end if end < total else low - begin
        runs, before = 0, True
        for k in range(begin, end):
            word, one, other = here[k], k + left, k + right
            same = (low <= one < high and partner[one] == word) or (low <= other < high and partner[other] == word)
            covered += same
            runs += before and not same
            before = same
        count += max(1, runs)
    return count, covered


_FEW_GAPS = 32


def _slots(
    words: Bytes, starts: Ints, lengths: Ints, place: Ints, partner: Bytes, there: Ints, size: Ints
) -> tuple[Ints, Ints]:
    """Slots and found words of walked texts laid end to end.

    `place`: at each word the partner's word at which the shingle that begins here begins there, or -1; `there`, `size`:
    where each one's partner begins in `partner`, and its length.
    """
    k, total = len(starts), len(words)
    found = place >= 0
    if k == 1 and np.count_nonzero(found) == total - WIDTH + 1:  # all of it is there
        return np.zeros(1, np.int64), lengths
    hit = found.copy()
    for step in range(1, WIDTH):  # no shingle reaches beyond its text, so no hit spills into the next
        found[step:] |= hit[:-step]
    covered = np.add.reduceat(found, starts, dtype=np.int64) if total else np.zeros(k, np.int64)
    before, after = np.empty(total, bool), np.empty(total, bool)
    before[1:], after[:-1] = found[:-1], found[1:]
    before[starts] = True
    after[starts + lengths - 1] = True
    gaps = ~found
    begin, end = (gaps & before).nonzero()[0], (gaps & after).nonzero()[0] + 1
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
