"""A batch step by step, without a broker: what is sent, what is confirmed, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from worker.errors import ConfigError, RecordError, TransientError
from worker.stream.batch import Agent
from worker.stream.ledger import Ledger, Place
from worker.stream.record import Answer, Dead, Record, Send
from worker.stream.state import NotOwned

PLACE = Place("in", 0)


class Stage:
    """An agent with a ledger, and a broker that may refuse."""

    def __init__(self, work: Any, take: int = 10) -> None:
        self.sent: list[Send] = []
        self.refuse: Exception | None = None
        self.failed: list[BaseException] = []
        self.before_emit: Any = None
        self.ledger = Ledger()
        self.ledger.assign({PLACE: 0})
        options = SimpleNamespace(max_request=10_000, dead_letters="dlq")
        consumer = SimpleNamespace(ledger=self.ledger)
        app: Any = SimpleNamespace(
            options=options, consumer=consumer, counters={}, emit=self._emit, fail=self.failed.append
        )
        self.counters = app.counters
        self.agent = Agent(app, "in", "stage", work, take, 0.0)

    async def _emit(self, sends: Sequence[Send]) -> None:
        if self.before_emit:
            await self.before_emit()
        if self.refuse:
            raise self.refuse
        self.sent += sends

    def put(self, *values: bytes) -> None:
        at = self.ledger.expected(PLACE) or 0
        records = [Record("in", 0, at + i, b"k", value, [], 5) for i, value in enumerate(values)]
        kept, stretch, _ = self.ledger.admit(PLACE, records, at, at + len(values))
        assert stretch is not None
        self.agent.inbox.put(list(kept), stretch)

    async def run(self, seconds: float = 0.05) -> None:
        running = asyncio.ensure_future(self.agent.run())
        await asyncio.wait([running], timeout=seconds)
        if not running.done():
            running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def committable(self) -> int:
        return self.ledger.committable().get(PLACE, 0)


async def echo(records: Sequence[Record]) -> Sequence[Answer]:
    return [[Send("out", r.key, r.value)] for r in records]


async def test_a_batch_is_sent_then_confirmed() -> None:
    stage = Stage(echo)
    stage.put(b"1", b"2")

    async def nothing_yet() -> None:
        assert stage.committable() == 0

    stage.before_emit = nothing_yet
    await stage.run()
    assert [send.value for send in stage.sent] == [b"1", b"2"]
    assert stage.committable() == 2
    assert stage.counters["records", "stage"] == 2 and stage.counters["dead", "stage"] == 0


async def test_what_cannot_be_delivered_is_not_confirmed() -> None:
    stage = Stage(echo)
    stage.refuse = TransientError("gone")
    stage.put(b"1")
    await stage.run()
    assert stage.committable() == 0
    assert isinstance(stage.failed[0], TransientError)


async def test_work_that_raises_costs_the_one_record() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        if any(r.value == b"bad" for r in records):
            raise KeyError("text of an article")
        return await echo(records)

    stage = Stage(work)
    stage.put(b"1", b"bad", b"3")
    await stage.run()
    assert [(send.topic, send.value) for send in stage.sent] == [("out", b"1"), ("dlq", b"bad"), ("out", b"3")]
    said = dict(stage.sent[1].headers)
    assert said["dlq-code"] == b"internal-error" and b"text of" not in said["dlq-message"]
    assert stage.committable() == 3


async def test_a_record_error_keeps_its_code() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        raise RecordError("json-invalid", "no JSON")

    stage = Stage(work)
    stage.put(b"1")
    await stage.run()
    assert dict(stage.sent[0].headers)["dlq-code"] == b"json-invalid"


async def test_an_output_too_large_is_a_dead_letter() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        return [[Send("out", b"k", b"x" * 20_000)] for _ in records]

    stage = Stage(work)
    stage.put(b"1")
    await stage.run()
    assert [send.topic for send in stage.sent] == ["dlq"]
    assert dict(stage.sent[0].headers)["dlq-code"] == b"output-too-large"


@pytest.mark.parametrize("error", [TransientError("restart"), ConfigError("never")])
async def test_failures_of_the_process_end_it(error: Exception) -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        raise error

    stage = Stage(work)
    stage.put(b"1", b"2")
    await stage.run()
    assert stage.failed == [error] and stage.committable() == 0


async def test_a_wrong_number_of_answers_ends_the_process() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        return []

    stage = Stage(work)
    stage.put(b"1")
    await stage.run()
    assert isinstance(stage.failed[0], ConfigError)


async def test_a_batch_whose_partitions_went_away_is_given_up() -> None:
    stage = Stage(echo)

    async def revoke() -> None:
        stage.ledger.forget()
        raise NotOwned("given back")

    stage.before_emit = revoke
    stage.put(b"1")
    await stage.run()
    assert stage.failed == []
    stage.ledger.assign({PLACE: 0})
    stage.before_emit = None
    stage.put(b"1")
    await stage.run()
    assert stage.committable() == 1


async def test_a_state_that_is_not_there_ends_the_process() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        raise NotOwned("partition 7 of rows")

    stage = Stage(work)
    stage.put(b"1")
    await stage.run()
    assert isinstance(stage.failed[0], NotOwned)


async def test_a_cancelled_batch_confirms_nothing_and_the_agent_goes_on() -> None:
    stage = Stage(echo)
    held = asyncio.Event()

    async def hang() -> None:
        held.set()
        await asyncio.sleep(60)

    stage.before_emit = hang
    stage.put(b"1")
    running = asyncio.ensure_future(stage.agent.run())
    await held.wait()
    assert stage.agent.busy is not None
    stage.agent.busy.cancel()
    stage.before_emit = None
    await asyncio.sleep(0.01)
    assert stage.committable() == 0 and not running.done() and stage.failed == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_comes_back_from_the_dead_letters_goes_on_unmarked() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        return [[Send("out", r.key, r.value, list(r.headers))] for r in records]

    stage = Stage(work)
    record = Record("in", 0, 0, b"k", b"v", [("url", b"u"), ("dlq-attempts", b"1"), ("dlq-first-failed-at", b"t")], 5)
    kept, stretch, _ = stage.ledger.admit(PLACE, [record], 0, 1)
    assert stretch is not None
    stage.agent.inbox.put(list(kept), stretch)
    await stage.run()
    assert stage.sent[0].headers == [("url", b"u")]


async def test_dead_records_beyond_the_limit_stop_the_worker_before_they_are_sent() -> None:
    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        return [Dead("x", "y") for _ in records]

    stage = Stage(work, take=1000)
    stage.put(*[b"1"] * 600)
    await stage.run(2.0)
    assert isinstance(stage.failed[0], ConfigError) and "x" in str(stage.failed[0])
    assert len(stage.sent) < 500 and stage.committable() == len(stage.sent)


async def test_batches_shrink_where_the_work_is_slow_and_grow_again() -> None:
    agent = Stage(echo, take=200).agent
    assert agent.batch_size == 8
    for _ in range(6):
        agent.pace(agent.batch_size, 0.01)
    assert agent.batch_size == 200
    agent.pace(200, 40.0)
    assert agent.batch_size == 100
    agent.pace(3, 0.01)  # few records came: no reason to take more
    assert agent.batch_size == 100
    for _ in range(10):
        agent.pace(agent.batch_size, 3.0)
    assert agent.batch_size == 1
