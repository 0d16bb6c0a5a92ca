"""The entries of a shard by slot: a number for each, its time and language in arrays, the rest packed. Used by `Clusters`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from worker.dedup.align import Table
from worker.dedup.entry import Entry
from worker.dedup.ids import Ids
from worker.dedup.index import Index, Keys, Slots

SPARE = 1024  # dropped slots that may wait, at least, before the index is cleaned of them
_TITLE, _KEYS, _FIXED = 16, 17, 18  # of what is packed: where the lengths stand, and where the rest begins
_NO_LANGUAGE = -1  # of a dropped slot: it is no candidate of anything
_AT_ONCE = 1 << 20  # postings sorted at once: all of a million articles would take a gigabyte
HANDFUL = 40  # candidates: arrays of so few cost more than they save


class Store:
    """Entries in memory with their index. A slot keeps its number as long as its entry stands."""

    def __init__(self) -> None:
        self.index = Index()
        self.table = Table()
        self.slot_of = Ids()
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
        # What has no array: content, length of the title, number of keys, title, trace, keys, stopped.
        self._packed: list[bytes] = []
        self._languages: dict[str, int] = {}
        self._language_names: list[str] = []
        self._free: list[int] = []
        self._dropped: list[int] = []

    def __len__(self) -> int:
        return len(self.slot_of)

    def add(self, entry: Entry, indexed: bool = True) -> int:
        """Takes an entry in, whose id must be new, and returns its slot."""
        head = bytes((len(entry.title), len(entry.keys) // 4))
        packed = b"".join((entry.content, head, entry.title, entry.trace, entry.keys, entry.stopped))
        if self._free:
            slot = self._free.pop()
            self._packed[slot] = packed
        else:
            slot = len(self._packed)
            self._packed.append(packed)
            if slot >= len(self.t):
                self._grow()
        self.slot_of.put(entry.id, slot)
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
        self.slot_of.drop(slot)
        self._packed[slot] = b""
        self.alive[slot], self.language[slot] = False, _NO_LANGUAGE
        self._dropped.append(slot)
        if len(self._dropped) > max(SPARE, len(self._packed) // 4):
            self.index.vacuum(self.alive)
            self._free += self._dropped
            self._dropped = []

    def entry(self, slot: int) -> Entry:
        """The entry of a slot in use."""
        packed, words = self._packed[slot], self.words.item(slot)
        title = _FIXED + packed[_TITLE]
        trace = title + words
        keys = trace + 4 * packed[_KEYS]
        return Entry(
            self.id(slot),
            self.t.item(slot),
            self.language_of(slot),
            packed[:_TITLE],
            self.body_of(slot),
            packed[_FIXED:title],
            packed[title:trace],
            self.sizes.item(slot),
            packed[keys:],
            packed[trace:keys],
        )

    def body_of(self, slot: int) -> bytes:
        """The hash of the normalised body of a slot in use."""
        return self.body.item(slot).to_bytes(8, "little")

    def content_of(self, slot: int) -> bytes:
        """The hash of the content of a slot in use."""
        return self._packed[slot][:_TITLE]

    def language_of(self, slot: int) -> str:
        """The language of a slot in use."""
        return self._language_names[self.language.item(slot)]

    def id(self, slot: int) -> str:
        """The id of a slot in use."""
        return self.slot_of.name(slot)

    def order(self, slot: int) -> tuple[int, str]:
        """Its place in the total order."""
        return self.t.item(slot), self.slot_of.name(slot)

    def slots(self) -> Iterator[int]:
        """All slots in use."""
        return self.slot_of.slots()

    def traces(self, slots: list[int]) -> tuple[list[bytes], list[bytes]]:
        """Of each slot: the trace and the stopped shingles."""
        traces, stopped, words = [], [], self.words.item
        for slot in slots:
            packed = self._packed[slot]
            begin = _FIXED + packed[_TITLE]
            end = begin + words(slot)
            traces.append(packed[begin:end])
            stopped.append(packed[end + 4 * packed[_KEYS] :])
        return traces, stopped

    def title(self, slot: int) -> bytes:
        """The trace of its title."""
        packed = self._packed[slot]
        return packed[_FIXED : _FIXED + packed[_TITLE]]

    def titles(self, slots: list[int]) -> list[bytes]:
        """Of each slot: the trace of its title."""
        return [self.title(slot) for slot in slots]

    def candidates(self, entry: Entry, window: int, without: int | None) -> Slots | list[int]:
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
        if without is not None:
            good &= found != without
        found = found[good]
        return found if len(found) > HANDFUL else found.tolist()

    def followers(self, keys: Keys, slots: Slots, window: int) -> Iterator[Slots]:
        """Of postings with ascending keys: the slots before which another with the same key stands, in its language and
        within the window (ms), in portions. At the same time each stands before the other, for ids decide then.

        Where millions share the four bytes of a key by chance, most of them are months apart.
        """
        start = 0
        while start < len(keys):
            end = int(keys.searchsorted(keys[min(start + _AT_ONCE, len(keys)) - 1], "right"))
            key, slot = keys[start:end], slots[start:end]
            order = np.lexsort((self.t[slot], self.language[slot], key))
            key, slot = key[order], slot[order]
            t, language = self.t[slot], self.language[slot]
            same = (key[1:] == key[:-1]) & (language[1:] == language[:-1])
            after = np.diff(t)
            late = np.zeros(len(slot), bool)
            late[1:] = same & (after <= window)
            late[:-1] |= same & (after == 0)
            yield np.unique(slot[late])
            start = end

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
            self.parent,
            self.born,
        ]
        objects = sum(41 + len(p) for p in self._packed)
        return (
            self.index.nbytes + self.table.places.nbytes + self.slot_of.nbytes + sum(a.nbytes for a in arrays) + objects
        )

    def _grow(self) -> None:
        size = len(self.t) * 5 // 4 + 64
        for name in ("t", "body", "sizes", "language", "words", "alive", "root", "parent", "born"):
            old = getattr(self, name)
            new = np.zeros(size, old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
