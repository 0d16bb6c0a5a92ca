"""The consumer: hands on every offset of a partition one after the other, and commits only what is confirmed.

Use it through `transport.Transport`. The mends of faust-streaming 0.15.3 that live here, each with the loss it ends:

1. *Own drain.* Records go from the fetch through the `Ledger` into the agent's `Inbox`; faust's streams, acks and gaps
   are not in the way (an exception in an agent acks the event: streams.py:1187; issues 596, 606, 312).
2. *Gate.* Stream partitions rest from the revoke until the rebalance has ended and the state is recovered: faust resumes
   them before the seek (tables/recovery.py:649), and records of the old position are delivered, acked and cleared.
3. *First position.* Where nothing is committed, `seek_to_committed` does not seek; here the log's start is sought.
4. *Empty is empty.* aiokafka takes an empty set of partitions for "all of them" (consumer/fetcher.py:1221) and hands out
   what nobody wants; the position has moved on. `Only` is true even when empty, and it is a copy, not a live set.
5. *Known topics.* A topic created a moment ago may be unknown to the client: no partitions, no assignment until a restart
   (tables/base.py:341). `subscribe` waits for the metadata.
6. *Fetch wait.* faust asks for long polls of 1.5 s (drivers/aiokafka.py:615), and an assignment waits for the one in flight.
7. *Gentle commit.* A commit that fails in a rebalance is no reason to crash (drivers/aiokafka.py, `_commit`): what was not
   committed comes again.
8. *Quiet revoke.* Before partitions are given back the batches in flight are finished and committed: fewer repeats.
9. *A log that was cut.* One that ends before what was read of it, since the topic was made anew or the broker lost its end,
   is read from its start. aiokafka goes back there in silence, and the new records would pass for repeats of the old.
10. *Any header.* A header name that is no UTF-8 stops a partition for ever: `worker.stream.headers`.
11. *Closing.* A client that is closed while the broker is away raises a CancelledError of its own: `worker.stream.closing`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import aiokafka
from aiokafka.errors import IllegalStateError, KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode import Service

from worker.errors import TransientError
from worker.stream import headers
from worker.stream.closing import closed
from worker.stream.ledger import Ledger, Place
from worker.stream.record import Record

if TYPE_CHECKING:
    from worker.stream.app import App

log = logging.getLogger(__name__)

METADATA_MAX_AGE_MS = (
    30_000  # a topic made anew, or given more partitions, is read after so long; aiokafka's is 5 minutes
)
FETCH_WAIT_MS = 100  # long poll; also how long an assignment may wait for the fetch in flight
MAX_POLL_INTERVAL_MS = 3_600_000  # a long recovery fetches nothing; whether it moves is the watchdog's question
POLL = 0.2  # s a fetch call waits; short, because a partition whose buffer has room again is only seen by the next call
QUIET_WITHIN = 3.0  # s for batches in flight to finish before a revoke; must stay below the session timeout


Fetched = tuple[list[Any], int | None, int | None]  # records, where the client stood before the fetch, and after


class Only:
    """Partitions to fetch from, true even when there are none."""

    def __init__(self, places: Iterable[TP]) -> None:
        self._places = frozenset(places)

    def __contains__(self, place: object) -> bool:
        return place in self._places


class RebalanceListener(driver.ConsumerRebalanceListener):
    """Lets changelog partitions rest before anything is fetched: state is read by a reader of its own."""

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        coordinator = self._thread._ensure_consumer()._coordinator
        self._thread.app.joined(coordinator.member_id, coordinator.generation)
        self._thread.rest_changelogs(assigned)
        await super().on_partitions_assigned(assigned)


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """The aiokafka consumer in its own thread."""

    logger = logging.getLogger("faust")

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        app: App = self.app
        conf = app.conf
        headers.tolerate()
        # faust takes its own assignor only where it knows of tables; topics of one partition count must go together always.
        self._assignor = app.assignor
        return aiokafka.AIOKafkaConsumer(
            **app.options.kafka,
            client_id=conf.broker_client_id,
            group_id=conf.id,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",  # what an upstream transaction took back was never sent
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            max_partition_fetch_bytes=conf.consumer_max_fetch_size,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            metadata_max_age_ms=METADATA_MAX_AGE_MS,
            request_timeout_ms=int(conf.broker_request_timeout * 1000),
            session_timeout_ms=int(conf.broker_session_timeout * 1000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1000),
        )

    async def on_thread_stop(self) -> None:
        stop = super().on_thread_stop()
        await (stop if self._consumer is None else closed(self._consumer, stop))

    def rest_changelogs(self, assigned: Iterable[Any]) -> None:
        """Called in this thread: pause the changelog partitions in aiokafka, else it prefetches them for nothing."""
        changelogs = self.app.tables.changelog_topics
        if resting := [tp for tp in assigned if tp.topic in changelogs]:
            self._ensure_consumer().pause(*resting)

    async def subscribe(self, topics: Iterable[str]) -> None:
        names = set(topics)
        await self.call_thread(self._wait_for_topics, names)
        await super().subscribe(names)

    async def _wait_for_topics(self, topics: set[str]) -> None:
        client = self._ensure_consumer()._client
        await client.set_topics(topics)
        for _ in range(150):
            if all(client.cluster.partitions_for_topic(topic) for topic in topics):
                return
            await asyncio.sleep(0.2)
            await client.force_metadata_update()
        missing = sorted(topic for topic in topics if not client.cluster.partitions_for_topic(topic))
        raise TransientError(f"the broker does not know these topics: {', '.join(missing)}")

    async def fetch(self, places: frozenset[TP], timeout: float) -> dict[TP, Fetched]:
        """Records of ``places``, and where the client stood before and after; ``timeout`` seconds to wait for the first."""
        found: dict[TP, Fetched] = await self.call_thread(self._fetch, places, timeout)
        return found

    async def _fetch(self, places: frozenset[TP], timeout: float) -> dict[TP, Fetched]:
        consumer = self._ensure_consumer()
        before = self._positions(places)
        fetched = await self._fetch_records(
            consumer, Only(places), timeout=timeout, max_records=consumer._max_poll_records
        )
        after = self._positions(places)
        records = {TP(tp.topic, tp.partition): messages for tp, messages in fetched.items()}
        return {tp: (records.get(tp, []), before.get(tp), after.get(tp)) for tp in places}

    def _positions(self, places: frozenset[TP]) -> dict[TP, int | None]:
        # Without a wait in between: the positions belong to the records.
        subscription = self._ensure_consumer()._subscription.subscription
        if subscription is None or subscription.assignment is None:
            return {}
        states = subscription.assignment.tps
        return {tp: subscription.assignment.state_value(tp)._position for tp in places if tp in states}

    async def committed(self, places: Iterable[TP]) -> dict[TP, int | None]:
        """The committed offset of each partition, None where there is none."""
        return dict(await self.call_thread(self._committed, list(places)))

    async def _committed(self, places: list[TP]) -> dict[TP, int | None]:
        consumer = self._ensure_consumer()
        found = await consumer._coordinator.fetch_committed_offsets([aiokafka.TopicPartition(*tp) for tp in places])
        offsets = {TP(tp.topic, tp.partition): meta.offset for tp, meta in found.items()}
        return {tp: at if (at := offsets.get(tp)) is not None and at >= 0 else None for tp in places}

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        consumer = self._ensure_consumer()
        owned = self.assignment()
        wanted = {
            aiokafka.TopicPartition(*tp): aiokafka.structs.OffsetAndMetadata(offset, "")
            for tp, offset in offsets.items()
            if tp in owned
        }
        if len(wanted) < len(offsets) or not wanted:
            return False
        try:
            await consumer.commit(wanted)
        except (KafkaError, IllegalStateError) as error:
            log.warning("offsets not committed, what they cover may come again: %s", error)
            return False
        return True


class Consumer(driver.Consumer):
    """Delivers each partition's offsets one after the other, and commits them the same way."""

    logger = logging.getLogger("faust")
    RebalanceListener = RebalanceListener
    app: App

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.ledger = Ledger()
        self._gate_open = False
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # -- the gate
    @property
    def gate_open(self) -> bool:
        """Whether records are handed on: after recovery and the hooks, until the next revoke."""
        return self._gate_open

    def open_gate(self) -> None:
        """Let records through; called when the rebalance has ended."""
        self._gate_open = True

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await self.settle(QUIET_WITHIN)
        self.ledger.forget()
        await super().on_partitions_revoked(revoked)
        await self.app.partitions_revoked()

    async def settle(self, within: float) -> None:
        """Close the gate, let batches in flight finish for at most ``within`` seconds, commit what is confirmed."""
        self._gate_open = False
        await self.app.settle(within)
        try:
            await asyncio.wait_for(self.force_commit(), 2.0)
        except TimeoutError:
            log.warning("the last commit before giving up partitions got no answer")

    # -- delivery
    async def perform_seek(self) -> None:
        ours = [tp for tp in self.assignment() if not self._is_changelog_tp(tp)]
        positions: dict[TP, int | None] = await self._thread.committed(ours) if ours else {}
        cut = await self._cut_logs({tp: at for tp, at in positions.items() if at is not None})
        for tp, end in cut.items():
            if self.ledger.expected(Place(*tp)) is not None:
                continue  # faust seeks twice for each assignment, and it is said
            log.error(
                "the log ends before its commit, it was made anew or cut, and is read from its start",
                extra={"fields": {"topic": tp.topic, "partition": tp.partition, "commit": positions[tp], "end": end}},
            )
        if fresh := [tp for tp, at in positions.items() if at is None or tp in cut]:
            positions.update(await self.earliest_offsets(*fresh))
        known = {tp: at for tp, at in positions.items() if at is not None}
        if known:
            await self.seek_wait(known)
        self.ledger.assign({Place(*tp): at for tp, at in known.items()})

    async def _cut_logs(self, read: Mapping[TP, int]) -> dict[TP, int]:
        """The ends of those logs that end before what was read of them."""
        if not read or self.app.options.embedded:  # the embedded broker names ends that are short by the last batch
            return {}
        ends = await self.highwaters(*read)
        return {tp: ends[tp] for tp, at in read.items() if ends[tp] < at}

    def _wanted(self) -> frozenset[TP]:
        if not (self._gate_open and self.flow_active):
            return frozenset()
        inboxes = self.app.inboxes
        return frozenset(
            tp
            for tp in self._get_active_partitions()
            if (inbox := inboxes.get(tp.topic)) is not None and not inbox.full and not self._finished(tp)
        )

    def _finished(self, tp: TP) -> bool:
        """Whether all that is to be read of a log is handed on."""
        until = self.app.options.until.get((tp.topic, tp.partition))
        return until is not None and (self.ledger.expected(Place(*tp)) or 0) >= until

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                wanted = self._wanted()
                if not wanted:
                    await asyncio.sleep(0.02)  # resting, or every buffer is full
                    continue
                generation = self.app.consumer_generation_id
                try:
                    fetched = await self._thread.fetch(wanted, POLL)
                except IllegalStateError:
                    continue  # the partitions went away under the fetch
                if self._gate_open and generation == self.app.consumer_generation_id:
                    await self._take_in(fetched)
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise
        except KafkaError as error:
            self.app.fail(TransientError(f"reading from the broker failed: {type(error).__name__}: {error}"))

    async def _take_in(self, fetched: Mapping[TP, Fetched]) -> None:
        back: dict[TP, int] = {}
        behind: dict[TP, int] = {}
        for tp, (messages, before, after) in fetched.items():
            expected = self.ledger.expected(Place(*tp))
            if before is not None and expected is not None and before < expected:
                behind[tp] = expected
            if (until := self.app.options.until.get((tp.topic, tp.partition))) is not None:
                messages = [message for message in messages if message.offset < until]
                after = min(after, until) if after is not None else None
            kept, stretch, again = self.ledger.admit(Place(*tp), messages, before, after)
            if stretch is not None:
                records = [
                    Record(m.topic, m.partition, m.offset, m.key, m.value, list(m.headers), m.timestamp) for m in kept
                ]
                self.app.inboxes[tp.topic].put(records, stretch)
            if again is not None:
                back[tp] = again
        for tp, end in (await self._cut_logs(behind)).items():
            what = f"{tp.topic} partition {tp.partition} ends at {end} and was read up to {behind[tp]}"
            self.app.fail(
                TransientError(f"{what}: it was made anew or cut, and is read from its start after a restart")
            )
        if back:
            await self._seek_back(back)

    async def _seek_back(self, back: dict[TP, int]) -> None:
        # What is missing was dropped on the way, or retention removed it before it was read.
        try:
            starts = await self.earliest_offsets(*back)
            for tp, start in starts.items():
                if start > back[tp]:
                    log.error(
                        "records were removed by retention before they were read",
                        extra={"fields": {"topic": tp.topic, "partition": tp.partition, "from": back[tp], "to": start}},
                    )
                    self.ledger.pass_hole(Place(*tp), start)
                    back[tp] = start
            log.warning("asking the broker again", extra={"fields": {f"{t}:{p}": at for (t, p), at in back.items()}})
            await self.seek_wait(back)
        except IllegalStateError:
            log.info("partitions were revoked while seeking")

    def check(self) -> None:
        """Fail with what keeps the client out of the group: faust reads past the call that would raise it."""
        client = self._thread._consumer
        # Read, not asked for: this is another thread, and before the subscription there is no real coordinator.
        if (error := getattr(client and client._coordinator, "_pending_exception", None)) is not None:
            self.app.fail(TransientError(f"no part in the group: {type(error).__name__}: {error}"))

    def lag(self) -> dict[Place, int]:
        """Records of each partition that can be read and are not confirmed, as far as the client knows the log's end."""
        out: dict[Place, int] = {}
        for place, done in self.ledger.done().items():
            try:
                # Behind it is what an open transaction holds back: nobody can read on, and no restart would help.
                end = self._thread._ensure_consumer().last_stable_offset(TP(*place))
            except (IllegalStateError, AssertionError):
                continue
            end = min(end or 0, self.app.options.until.get((place.topic, place.partition), end or 0))
            out[place] = max(0, end - done)
        return out

    # -- commit
    @Service.task
    async def _commit_handler(self) -> None:
        while not self.should_stop:
            await self.sleep(self.commit_interval)
            await self.commit()

    @Service.task
    async def _commit_livelock_detector(self) -> None:
        """Left out: it only logs, and it judges by acks; the watchdog judges by progress."""

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit what the ledger says, nothing else. Returns whether something was committed."""
        offsets = self.ledger.committable()
        if not offsets or not await self._commit({TP(*place): at for place, at in offsets.items()}):
            return False
        self.ledger.committed(offsets)
        return True
