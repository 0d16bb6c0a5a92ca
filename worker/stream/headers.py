"""Headers whose names are no UTF-8: a record that has one is read like any other.

The protocol asks for UTF-8 and no broker checks it; producers built on C send whatever bytes they were given. aiokafka 0.14
decodes the names strictly, so one such record stopped its partition for ever: every fetch failed at it, after every restart.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

log = logging.getLogger(__name__)

_MAGIC = 2  # of the record batches that know headers


def tolerate() -> None:
    """Let every consumer of this process read such records."""
    fetcher.MemoryRecords = Records


@cache
def _say() -> None:
    # Once: a producer that does it does it in every record.
    log.warning("records come with header names that are no UTF-8; the strange bytes are written out")


class Records(_MemoryRecordsPy):
    """What a fetch brought of a partition, batch by batch."""

    def next_batch(self) -> Any:
        data = self._next_slice
        batch = super().next_batch()
        return batch if data is None or data[self.MAGIC_OFFSET] < _MAGIC else _Batch(batch, data)


class _Batch:
    """A batch of the compiled parser; where that gives up at a name, the slow one goes on."""

    def __init__(self, batch: Any, data: memoryview) -> None:
        self._batch, self._data = batch, data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._batch:
                yield record
                read += 1
        except UnicodeDecodeError:
            _say()
            yield from islice(_LenientBatch(self._data), read, None)


class _LenientBatch(_DefaultRecordBatchPy):
    """Names that are no UTF-8 come with their strange bytes written out, ``\\xe9``."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _Buffer(self._buffer)


class _Buffer(bytearray):
    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        return _Part(part) if isinstance(at, slice) else part


class _Part(bytes):
    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")
