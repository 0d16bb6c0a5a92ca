"""A process that cannot go on must end, so that its supervisor (Kubernetes, systemd) starts a new one.

faust and aiokafka retry for ever when the broker is gone, and SIGTERM then waits with them. This thread stands outside the
event loop and ends the process hard, with status 75, when `Health` sees trouble or when stopping takes too long. Nothing
is lost by it: only confirmed work is committed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from worker.errors import ConfigError
from worker.stream.health import Health
from worker.stream.topics import Topic

if TYPE_CHECKING:
    from aiokafka.cluster import ClusterMetadata

    from worker.stream.app import App

log = logging.getLogger(__name__)

TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h
_EVERY = 1.0
_ASK = 4.0  # s the broker has for an answer


class Watchdog:
    """Watches one app from a thread of its own."""

    def __init__(self, app: App, health: Health, loop: asyncio.AbstractEventLoop) -> None:
        self._app, self._health, self._loop = app, health, loop
        self._stop_at: float | None = None
        self._status_at_stop = TEMPORARY
        self._ended = threading.Event()
        self._topics: Sequence[Topic] = ()

    def start(self, topics: Sequence[Topic] = ()) -> None:
        """Begin to watch; ``topics`` must keep their number of partitions."""
        self._topics = topics
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stopping(self, within: float, status: int) -> None:
        """The process stops; after ``within`` seconds it is ended with ``status``."""
        self._status_at_stop = status
        self._stop_at = time.monotonic() + within

    def end(self) -> None:
        """Watch no longer."""
        self._ended.set()

    def _watch(self) -> None:
        asking = None
        while not self._ended.wait(_EVERY if self._stop_at is None else 0.05):
            if self._stop_at is not None:
                if time.monotonic() > self._stop_at:
                    self._exit(
                        "stopping took too long, the rest is left to the broker's session timeout", self._status_at_stop
                    )
                continue
            # The question runs beside the watch: a stuck loop must not stop the clock.
            if asking is None or asking.done():
                if asking is not None and not asking.cancelled() and asking.exception() is None:
                    self._health.answered()
                asking = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
            if (trouble := self._health.trouble()) is not None:
                self._exit(trouble, TEMPORARY)

    async def _ask(self) -> None:
        producer = self._app._producer
        if producer is not None and producer._producer is not None:
            cluster = await asyncio.wait_for(producer._producer.client.fetch_all_metadata(), _ASK)
            self._look_at(cluster)
        if self._app._consumer is not None:
            self._health.observe()
            self._app.consumer.check()

    def _look_at(self, cluster: ClusterMetadata) -> None:
        # The producer learns of more partitions within minutes and would send ids where their rows are not.
        for topic in self._topics:
            if (found := cluster.partitions_for_topic(topic.name)) and (misfits := topic.misfits(len(found), {})):
                self._app.fail(ConfigError(misfits[0]))

    def _exit(self, why: str, status: int) -> None:
        # In a thread: whoever holds the lock of the log may be the one that is stuck.
        said = threading.Thread(target=self._say, args=(why, status), daemon=True)
        said.start()
        said.join(1.0)
        os._exit(status)

    def _say(self, why: str, status: int) -> None:
        if status:
            log.error("%s: exit with status %d, a restart goes on where the commits stand", why, status)
        else:
            log.warning("%s", why)
        self._app.run_exit_hooks()
