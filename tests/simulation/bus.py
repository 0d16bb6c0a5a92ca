"""Topics and state in memory, with crashes harsher than any broker's. Knows no news."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

Partition = tuple[str, int]


@dataclass(slots=True)
class Record:
    """One record of a log. `read`: somebody has seen it, so no crash can take it back."""

    key: str
    value: bytes | None
    headers: list[tuple[str, bytes]]
    born: int  # when it was appended, over all logs
    read: bool = False
    lost: bool = False


@dataclass(slots=True)
class Bus:
    """The logs of all topics."""

    logs: dict[Partition, list[Record]] = field(default_factory=dict)
    born: int = 0

    def log(self, at: Partition) -> list[Record]:
        """The log of one partition."""
        return self.logs.setdefault(at, [])

    def append(
        self, at: Partition, key: str, value: bytes | None, headers: list[tuple[str, bytes]] | None = None
    ) -> Record:
        """Write one record."""
        self.born += 1
        record = Record(key, value, headers or [], self.born)
        self.log(at).append(record)
        return record

    def next(self, at: Partition, offset: int) -> int | None:
        """The offset of the first record from `offset` on, None at the end; holes are passed over."""
        log = self.log(at)
        while offset < len(log):
            if not log[offset].lost:
                return offset
            offset += 1
        return None


class Store:
    """The state of one partition. What was written since the last commit may be lost, key by key."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.journal: dict[str, list[bytes | None]] = {}  # key: its value at the commit and all since
        self.foreign: list[tuple[str, bytes | None]] = []  # what a zombie has written to the changelog

    def get(self, key: str) -> bytes | None:
        """The value of a key."""
        return self.rows.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Write a value."""
        self.journal.setdefault(key, [self.rows.get(key)]).append(value)
        self.rows[key] = value

    def delete(self, key: str) -> None:
        """Remove a key."""
        if key in self.rows:
            self.journal.setdefault(key, [self.rows[key]]).append(None)
            del self.rows[key]

    def keys(self) -> Iterator[str]:
        """All keys; writes may go between."""
        return iter(list(self.rows))

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All keys and values."""
        return iter(self.rows.items())

    def commit(self) -> None:
        """All that is written is durable."""
        self.journal.clear()

    def crash(self, rng: random.Random) -> None:
        """Each key written since the commit keeps its value, or returns to the old one, or one between."""
        for key, values in self.journal.items():
            value = rng.choice((values[0], values[-1], rng.choice(values)))
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        self.journal.clear()

    def copy(self) -> Store:
        """A copy that goes its own way: the zombie's."""
        other = Store()
        other.rows = dict(self.rows)
        return other
