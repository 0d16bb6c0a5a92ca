"""Which articles hold a probe key. Use it to find the candidates of an article among millions, packed in eight bytes a key.

New postings go to a dict; when that is full they are sorted into a run of two arrays, and runs of like size are merged
(a log-structured index), so that a million articles cost no Python object each. Postings of dropped slots stay until
their run is merged: `find` leaves out what is not `alive`, and a slot is used again only after `vacuum`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RECENT = 65_536  # postings in the dict: it is searched fastest, but costs a hundred bytes for each
GROWTH = 4  # a run is merged with the one before it unless that is so many times longer: few runs, and few merges

_FEW = 192  # hits: so many are sooner gone through one by one

Slots = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint32]


class Index:
    """Postings (key, slot). The owner of the slots says in `alive` which are in use."""

    def __init__(self) -> None:
        self._recent: dict[int, int | list[int]] = {}
        self._recent_count = 0
        self._runs: list[tuple[Keys, Slots]] = []
        self.hits = 0  # postings found by the last `find`: many for each slot are a sign of copies

    def add(self, keys: bytes, slot: int) -> None:
        """Takes in the keys (little-endian uint32) of one slot."""
        recent = self._recent
        numbers = np.frombuffer(keys, "<u4").tolist()
        for key in numbers:
            held = recent.get(key)
            if held is None:
                recent[key] = slot
            elif isinstance(held, int):
                recent[key] = [held, slot]
            else:
                held.append(slot)
        self._recent_count += len(numbers)
        if self._recent_count >= RECENT:
            self._flush()

    def load(self, keys: Keys, slots: Slots) -> tuple[Keys, Slots]:
        """Takes many postings at once. Returns those of them whose key another of them has too, by ascending key."""
        order = np.argsort(keys, kind="stable")
        keys, slots = keys[order], slots[order]
        if len(keys):
            self._runs.append((keys, slots))
        again = np.zeros(len(keys), bool)
        again[1:] = keys[1:] == keys[:-1]
        again[:-1] |= again[1:]
        self._merge()
        return keys[again], slots[again]

    def find(self, keys: bytes, alive: npt.NDArray[np.bool_]) -> Slots | list[int]:
        """The slots that hold one of `keys`, ascending, each once: those in use, or a list in which others may be, too."""
        wanted = np.frombuffer(keys, "<u4")
        few: list[int] = []
        for held in map(self._recent.get, wanted.tolist()):
            if held is None:
                continue
            if isinstance(held, int):
                few.append(held)
            else:
                few += held
        parts: list[Slots] = []
        for run_keys, run_slots in self._runs:
            low = run_keys.searchsorted(wanted)
            for i in (run_keys.take(low, mode="clip") == wanted).nonzero()[0].tolist():
                begin = int(low[i])
                parts.append(run_slots[begin : int(run_keys.searchsorted(wanted[i], "right"))])
        hits = self.hits = len(few) + sum(map(len, parts))
        if hits <= _FEW:
            for part in parts:
                few += part.tolist()
            return sorted(set(few))
        found = np.array(few, np.int32)
        if parts:
            found = np.concatenate((*parts, found))
        if len(alive) < 64 * hits:  # marking is faster than sorting
            mark = np.zeros(len(alive), bool)
            mark[found] = True
            mark &= alive
            return mark.nonzero()[0].astype(np.int32)
        found = np.unique(found)
        return found[alive[found]]

    def vacuum(self, alive: npt.NDArray[np.bool_]) -> None:
        """Forgets all postings of slots that are not in use: after it those slots may be given to others."""
        self._flush()
        kept = []
        for keys, slots in self._runs:
            good = alive[slots]
            kept.append((keys[good], slots[good]))
        self._runs = [run for run in kept if len(run[0])]
        self._merge()

    @property
    def nbytes(self) -> int:
        """Bytes of the runs, and an estimate of those of the dict."""
        return sum(keys.nbytes + slots.nbytes for keys, slots in self._runs) + 120 * self._recent_count

    def _flush(self) -> None:
        if not self._recent:
            return
        keys = np.fromiter(self._recent, np.uint32, len(self._recent))
        held = self._recent.values()
        counts = np.fromiter((1 if isinstance(h, int) else len(h) for h in held), np.int64, len(keys))
        flat = [s for h in held for s in ([h] if isinstance(h, int) else h)]
        keys, slots = np.repeat(keys, counts), np.array(flat, np.int32)
        self._recent, self._recent_count = {}, 0
        self.load(keys, slots)

    def _merge(self) -> None:
        runs = self._runs
        while len(runs) > 1 and len(runs[-2][0]) < GROWTH * len(runs[-1][0]):
            (keys, slots), (more_keys, more_slots) = runs[-2], runs[-1]
            keys, slots = np.concatenate((keys, more_keys)), np.concatenate((slots, more_slots))
            order = np.argsort(keys, kind="stable")  # two sorted runs: numpy's stable sort merges them in one pass
            runs[-2:] = [(keys[order], slots[order])]
