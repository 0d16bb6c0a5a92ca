"""Keeps a view up to date: follows the output topics from its position, for ever, through failures of the broker."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from worker import metrics
from worker.logs import fields
from worker.settings import Settings
from worker.stream.closing import closed
from worker.view.existing import existing
from worker.view.writer import Change, Writer

log = logging.getLogger(__name__)

_TAKE = 1000
# How often the ends of the topics are asked for: readiness and lag are that fresh.
_PROBE_SECONDS = 1.0
_PROBE_TIMEOUT = 5.0
# A compacted log may end in offsets that hold no record: silence for so long with a broker that answers is its end too.
_SILENCE_SECONDS = 3.0
# A connection that stayed down so long is made anew: bootstrap servers may have got other addresses.
_RECONNECT_SECONDS = 30.0
_DEAD_LETTERS_KEPT_SECONDS = 30 * 86_400


class Keeper:
    """Reads the topics with a consumer of its own, without a group: any number of views are whole, each for itself.

    `start()` begins it, `stop()` ends it. The writer works in a thread of its own, so the event loop stays free.
    """

    def __init__(
        self, writer: Writer, settings: Settings, *, changed: Callable[[Sequence[Change]], None] | None = None
    ) -> None:
        self._writer = writer
        self._settings = settings
        self._changed = changed
        self._topics = [settings.topic(name) for name in ("articles", "duplicates", "dlq")]
        self._thread = ThreadPoolExecutor(1, "view-writer")
        self._ends: dict[TopicPartition, int] = {}
        self._at: dict[TopicPartition, int] = {}
        self._last_record = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.caught_up = False
        self.ever_connected = False
        self.broker_down_since: float | None = time.time()
        self.rebuilt_because: str | None = None

    def start(self) -> asyncio.Task[None]:
        """Begin to follow; the task ends only by `stop` or by a fault of ours."""
        self._task = asyncio.create_task(self._run(), name="view-keeper")
        return self._task

    async def stop(self) -> None:
        """End the following and close the view."""
        # The flag too: a client library may swallow the one cancellation.
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._in_thread(self._writer.close)
        self._thread.shutdown()

    @property
    def alive(self) -> bool:
        """Whether it follows."""
        return self._task is not None and not self._task.done()

    @property
    def lag(self) -> int | None:
        """Records not read yet, None while unknown."""
        if not self._ends:
            return None
        return sum(max(0, end - self._at.get(tp, 0)) for tp, end in self._ends.items())

    def state(self) -> dict[str, Any]:
        """For /readyz: caught up, lag, and since when the broker has not answered."""
        return {
            "caught_up": self.caught_up,
            "lag": self.lag,
            "broker": "down" if self.broker_down_since else "up",
            "broker_down_seconds": round(time.time() - self.broker_down_since, 1) if self.broker_down_since else None,
            "rebuilt_because": self.rebuilt_because,
        }

    async def _run(self) -> None:
        """Failures of the broker are waited out."""
        while not self._stopping:
            consumer = AIOKafkaConsumer(
                **self._settings.kafka_options(),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=4 << 20,
                fetch_max_wait_ms=200,
                client_id="news-worker-serve",
            )
            try:
                await consumer.start()
                await self._follow(consumer)
            except (KafkaError, OSError, TimeoutError) as error:
                self._down(error)
            finally:
                await _stop(consumer)
            await asyncio.sleep(1.0)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        partitions = await self._find()
        ends = await asyncio.wait_for(consumer.end_offsets(partitions), _PROBE_TIMEOUT)
        beginnings = await asyncio.wait_for(consumer.beginning_offsets(partitions), _PROBE_TIMEOUT)
        positions = await self._in_thread(self._start, ends)
        consumer.assign(partitions)
        for tp in partitions:
            self._at[tp] = max(positions.get((tp.topic, tp.partition), 0), beginnings[tp])
            consumer.seek(tp, self._at[tp])
        self._up(ends)
        self._last_record = probed = time.monotonic()
        while True:
            batch = await consumer.getmany(timeout_ms=200, max_records=_TAKE)
            if batch:
                await self._apply(consumer, batch)
            if not batch or time.monotonic() - probed > _PROBE_SECONDS:
                if time.monotonic() - probed > _PROBE_SECONDS:
                    probed = time.monotonic()
                    await self._probe(consumer, partitions)
                self._judge()

    async def _find(self) -> list[TopicPartition]:
        said = False
        while True:
            found = await existing(self._settings.kafka_options(), self._topics)
            self._up({})
            if len(found) == len(self._topics):
                return [TopicPartition(topic, p) for topic in self._topics for p in found[topic]]
            if not said:
                missing = ",".join(topic for topic in self._topics if topic not in found)
                log.info("waiting for the worker to make the topics", extra=fields(missing=missing))
                said = True
            await asyncio.sleep(0.5)

    def _start(self, ends: Mapping[TopicPartition, int]) -> dict[tuple[str, int], int]:
        """Positions to go on from; a view that cannot be continued is cleared, and why is kept."""
        positions = self._writer.positions()
        known = {(tp.topic, tp.partition): end for tp, end in ends.items()}
        followed_at = float(self._writer.note("followed_at") or 0)
        if any(place not in known for place in positions):
            reason = "the view was made from other topics"
        elif any(n > known[place] for place, n in positions.items()):
            reason = "the topics were made anew"
        elif positions and time.time() - followed_at > self._settings.keep:
            # Tombstones live for `keep` after they came: whoever began to read, or was last at the end of the log,
            # longer ago may have missed one. The note is the later of the two moments.
            reason = "the view was not followed for longer than tombstones are kept"
        else:
            if not positions:
                self._writer.set_note("followed_at", f"{time.time():.0f}")
            return positions
        log.warning("the view is built anew", extra=fields(reason=reason))
        self.rebuilt_because = reason
        self._writer.clear()
        self._writer.set_note("followed_at", f"{time.time():.0f}")
        return {}

    async def _apply(self, consumer: AIOKafkaConsumer, batch: Mapping[TopicPartition, Iterable[Any]]) -> None:
        records = [record for of_partition in batch.values() for record in of_partition]
        positions = {tp: await consumer.position(tp) for tp in batch}
        begin = time.monotonic()
        changes = await self._in_thread(
            self._writer.apply, records, {(tp.topic, tp.partition): n for tp, n in positions.items()}
        )
        metrics.VIEW_WRITE_SECONDS.observe(time.monotonic() - begin)
        for tp, of_partition in batch.items():
            metrics.VIEW_RECORDS.labels(tp.topic).inc(len(list(of_partition)))
        self._at |= positions
        for tp, n in positions.items():
            self._ends[tp] = max(self._ends.get(tp, 0), n)
        self._last_record = time.monotonic()
        if self.caught_up:
            now = time.time()
            for change in changes:
                if change.state == "original" and change.seen:
                    metrics.NEWS_AGE_SECONDS.observe(max(0.0, now - change.seen / 1000))
        if self._changed is not None:
            self._changed(changes)

    async def _probe(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        try:
            self._up(await asyncio.wait_for(consumer.end_offsets(partitions), _PROBE_TIMEOUT))
        except (KafkaError, OSError, TimeoutError) as error:
            self._down(error)
            if self.broker_down_since and time.time() - self.broker_down_since > _RECONNECT_SECONDS:
                raise
            return
        await self._in_thread(self._remark)

    def _remark(self) -> None:
        """Once a probe, in the writer's thread: what the view should know of itself, and gauges."""
        now = time.time()
        if self.caught_up:
            self._writer.set_note("followed_at", f"{now:.0f}")
        self._writer.purge(int((now - _DEAD_LETTERS_KEPT_SECONDS) * 1000))
        for state, n in self._writer.counts("state").items():
            metrics.VIEW_ARTICLES.labels(state).set(n)
        for verdict, n in self._writer.counts("verdict").items():
            metrics.VIEW_VERDICTS.labels(verdict).set(n)
        metrics.VIEW_DEAD.set(sum(self._writer.counts("dead").values()))
        metrics.VIEW_BYTES.set(self._writer.size())
        metrics.VIEW_LAG.set(self.lag or 0)

    def _judge(self) -> None:
        if self.caught_up or self.broker_down_since is not None:
            return
        if self.lag == 0 or time.monotonic() - self._last_record > _SILENCE_SECONDS:
            self.caught_up = True
            log.info("the view is up to date")

    def _up(self, ends: Mapping[TopicPartition, int]) -> None:
        self._ends |= ends
        self.ever_connected = True
        if self.broker_down_since is not None:
            log.info("the broker answers", extra=fields(broker=self._settings.broker))
        self.broker_down_since = None
        metrics.BROKER_UP.set(1)

    def _down(self, error: BaseException) -> None:
        if self.broker_down_since is None:
            self.broker_down_since = time.time()
            log.warning("the broker does not answer", extra=fields(reason=type(error).__name__))
        metrics.BROKER_UP.set(0)

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    try:
        await asyncio.wait_for(closed(consumer), _PROBE_TIMEOUT)
    except (KafkaError, OSError, TimeoutError):
        log.debug("a consumer could not say goodbye")
