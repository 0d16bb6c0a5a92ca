"""Topics seen from a test: create, write, read back, committed offsets. Synchronous; each call has its own clients."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it stands in a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]
    timestamp: int


Message = tuple[bytes | None, bytes | None] | tuple[bytes | None, bytes | None, int] | Mapping[str, Any]


class Log:
    """The broker at ``address`` as a test sees it. ``options`` are further aiokafka arguments (TLS, SASL)."""

    def __init__(self, address: str, **options: Any) -> None:
        self.options = {"bootstrap_servers": address, **options}

    def create(self, topic: str, partitions: int = 4, **config: str) -> str:
        """Create a topic; ``cleanup_policy="compact"`` sets ``cleanup.policy``. Returns its name."""

        async def go(admin: AIOKafkaAdminClient) -> None:
            made = NewTopic(topic, partitions, 1, topic_configs={k.replace("_", "."): v for k, v in config.items()})
            answer = await admin.create_topics([made])
            for _, code, *message in answer.topic_errors:
                assert code == 0, (topic, code, message)

        self._admin(go)
        return topic

    def delete(self, *topics: str) -> None:
        """Delete topics; unknown ones are left out."""
        self._admin(lambda admin: admin.delete_topics(list(topics)))

    def delete_created(self, prefix: str) -> None:
        """Delete every topic whose name begins with ``prefix``."""
        names = [t for t in self.topics() if t.startswith(prefix)]
        if names:
            with contextlib.suppress(Exception):
                self.delete(*names)

    def topics(self) -> list[str]:
        """The names of all topics."""
        return self._admin(lambda admin: admin.list_topics())

    def write(self, topic: str, messages: Iterable[Message]) -> list[tuple[int, int]]:
        """Send ``(key, value)``, ``(key, value, partition)`` or keyword arguments of aiokafka's ``send``; returns (partition, offset)s."""

        async def go() -> list[tuple[int, int]]:
            async with AIOKafkaProducer(
                linger_ms=5, max_batch_size=1 << 18, max_request_size=16 << 20, **self.options
            ) as producer:
                sent = []
                for message in messages:
                    if isinstance(message, Mapping):
                        sent.append(await producer.send(topic, **message))
                    else:
                        key, value, *partition = message
                        sent.append(
                            await producer.send(topic, value, key=key, partition=partition[0] if partition else None)
                        )
                done = [await each for each in sent]
                return [(d.partition, d.offset) for d in done]

        return asyncio.run(go())

    def read(self, topic: str, timeout: float = 30.0) -> list[Row]:
        """Everything in the topic up to its end of now, by partition and offset."""

        async def go() -> list[Row]:
            async with self._consumer() as consumer:
                tps = await self._partitions(consumer, topic)
                ends = await consumer.end_offsets(tps)
                consumer.assign(tps)
                await consumer.seek_to_beginning(*tps)
                rows: list[Row] = []
                stop = asyncio.get_running_loop().time() + timeout
                while any([await consumer.position(tp) < ends[tp] for tp in tps]):
                    assert asyncio.get_running_loop().time() < stop, f"cannot read {topic} to its end"
                    for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                        rows += [
                            Row(tp.partition, r.offset, r.key, r.value, dict(r.headers), r.timestamp) for r in records
                        ]
                return sorted(rows, key=lambda row: (row.partition, row.offset))

        return asyncio.run(go())

    def compacted(self, topic: str) -> dict[bytes | None, bytes]:
        """The last value of each key, without those whose last record is a tombstone."""
        last: dict[bytes | None, bytes | None] = {}
        for row in self.read(topic):
            last[row.key] = row.value
        return {key: value for key, value in last.items() if value is not None}

    def ends(self, topic: str) -> list[int]:
        """The end offset of each partition."""

        async def go() -> list[int]:
            async with self._consumer() as consumer:
                tps = await self._partitions(consumer, topic)
                ends = await consumer.end_offsets(tps)
                return [ends[tp] for tp in tps]

        return asyncio.run(go())

    def committed(self, group: str, topic: str) -> list[int | None]:
        """The committed offset of each partition, None where nothing is."""

        async def go() -> list[int | None]:
            partitions = len(await self._described(topic))
            admin = AIOKafkaAdminClient(**self.options)
            await admin.start()
            try:
                found = await self._group_offsets(admin, group)
                return [
                    None if (at := found.get(TopicPartition(topic, p))) is None or at.offset < 0 else at.offset
                    for p in range(partitions)
                ]
            finally:
                await admin.close()

        return asyncio.run(go())

    @staticmethod
    async def _group_offsets(admin: AIOKafkaAdminClient, group: str) -> Mapping[TopicPartition, Any]:
        for _ in range(50):  # a fresh broker makes its offsets topic at the first question
            with contextlib.suppress(GroupCoordinatorNotAvailableError):
                return await admin.list_consumer_group_offsets(group)
            await asyncio.sleep(0.2)
        raise AssertionError("the broker has no group coordinator")

    def caught_up(self, group: str, topics: Sequence[str]) -> bool:
        """Whether the group has committed every topic to its end; a partition without a record counts as read."""
        for topic in topics:
            for end, at in zip(self.ends(topic), self.committed(group, topic), strict=True):
                if end and at != end:
                    return False
        return True

    async def _described(self, topic: str) -> list[int]:
        async with self._consumer() as consumer:
            return [tp.partition for tp in await self._partitions(consumer, topic)]

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=100, **self.options
        )

    @staticmethod
    async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
        await consumer._client.set_topics([topic])
        for _ in range(50):
            if found := consumer.partitions_for_topic(topic):
                return [TopicPartition(topic, p) for p in sorted(found)]
            await asyncio.sleep(0.1)
            await consumer._client.force_metadata_update()
        raise AssertionError(f"no topic {topic}")

    def _admin(self, work: Callable[[AIOKafkaAdminClient], Awaitable[Any]]) -> Any:
        async def go() -> Any:
            admin = AIOKafkaAdminClient(**self.options)
            await admin.start()
            try:
                return await work(admin)
            finally:
                await admin.close()

        return asyncio.run(go())
