"""From the records of the pure handlers to those of the stream, and what happens when a handler fails on one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from worker.dedup.records import Out
from worker.errors import TransientError
from worker.logs import fields
from worker.settings import Settings
from worker.stream.app import App
from worker.stream.record import Dead, Record, Send
from worker.stream.state import NotOwned

log = logging.getLogger(__name__)

One = Callable[[Record], list[Send] | Dead]


def send(settings: Settings, out: Out, partition: int | None = None) -> Send:
    """``out`` with the full name of its topic.

    ``partition`` is that of the id, where it is known: the same in all topics by id, and hashing a key takes its time.
    """
    at = out.partition if out.partition is not None else partition
    return Send(settings.topic(out.topic), out.key, out.value, list(out.headers), at)


class Committing(Protocol):
    """A handler that is told what is done for good."""

    def committed(self, offset: int) -> None: ...


def tell_commits(app: App, topic: str, handlers: Mapping[int, Committing]) -> None:
    """Tell each handler the committed offset of its partition of ``topic``."""
    for place, offset in app.consumer.ledger.commits().items():
        if place.topic == topic and place.partition in handlers:
            handlers[place.partition].committed(offset)


def guarded(one: One, record: Record) -> list[Send] | Dead:
    """The answer of ``one``; a fault of ours costs this record.

    A batch of handlers with state may not fail as a whole and run again: what it answered the first time would be lost.
    """
    try:
        return one(record)
    except (NotOwned, TransientError):
        raise  # of the partition, or of the machine: no record is to blame
    except Exception as error:
        log.error(
            "a record cannot be handled",
            extra=fields(
                topic=record.topic, partition=record.partition, offset=record.offset, error=type(error).__name__
            ),
        )
        return Dead("internal-error", f"{type(error).__name__} in {one.__module__}")
