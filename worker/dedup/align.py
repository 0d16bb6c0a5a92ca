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

from worker.dedup.sketch import MAX_WORDS, OPENING, WIDTH

SLOT = 12  # words: what is longer is a sentence of its own, added or left out, and no filled-in slot

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int16]  # words of a text: there are at most MAX_WORDS
Mask = npt.NDArray[np.bool_]


def codes(trace: Bytes) -> Codes:
    """The shingle codes of a trace at each of its words; those of the last three words reach beyond it and mean nothing."""
    return np.ndarray((len(trace),), "<u4", trace.tobytes() + _BEYOND, 0, (1,)).astype(np.uint32)


_BEYOND = bytes(WIDTH - 1)


def free_codes(trace: bytes, stopped: bytes) -> Codes:
    """The distinct shingle codes of a trace that stand on no list, sorted."""
    found = codes(np.frombuffer(trace, np.uint8))[: max(0, len(trace) - WIDTH + 1)]
    if stopped:
        found = found[np.unpackbits(np.frombuffer(stopped, np.uint8), count=len(found)) == 0]
    return np.unique(found)


class Table:
    """Room in which the shingles of one query at a time are found by a part of their code. Shared by queries that come one
    after the other: what an earlier one left behind does no harm, for what is found is compared with the code itself.
    """

    __slots__ = ("owner", "places")

    def __init__(self) -> None:
        self.places = np.zeros(1 << _BITS, np.int16)
        self.owner: Query | None = None


class Query:
    """An article made ready to be compared with many."""

    __slots__ = ("_buckets", "_codes", "_mix", "_order", "_table", "first", "free", "trace")

    def __init__(self, trace: bytes, stopped: bytes, table: Table | None = None) -> None:
        """From the fields of an entry with at least WIDTH words. `table`: of the thread; without it an own one."""
        self.trace = np.frombuffer(trace, np.uint8)
        n = len(trace) - WIDTH + 1
        self._codes = found = codes(self.trace)[:n]
        self._table = table or Table()
        self._order: Ints | None = (
            None  # places by code, then place; only where shingles share a bucket however they are mixed
        )
        for self._mix in _MIXES:
            self._buckets = self._bucket(found)
            self.first: Places = self._enter()  # of the shingle at each word: the word at which its like stands first
            if found.take(self.first).tobytes() == found.tobytes():
                break
        else:
            self._order = np.argsort(found, kind="stable")
            in_order = found[self._order]
            new = np.concatenate((_TRUE, in_order[1:] != in_order[:-1]))
            self.first = np.empty(n, np.int16)
            self.first[self._order] = self._order[new][new.cumsum() - 1]
        self.free: Mask | None = None  # which of `first` stand on no list; None: all
        if stopped:
            self.free = np.ones(n, bool)
            self.free[self.first[np.unpackbits(np.frombuffer(stopped, np.uint8), count=n) == 1]] = False

    def look_up(self, found: Codes) -> Places:
        """For each code the word at which it stands first in the query, -1 where it does not."""
        if self._order is not None:
            at = np.searchsorted(self._codes, found, sorter=self._order)
            places = self._order.take(at, mode="clip").astype(np.int16)
        else:
            if self._table.owner is not self:
                self._enter()
            places = self._table.places.take(self._bucket(found))
        np.putmask(places, self._codes.take(places, mode="clip") != found, _MINUS)
        return places

    def _enter(self) -> Places:
        """Write the shingles into the table; what then stands there for each."""
        self._table.owner = self
        # Backwards: of equal ones the first is written last.
        self._table.places[self._buckets[::-1]] = _FALLING[MAX_WORDS - len(self._buckets) :]
        return self._table.places.take(self._buckets)

    def _bucket(self, found: Codes) -> Codes:
        return found * self._mix >> _SHIFT


_BITS = 20  # of a bucket's number: two of 300 codes share one in one query of six, and the table fits into the cache
_MIXES = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))
_SHIFT = np.uint32(32 - _BITS)
_FALLING = np.arange(MAX_WORDS, dtype=np.int16)[::-1].copy()
_TRUE = np.ones(1, bool)


