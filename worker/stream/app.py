"""The faust app of a worker: its clients with the mends, its states and agents, hooks, and the end of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faust
from aiokafka.errors import KafkaError

from worker.errors import TransientError
from worker.stream.health import Health
from worker.stream.record import Send
from worker.stream.recovery import TableManager
from worker.stream.standby import Standbys
from worker.stream.state import State, rocksdb_installed
from worker.stream.topics import Topic
from worker.stream.transport import Transport

if TYPE_CHECKING:
    from worker.stream.batch import Agent
    from worker.stream.inbox import Inbox

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What an app needs to know; times in seconds, sizes in bytes. ``kafka`` are aiokafka's arguments (servers, security)."""

    kafka: Mapping[str, Any]
    group: str
    data: Path
    dead_letters: str
    topics: Sequence[Topic] = ()
    max_request: int = (8 << 20) + (64 << 10)
    idempotent: bool = True
    replication: int = 1
    watchdog: float = 30.0
    stop_within: float = 4.5
    embedded: bool = False  # the broker is the embedded one: fewer checks, no idempotent producer
    until: Mapping[tuple[str, int], int] = field(default_factory=dict)  # offsets at which the reading of a log ends
    on_disk: bool = field(default_factory=rocksdb_installed)
    commit_every: float = 0.5
    session: float = 6.0  # the least that brokers allow by default: a kill is silence for so long
    heartbeat: float = 0.5  # how late a member hears that the group must settle anew, with every partition at rest


@dataclass(frozen=True)
class Assignment:
    """What this worker owns now. ``gained`` may have been another's since it was last ours; what is kept is not in it.

    ``lost`` was ours at the last assignment. ``term`` is the generation of the group: an older owner has a smaller one.
    """

    term: int
    owned: frozenset[tuple[str, int]]
    gained: frozenset[tuple[str, int]]
    lost: frozenset[tuple[str, int]]


AssignedHook = Callable[[Assignment], Awaitable[None]]
RevokedHook = Callable[[frozenset[tuple[str, int]]], Awaitable[None]]


