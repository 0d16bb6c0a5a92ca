"""news.verdicts and what is read back of the outputs -> news.articles, news.duplicates."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from worker.agents.sending import guarded, send
from worker.dedup.lists import Lists
from worker.dedup.publish import Publisher
from worker.dedup.records import ARTICLES, DUPLICATES, Out
from worker.logs import fields
from worker.settings import Settings
from worker.stream.app import App, Assignment
from worker.stream.batch import attach as attach_batch
from worker.stream.follow import Follower
from worker.stream.record import Dead, Record, Send
from worker.stream.state import NotOwned
from worker.tables import Tables

log = logging.getLogger(__name__)

_PLACES = (ARTICLES, DUPLICATES)
_KEEP_EVERY = 2.0  # s between two notes of how far the outputs are read back: twice the commit interval and more


class Publishing:
    """The publishers of the partitions this worker owns, and the follower that reads the outputs back for them.

    Before the first record: the outputs are read from the kept position to their end, then one step for each id met.
    Afterwards the follower goes on, so that what a former owner still writes is seen and put right.
    """

    def __init__(self, app: App, settings: Settings, tables: Tables, lists: Lists) -> None:
        self.app, self.settings, self.tables, self.lists = app, settings, tables, lists
        self.verdicts = settings.topic("verdicts")
        self._places = {settings.topic(place): place for place in _PLACES}
        self._publishers: dict[int, Publisher] = {}
        self._following: asyncio.Task[None] | None = None
        self._follower: Follower | None = None
        app.on_revoked(self.give_back)
        app.on_assigned(self.take_over)

    def publisher(self, partition: int) -> Publisher:
        """The publisher of a partition of ids. Raises NotOwned."""
        try:
            return self._publishers[partition]
        except KeyError:
            raise NotOwned(f"partition {partition} of {self.verdicts} was given back") from None

    async def take_over(self, assignment: Assignment) -> None:
        """Read the outputs back to their end and write what should stand and does not."""
        partitions = sorted(partition for topic, partition in assignment.owned if topic == self.verdicts)
        positions = {}
        for partition in partitions:
            publisher = self._publishers[partition] = Publisher(
                self.tables.published.partition(partition),
                self.tables.rows.partition(partition),
                self.tables.contents.partition(partition),
                term=assignment.term,
                shards=self.settings.shards,
                lists=self.lists,
            )
            for topic, place in self._places.items():
                positions[topic, partition] = publisher.position(place)
        if not positions:
            return
        follower = self._follower = await Follower(self.settings.kafka_options(), positions).__aenter__()
        before = dict(positions)

        def catch_up(records: list[Record]) -> None:
            self._take(records, live=False)
            self.app.progressed()

        await follower.read_to_end(catch_up)
        written = 0
        for partition in partitions:
            for outs in self._publishers[partition].begin():
                await self.app.emit([send(self.settings, out, partition) for out in outs])
                await asyncio.sleep(0)
                written += len(outs)
        read = sum(at - before[place] for place, at in follower.positions.items())
        log.info("outputs read back", extra=fields(records=read, written=written, partitions=len(partitions)))
        self._following = asyncio.ensure_future(self._follow(follower))

    async def give_back(self, _: frozenset[tuple[str, int]]) -> None:
        """Stop following; the partitions may be another's from now on."""
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following
            self._following = None
        if self._follower is not None:
            await self._follower.__aexit__(None, None, None)
            self._follower = None
        self._publishers.clear()

    async def work(self, records: Sequence[Record]) -> Sequence[list[Send] | Dead]:
        """Take in verdicts."""
        return [guarded(self._verdict, record) for record in records]

    def _verdict(self, record: Record) -> list[Send] | Dead:
        publisher = self.publisher(record.partition)
        try:
            outs = publisher.verdict((record.key or b"").decode("utf-8", "replace"), record.value or b"")
        except ValueError as error:
            return Dead("verdict-invalid", f"no verdict: {type(error).__name__}")
        return [send(self.settings, out, record.partition) for out in outs]

    def _take(self, records: list[Record], live: bool) -> list[Out]:
        outs: list[Out] = []
        for record in records:
            ident = (record.key or b"").decode("utf-8", "replace")
            outs += self.publisher(record.partition).read_back(
                self._places[record.topic], ident, record.value, record.headers, record.offset, live=live
            )
        return outs

    async def _follow(self, follower: Follower) -> None:
        clock = asyncio.get_running_loop().time
        noted, at = dict(follower.positions), clock()

        async def take(records: list[Record]) -> None:
            nonlocal noted, at
            outs = self._take(records, live=True)
            await self.app.emit([send(self.settings, out) for out in outs])
            if clock() - at > _KEEP_EVERY:
                # What stood here one interval ago is delivered, and the batches of then are committed.
                for (topic, partition), offset in noted.items():
                    self.publisher(partition).keep(self._places[topic], offset)
                noted, at = dict(follower.positions), clock()

        try:
            await follower.follow(take)
        except NotOwned:
            return
        except Exception as error:
            self.app.fail(error)


def attach(app: App, settings: Settings, tables: Tables, lists: Lists) -> Publishing:
    """Write what should stand in the outputs wherever it does not."""
    publishing = Publishing(app, settings, tables, lists)
    attach_batch(app, topic=publishing.verdicts, name="publish", work=publishing.work)
    return publishing
