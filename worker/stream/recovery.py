"""Recovery: after each assignment, read what is new in the changelogs, then let the hooks run, then open the gate.

Replaces the reading part of faust's (tables/recovery.py), which gets changelog rows one by one through the group's
consumer. There a fetch in flight during a revoke may drop rows after the position has moved (recovery without end), a
changelog that ends in a transaction marker is waited for forever, and it makes 6,000 to 9,000 rows a second.
Here a reader of its own, without a group, reads batches from the offset up to which the local rows are complete.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from faust.tables.manager import TableManager as FaustTableManager
from faust.tables.recovery import RebalanceAgain, ServiceStopped
from faust.tables.recovery import Recovery as FaustRecovery
from mode import Service

from worker.stream.follow import Follower
from worker.stream.record import Record
from worker.stream.state import NotOwned

if TYPE_CHECKING:
    from worker.stream.app import App

log = logging.getLogger(__name__)


class Recovery(FaustRecovery):
    """One recovery for each assignment; a new assignment ends the one under way."""

    logger = logging.getLogger("faust")
    app: App

    @Service.task
    async def _restart_recovery(self) -> None:
        while not self.should_stop:
            if await self.wait_for_stopped(self.signal_recovery_start):
                break
            self.signal_recovery_start.clear()
            generation = self._generation_id
            try:
                self._set_recovery_started()
                await self._wait(self._restore())
                # The hooks ask the ledger where the work goes on; faust seeks only after them, and then once more.
                await self._wait(self.app.consumer.perform_seek())
                await self._wait(self.app.partitions_assigned(generation))
                self._set_recovery_ended()
                await self._wait(self.on_recovery_completed(generation))
            except (RebalanceAgain, NotOwned):
                continue  # another assignment took the partitions away; its signal comes
            except ServiceStopped:
                break
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.app.fail(error)
                break

    @Service.task
    async def _slurp_changelogs(self) -> None:
        """Nothing comes through the group's consumer."""

    @Service.task
    async def _publish_stats(self) -> None:
        """Progress is in the health of the app."""

    async def _restore(self) -> None:
        await restore(self.app)
        for state in self.app.states:
            state.check_version()
        await self.app.flush()


async def restore(app: App) -> None:
    """Bring the rows of all owned partitions up to the end of their changelogs as it is now."""
    states = {state.changelog: state for state in app.states}
    positions = {place: at for state in app.states for place, at in state.positions().items()}
    if not positions:
        return
    before, started = app.restored, time.perf_counter()

    def take(records: list[Record]) -> None:
        state = states[records[0].topic]
        state.partition(records[0].partition).apply(records, state.merge)
        app.restored += len(records)

    async with Follower(app.options.kafka, positions, most=5000) as follower:
        ends = await follower.ends()
        for topic, p in [place for place, at in positions.items() if at > ends[place]]:
            states[topic].forget(p)
            follower.rewind((topic, p))
        await follower.read_to_end(take)
        for (topic, p), at in follower.positions.items():
            states[topic].partition(p).passed(at)
    if rows := app.restored - before:
        took = round(time.perf_counter() - started, 2)
        log.info("state recovered", extra={"fields": {"rows": rows, "seconds": took}})


class TableManager(FaustTableManager):
    """Starts without faust's second of sleep and with our recovery."""

    logger = logging.getLogger("faust")
    app: App
    _recovery: Recovery | None

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()

    @property
    def recovery(self) -> Recovery:
        if self._recovery is None:
            self._recovery = Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
