"""Standby partitions: the changelogs that another worker writes are read all the time, so that a takeover is short.

faust assigns each changelog partition to a second worker, and every member reads at a rebalance what came since the last
one, while all partitions rest: the longer a group has been at peace, the longer the silence. Here the second worker follows
them between the rebalances, and what is left to read is what came in the last moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from worker.stream.follow import Follower
from worker.stream.record import Record

if TYPE_CHECKING:
    from worker.stream.app import App
    from worker.stream.state import State

log = logging.getLogger(__name__)

Place = tuple[str, int]


class Standbys:
    """Begin with `start` when the rebalance has ended, end with `stop` before partitions change their owners."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the standby partitions of now in the background."""
        standby = {(tp.topic, tp.partition) for tp in self._app.assignor.assigned_standbys()}
        states = {state.changelog: state for state in self._app.states}
        positions = {p: at for state in states.values() for p, at in state.positions().items() if p in standby}
        if positions and self._following is None:
            self._following = asyncio.ensure_future(self._follow(states, positions))

    async def stop(self) -> None:
        """Follow no longer. From its return on no row is taken over."""
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following

    async def _follow(self, states: dict[str, State], positions: dict[Place, int]) -> None:
        def take(records: list[Record]) -> None:
            state = states[records[0].topic]
            state.partition(records[0].partition).apply(records, state.merge)

        try:
            async with Follower(self._app.options.kafka, positions) as follower:
                await follower.follow(take)
        except Exception as error:
            # What is not read now is read at the next rebalance.
            log.warning("standby partitions are not followed", extra={"fields": {"error": type(error).__name__}})
