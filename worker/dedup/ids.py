"""Which slot an id has. Use it in place of a dict where there are a million: 24 bytes an id in place of two hundred.

Ids are 32 hex digits, kept as 16 bytes by slot; a table of slots, searched from where the last bytes of the id point (ids
are hashes), finds them (open addressing with linear probing). Any other text may be an id too, at the price of a dict.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

_BYTES = 16
_EMPTY, _DELETED = -1, -2
_SMALLEST = 64  # cells


class Ids:
    """Ids and their slots: small numbers that their owner gives and may give again after `drop`."""

    def __init__(self) -> None:
        self._names = bytearray()
        self._table = array("i", [_EMPTY]) * _SMALLEST
        self._taken = 0  # cells that are not empty
        self._count = 0
        self._odd: dict[str, int] = {}
        self._odd_names: dict[int, str] = {}

    def __len__(self) -> int:
        return self._count + len(self._odd)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.get(id) is not None

    def __iter__(self) -> Iterator[str]:
        return map(self.name, self.slots())

    def slots(self) -> Iterator[int]:
        """All slots, in no order."""
        yield from [slot for slot in self._table if slot >= 0]
        yield from list(self._odd.values())

    def get(self, id: str) -> int | None:
        """Its slot, None for an unknown id."""
        packed = _packed(id)
        if packed is None:
            return self._odd.get(id)
        cell = self._cell(packed)
        return None if cell < 0 else self._table[cell]

    def name(self, slot: int) -> str:
        """The id of a slot that has one."""
        if self._odd_names and slot in self._odd_names:
            return self._odd_names[slot]
        return self._names[_BYTES * slot : _BYTES * slot + _BYTES].hex()

    def put(self, id: str, slot: int) -> None:
        """Takes in an id that is not there."""
        end = _BYTES * (slot + 1)
        if len(self._names) < end:
            self._names.extend(bytes(end - len(self._names)))
        packed = _packed(id)
        if packed is None:
            self._odd[id], self._odd_names[slot] = slot, id
            return
        self._names[end - _BYTES : end] = packed
        if 3 * (self._taken + 1) > 2 * len(self._table):
            self._rebuild()
        table, mask = self._table, len(self._table) - 1
        cell = int.from_bytes(packed[8:], "big") & mask
        while table[cell] != _EMPTY:
            cell = (cell + 1) & mask
        table[cell] = slot
        self._taken += 1
        self._count += 1

    def drop(self, slot: int) -> None:
        """Forgets the id of a slot."""
        if slot in self._odd_names:
            del self._odd[self._odd_names.pop(slot)]
            return
        self._table[self._cell(bytes(self._names[_BYTES * slot : _BYTES * slot + _BYTES]))] = _DELETED
        self._count -= 1

    @property
    def nbytes(self) -> int:
        """Bytes in memory; for odd ids an estimate."""
        return len(self._names) + 4 * len(self._table) + 300 * len(self._odd)

    def _cell(self, packed: bytes) -> int:
        table, names, mask = self._table, self._names, len(self._table) - 1
        cell = int.from_bytes(packed[8:], "big") & mask
        while (slot := table[cell]) != _EMPTY:
            if slot >= 0 and names.startswith(packed, _BYTES * slot):
                return cell
            cell = (cell + 1) & mask
        return -1

    def _rebuild(self) -> None:
        """A table with room, without what was deleted: all at once in arrays, since a million ids would take a second."""
        held = np.frombuffer(self._table, np.int32)
        slots = held[held >= 0]
        table = np.full(max(_SMALLEST, 1 << (2 * len(slots)).bit_length()), _EMPTY, np.int32)
        halves = np.frombuffer(bytes(self._names), ">u8")[2 * slots + 1].astype(np.uint64)
        cells = (halves & np.uint64(len(table) - 1)).astype(np.int64)
        while len(slots):  # each round all that wait try their cell; of several in one cell one stays
            free = table[cells] == _EMPTY
            table[cells[free]] = slots[free]
            wait = table[cells] != slots
            slots, cells = slots[wait], cells[wait] + 1 & len(table) - 1
        self._table = array("i", table.tobytes())
        self._taken = self._count


def _packed(id: str) -> bytes | None:
    try:
        packed = bytes.fromhex(id)
    except ValueError:
        return None
    return packed if len(packed) == _BYTES and packed.hex() == id else None
