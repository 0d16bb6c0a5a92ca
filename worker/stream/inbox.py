"""The bounded buffer between the consumer and one agent."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from worker.stream.ledger import Stretch
from worker.stream.record import Record


class Inbox:
    """Records that wait for their agent, oldest first, with the stretches of log they cover.

    The consumer asks ``full`` before it fetches more of the topic; what a fetch in flight brings is still taken.
    """

    def __init__(self, most: int, most_bytes: int = 32 << 20) -> None:
        self._chunks: deque[tuple[list[Record], Stretch]] = deque()
        self._count = 0
        self._bytes = 0
        self._most, self._most_bytes = most, most_bytes
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """Whether the buffer holds as many records or bytes as it should."""
        return self._count >= self._most or self._bytes >= self._most_bytes

    def put(self, records: list[Record], stretch: Stretch) -> None:
        """Add the records of one stretch."""
        self._chunks.append((records, stretch))
        self._count += len(records)
        self._bytes += sum(map(_size, records))
        self._filled.set()

    async def take(self, most: int, within: float) -> tuple[list[Record], list[Stretch]]:
        """Wait for a record, then at most ``within`` seconds for ``most`` of them. Returns them and what they cover."""
        while True:
            while not self._count:
                self._filled.clear()
                await self._filled.wait()
            if self._count < most and within > 0:
                await asyncio.sleep(within)
            if self._count:  # else a revoke emptied it meanwhile
                return self._cut(most)

    def clear(self) -> None:
        """Forget everything: the partitions are revoked, it will be delivered again."""
        self._chunks.clear()
        self._count = self._bytes = 0

    def _cut(self, most: int) -> tuple[list[Record], list[Stretch]]:
        records: list[Record] = []
        stretches: list[Stretch] = []
        while self._chunks and len(records) < most:
            chunk, stretch = self._chunks.popleft()
            room = most - len(records)
            if len(chunk) > room:
                cut = chunk[room - 1].offset + 1  # a hole behind the cut belongs to the second part
                self._chunks.appendleft((chunk[room:], replace(stretch, begin=cut)))
                chunk, stretch = chunk[:room], replace(stretch, end=cut)
            records += chunk
            stretches.append(stretch)
        self._count -= len(records)
        self._bytes -= sum(map(_size, records))
        return records, stretches


def _size(record: Record) -> int:
    return len(record.value or b"") + len(record.key or b"")
