"""The matches of one article among those a shard knows. Used by `Clusters`, which keeps the trees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.dedup.align import Batch, Ints, Mask, Query, shared
from worker.dedup.entry import Entry
from worker.dedup.form import Forms
from worker.dedup.hub import MANY, Hubs
from worker.dedup.index import Slots
from worker.dedup.pair import SHARED, Findings, Match, judge, judge_one, scores
from worker.dedup.reading import SHORT
from worker.dedup.store import Store

CHUNK = 512  # candidates scored at once: the working arrays of more would not fit into the cache
FIRST = 1  # candidates judged at once, best first, FASTER times more each time: nearly always the first is a copy
FASTER = 16
FEW = 256  # candidates whose places in the batch are remembered for judging
KIN = 4  # probe keys shared with a candidate, in the mean

_NO, _NO_SLOTS, _NONE = np.empty(0, bool), np.empty(0, np.int32), np.empty(0, np.int64)

Rank = tuple[int, int, str]  # -score, t, id: the smallest is the closest


class Search:
    """All candidates of an entry that stands in the store in this `slot` or not at all, scored at once.

    With `parents` only the earlier ones.

    Judging costs more than scoring and seldom changes the best, so it is done best first and only as far as needed.
    """

    def __init__(
        self,
        store: Store,
        hubs: Hubs,
        forms: Forms,
        entry: Entry,
        window: int,
        *,
        slot: int | None = None,
        parents: bool = False,
    ) -> None:
        self._store = store
        self._entry = entry
        self._query: Query | None = None
        self._batch: Batch | None = None  # the last that was scored
        self._place: dict[int, int] = {}  # slot -> its place in that batch
        found = store.candidates(entry, window, slot)
        # Speed only: where candidates share many keys they are copies, and nothing is saved by asking which cannot be.
        self._kin = store.index.hits >= KIN * len(found)
        self._equal, self._before_equal = _NO_SLOTS, _NO
        self._near, self._before_near = _NO_SLOTS, _NO
        self._scores = _NONE
        self._few: list[
            tuple[Rank, int, int]
        ] = []  # of a few candidates the earlier ones: rank, slot, place in the batch
        self.any_later = False  # whether one of the candidates may be a child
        if not len(found):
            return
        if isinstance(found, list):
            self._sort_few(found, parents)
            return
        before = self._earlier(found)
        if parents:
            found, before = found[before], before[before]
        equal = store.body[found] == np.uint64(int.from_bytes(entry.body, "little"))
        # Below SHORT words `body` covers the title too, and without a title there is nothing to be equal in.
        if len(entry.trace) < SHORT and not entry.title:
            found, before, equal = found[:0], before[:0], equal[:0]
        self._equal, self._before_equal = found[equal], before[equal]
        near = ~equal & (store.words[found] >= SHORT) if len(entry.trace) >= SHORT else equal & False
        first = self._equal[self._before_equal]
        if len(first) and near.any():  # what is earlier, but later than an equal one, cannot be closer
            near &= ~before | (store.t[found] <= store.t[first].min())
        if np.count_nonzero(near) >= MANY:
            near &= ~self._hopeless(hubs, found, near, before)
        if np.count_nonzero(near) >= MANY:
            of_form = forms.of(found[near]).hopeless(entry, self._made(), found[near], before[near])
            near[near] = ~of_form
        self._score(found[near], before[near])
        self.any_later = not before.all()

    def _sort_few(self, found: list[int], parents: bool) -> None:
        """The same as in arrays, one by one."""
        store, entry = self._store, self._entry
        if len(entry.trace) < SHORT and not entry.title:
            return
        body, t, id = int.from_bytes(entry.body, "little"), entry.t, entry.id
        t_of, body_of, words_of = store.t.item, store.body.item, store.words.item
        equal: list[tuple[int, bool]] = []
        near: list[tuple[int, bool]] = []
        latest = t
        for slot in found:
            other = t_of(slot)
            before = other < t or (other == t and store.id(slot) < id)
            if parents and not before:
                continue
            if body_of(slot) == body:
                equal.append((slot, before))
                latest = min(latest, other) if before else latest
            elif words_of(slot) >= SHORT:
                near.append((slot, before))
        if equal:
            self._equal = np.array([slot for slot, _ in equal], np.int32)
            self._before_equal = np.array([before for _, before in equal])
        if len(entry.trace) < SHORT:
            near = []
        elif equal:
            near = [(slot, before) for slot, before in near if not before or t_of(slot) <= latest]
        if not near:
            self.any_later = not all(before for _, before in equal)
            return
        self.any_later = not all(before for _, before in equal + near)
        marks = self._marks_of_few([slot for slot, _ in near])
        self._few = [
            ((-score, *store.order(slot)), slot, place)
            for place, ((slot, before), score) in enumerate(zip(near, marks, strict=True))
            if before and score >= SHARED
        ]
        if self.any_later or parents:
            found_marks = np.array(marks)
            enough = found_marks >= SHARED
            self._near = np.array([slot for slot, _ in near], np.int32)[enough]
            self._before_near = np.array([before for _, before in near])[enough]
            self._scores = found_marks[enough]

    def _marks_of_few(self, slots: list[int]) -> list[int]:
        """Scores, 0 for those that cannot reach SHARED. The batch is kept."""
        size, size_of = self._entry.size, self._store.sizes.item
        sizes = [min(size_of(slot), size) for slot in slots]
        needed = None if self._kin else np.array([-(-size * SHARED // 1000) for size in sizes])
        query = self._made()
        self._batch = Batch.of(query, *self._store.traces(slots), needed)
        return [n * 1000 // (size or 1) for n, size in zip(shared(query, self._batch).tolist(), sizes, strict=True)]

    def parent(self, limit: Rank | None) -> tuple[int, Match] | None:
        """The closest earlier copy that ranks before `limit`, as slot and match."""
        store = self._store
        best: tuple[int, Match] | None = None
        if len(self._equal):
            equal = self._equal[self._before_equal]
            if len(equal) > 64:
                equal = equal[store.t[equal] == store.t[equal].min()]
            for slot in equal.tolist():
                rank = (-1000, *store.order(slot))
                if limit is None or rank < limit:
                    limit, best = rank, (slot, Match(1000, True))
        if self._few:
            return self._parent_of_few(limit) or best
        if not len(self._near):
            return best
        slots, found = self._near[self._before_near], self._scores[self._before_near]
        if limit is not None and len(slots):
            keep = (found > -limit[0]) | ((found == -limit[0]) & (store.t[slots] <= limit[1]))
            slots, found = slots[keep], found[keep]
        for some, marks in self._ranked(slots, found):
            if len(some) == 1:
                slot, score = int(some[0]), int(marks[0])
                match = judge_one(self._made(), self._entry.title, self._batch_of(some), self._store.title(slot), score)
                if match is None:
                    continue
                return (slot, match) if limit is None or (-score, *store.order(slot)) < limit else best
            findings = self._judge(some, marks, later=True)
            good = findings.copies.nonzero()[0]
            if len(good):
                k = int(good[0])
                slot, score = int(some[k]), int(marks[k])
                if limit is None or (-score, *store.order(slot)) < limit:
                    return slot, findings.match(k, score)
                return best
        return best

    def _parent_of_few(self, limit: Rank | None) -> tuple[int, Match] | None:
        """The first copy among the few in the order of their ranks."""
        batch = self._batch
        assert batch is not None
        alone = len(batch.lengths) == 1
        for rank, slot, place in sorted(self._few):
            if limit is not None and rank >= limit:
                return None
            one = batch if alone else batch.pick(place)
            match = judge_one(self._made(), self._entry.title, one, self._store.title(slot), -rank[0])
            if match is not None:
                return slot, match
        return None

    def children(self, closer: Callable[[int, int], bool]) -> list[tuple[int, Match]]:
        """All later copies for which `closer(slot, score)` holds."""
        if self._before_equal.all() and self._before_near.all():
            return []
        equal, near = self._equal[~self._before_equal], self._near[~self._before_near]
        adopted = [(s, Match(1000, True)) for s in equal.tolist() if closer(s, 1000)]
        pairs = zip(near.tolist(), self._scores[~self._before_near].tolist(), strict=True)
        wanted = [(slot, score) for slot, score in pairs if closer(slot, score)]
        for i in range(0, len(wanted), CHUNK):
            slots = np.array([slot for slot, _ in wanted[i : i + CHUNK]], np.int32)
            marks = np.array([score for _, score in wanted[i : i + CHUNK]], np.int64)
            findings = self._judge(slots, marks, later=False)
            adopted += [
                (int(slots[k]), findings.match(k, int(marks[k]))) for k in findings.copies.nonzero()[0].tolist()
            ]
        return adopted

    def full_marks(self) -> bool:
        """Whether an earlier candidate is equal or has the full score, judged or not."""
        return bool(self._before_equal.any() or (self._before_near & (self._scores == 1000)).any())

    def _hopeless(self, hubs: Hubs, found: Slots, near: Mask, before: Mask) -> Mask:
        """Which candidates cannot be parent or child because an original whose copies many of them are is closer."""
        roots, none = self._store.root[found], np.zeros(len(found), bool)
        usual = np.bincount(roots[near & (roots >= 0)], minlength=1)
        root = int(usual.argmax())
        place = (found == root).nonzero()[0]
        if usual[root] < MANY or not len(place) or not (near & before)[place[0]]:
            return none
        self._score(found[place], before[place])
        if not len(self._near) or not self._judge(self._near, self._scores, later=True).copies[0]:
            return none
        same = roots == root
        none[same] = hubs.of(root).hopeless(self._entry, found[same], before[same])
        return none

    def _score(self, slots: Slots, before: Mask) -> None:
        self._near, self._before_near = slots, before
        if not len(slots):
            return
        marks = [self._marks(slots[i : i + CHUNK]) for i in range(0, len(slots), CHUNK)]
        found = marks[0] if len(marks) == 1 else np.concatenate(marks)
        enough = found >= SHARED
        self._near, self._before_near, self._scores = slots[enough], before[enough], found[enough]

    def _marks(self, slots: Slots) -> Ints:
        """Scores, 0 for those that cannot reach SHARED."""
        sizes = np.minimum(self._store.sizes[slots].astype(np.int64), self._entry.size)
        needed = None if self._kin else -(-sizes * SHARED // 1000)
        query, chosen = self._made(), slots.tolist()
        self._batch = Batch.of(query, *self._store.traces(chosen), needed)
        self._place = {slot: k for k, slot in enumerate(chosen)} if len(chosen) <= FEW else {}
        return scores(query, self._batch, sizes)

    def _judge(self, slots: Slots, found: Ints, later: bool) -> Findings:
        titles = self._store.titles(slots.tolist())
        return judge(self._made(), self._entry.title, self._batch_of(slots), titles, found, later)

    def _batch_of(self, slots: Slots) -> Batch:
        if len(slots) == 1 and self._batch is not None and (place := self._place.get(int(slots[0]), -1)) >= 0:
            return self._batch if len(self._place) == 1 else self._batch.pick(place)
        return Batch.of(self._made(), *self._store.traces(slots.tolist()))

    def _made(self) -> Query:
        if self._query is None:
            self._query = Query(self._entry.trace, self._entry.stopped, self._store.table)
        return self._query

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

    def _earlier(self, slots: Slots) -> Mask:
        t = self._store.t[slots]
        mask = t < self._entry.t
        for k in (t == self._entry.t).nonzero()[0].tolist():
            mask[k] = self._store.id(int(slots[k])) < self._entry.id
        return mask
