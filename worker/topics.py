"""The topics of the contract: what each must be on the broker."""

from __future__ import annotations

from worker.settings import Settings
from worker.stream.topics import Topic

DAY_MS = 86_400_000
# A dead letter and a changelog row hold a whole message and its headers.
HEADER_ROOM = 64 << 10


def topics(settings: Settings) -> list[Topic]:
    """Every topic the worker reads or writes, changelogs apart, with partitions, cleanup and sizes."""
    large = settings.max_message + HEADER_ROOM
    keep_ms = int(settings.keep * 1000)
    # Internal records must outlive the longest stretch in which a late message may still ask for them.
    internal_ms = max(7 * DAY_MS, 2 * int(settings.lateness * 1000))
    by_id = settings.partitions

    def between(name: str, partitions: int, retention_ms: int) -> Topic:
        return Topic(settings.topic(name), partitions, retention_ms=retention_ms, max_bytes=large, log_append_time=True)

    def output(name: str) -> Topic:
        return Topic(settings.topic(name), by_id, cleanup="compact", delete_retention_ms=keep_ms, max_bytes=large)

    return [
        Topic(settings.raw_topic, by_id, max_bytes=settings.max_message, ours=False),
        between("cleaned", by_id, 7 * DAY_MS),
        between("tagged", by_id, 7 * DAY_MS),
        between("sketches", settings.shards, internal_ms),
        between("verdicts", by_id, internal_ms),
        output("articles"),
        output("duplicates"),
        Topic(settings.topic("lists"), 1, cleanup="compact", max_bytes=large),
        between("dlq", 1, 30 * DAY_MS),
    ]
