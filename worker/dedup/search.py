"""The matches of one article among those a shard knows. Used by `Clusters`, which keeps the trees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.dedup.align import Batch, Ints, Query
from worker.dedup.entry import SHORT, Entry
from worker.dedup.index import Slots
from worker.dedup.pair import SHARED, Findings, Match, judge, scores
from worker.dedup.store import Store

CHUNK = 8192  # candidates scored at once: some megabytes of working arrays
FIRST = 1  # candidates judged at once, best first, FASTER times more each time: nearly always the first is a copy
FASTER = 16

Rank = tuple[int, int, str]  # -score, t, id: the smallest is the closest


class Search:
    """All candidates of an entry that may stand in the store under the same id or not at all, scored at once.

    Judging costs more than scoring and seldom changes the best, so it is done best first and only as far as needed.
    """

    def __init__(self, store: Store, entry: Entry, window: int) -> None:
        self._store = store
        self._entry = entry
        self._query: Query | None = None
        found = store.candidates(entry, window, store.slot_of.get(entry.id, -1))
        equal = store.body[found] == np.uint64(int.from_bytes(entry.body, "little"))
        # Below SHORT words `body` covers the title too, and without a title there is nothing to be equal in.
        self._equal = found[equal] if len(entry.trace) >= SHORT or entry.title else found[:0]
        self._near = found[:0]
        self._scores = np.empty(0, np.int64)
        if len(entry.trace) >= SHORT and not equal.all():
            rest = found[~equal]
            self._score(rest[store.words[rest] >= SHORT])

    def parent(self, limit: Rank | None) -> tuple[int, Match] | None:
        """The closest earlier copy that ranks before `limit`, as slot and match."""
        store = self._store
        best: tuple[int, Match] | None = None
        for slot in self._earlier(self._equal).tolist():
            rank = (-1000, *store.order(slot))
            if limit is None or rank < limit:
                limit, best = rank, (slot, Match(1000, True))
        mask = self._is_earlier(self._near)
        slots, found = self._near[mask], self._scores[mask]
        if limit is not None:
            keep = (found > -limit[0]) | ((found == -limit[0]) & (store.t[slots] <= limit[1]))
            slots, found = slots[keep], found[keep]
        for some, marks in self._ranked(slots, found):
            findings = self._judge(some, marks, later=True)
            good = np.flatnonzero(findings.copies)
            if len(good):
                k = int(good[0])
                slot, score = int(some[k]), int(marks[k])
                if limit is None or (-score, *store.order(slot)) < limit:
                    return slot, findings.match(k, score)
                return best
        return best

    def children(self, closer: Callable[[int, int], bool]) -> list[tuple[int, Match]]:
        """All later copies for which `closer(slot, score)` holds."""
        adopted = [(s, Match(1000, True)) for s in self._later(self._equal).tolist() if closer(s, 1000)]
        mask = ~self._is_earlier(self._near)
        pairs = zip(self._near[mask].tolist(), self._scores[mask].tolist(), strict=True)
        wanted = [(slot, score) for slot, score in pairs if closer(slot, score)]
        for i in range(0, len(wanted), CHUNK):
            slots = np.array([slot for slot, _ in wanted[i : i + CHUNK]], np.int32)
            marks = np.array([score for _, score in wanted[i : i + CHUNK]], np.int64)
            findings = self._judge(slots, marks, later=False)
            adopted += [(int(slots[k]), findings.match(k, int(marks[k]))) for k in np.flatnonzero(findings.copies).tolist()]
        return adopted

    def full_marks(self) -> bool:
        """Whether an earlier candidate is equal or has the full score, judged or not."""
        full = self._near[self._scores == 1000]
        return bool(len(self._earlier(self._equal)) or len(self._earlier(full)))

    def _score(self, slots: Slots) -> None:
        if not len(slots):
            return
        self._query = Query.of(self._entry.trace, self._entry.stopped)
        kept, marks = [], []
        for i in range(0, len(slots), CHUNK):
            some = slots[i : i + CHUNK]
            traces, stopped, _ = self._store.fields(some.tolist())
            found = scores(self._query, Batch.of(self._query, traces, stopped), self._sizes(some, traces, stopped))
            enough = found >= SHARED
            kept.append(some[enough])
            marks.append(found[enough])
        self._near, self._scores = np.concatenate(kept), np.concatenate(marks)

    def _sizes(self, slots: Slots, traces: list[bytes], stopped: list[bytes]) -> Ints:
        sizes = self._store.sizes[slots]
        unknown = np.flatnonzero(sizes < 0)
        if len(unknown):
            for k in unknown.tolist():
                sizes[k] = Query.of(traces[k], stopped[k]).size
            self._store.sizes[slots] = sizes
        return sizes.astype(np.int64)

    def _judge(self, slots: Slots, found: Ints, later: bool) -> Findings:
        assert self._query is not None
        traces, stopped, titles = self._store.fields(slots.tolist())
        batch = Batch.of(self._query, traces, stopped)
        return judge(self._query, self._entry.title, batch, titles, found, later)

    def _ranked(self, slots: Slots, found: Ints) -> list[tuple[Slots, Ints]]:
        """The candidates best first, in portions that grow."""
        if len(slots) > 1:
            t = self._store.t[slots]
            order = np.lexsort((t, -found))
            ties = (np.diff(found[order]) == 0) & (np.diff(t[order]) == 0)
            if ties.any():
                marks, ids = found.tolist(), [self._store.order(s) for s in slots.tolist()]
                order = np.array(sorted(range(len(slots)), key=lambda i: (-marks[i], ids[i])))
            slots, found = slots[order], found[order]
        portions, at, size = [], 0, FIRST
        while at < len(slots):
            portions.append((slots[at : at + size], found[at : at + size]))
            at, size = at + size, min(size * FASTER, CHUNK)
        return portions

    def _is_earlier(self, slots: Slots) -> np.ndarray:
        entry, t = self._entry, self._store.t[slots]
        mask = t < entry.t
        for k in np.flatnonzero(t == entry.t).tolist():
            mask[k] = self._store.id(int(slots[k])) < entry.id
        return mask

    def _earlier(self, slots: Slots) -> Slots:
        return slots[self._is_earlier(slots)]

    def _later(self, slots: Slots) -> Slots:
        return slots[~self._is_earlier(slots)]