@dataclass(slots=True)
class Batch:
    """Candidates, their traces end to end, beside a query."""

    words: Bytes
    starts: Ints
    lengths: Ints
    at: Places  # at each word: where in the query the shingle that begins here stands first, -1 for nowhere
    has: Mask  # for each candidate: which of the query's shingles it has, each at its first place
    free: Mask | None  # the same without those on a list of the candidate's; None: no list

    @classmethod
    def of(cls, query: Query, traces: Sequence[bytes], stopped: Sequence[bytes], needed: Ints | None = None) -> Self:
        """Looks all shingles of the candidates up in the query.

        `needed`: for each candidate a number of shingles; of one that cannot share so many none may be found.
        """
        k, row = len(traces), len(query.first) + 1
        if k == 1:
            words = np.frombuffer(traces[0], np.uint8)
            starts, lengths, rows = _NOUGHT, np.array([len(words)]), _ONE
        else:
            words = np.frombuffer(b"".join(traces), np.uint8)
            lengths = np.fromiter(map(len, traces), np.int64, k)
            starts = lengths.cumsum() - lengths
            rows = np.arange(1, k * row, row).repeat(lengths)
        at = query.look_up(codes(words))
        if k > 1:  # shingles that reach into the next candidate; before the first stands the end of the last
            at[np.subtract.outer(starts, _BACK)] = -1
        else:
            at[1 - WIDTH :] = -1
        # Each candidate's row of `has`, one after the other; what is nowhere in the query falls on a cell before the row.
        cells = np.zeros(k * row, bool)
        has = cells.reshape(k, row)[:, 1:]
        if needed is not None:
            hopeless = np.add.reduceat(at >= 0, starts, dtype=np.int64) < needed
            if hopeless.all():
                at.fill(-1)
                return cls(words, starts, lengths, at, has, None)
            if hopeless.any():
                np.putmask(at, hopeless.repeat(lengths), _MINUS)
        places = at + rows
        cells[places] = True
        free = None
        if any(stopped):
            counts = np.ones(len(words), bool)
            for start, length, bits in zip(starts.tolist(), lengths.tolist(), stopped, strict=True):
                if bits:
                    size = length - WIDTH + 1
                    counts[start : start + size] = np.unpackbits(np.frombuffer(bits, np.uint8), count=size) == 0
            cells = np.zeros(k * row, bool)
            cells[places[counts]] = True
            free = cells.reshape(k, row)[:, 1:]
        return cls(words, starts, lengths, at, has, free)

    def pick(self, k: int) -> Batch:
        """One of the candidates, alone."""
        s = slice(int(self.starts[k]), int(self.starts[k] + self.lengths[k]))
        free = None if self.free is None else self.free[k : k + 1]
        return Batch(self.words[s], _NOUGHT, self.lengths[k : k + 1], self.at[s], self.has[k : k + 1], free)


_BACK = np.arange(1, WIDTH)
_NOUGHT, _ONE, _MINUS = np.zeros(1, np.int64), np.ones(1, np.int64), np.int16(-1)


def shared(query: Query, batch: Batch) -> Ints:
    """For each candidate: how many distinct shingles it shares with the query, those on a list of either left out."""
    has = batch.has if batch.free is None else batch.free
    if query.free is not None:
        has = has & query.free
    return np.array([np.count_nonzero(has)]) if len(has) == 1 else np.add.reduce(has, 1, np.int64)


def openings(query: Query, batch: Batch) -> tuple[Ints, Ints]:
    """For each candidate, in thousandths: how much of the query's opening it has, how much of its opening the query has."""
    size = OPENING - WIDTH + 1
    head = query.first[:size]
    of_query = batch.has[:, head].sum(axis=1) * 1000 // len(head)
    counts = np.minimum(batch.lengths - WIDTH + 1, size)
    sums: Ints = np.concatenate((_NOUGHT, np.cumsum(batch.at >= 0)))
    of_candidate: Ints = (sums[batch.starts + counts] - sums[batch.starts]) * 1000 // counts
    return of_query, of_candidate


def leads(batch: Batch) -> tuple[Ints, Ints]:
    """For each candidate: the word at which the first shingle in common begins, in the query and in it.

    Without one it is the first of the query, and means nothing in the candidate.
    """
    hits = np.append((batch.at >= 0).nonzero()[0], len(batch.at))
    return batch.has.argmax(axis=1), hits.take(hits.searchsorted(batch.starts)) - batch.starts


