"""The mends of the consumer one by one, without a broker; each fails with what faust and aiokafka do instead."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka.errors import CommitFailedError
from faust.types import TP

from worker.stream.consumer import Consumer, ConsumerThread, Only
from worker.stream.inbox import Inbox
from worker.stream.ledger import Ledger, Place, Stretch

A, B = TP("in", 0), TP("in", 1)


def consumer(**more: Any) -> Any:
    inboxes = {"in": Inbox(2)}
    made: Any = SimpleNamespace(
        _gate_open=True,
        flow_active=True,
        app=SimpleNamespace(inboxes=inboxes, tables=SimpleNamespace(changelog_topics={"log"})),
        _get_active_partitions=lambda: {A, B, TP("log", 0)},
        ledger=Ledger(),
        _finished=lambda tp: False,
    )
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_no_partitions_is_not_all_partitions() -> None:
    nothing = Only(())
    assert nothing  # aiokafka: `if partitions and tp not in partitions` takes an empty set for "all of them"
    assert A not in nothing
    assert A in Only([A]) and B not in Only([A])


def test_nothing_is_fetched_while_the_gate_is_closed() -> None:
    assert Consumer._wanted(consumer()) == {A, B}
    assert Consumer._wanted(consumer(_gate_open=False)) == frozenset()
    assert Consumer._wanted(consumer(flow_active=False)) == frozenset()


def test_a_log_is_read_to_where_its_reading_ends() -> None:
    made = consumer()
    made.app.options = SimpleNamespace(until={("in", 0): 7})
    made.ledger.assign({Place(*A): 6, Place(*B): 6})
    assert not Consumer._finished(made, A)
    made.ledger.assign({Place(*A): 7, Place(*B): 7})
    assert Consumer._finished(made, A) and not Consumer._finished(made, B)


def test_a_full_inbox_is_not_fetched_for() -> None:
    from worker.stream.record import Record

    made = consumer()
    made.app.inboxes["in"].put([Record("in", 0, i, None, b"", [], 0) for i in range(2)], Stretch(Place(*A), 0, 2, 0))
    assert Consumer._wanted(made) == frozenset()


def test_changelogs_rest_in_the_client() -> None:
    paused: list[Any] = []
    thread: Any = SimpleNamespace(
        app=SimpleNamespace(tables=SimpleNamespace(changelog_topics={"log"})),
        _ensure_consumer=lambda: SimpleNamespace(pause=lambda *tps: paused.extend(tps)),
    )
    ConsumerThread.rest_changelogs(thread, [A, TP("log", 0)])
    assert paused == [TP("log", 0)]


def commit(error: Exception | None = None, owned: frozenset[TP] = frozenset({A, B})) -> tuple[bool, list[Any]]:
    sent: list[Any] = []

    async def send(offsets: Any) -> None:
        if error is not None:
            raise error
        sent.append(offsets)

    thread: Any = SimpleNamespace(_ensure_consumer=lambda: SimpleNamespace(commit=send), assignment=lambda: set(owned))
    return asyncio.run(ConsumerThread._commit(thread, {A: 5})), sent


def test_a_commit_that_fails_in_a_rebalance_is_no_crash() -> None:
    assert commit()[0] is True
    assert commit(CommitFailedError("somebody joined"))[0] is False  # faust crashes the app


def test_offsets_of_lost_partitions_are_not_committed() -> None:
    assert commit(owned=frozenset({B})) == (False, [])


async def test_an_uncommitted_offset_is_tried_again() -> None:
    answers = [False, True]
    asked: list[Any] = []

    async def send(offsets: Any) -> bool:
        asked.append(offsets)
        return answers[len(asked) - 1]

    made = consumer(_commit=send)
    made.ledger.assign({Place(*A): 0})
    made.ledger.confirm([Stretch(Place(*A), 0, 3, 1)])
    assert await Consumer.force_commit(made) is False
    assert await Consumer.force_commit(made) is True  # faust believes the first one was committed
    assert await Consumer.force_commit(made) is False
    assert asked == [{A: 3}, {A: 3}]


async def test_where_nothing_is_committed_the_start_of_the_log_is_sought() -> None:
    sought: dict[TP, int] = {}

    async def committed(places: Any) -> dict[TP, int | None]:
        return {A: 7, B: None}

    async def earliest(*places: TP) -> dict[TP, int]:
        return dict.fromkeys(places, 3)

    async def seek(where: dict[TP, int]) -> None:
        sought.update(where)

    made = consumer(
        assignment=lambda: {A, B, TP("log", 0)},
        _is_changelog_tp=lambda tp: tp.topic == "log",
        _thread=SimpleNamespace(committed=committed),
        earliest_offsets=earliest,
        seek_wait=seek,
    )
    await Consumer.perform_seek(made)
    assert sought == {A: 7, B: 3}
    assert made.ledger.expected(Place(*B)) == 3 and made.ledger.expected(Place(*A)) == 7


async def test_what_retention_removed_is_passed_not_sought_for_ever() -> None:
    sought: list[dict[TP, int]] = []

    async def earliest(*places: TP) -> dict[TP, int]:
        return dict.fromkeys(places, 100)

    async def seek(where: dict[TP, int]) -> None:
        sought.append(dict(where))

    made = consumer(earliest_offsets=earliest, seek_wait=seek)
    made.ledger.assign({Place(*A): 10})
    await Consumer._seek_back(made, {A: 10})
    assert sought == [{A: 100}]
    assert made.ledger.committable() == {Place(*A): 100}
