"""Reading topics without a consumer group: for views, read-backs, tails, and the recovery of state."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from worker.errors import TransientError
from worker.stream import headers
from worker.stream.closing import closed
from worker.stream.record import Record

Callback = Callable[[list[Record]], Awaitable[None] | None]
_FETCH_WAIT_MS = 100
_METADATA_WITHIN = 30.0  # s to wait until the broker knows a topic


async def _known(consumer: AIOKafkaConsumer, topics: set[str]) -> None:
    # aiokafka learns of a topic at the first assign, and a new one only when it asks again.
    client = consumer._client
    await client.set_topics(topics)
    end = asyncio.get_running_loop().time() + _METADATA_WITHIN
    while missing := [topic for topic in topics if not client.cluster.partitions_for_topic(topic)]:
        if asyncio.get_running_loop().time() > end:
            raise TransientError(f"the broker does not know these topics: {', '.join(sorted(missing))}")
        await asyncio.sleep(0.2)
        await client.force_metadata_update()


async def partitions_of(kafka: Mapping[str, Any], topic: str) -> list[int]:
    """The partitions of a topic. ``kafka`` are aiokafka's arguments. Raises TransientError when the broker does not know it."""
    async with Follower(kafka, {}) as follower:
        return await follower.partitions(topic)


class Follower:
    """Reads given partitions from given offsets on; commits nothing, belongs to no group.

    Where an offset is gone (retention) the reading goes on at the start of the log. ``read_to_end`` ends at the end of the
    log as it was at the call, ``follow`` never. The callback gets records of one partition at a time, in order.
    """

    def __init__(self, kafka: Mapping[str, Any], positions: Mapping[tuple[str, int], int], *, most: int = 2000) -> None:
        self._kafka = dict(kafka)
        self.positions: dict[tuple[str, int], int] = dict(positions)
        self._most = most
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        headers.tolerate()
        consumer = AIOKafkaConsumer(
            **self._kafka,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            max_partition_fetch_bytes=4 << 20,
        )
        self._consumer = consumer
        try:
            await consumer.start()
            if self.positions:
                await _known(consumer, {topic for topic, _ in self.positions})
                consumer.assign([TopicPartition(*place) for place in self.positions])
                for place, offset in self.positions.items():
                    consumer.seek(TopicPartition(*place), offset)
        except BaseException as error:  # a cancelled start too must leave no open client
            await closed(consumer)
            if isinstance(error, KafkaError):
                raise TransientError(f"the broker cannot be reached: {error}") from error
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._consumer is not None:
            await closed(self._consumer)

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The client, once entered."""
        assert self._consumer is not None, "use it as a context manager"
        return self._consumer

    async def partitions(self, topic: str) -> list[int]:
        """The partitions of a topic."""
        await _known(self.consumer, {topic, *(t for t, _ in self.positions)})
        return sorted(self.consumer.partitions_for_topic(topic) or ())

    async def ends(self) -> dict[tuple[str, int], int]:
        """The end of the log of each partition now."""
        if not self.positions:
            return {}
        found = await self.consumer.end_offsets([TopicPartition(*place) for place in self.positions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def starts(self) -> dict[tuple[str, int], int]:
        """The start of the log of each partition now."""
        if not self.positions:
            return {}
        found = await self.consumer.beginning_offsets([TopicPartition(*place) for place in self.positions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    def move(self, place: tuple[str, int], offset: int) -> None:
        """Read this partition from another offset on."""
        self.positions[place] = offset
        self.consumer.seek(TopicPartition(*place), offset)

    def rewind(self, place: tuple[str, int]) -> None:
        """Read this partition from the start of its log."""
        self.move(place, 0)

    async def read_to_end(self, callback: Callback) -> None:
        """Hand on everything up to the end of the log as it is now. Control records at the end are passed, not waited for."""
        ends = await self.ends()
        open_ = {place for place, end in ends.items() if self.positions[place] < end}
        while open_:
            await self._poll(callback)
            open_ = {place for place in open_ if await self._position(place) < ends[place]}

    async def follow(self, callback: Callback) -> None:
        """Hand on everything for ever; ends by cancellation."""
        while True:
            await self._poll(callback)

    async def _poll(self, callback: Callback) -> None:
        try:
            fetched = await self.consumer.getmany(timeout_ms=500, max_records=self._most)
        except KafkaError as error:
            raise TransientError(f"reading from the broker failed: {type(error).__name__}: {error}") from error
        for tp, messages in fetched.items():
            done = callback(
                [Record(m.topic, m.partition, m.offset, m.key, m.value, list(m.headers), m.timestamp) for m in messages]
            )
            if inspect.isawaitable(done):
                await done
            self.positions[tp.topic, tp.partition] = messages[-1].offset + 1

    async def _position(self, place: tuple[str, int]) -> int:
        # The client's own position also passes what carries no record: markers of transactions, compacted batches.
        position = int(await self.consumer.position(TopicPartition(*place)))
        self.positions[place] = max(position, self.positions[place])
        return self.positions[place]