def slots(query: Query, batch: Batch, walk_query: bool) -> tuple[Ints, Ints]:
    """For each candidate: slots in the text it shares with the query, and the words of the walked text found in the other.

    The walk is along the candidate, or with `walk_query` along the query. The two differ a little where shingles repeat,
    so the rule says which is to be walked.
    """
    k = len(batch.lengths)
    if not walk_query:
        there, size = np.zeros(k, np.int64), np.full(k, len(query.trace))
        return _slots(batch.words, batch.starts, batch.lengths, batch.at, query.trace, there, size)
    first = np.full((k, len(query.first)), -1, np.int64)
    hits = np.flatnonzero(batch.at >= 0)[::-1]  # backwards: the first of equal ones is written last
    owner = np.searchsorted(batch.starts, hits, side="right") - 1
    first[owner, batch.at[hits]] = hits - batch.starts[owner]
    n = len(query.trace)
    place = np.full((k, n), -1, np.int64)
    place[:, : len(query.first)] = first[:, query.first]
    starts, lengths = np.arange(k) * n, np.full(k, n)
    return _slots(np.tile(query.trace, k), starts, lengths, place.ravel(), batch.words, batch.starts, batch.lengths)


def openings_of_one(query: Query, batch: Batch) -> tuple[int, int]:
    """`openings` for a batch of one."""
    size = OPENING - WIDTH + 1
    head = query.first[:size]
    count = min(len(batch.at) - WIDTH + 1, size)
    of_query = int(np.count_nonzero(batch.has[0].take(head))) * 1000 // len(head)
    return of_query, int(np.count_nonzero(batch.at[:count] >= 0)) * 1000 // count


def leads_of_one(batch: Batch) -> tuple[int, int]:
    """`leads` for a batch of one."""
    return int(batch.has[0].argmax()), int((batch.at >= 0).argmax())


def slots_of_one(query: Query, batch: Batch) -> tuple[int, int]:
    """`slots` for a batch of one, walked along the candidate: few gaps cost less one by one than in arrays."""
    at, total, size = batch.at, len(batch.at), len(query.trace)
    hit = at >= 0
    turns = (
        (hit[1:] != hit[:-1]).nonzero()[0] + 1
    ).tolist()  # runs of hits begin and end in turn; none reaches the end
    if hit[0]:
        turns.insert(0, 0)
    gaps, covered, reached = [], total, 0
    for begin, end in zip(turns[::2], turns[1::2], strict=True):
        if begin > reached:
            gaps.append((reached, begin))
            covered -= begin - reached
        reached = end + WIDTH - 1
    if reached < total:
        gaps.append((reached, total))
        covered -= total - reached
    if len(gaps) > _FEW_GAPS:
        counts, words = slots(query, batch, walk_query=False)
        return int(counts[0]), int(words[0])
    count, here, partner = 0, batch.words.tobytes(), query.trace.tobytes()
    for begin, end in gaps:
        width = end - begin
        if width > SLOT or width == total:
            continue
        # The gap in the partner, and how far the partner is shifted, judged on the left and on the right, as in `_slots`.
        low = 0 if begin == 0 else at.item(begin - WIDTH) + WIDTH
        high = size if end == total else at.item(end)
        if not 0 < high - low <= SLOT:
            continue
        if high - low == width or begin == 0 or end == total:
            shift = low if begin else high - width
            inside = [low <= k < high and partner[k] == here[k + begin - shift] for k in range(shift, shift + width)]
        else:
            left, right = low - begin, high - end
            inside = [
                (k + left < high and partner[k + left] == here[k])
                or (low <= k + right and partner[k + right] == here[k])
                for k in range(begin, end)
            ]
        same = sum(inside)
        covered += same
        if not same:
            count += 1
        else:
            count += max(1, sum(not one and before for before, one in zip((True, *inside), inside, strict=False)))
    return count, covered


_FEW_GAPS = 32


def _slots(
    words: Bytes, starts: Ints, lengths: Ints, place: Ints | Places, partner: Bytes, there: Ints, size: Ints
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
