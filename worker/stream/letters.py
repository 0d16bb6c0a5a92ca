"""Reading dead letters and sending them back to where they failed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from worker.errors import TransientError
from worker.stream.deadletters import PREFIX
from worker.stream.follow import Follower, partitions_of
from worker.stream.record import Headers, Record

# The next failure needs them to know the first one; the other marks are of the failure that is to be repeated.
_KEPT = ("dlq-first-failed-at", "dlq-attempts")


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter: the record that failed, and why."""

    record: Record  # as it stands in the topic of dead letters; its value only where it was asked for
    size: int  # bytes of the value
    body: bytes  # a hash of key and value
    code: str
    stage: str
    message: str
    topic: str
    partition: int
    offset: int
    timestamp: int
    first_failed_at: str
    attempts: int
    cut: bool

    @property
    def headers(self) -> Headers:
        """The headers of the record that failed."""
        return [(key, value) for key, value in self.record.headers if not key.startswith(PREFIX)]

    @property
    def failed_at(self) -> datetime:
        """When this letter was written."""
        return datetime.fromtimestamp(self.record.timestamp / 1000, UTC)


def parse(record: Record) -> Letter | None:
    """The letter in a record, None where the headers are not those of one."""
    said = {key: (value or b"").decode("utf-8", "replace") for key, value in record.headers if key.startswith(PREFIX)}
    try:
        return Letter(
            record,
            len(record.value or b""),
            hashlib.blake2b(record.value or b"", digest_size=16, key=(record.key or b"")[:64]).digest(),
            said["dlq-code"],
            said["dlq-stage"],
            said["dlq-message"],
            said["dlq-topic"],
            int(said["dlq-partition"]),
            int(said["dlq-offset"]),
            int(said["dlq-timestamp"]),
            said["dlq-first-failed-at"],
            int(said["dlq-attempts"]),
            "dlq-cut" in said,
        )
    except (KeyError, ValueError):
        return None


def latest(letters: Iterable[Letter]) -> list[Letter]:
    """Without those that failed again later: of each record only the last attempt, in the order of the topic."""
    last: dict[bytes, Letter] = {}
    for letter in letters:
        key = letter.first_failed_at.encode() + letter.topic.encode() + letter.body
        if key not in last or last[key].attempts <= letter.attempts:
            last.pop(key, None)
            last[key] = letter
    return list(last.values())


async def read(
    kafka: Mapping[str, Any],
    topic: str,
    start: Mapping[int, int] | None = None,
    *,
    whole: Callable[[Letter], bool] = lambda letter: False,
) -> list[Letter]:
    """All letters of the topic up to its end, from the offsets ``start`` on.

    Only those that are to be ``whole`` keep their value: a month of letters may hold more than the memory does.
    """
    letters: list[Letter] = []

    def take(records: list[Record]) -> None:
        for record in records:
            if (letter := parse(record)) is not None:
                if not whole(letter):
                    record.value = None
                letters.append(letter)

    partitions = await partitions_of(kafka, topic)
    async with Follower(kafka, {(topic, p): (start or {}).get(p, 0) for p in partitions}) as follower:
        await follower.read_to_end(take)
    return letters


async def ends(kafka: Mapping[str, Any], topic: str) -> dict[int, int]:
    """The end of each partition of the topic."""
    partitions = await partitions_of(kafka, topic)
    async with Follower(kafka, {(topic, p): 0 for p in partitions}) as follower:
        return {p: offset for (_, p), offset in (await follower.ends()).items()}


async def send_back(
    kafka: Mapping[str, Any], letters: Sequence[Letter], *, most: int
) -> dict[tuple[str, int, int], Letter]:
    """Send the bytes of each letter to the topic it failed on, with the time it had. Returns where each one landed.

    Each must be ``whole`` (`read`). Raises TransientError when one cannot be delivered. ``most`` bytes may be sent in one record.
    """
    landed: dict[tuple[str, int, int], Letter] = {}
    producer = AIOKafkaProducer(**kafka, linger_ms=5, max_request_size=most, acks="all")
    try:
        await producer.start()
        known: dict[str, list[int]] = {}
        for letter in letters:
            if letter.topic not in known:
                known[letter.topic] = sorted(await producer.partitions_for(letter.topic))
            if letter.size and letter.record.value is None:
                raise ValueError("a letter without its value would be sent back as a takedown")
            kept = [(key, value) for key, value in letter.record.headers if key in _KEPT]
            batch = producer.create_batch()  # unlike send() it takes a record without key and value
            batch.append(
                key=letter.record.key,
                value=letter.record.value,
                timestamp=letter.timestamp,
                headers=letter.headers + kept,
            )
            batch.close()
            partition = letter.partition if letter.partition in known[letter.topic] else known[letter.topic][0]
            done = await (await producer.send_batch(batch, letter.topic, partition=partition))
            landed[letter.topic, done.partition, done.offset] = letter
    except KafkaError as error:
        raise TransientError(f"a letter could not be sent back: {type(error).__name__}: {error}") from error
    finally:
        await producer.stop()
    return landed


async def processed(
    kafka: Mapping[str, Any], group: str, places: Iterable[tuple[str, int, int]], *, within: float
) -> bool:
    """Wait until the group has committed past all ``places``; False when it has not within so many seconds."""
    want: dict[TopicPartition, int] = {}
    for topic, partition, offset in places:
        tp = TopicPartition(topic, partition)
        want[tp] = max(want.get(tp, 0), offset + 1)
    admin = AIOKafkaAdminClient(**kafka)
    await admin.start()
    try:
        end = asyncio.get_running_loop().time() + within
        while True:
            try:
                # By name: to the question for all of them the embedded broker has no answer that can be read.
                found = await admin.list_consumer_group_offsets(group, partitions=list(want))
            except KafkaError:  # the coordinator is being made or moved
                found = {}
            if all(tp in found and found[tp].offset >= offset for tp, offset in want.items()):
                return True
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.3)
    finally:
        await admin.close()
