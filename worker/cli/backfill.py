"""An archive in the order in which it was fetched, however large: what `feed --backfill` sends."""

from __future__ import annotations

import heapq
import math
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from worker.cli.item import Item
from worker.errors import ConfigError, RecordError
from worker.messages import parse
from worker.times import format_ms

MEMORY = 64 << 20  # bytes of messages that are sorted at once
_ITEM = 400  # bytes of an item beside its value, about
_FILES = 64  # runs that are merged at once: open files are few
_HOUR = 3_600_000  # ms

_Row = tuple[int, int, str, bytes | None, bytes, tuple[tuple[str, bytes], ...]]  # time, number, then the item


class Archive:
    """Messages sorted by `fetched_at`, those of one time in the order in which they came.

    What does not fit into `memory` bytes waits in temporary files. A message without a time of its own gets that of its
    sending, so it comes last; one that is none, for which the worker has a dead letter, comes first. `now` in ms.
    """

    def __init__(self, now: int, memory: int = MEMORY) -> None:
        self.count = self.undated = 0
        self.oldest: int | None = None  # ms
        self.newest: int | None = None
        self._now, self._memory = now, memory
        self._rows: list[_Row] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, item: Item) -> None:
        """Take in a message. Raises ConfigError where there is no room for temporary files."""
        time = self._time(item)
        self._rows.append((time, self.count, item.where, item.key, item.value, item.headers))
        self.count += 1
        self._size += len(item.value) + _ITEM
        if self._size >= self._memory:
            self._write()

    def items(self) -> Iterator[Item]:
        """All messages in order, once."""
        self._rows.sort()
        for _, _, where, key, value, headers in heapq.merge(*map(_read, self._runs), self._rows):
            yield Item(where, key, value, headers)

    def need(self, known: int | None) -> int:
        """The lateness in whole hours that workers need for it; `known`: the largest time that they have seen, ms.

        Workers read the partitions of the topic in no order, so the newest message of all may come before the oldest.
        """
        if self.oldest is None or self.newest is None:
            return 0
        # The stream beside it goes on meanwhile.
        newest = self.newest if known is None else max(self.newest, known + _HOUR)
        return math.ceil((newest - self.oldest) / _HOUR)

    def __str__(self) -> str:
        if self.oldest is None:
            return f"{self.count} messages"
        undated = f", {self.undated} of them without a time, which counts as now" if self.undated else ""
        return f"{self.count} messages, {format_ms(self.oldest)} to {format_ms(self.newest)}{undated}"

    def close(self) -> None:
        """Give the temporary files back."""
        for run in self._runs:
            run.close()

    def _time(self, item: Item) -> int:
        try:
            message = parse(
                item.value, key=item.key, headers=item.headers, timestamp_ms=self._now, max_bytes=len(item.value)
            )
        except RecordError:
            return -1
        assert message.fetched_ms is not None  # it has at least that of the record
        time = message.fetched_ms
        self.undated += time == self._now
        self.oldest = time if self.oldest is None else min(self.oldest, time)
        self.newest = time if self.newest is None else max(self.newest, time)
        return time

    def _write(self) -> None:
        self._rows.sort()
        self._runs.append(_written(self._rows))
        self._rows, self._size = [], 0
        if len(self._runs) == _FILES:
            merged = _written(heapq.merge(*map(_read, self._runs)))
            self.close()
            self._runs = [merged]


def _written(rows: Iterable[_Row]) -> IO[bytes]:
    try:
        # It lives as long as the archive.
        file: IO[bytes] = tempfile.TemporaryFile(prefix="news-worker-")  # noqa: SIM115
        for row in rows:
            pickle.dump(row, file, pickle.HIGHEST_PROTOCOL)
        file.flush()
    except OSError as error:
        raise ConfigError(
            f"no room to sort the archive in {tempfile.gettempdir()}: {error}; TMPDIR names another folder"
        ) from None
    return file


def _read(file: IO[bytes]) -> Iterator[_Row]:
    file.seek(0)
    while True:
        try:
            row: Any = pickle.load(file)
        except EOFError:
            return
        yield row
