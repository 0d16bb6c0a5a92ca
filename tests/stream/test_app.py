"""What a batch waits for before it is confirmed, on a producer that answers when the test says so."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from worker.errors import TransientError
from worker.stream import runner
from worker.stream.app import App, Options
from worker.stream.record import Send
from worker.stream.state import State
from worker.stream.topics import Topic


class Broker:
    """In the place of the producer: takes what is to be sent, has it once ``have`` is set."""

    def __init__(self) -> None:
        self.sent: list[Send] = []
        self.have = asyncio.Event()
        self.refuse: Exception | None = None

    async def deliver(self, sends: Sequence[Send]) -> list[tuple[str, int, int, int]]:
        self.sent += sends
        await self.have.wait()
        if self.refuse:
            raise self.refuse
        return [(send.topic, send.partition or 0, 0, 1) for send in sends]


def owning(tmp_path: Path, broker: Broker, partitions: int = 4) -> tuple[App, State]:
    app = App(Options({"bootstrap_servers": "127.0.0.1:1"}, "group", tmp_path, "dlq", on_disk=False))
    made: Any = app
    made._producer = broker
    state = State(app, "rows", partitions=partitions)
    app.joined("member", 1)
    state.own(set(range(partitions)), app.lineage)
    return app, state


@pytest.mark.parametrize(("outputs", "rows"), [(1, 0), (0, 1), (1, 1)])
async def test_a_batch_waits_for_its_outputs_and_its_changelog_rows(tmp_path: Path, outputs: int, rows: int) -> None:
    broker = Broker()
    app, state = owning(tmp_path, broker)
    if rows:
        state.partition(1).put("key", b"row")
    emitting = asyncio.ensure_future(app.emit([Send("out", b"k", b"v")] * outputs))
    await asyncio.sleep(0.05)
    assert not emitting.done()
    topics = sorted(send.topic for send in broker.sent)
    assert topics == ["group-rows-changelog"] * rows + ["out"] * outputs
    broker.have.set()
    await asyncio.wait_for(emitting, 5)


def test_topics_and_changelogs_are_made_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[Topic] = []

    async def prepare(kafka: Any, topics: Sequence[Topic], **more: Any) -> None:
        wanted.extend(topics)
        raise TransientError("enough")

    monkeypatch.setattr(runner.topics, "prepare", prepare)
    app = App(Options({"bootstrap_servers": "127.0.0.1:1"}, "group", tmp_path, "dlq", [Topic("in", 4)]))
    State(app, "rows", partitions=4)
    assert runner.run(app) == 75
    assert [(topic.name, topic.partitions, topic.cleanup) for topic in wanted] == [
        ("in", 4, "delete"),
        ("group-rows-changelog", 4, "compact"),
    ]
    assert wanted[1].compaction_lag_ms >= 3_600_000  # recovery merges a zombie's row with the owner's: both must stand


async def test_a_changelog_row_that_is_not_delivered_ends_the_process(tmp_path: Path) -> None:
    broker = Broker()
    broker.refuse = TransientError("no")
    broker.have.set()
    app, state = owning(tmp_path, broker)
    state.partition(1).put("key", b"row")
    with pytest.raises(TransientError):
        await app.emit([])
    assert app.failure is broker.refuse and app.exit_status() == 75


async def test_a_row_goes_to_the_changelog_partition_it_was_written_to(tmp_path: Path) -> None:
    broker = Broker()
    broker.have.set()
    app, state = owning(tmp_path, broker)
    for partition in range(4):  # wherever the key itself would go
        state.partition(partition).put("same", b"%d" % partition)
    await app.emit([])
    assert {send.partition: send.value for send in broker.sent} == {p: b"%d" % p for p in range(4)}


async def test_a_cancelled_batch_leaves_its_rows_on_their_way(tmp_path: Path) -> None:
    broker = Broker()
    app, state = owning(tmp_path, broker)
    part = state.partition(0)
    part.put("key", b"row")
    emitting = asyncio.ensure_future(app.emit([]))
    await asyncio.sleep(0.05)
    emitting.cancel()
    await asyncio.gather(emitting, return_exceptions=True)
    broker.have.set()
    await asyncio.sleep(0.05)
    assert part.offset == 1  # the local rows know that the changelog has it


@pytest.mark.parametrize("idempotent", [True, False])
async def test_the_producer_is_idempotent_unless_it_is_switched_off(tmp_path: Path, idempotent: bool) -> None:
    options = Options({"bootstrap_servers": "127.0.0.1:1"}, "group", tmp_path, "dlq", idempotent=idempotent)
    made = App(options).producer._new_producer()
    try:
        assert (made._txn_manager is not None) is idempotent
        assert made._sender._acks == -1  # of all replicas
        assert made._request_timeout_ms >= 1_000_000  # whether the broker is gone is the watchdog's question
    finally:
        made._closed = True


def test_as_many_files_as_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        runner.allow_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 1 << 16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
