"""Reading the output topics as the contract says: of both topics the record with the highest revision of an id counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from worker.settings import Settings
from worker.stream.follow import Follower, partitions_of
from worker.stream.record import Record


class Final:
    """The final state of all ids, built record by record; tombstones lose against a value of the same revision."""

    def __init__(self) -> None:
        self._best: dict[str, tuple[tuple[str, bool], bytes | None]] = {}

    def take(self, records: list[Record]) -> None:
        """Take records of either output topic, in any order."""
        for record in records:
            ident = (record.key or b"").decode("utf-8", "replace")
            rank = ((record.header("revision") or b"").decode(), record.value is not None)
            if ident not in self._best or rank >= self._best[ident][0]:
                self._best[ident] = (rank, record.value)

    def articles(self) -> dict[str, Mapping[str, Any]]:
        """Live articles by id."""
        return {i: orjson.loads(value) for i, (_, value) in self._best.items() if value is not None}


async def read_final(settings: Settings) -> dict[str, Mapping[str, Any]]:
    """The final state that stands in the output topics of ``settings`` now. Raises TransientError, ConfigError."""
    kafka = settings.kafka_options()
    start: dict[tuple[str, int], int] = {}
    for name in ("articles", "duplicates"):
        topic = settings.topic(name)
        start |= {(topic, partition): 0 for partition in await partitions_of(kafka, topic)}
    final = Final()
    async with Follower(kafka, start) as follower:
        await follower.read_to_end(final.take)
    return final.articles()
