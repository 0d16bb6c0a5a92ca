"""Floods: when thousands of candidates are copies of one original, those that cannot be closest are left out unscored.

Let R be that original, A the article, B another copy of R, and let the shingles of A and of B that R lacks have nothing in
common. Then what A and B share, R has too. So an earlier B, if it is not shorter than the shorter of A and R, scores with
A no more than R does; R is the earlier, so B is not the parent of A. And A is not closer to a later B than R, its parent,
if the shorter of A and B is not shorter than that of R and B. `Hub` keeps the shingles that R lacks, of all its copies;
whoever shares one with A is scored as ever. The answer is the same as without it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from worker.dedup.align import Codes, free_codes
from worker.dedup.entry import Entry
from worker.dedup.index import Index, Slots
from worker.dedup.store import Store

MANY = 256  # candidates of one original or form; below, scoring them costs less than this does

MOST = 8  # hubs kept: each may hold a few hundred bytes for each copy


class Hub:
    """The copies of one original by the shingles that it lacks. Filled as they come up."""

    def __init__(self, store: Store, root: int) -> None:
        self._store = store
        self._root = root
        self._born = int(store.born[root])
        self._has = self._codes(root)
        self._lacks = Index()
        self._seen = np.zeros(0, np.int64)  # by slot: the birth of the entry whose shingles were taken in

    @property
    def nbytes(self) -> int:
        """Bytes in memory, an estimate."""
        return self._lacks.nbytes + self._seen.nbytes

    @property
    def stands(self) -> bool:
        """Whether the original is still the entry it was made for."""
        return bool(self._store.alive[self._root]) and int(self._store.born[self._root]) == self._born

    def hopeless(self, entry: Entry, slots: Slots, before: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which of `slots`, all copies of the original, need not be scored with `entry`, a later copy of it, too.

        `before`: which of them are earlier than the entry.
        """
        self._take_in(slots)
        store = self._store
        rivals = np.zeros(len(store.alive), bool)
        rivals[self._lacks.find(self._foreign(free_codes(entry.trace, entry.stopped)).tobytes(), store.alive)] = True
        root = int(store.sizes[self._root])
        sizes = store.sizes[slots].astype(np.int64)
        no_parent = before & (sizes >= min(entry.size, root))
        no_child = ~before & (np.minimum(sizes, entry.size) >= np.minimum(sizes, root))
        no_child &= store.parent[slots] == self._root
        return (no_parent | no_child) & ~rivals[slots] & (slots != self._root)

    def _take_in(self, slots: Slots) -> None:
        store = self._store
        if len(self._seen) < len(store.born):
            grown = np.zeros(len(store.born), np.int64)
            grown[: len(self._seen)] = self._seen
            self._seen = grown
        for slot in slots[self._seen[slots] != store.born[slots]].tolist():
            self._lacks.add(self._foreign(self._codes(slot)).tobytes(), slot)
            self._seen[slot] = store.born[slot]

    def _codes(self, slot: int) -> Codes:
        (trace,), (stopped,) = self._store.traces([slot])
        return free_codes(trace, stopped)

    def _foreign(self, codes: Codes) -> Codes:
        if not len(self._has):
            return codes
        at = np.searchsorted(self._has, codes)
        at[at == len(self._has)] = 0
        return codes[self._has[at] != codes]


class Hubs:
    """The hubs in use, the last few: a flood has one original, or a handful."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hubs: dict[int, Hub] = {}

    @property
    def nbytes(self) -> int:
        """Bytes in memory, an estimate."""
        return sum(hub.nbytes for hub in self._hubs.values())

    def of(self, root: int) -> Hub:
        """The hub of the original in this slot."""
        hub = self._hubs.pop(root, None)
        if hub is None or not hub.stands:
            hub = Hub(self._store, root)
        while len(self._hubs) >= MOST:
            del self._hubs[next(iter(self._hubs))]
        self._hubs[root] = hub
        return hub