class App(faust.App):
    """A faust app whose agents are made by `batch.attach` and whose tables by `state.State`."""

    logger = logging.getLogger("faust")  # the steps of services are logged at faust's level

    def __init__(self, options: Options) -> None:
        self.options = options
        self.states: list[State] = []
        self.batch_agents: list[Agent] = []
        self.inboxes: dict[str, Inbox] = {}
        self.counters: dict[tuple[str, str], float] = {}
        self.restored = 0  # changelog rows read since the start
        self.steps = 0  # what `progressed` counts
        self.failure: BaseException | None = None
        self.stopping = False
        self.over = asyncio.Event()  # set by `fail` and by a signal
        self._flushing = asyncio.Lock()
        self.lineage = 0  # of the assignment: one more than the last one only where nobody else can have owned anything
        self._membership: tuple[str, int] = ("", 0)
        self._told_lineage = 0
        self._told: frozenset[tuple[str, int]] = frozenset()  # what the hooks know as ours
        self._being_told: frozenset[tuple[str, int]] = frozenset()
        self.health = Health(self, options.watchdog)
        self.standbys = Standbys(self)
        self.start_hooks: list[Callable[[], Awaitable[None]]] = []
        self._assigned_hooks: list[AssignedHook] = []
        self._revoked_hooks: list[RevokedHook] = []
        self._exit_hooks: list[Callable[[], None]] = []
        servers = options.kafka["bootstrap_servers"]
        super().__init__(
            options.group,
            broker=[f"aiokafka://{server}" for server in ([servers] if isinstance(servers, str) else servers)],
            datadir=str(options.data),
            store="memory://",  # the rows are kept by State
            processing_guarantee="at_least_once",  # exactly_once loses and doubles (issues 136, 177, 323, 440, 517)
            TableManager=TableManager,
            agent_supervisor="mode.CrashingSupervisor",  # OneForOne acks what nobody handled
            stream_wait_empty=False,  # can wait for ever; `settle` waits with a deadline
            stream_recovery_delay=0.0,
            topic_allow_declare=False,  # topics are made and checked before the start
            topic_disable_leader=True,
            web_enabled=False,
            broker_commit_interval=options.commit_every,
            broker_commit_every=None,
            broker_max_poll_records=500,
            broker_request_timeout=90.0,
            broker_session_timeout=options.session,
            broker_heartbeat_interval=options.heartbeat,
            broker_rebalance_timeout=8.0,
            consumer_auto_offset_reset="earliest",
            producer_threaded=False,  # broken, as its own comments say
        )

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)

    # -- for agents
    @property
    def term(self) -> int:
        """The generation of the group; 0 before the first assignment."""
        return int(self.consumer_generation_id or 0)

    @property
    def owned(self) -> frozenset[tuple[str, int]]:
        """The (topic, partition)s that are ours and handed on."""
        return self._told

    def progressed(self) -> None:
        """Say that work goes on which no confirmation shows yet: parts of a slow batch, a hook that takes long."""
        self.steps += 1

    async def emit(self, sends: Sequence[Send]) -> None:
        """Return when the broker has ``sends`` and every changelog row written so far.

        Raises TransientError when it does not get them; the process then ends with 75, whatever the caller makes of it.
        """
        delivering = asyncio.ensure_future(self.producer.deliver(sends)) if sends else None
        self.progressed()
        try:
            try:
                await self.flush()
            finally:
                if delivering is not None:
                    await delivering
        except TransientError as error:
            self.fail(error)
            raise

    async def flush(self) -> None:
        """Return when the broker has every changelog row written so far. Raises TransientError.

        Not interrupted by a cancelled batch: a row that is known here and nowhere else would be taken for one that stands.
        """
        await asyncio.shield(asyncio.ensure_future(self._flush()))

    async def _flush(self) -> None:
        async with self._flushing:
            taken = {
                (state.changelog, p): (state, rows) for state in self.states for p, rows in state.take_unsent().items()
            }
            if not taken:
                return
            parts = {place: state.part_or_none(place[1]) for place, (state, _) in taken.items()}
            sends = [
                Send(topic, key.encode(), value, partition=p)
                for (topic, p), (_, rows) in taken.items()
                for key, value in rows.items()
            ]
            waiting = {place: list(rows.items()) for place, (_, rows) in taken.items()}
            try:
                requests = await self.producer.deliver(sends)
            except TransientError as error:
                self.fail(error)
                raise
            for topic, p, first, count in requests:
                rows, waiting[topic, p] = waiting[topic, p][:count], waiting[topic, p][count:]
                if (part := parts[topic, p]) is not None:
                    part.written(rows, first, count)

    def before_start(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Await ``hook`` before the group is joined: while this worker loads, the others still have its partitions."""
        self.start_hooks.append(hook)

    def on_assigned(self, hook: AssignedHook) -> AssignedHook:
        """Call ``hook`` after each recovery, before the first record is handed on."""
        self._assigned_hooks.append(hook)
        return hook

    def on_revoked(self, hook: RevokedHook) -> RevokedHook:
        """Call ``hook`` with all partitions that were ours when they are given back; batches in flight are finished."""
        self._revoked_hooks.append(hook)
        return hook

    def on_exit(self, hook: Callable[[], None]) -> Callable[[], None]:
        """Call ``hook`` at the end of the process, also at the hard end by the watchdog."""
        self._exit_hooks.append(hook)
        return hook

    def lag(self) -> dict[tuple[str, int], int]:
        """Records of each owned partition that are not confirmed."""
        return dict(self.consumer.lag()) if self._consumer is not None else {}

    # -- rebalance
    def joined(self, member: str, generation: int) -> None:
        """The group has a new generation and we are in it; called in the consumer's thread.

        The generation alone does not tell whether we were there all the time: that of an empty group begins at 1 again.
        A member that was expelled comes back under another name.
        """
        followed = self._membership == (member, generation - 1)
        self._membership = (member, generation)
        self.lineage += 1 if followed else 2

    async def settle(self, within: float) -> None:
        """Empty the inboxes and let batches in flight finish for at most ``within`` seconds; what does not is cancelled."""
        for inbox in self.inboxes.values():
            inbox.clear()
        if busy := [task for agent in self.batch_agents if (task := agent.busy) is not None]:
            _, late = await asyncio.wait(busy, timeout=within)
            for task in late:
                task.cancel()
            if late:
                log.warning("batches took too long and come again", extra={"fields": {"batches": len(late)}})
                await asyncio.wait(late, timeout=1.0)

    async def partitions_revoked(self) -> None:
        """Run the hooks: nothing is ours for the moment."""
        await self.standbys.stop()
        if partitions := self._told | self._being_told:
            for hook in self._revoked_hooks:
                await self._guard(hook(partitions))

    async def partitions_assigned(self, generation: int) -> None:
        """Run the hooks after recovery, before the gate opens."""
        await self.standbys.stop()
        changelogs = self.tables.changelog_topics
        owned = frozenset((tp.topic, tp.partition) for tp in self.consumer.assignment() if tp.topic not in changelogs)
        kept = self._told & owned if self.lineage == self._told_lineage + 1 else frozenset()
        before = self._told | self._being_told
        self._told_lineage, self._told, self._being_told = self.lineage, kept, owned
        assignment = Assignment(generation, owned, owned - kept, before - owned)
        for hook in self._assigned_hooks:
            await hook(assignment)
        self._told, self._being_told = owned, frozenset()

    def on_rebalance_end(self) -> None:
        super().on_rebalance_end()
        self.consumer.open_gate()
        self.standbys.start()
        log.info("ready", extra={"fields": {"term": self.term, "partitions": len(self._told)}})

    async def _guard(self, step: Awaitable[None]) -> None:
        try:
            await step
        except Exception as error:
            self.fail(error)

    # -- the end
    def fail(self, error: BaseException) -> None:
        """End the process: TransientError and what comes from the broker or the system with 75, everything else with 1."""
        if self.failure is None:
            if isinstance(error, (KafkaError, OSError, asyncio.TimeoutError)):
                error = TransientError(f"{type(error).__name__}: {error}")
            self.failure = error
        self.over.set()

    def exit_status(self) -> int:
        """0, or what the failure makes it."""
        if self.failure is None:
            return 0
        return 75 if isinstance(self.failure, TransientError) else 1

    def run_exit_hooks(self) -> None:
        """Once, at the end of the process."""
        hooks, self._exit_hooks = self._exit_hooks, []
        for hook in hooks:
            try:
                hook()
            except Exception as error:
                log.warning("an exit hook failed: %s", type(error).__name__)


__all__ = ["App", "Assignment", "Options"]
