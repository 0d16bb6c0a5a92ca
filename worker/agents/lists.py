"""news.lists -> the lists of template shingles that articles are sketched with."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from worker.dedup.lists import Lists
from worker.dedup.records import NEVER
from worker.logs import fields
from worker.settings import Settings
from worker.stream.app import App, Assignment
from worker.stream.follow import Follower
from worker.stream.record import Record

log = logging.getLogger(__name__)


def attach(app: App, settings: Settings, lists: Lists, newest: Callable[[], int]) -> None:
    """Take every list in before the first article is sketched, then follow the topic.

    What stands in the topic at the start is in force. A list that comes later is taken only while no article of its days
    has come (``newest``: the largest time handled, ms), so that every worker has it in time and nobody waits.
    """
    place = (settings.topic("lists"), 0)
    position = 0
    following: list[tuple[Follower, asyncio.Task[None]]] = []

    def take(records: list[Record], until: int) -> None:
        for record in records:
            if record.value is None:
                continue
            try:
                taken = lists.take(record.value, until)
            except ValueError as error:
                log.warning("a record of the lists is left out", extra=fields(offset=record.offset, reason=str(error)))
                continue
            name = (record.key or b"").decode("utf-8", "replace")
            if taken:
                log.info("list of template shingles taken", extra=fields(list=name, lists=len(lists)))
            else:
                log.warning("a list comes too late: articles of its days have come already", extra=fields(list=name))

    @app.on_assigned
    async def load(_: Assignment) -> None:
        first = position == 0
        follower = await Follower(settings.kafka_options(), {place: position}).__aenter__()
        await follower.read_to_end(lambda records: take(records, NEVER if first else newest()))
        following.append((follower, asyncio.ensure_future(follow(follower))))

    @app.on_revoked
    async def rest(_: frozenset[tuple[str, int]]) -> None:
        nonlocal position
        while following:
            follower, task = following.pop()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            position = follower.positions[place]
            await follower.__aexit__(None, None, None)

    async def follow(follower: Follower) -> None:
        try:
            await follower.follow(lambda records: take(records, newest()))
        except Exception as error:
            app.fail(error)
