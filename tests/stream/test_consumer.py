"""The mends of the consumer one by one, without a broker; each fails with what faust and aiokafka do instead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import CommitFailedError, GroupAuthorizationFailedError
from faust.types import TP

from worker.errors import TransientError
from worker.stream import consumer as consumer_module
from worker.stream.app import App, Options
from worker.stream.consumer import Consumer, ConsumerThread, Only
from worker.stream.inbox import Inbox
from worker.stream.ledger import Ledger, Place, Stretch
from worker.stream.record import Record

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


async def test_a_fetch_from_no_partitions_asks_for_none() -> None:
    asked: list[Any] = []

    async def fetch_records(client: Any, places: Any, **more: Any) -> dict[Any, Any]:
        asked.append(places)
        return {}

    client = SimpleNamespace(_max_poll_records=500, _subscription=SimpleNamespace(subscription=None))
    thread: Any = SimpleNamespace(_ensure_consumer=lambda: client, _fetch_records=fetch_records)
    thread._positions = lambda places: ConsumerThread._positions(thread, places)
    await ConsumerThread._fetch(thread, frozenset(), 0.1)
    assert asked[0] and A not in asked[0]


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


async def nothing_cut(read: dict[TP, int]) -> dict[TP, int]:
    return {}


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
        _cut_logs=nothing_cut,
    )
    await Consumer.perform_seek(made)
    assert sought == {A: 7, B: 3}
    assert made.ledger.expected(Place(*B)) == 3 and made.ledger.expected(Place(*A)) == 7


def log_that_ends(at: int) -> dict[str, Any]:
    async def earliest(*places: TP) -> dict[TP, int]:
        return dict.fromkeys(places, 3)

    async def ends(*places: TP) -> dict[TP, int]:
        return dict.fromkeys(places, at)

    return {"earliest_offsets": earliest, "highwaters": ends}


@pytest.mark.parametrize(("embedded", "begun"), [(False, 3), (True, 7)])
async def test_a_log_that_ends_before_its_commit_is_read_from_its_start(embedded: bool, begun: int) -> None:
    sought: dict[TP, int] = {}

    async def committed(places: Any) -> dict[TP, int | None]:
        return {A: 7, B: 5}

    async def seek(where: dict[TP, int]) -> None:
        sought.update(where)

    made = consumer(
        assignment=lambda: {A, B},
        _is_changelog_tp=lambda tp: False,
        _thread=SimpleNamespace(committed=committed),
        seek_wait=seek,
        **log_that_ends(5),
    )
    made.app.options = SimpleNamespace(embedded=embedded)
    made._cut_logs = lambda read: Consumer._cut_logs(made, read)
    await Consumer.perform_seek(made)
    assert sought == {A: begun, B: 5}
    assert made.ledger.expected(Place(*A)) == begun


@pytest.mark.parametrize(("end", "failed"), [(2, True), (7, False)])
async def test_a_log_that_is_cut_while_it_is_read_asks_for_a_restart(end: int, failed: bool) -> None:
    failures: list[Exception] = []
    made = consumer(**log_that_ends(end))
    made.app.options = SimpleNamespace(until={}, embedded=False)
    made.app.fail = failures.append
    made._cut_logs = lambda read: Consumer._cut_logs(made, read)
    made.ledger.assign({Place(*A): 7})
    await Consumer._take_in(made, {A: ([], 0, 2)})  # the client has gone back to the start by itself
    assert [type(failure) for failure in failures] == [TransientError] * failed


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


async def test_what_is_missing_is_sought_back_to_and_not_handed_on() -> None:
    sought: list[dict[TP, int]] = []

    async def seek_back(where: dict[TP, int]) -> None:
        sought.append(where)

    made = consumer(_seek_back=seek_back, _cut_logs=nothing_cut)
    made.app.options = SimpleNamespace(until={})
    made.ledger.assign({Place(*A): 3, Place(*B): 0})

    def message(tp: TP, offset: int) -> Any:
        return SimpleNamespace(
            topic=tp.topic, partition=tp.partition, offset=offset, key=None, value=b"", headers=(), timestamp=0
        )

    # Of A the client stood at 5 already: 3 and 4 were dropped on the way. B goes on meanwhile.
    await Consumer._take_in(made, {A: ([message(A, 5)], 5, 6), B: ([message(B, 0)], 0, 1)})
    assert sought == [{A: 3}]
    records, _ = await made.app.inboxes["in"].take(10, 0)
    assert [(r.partition, r.offset) for r in records] == [(B.partition, 0)]


@pytest.mark.parametrize("what", ["gate", "generation"])
async def test_what_a_fetch_brings_after_the_revoke_is_left(what: str) -> None:
    taken: list[Any] = []

    async def take_in(fetched: Any) -> None:
        taken.append(fetched)

    async def fetch(wanted: Any, timeout: float) -> dict[Any, Any]:
        fetcher.should_stop = True
        if what == "gate":
            made._gate_open = False
        else:
            made.app.consumer_generation_id += 1
        return {A: ([], 0, 0)}

    fetcher = SimpleNamespace(should_stop=False)
    made = consumer(
        should_stop=False,
        consumer_stopped_errors=(KeyError,),
        _thread=SimpleNamespace(fetch=fetch),
        _take_in=take_in,
        _wanted=lambda: frozenset({A}),
    )
    made.app.consumer_generation_id = 1
    await Consumer._drain_messages(made, fetcher)
    assert taken == []


def cluster(known_after: int) -> Any:
    """A client that knows the topic after so many questions."""
    state = SimpleNamespace(asked=0)

    async def ask(*_: Any) -> None:
        state.asked += 1

    def partitions_for_topic(topic: str) -> set[int] | None:
        return {0, 1} if state.asked > known_after else None

    made = SimpleNamespace(partitions_for_topic=partitions_for_topic)
    return SimpleNamespace(set_topics=ask, force_metadata_update=ask, cluster=made)


async def test_subscribe_waits_until_the_topics_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    client = cluster(known_after=2)
    subscribed: list[Any] = []

    async def call_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        return await found if asyncio.iscoroutine(found) else found

    def subscribe(topics: Any, listener: Any) -> None:
        assert client.cluster.partitions_for_topic("in"), "an unknown topic has no partitions to assign"
        subscribed.append(topics)

    thread: Any = ConsumerThread.__new__(ConsumerThread)
    thread.call_thread = call_thread
    thread._rebalance_listener = None
    thread._ensure_consumer = lambda: SimpleNamespace(_client=client, subscribe=subscribe)
    await ConsumerThread.subscribe(thread, ["in"])
    assert subscribed == [{"in"}]


async def test_a_topic_nobody_knows_is_a_transient_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        return None

    monkeypatch.setattr(consumer_module.asyncio, "sleep", at_once)
    thread: Any = SimpleNamespace(_ensure_consumer=lambda: SimpleNamespace(_client=cluster(known_after=10_000)))
    with pytest.raises(TransientError, match="in"):
        await ConsumerThread._wait_for_topics(thread, {"in"})


def test_how_the_client_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(consumer_module.aiokafka, "AIOKafkaConsumer", lambda **options: given.update(options))
    app = App(Options({"bootstrap_servers": "127.0.0.1:1"}, "group", tmp_path, "dlq"))
    ConsumerThread._create_worker_consumer(SimpleNamespace(app=app), None)  # type: ignore[arg-type]
    assert given["fetch_max_wait_ms"] == 100  # an assignment waits for the long poll in flight; faust's takes 1.5 s
    assert given["metadata_max_age_ms"] == 30_000  # aiokafka's 5 minutes are long for a topic that was made anew
    assert given["isolation_level"] == "read_committed"
    assert given["enable_auto_commit"] is False and given["auto_offset_reset"] == "earliest"
    assert given["max_poll_interval_ms"] >= 3_600_000  # a long recovery fetches nothing and is no reason to expel us
    assert given["partition_assignment_strategy"] == [
        app.assignor
    ]  # faust's own only with tables: topics must go together
    assert given["session_timeout_ms"] == 6000 and given["heartbeat_interval_ms"] == 500


def test_what_keeps_it_out_of_the_group_is_said() -> None:
    failures: list[Exception] = []
    coordinator = SimpleNamespace(_pending_exception=None)
    made = consumer(_thread=SimpleNamespace(_consumer=SimpleNamespace(_coordinator=coordinator)))
    made.app.fail = failures.append
    Consumer.check(made)
    assert failures == []
    coordinator._pending_exception = GroupAuthorizationFailedError("news-worker")
    Consumer.check(made)
    assert [type(f) for f in failures] == [TransientError] and "GroupAuthorizationFailedError" in str(failures[0])
