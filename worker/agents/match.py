"""news.sketches -> one shard, where all pairs of its languages meet -> news.verdicts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from worker.agents.sending import guarded, send, tell_commits
from worker.dedup.match import Matcher
from worker.logs import fields
from worker.settings import Settings
from worker.stream.app import App, Assignment
from worker.stream.batch import attach as attach_batch
from worker.stream.ledger import Place
from worker.stream.record import Dead, Record, Send
from worker.stream.state import NotOwned
from worker.tables import Tables

log = logging.getLogger(__name__)

_TAKEOVER_SENDS = 2000


def attach(app: App, settings: Settings, tables: Tables) -> None:
    """Compare every sketch with all before it in its shard and send the verdicts that change."""
    sketches = settings.topic("sketches")
    matchers: dict[int, Matcher] = {}
    retention = int((settings.keep + settings.window + settings.lateness) * 1000)

    @app.on_assigned
    async def take_over(assignment: Assignment) -> None:
        done = app.consumer.ledger.done()
        owned = {partition for topic, partition in assignment.owned if topic == sketches}
        gained = {partition for topic, partition in assignment.gained if topic == sketches}
        for shard in list(matchers):
            # One that is ahead of the confirmed offset answered a batch whose verdicts may not have been delivered.
            if shard not in owned or shard in gained or matchers[shard].handled != done[Place(sketches, shard)]:
                del matchers[shard]
        for shard in sorted(owned - set(matchers)):
            matcher = Matcher(
                shard,
                tables.sketches.partition(shard),
                term=assignment.term,
                partitions=settings.partitions,
                window=int(settings.window * 1000),
                retention=retention,
                committed=done[Place(sketches, shard)],
            )
            await rebuilt(matcher, app.progressed)
            said = 0
            verdicts = (send(settings, out) for out in matcher.takeover())
            while chunk := _chunk(verdicts):
                await app.emit(chunk)
                said += len(chunk)
            await app.flush()
            matchers[shard] = matcher
            log.info("shard taken over", extra=fields(shard=shard, verdicts=said, term=matcher.term))

    async def work(records: Sequence[Record]) -> Sequence[list[Send] | Dead]:
        tell_commits(app, sketches, matchers)
        return [guarded(one, record) for record in records]

    def one(record: Record) -> list[Send] | Dead:
        matcher = matchers.get(record.partition)
        if matcher is None:
            raise NotOwned(f"shard {record.partition} was given back")
        try:
            outs = matcher.record(record.value or b"", record.offset, record.header("src"))
        except ValueError as error:
            return Dead("sketch-invalid", str(error))
        return [send(settings, out) for out in outs]

    attach_batch(app, topic=sketches, name="match", work=work)


async def rebuilt(matcher: Matcher, progressed: Callable[[], None]) -> None:
    """Rebuild the clusters of a shard in a thread of its own, telling ``progressed``; cancelled, the thread ends too.

    A large shard takes minutes: the watchdog must see that it moves, and one that was given back meanwhile must not keep
    a processor from whoever rebuilds it now, nor this process from ending.
    """
    given_back = False

    def step() -> None:
        if given_back:
            raise NotOwned(f"shard {matcher.shard} was given back")
        progressed()

    try:
        await asyncio.to_thread(matcher.rebuild, step)
    finally:
        given_back = True


def _chunk(sends: Iterator[Send]) -> list[Send]:
    return list(islice(sends, _TAKEOVER_SENDS))
