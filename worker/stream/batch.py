"""The checkpointed batch: the one way from a record to a commit."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from worker.errors import ConfigError, RecordError, TransientError
from worker.stream import deadletters
from worker.stream.inbox import Inbox
from worker.stream.ledger import Stretch
from worker.stream.record import Answer, Dead, Record, Send
from worker.stream.state import NotOwned
from worker.stream.transport import wire_size

if TYPE_CHECKING:
    from worker.stream.app import App

log = logging.getLogger(__name__)

Work = Callable[[Sequence[Record]], Awaitable[Sequence[Answer]]]

# A batch that takes longer is made smaller: revokes, SIGTERM and the watchdog wait for batches, not for records.
_BATCH_SECONDS = 0.5
_FIRST_BATCH = 8
# Records an inbox holds beyond the batch at work, in batches: enough to keep the agent busy, little to repeat after a crash.
_BATCHES_AHEAD = 4


class Batch:
    """Some records of one agent on their way to the commit. The order of the steps is the promise:

    1. *take* the oldest records of the inbox, with the stretches of the log that they cover;
    2. *work*: the agent answers each record with what to send, or with why it is dead; state is written meanwhile;
    3. *send* the outputs, the dead letters and the changelog rows of the state;
    4. *await* that the broker has every one of them; one that cannot be delivered ends the process (status 75);
    5. *confirm* the stretches, in the order in which they were handed on.

    Nothing else moves the commit, which follows what is confirmed. A crash before 5 repeats the batch, never loses it.
    A batch that is cancelled (its partitions went away) confirms nothing.
    """

    def __init__(self, agent: Agent, records: list[Record], stretches: list[Stretch]) -> None:
        self._agent, self._records, self._stretches = agent, records, stretches

    async def run(self) -> None:
        """Steps 2 to 5. Raises TransientError, ConfigError; NotOwned when the state of a partition went away."""
        agent, app = self._agent, self._agent.app
        started = time.perf_counter()
        answers = await self._work(self._records)
        worked = time.perf_counter() - started
        sends, dead = self._outputs(answers)
        await app.emit(sends)
        app.consumer.ledger.confirm(self._stretches)
        agent.count(records=len(self._records), batches=1, sent=len(sends) - dead, dead=dead, seconds=worked)

    async def _work(self, records: Sequence[Record]) -> Sequence[Answer]:
        try:
            answers = await self._agent.work(records)
        except (TransientError, ConfigError, NotOwned):
            raise
        except Exception as error:
            if len(records) == 1:
                return [self._failed(error)]
            # One of them spoils the others: alone each shows whether it is the one.
            log.warning("a batch failed, its records are tried one by one", extra=_where(error, self._agent.name))
            return [answer for record in records for answer in await self._work([record])]
        if len(answers) != len(records):
            raise ConfigError(f"agent {self._agent.name} gave {len(answers)} answers to {len(records)} records")
        return answers

    def _failed(self, error: Exception) -> Dead:
        if isinstance(error, RecordError):
            return Dead(error.code, error.message)
        log.error("a record cannot be processed", extra=_where(error, self._agent.name))
        return Dead("internal-error", f"{type(error).__name__} in {self._agent.name}")

    def _outputs(self, answers: Sequence[Answer]) -> tuple[list[Send], int]:
        app, stage = self._agent.app, self._agent.name
        most = app.options.max_request
        sends: list[Send] = []
        failed: list[bool] = []
        codes: list[str] = []
        dead = 0
        for record, answer in zip(self._records, answers, strict=True):
            if not isinstance(answer, Dead) and any(wire_size(send) > most for send in answer):
                answer = Dead("output-too-large", f"an output of {stage} is larger than {most} bytes")
            if isinstance(answer, Dead):
                dead += 1
                sends.append(
                    deadletters.letter(app.options.dead_letters, record, answer, stage, datetime.now(UTC), most)
                )
                codes.append(answer.code)
            elif deadletters.is_retry(record):
                sends += [deadletters.unmarked(send) for send in answer]
            else:
                sends += answer
            if not deadletters.is_retry(record):
                failed.append(isinstance(answer, Dead))
        self._agent.limit.count(failed, stage, codes)
        return sends, dead


class Agent:
    """What `attach` makes: an inbox, the work, and the loop that runs one batch after the other."""

    def __init__(self, app: App, topic: str, name: str, work: Work, take: int, within: float) -> None:
        self.app, self.topic, self.name, self.work = app, topic, name, work
        self.limit = deadletters.Limit()
        self.inbox = Inbox(take * _BATCHES_AHEAD)
        self._within = within
        self._most = take
        self._take = min(take, _FIRST_BATCH)
        self._current: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Batch after batch, until the app stops."""
        while True:
            records, stretches = await self.inbox.take(self._take, self._within)
            started = time.monotonic()
            batch = self._current = asyncio.ensure_future(Batch(self, records, stretches).run())
            try:
                await asyncio.wait([batch])
            finally:
                if not batch.done():  # the agent itself was cancelled
                    batch.cancel()
                self._current = None
            if not batch.cancelled() and (error := batch.exception()) is not None:
                if isinstance(error, NotOwned) and not self.app.consumer.ledger.current(stretches[0]):
                    log.info("a batch was given up with its partitions", extra={"fields": {"agent": self.name}})
                    continue
                self.app.fail(error)
                return
            self.pace(len(records), time.monotonic() - started)

    def pace(self, records: int, seconds: float) -> None:
        """Choose the size of the next batch by what the last one took."""
        if seconds > _BATCH_SECONDS:
            self._take = max(1, min(self._take, records) // 2)
        elif seconds < _BATCH_SECONDS / 2 and records >= self._take:
            self._take = min(self._most, self._take * 2)

    @property
    def batch_size(self) -> int:
        """The most records that the next batch takes."""
        return self._take

    @property
    def busy(self) -> asyncio.Task[None] | None:
        """The batch at work."""
        return self._current

    def count(self, **numbers: float) -> None:
        """Add to the counters of the app."""
        counters = self.app.counters
        for name, number in numbers.items():
            counters[name, self.name] = counters.get((name, self.name), 0) + number


def attach(app: App, *, topic: str, name: str, work: Work, take: int = 200, within: float = 0.02) -> Agent:
    """Give ``app`` an agent: it reads ``topic`` in batches of at most ``take`` records, gathered for ``within`` seconds.

    Batches shrink where the work is slow, so that each takes about half a second at most.
    ``work`` gets the records of a batch and returns one answer for each, in their order. One agent for each topic.
    """
    if topic in app.inboxes:
        raise ConfigError(f"topic {topic} has two agents")
    agent = Agent(app, topic, name, work, take, within)
    app.inboxes[topic] = agent.inbox
    app.batch_agents.append(agent)
    channel = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    # faust supervises and subscribes; records come by the inbox, because whatever passes through a faust stream is acked
    # by its `finally` when the work raises (streams.py:1187).
    @app.agent(channel, name=name)
    async def run(stream: Any) -> None:
        await agent.run()

    return agent


def _where(error: Exception, agent: str) -> dict[str, Any]:
    # The place, not the message: that may hold text of an article.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace is not None else "unknown"
    return {"fields": {"agent": agent, "error": type(error).__name__, "at": at}}
