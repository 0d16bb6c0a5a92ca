"""The largest time that the workers of a prefix have seen: what a list or an archive is measured against."""

from __future__ import annotations

from worker.settings import Settings

# Records looked at from the end of each partition: messages are nearly ordered.
_TAIL = 2000


async def newest(settings: Settings) -> int | None:
    """The largest `fetched_at` (ms) near the ends of the partitions of `tagged`; None where there is none.

    Raises TransientError, KafkaError or OSError where the broker does not answer.
    """
    from worker.stream.follow import Follower
    from worker.stream.record import Record
    from worker.view.existing import existing

    kafka, topic = settings.kafka_options(), settings.topic("tagged")
    partitions = (await existing(kafka, [topic])).get(topic, [])
    if not partitions:
        return None
    largest: int | None = None

    def seen(records: list[Record]) -> None:
        nonlocal largest
        for record in records:
            given = record.header("fetched-at") or b""
            if given.isdigit():
                largest = max(largest or 0, int(given))

    async with Follower(kafka, {(topic, p): 0 for p in partitions}) as follower:
        starts = await follower.starts()
        for place, end in (await follower.ends()).items():
            follower.move(place, max(starts[place], end - _TAIL))
        await follower.read_to_end(seen)
    return largest
