"""The entries of a shard by slot: a number for each, its time and language in arrays, the rest packed. Used by `Clusters`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from worker.dedup.align import Table
from worker.dedup.entry import CONTENT, Entry, spans
from worker.dedup.index import Index, Slots

SPARE = 1024  # dropped slots that may wait, at least, before the index is cleaned of them
_NO_LANGUAGE = -1  # of a dropped slot: it is no candidate of anything
HANDFUL = 40  # candidates: arrays of so few cost more than they save


class Store:
    """Entries in memory with their index. A slot keeps its number as long as its entry stands."""

    def __init__(self) -> None:
        self.index = Index()
        self.table = Table()
        self.slot_of: dict[str, int] = {}
        self.t = np.zeros(64, np.int64)
        self.body = np.zeros(64, np.uint64)
        self.sizes = np.zeros(64, np.uint16)  # distinct shingles on no list
        self.language = np.zeros(64, np.int16)
        self.words = np.zeros(64, np.uint16)  # of the trace
        self.alive = np.zeros(64, bool)
        self.root = np.zeros(
            64, np.int32
        )  # slot of the cluster's original, -1 when its row is gone; kept by `Clusters`
        self.parent = np.zeros(64, np.int32)  # slot of the parent, -1 without one or when its row is gone; likewise
        self.born = np.zeros(64, np.int64)  # a number no other entry has had, from 1
        self._births = 0
        self._packed: list[bytes] = []
        self._ids: list[str] = []
        self._languages: dict[str, int] = {}
        self._language_names: list[str] = []
        self._free: list[int] = []
        self._dropped: list[int] = []

    def __len__(self) -> int:
        return len(self.slot_of)

    def add(self, entry: Entry, indexed: bool = True) -> int:
        """Takes an entry in, whose id must be new, and returns its slot."""
        if self._free:
            slot = self._free.pop()
            self._ids[slot], self._packed[slot] = entry.id, entry.pack()
        else:
            slot = len(self._ids)
            self._ids.append(entry.id)
            self._packed.append(entry.pack())
            if slot >= len(self.t):
                self._grow()
        self.slot_of[entry.id] = slot
        self.t[slot] = entry.t
        self.body[slot] = int.from_bytes(entry.body, "little")
        self.sizes[slot] = entry.size
        self.language[slot] = self.language_number(entry.language)
        self.words[slot] = len(entry.trace)
        self.alive[slot] = True
        self.root[slot], self.parent[slot] = slot, -1
        self._births += 1
        self.born[slot] = self._births
        if indexed:
            self.index.add(entry.keys, slot)
        return slot

    def drop(self, slot: int) -> None:
        """Takes an entry out."""
        del self.slot_of[self._ids[slot]]
        self._ids[slot], self._packed[slot] = "", b""
        self.alive[slot], self.language[slot] = False, _NO_LANGUAGE
        self._dropped.append(slot)
        if len(self._dropped) > max(SPARE, len(self._ids) // 4):
            self.index.vacuum(self.alive)
            self._free += self._dropped
            self._dropped = []

    def entry(self, slot: int) -> Entry:
        """The entry of a slot in use."""
        return Entry.unpack(self._packed[slot])

    def body_of(self, slot: int) -> bytes:
        """The hash of the normalised body of a slot in use."""
        return self.body.item(slot).to_bytes(8, "little")

    def content_of(self, slot: int) -> bytes:
        """The hash of the content of a slot in use."""
        return self._packed[slot][CONTENT]

    def language_of(self, slot: int) -> str:
        """The language of a slot in use."""
        return self._language_names[self.language.item(slot)]

    def id(self, slot: int) -> str:
        """The id of a slot in use."""
        return self._ids[slot]

    def order(self, slot: int) -> tuple[int, str]:
        """Its place in the total order."""
        return self.t.item(slot), self._ids[slot]

    def slots(self) -> Iterator[int]:
        """All slots in use."""
        return iter(self.slot_of.values())

    def traces(self, slots: list[int]) -> tuple[list[bytes], list[bytes]]:
        """Of each slot: the trace and the stopped shingles."""
        traces, stopped = [], []
        for slot in slots:
            packed = self._packed[slot]
            _, start, end, bits = spans(packed)
            traces.append(packed[start:end])
            stopped.append(packed[end:bits])
        return traces, stopped

    def title(self, slot: int) -> bytes:
        """The trace of its title."""
        packed = self._packed[slot]
        begin, end, _, _ = spans(packed)
        return packed[begin:end]

    def titles(self, slots: list[int]) -> list[bytes]:
        """Of each slot: the trace of its title."""
        return [self.title(slot) for slot in slots]

    def candidates(self, entry: Entry, window: int, without: int) -> Slots | list[int]:
        """The slots that share a probe key with the entry, in its language and within the window (ms).

        Ascending; at most HANDFUL come as a list.
        """
        found = self.index.find(entry.keys, self.alive)
        if not len(found):
            return found
        number = self.language_number(entry.language)
        if isinstance(found, list):
            low, high, t_of, language_of = entry.t - window, entry.t + window, self.t.item, self.language.item
            chosen = [
                slot for slot in found if language_of(slot) == number and low <= t_of(slot) <= high and slot != without
            ]
            return chosen if len(chosen) <= HANDFUL else np.array(chosen, np.int32)
        good = np.abs(self.t[found] - entry.t) <= window
        good &= self.language[found] == number
        if without >= 0:
            good &= found != without
        found = found[good]
        return found if len(found) > HANDFUL else found.tolist()

    def language_number(self, language: str) -> int:
        """A small number for a language, the same as long as this store lives."""
        number = self._languages.setdefault(language, len(self._language_names))
        if number == len(self._language_names):
            self._language_names.append(language)
        return number

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept, overhead of Python objects included (an estimate by type)."""
        arrays: list[npt.NDArray[np.generic]] = [
            self.t,
            self.body,
            self.sizes,
            self.language,
            self.words,
            self.alive,
            self.root,
            self.born,
        ]
        objects = sum(33 + len(p) for p in self._packed) + sum(49 + len(i) for i in self._ids)
        return (
            self.index.nbytes + sum(a.nbytes for a in arrays) + objects + 16 * len(self._ids) + 90 * len(self.slot_of)
        )

    def _grow(self) -> None:
        size = len(self.t) * 2
        for name in ("t", "body", "sizes", "language", "words", "alive", "root", "parent", "born"):
            old = getattr(self, name)
            new = np.zeros(size, old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
