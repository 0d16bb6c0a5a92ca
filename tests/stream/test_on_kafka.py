"""The loop on Apache Kafka: batches, dead letters, failing deliveries, state, takeover, topics that do not fit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from tests.kafka.log import Log
from tests.stream.apps import Running, options, until
from worker.errors import ConfigError, RecordError, TransientError
from worker.stream import topics
from worker.stream.app import App, Assignment
from worker.stream.batch import attach
from worker.stream.follow import Follower, partitions_of
from worker.stream.record import Answer, Dead, Record, Send
from worker.stream.state import State
from worker.stream.topics import Topic


def echo(app: App, prefix: str, take: int = 50, state: State | None = None) -> None:
    """``in`` -> ``out``; bad values fail in their ways; the state remembers each key's values."""

    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for r in records:
            value = r.value or b""
            if value == b"dead":
                answers.append(Dead("test-dead", "dead"))
                continue
            if value == b"raise":
                raise ValueError("not to be seen")
            if value == b"refuse":
                raise RecordError("test-refused", "refused")
            if value == b"huge":
                answers.append([Send(f"{prefix}.out", r.key, b"x" * (1 << 20))])
                continue
            if value == b"gone":
                raise TransientError("a restart may mend it")
            if state is not None and r.key is not None:
                state.partition(r.partition).put(r.key.decode(), value)
            answers.append(
                [Send(f"{prefix}.out", r.key, value, [("src", str(r.offset).encode())], partition=r.partition)]
            )
        return answers

    attach(app, topic=f"{prefix}.in", name="echo", work=work, take=take)


@pytest.mark.parametrize("take", [50, 1])
def test_exactly_the_poison_goes_to_the_dead_letters(
    kafka: str, prefix: str, log: Log, tmp_path: Path, take: int
) -> None:
    def build() -> App:
        app = App(options(kafka, prefix, tmp_path))
        echo(app, prefix, take)
        return app

    with Running(build) as running:
        until(lambda: running.app is not None and running.app.owned)
        values = [b"%d" % i for i in range(60)]
        bad = {7: b"dead", 20: b"raise", 33: b"refuse", 59: b"huge"}
        log.write(f"{prefix}.in", [(b"%d" % i, bad.get(i, value)) for i, value in enumerate(values)])
        log.write(f"{prefix}.in", [{"value": b"dead", "key": None, "headers": [("url", b"u")]}])
        until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
    assert running.status == 0
    assert sorted(int(row.value) for row in log.read(f"{prefix}.out") if row.value) == sorted(set(range(60)) - set(bad))
    dead = {row.value: row.headers["dlq-code"].decode() for row in log.read(f"{prefix}.dlq") if row.key is not None}
    assert dead == {
        b"dead": "test-dead",
        b"raise": "internal-error",
        b"refuse": "test-refused",
        b"huge": "output-too-large",
    }
    assert [row.headers["url"] for row in log.read(f"{prefix}.dlq") if row.key is None] == [b"u"]


def test_a_transient_failure_ends_with_75_and_commits_nothing_of_its_batch(
    kafka: str, prefix: str, log: Log, tmp_path: Path
) -> None:
    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        echo(app, prefix, take=1)
        return app

    log.create(f"{prefix}.in", 1)
    log.write(f"{prefix}.in", [(b"a", b"1"), (b"b", b"gone"), (b"c", b"3")])
    with Running(build) as running:
        assert running.ended() == 75
    assert [row.value for row in log.read(f"{prefix}.out")] == [b"1"]
    assert log.committed(f"{prefix}-worker", f"{prefix}.in") in ([1], [None])


def test_a_failed_delivery_ends_with_75_and_is_not_committed(
    kafka: str, prefix: str, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        echo(app, prefix)
        return app

    log.create(f"{prefix}.in", 1)
    # The broker refuses records this large on the output topic: the delivery fails, not the work.
    log.create(f"{prefix}.out", 1, max_message_bytes="1000000000")
    log.write(f"{prefix}.in", [(b"a", b"1")])
    with Running(build) as running:
        until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
        log.delete(f"{prefix}.out")
        log.create(f"{prefix}.out", 1, max_message_bytes="100")
        log.write(f"{prefix}.in", [(b"b", b"y" * 5000)])
        assert running.ended(40) == 75
        assert running.app is not None and f"to {prefix}.out: MessageSizeTooLargeError" in str(running.app.failure)
    assert log.committed(f"{prefix}-worker", f"{prefix}.in") == [1]


@pytest.mark.parametrize("on_disk", [False, True])
def test_state_comes_back_from_the_changelog(kafka: str, prefix: str, log: Log, tmp_path: Path, on_disk: bool) -> None:
    seen: dict[str, bytes] = {}

    def build(data: Path) -> App:
        app = App(options(kafka, prefix, data, on_disk=on_disk))
        state = State(app, "kept", partitions=2, merge=lambda old, new: max(old, new), version="1")
        echo(app, prefix, state=state)

        @app.on_assigned
        async def look(assignment: Assignment) -> None:
            for p in state.owned():
                seen.update(state.partition(p).items())

        return app

    with Running(lambda: build(tmp_path / "a")) as running:
        until(lambda: running.app is not None and running.app.owned)
        log.write(f"{prefix}.in", [(b"k%d" % i, b"%d" % i) for i in range(300)])
        until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
    assert seen == {}
    # A zombie's row came last: the merge keeps the larger one.
    row = next(row for row in log.read(f"{prefix}-worker-kept-changelog") if row.key == b"k7")
    log.write(f"{prefix}-worker-kept-changelog", [(b"k7", b"0", row.partition)])
    want = {f"k{i}": b"%d" % i for i in range(300)}
    for data in ("b", "a"):  # a new machine, and the one that has most of it
        with Running(lambda data=data: build(tmp_path / data)) as running:  # type: ignore[misc]
            until(lambda: running.app is not None and running.app.owned)
            assert seen == want
            seen.clear()
    assert running.status == 0


def test_state_of_another_version_is_refused(kafka: str, prefix: str, log: Log, tmp_path: Path) -> None:
    def build(version: str) -> App:
        app = App(options(kafka, prefix, tmp_path))
        echo(app, prefix, state=State(app, "kept", partitions=2, version=version, advice="Do this."))
        return app

    with Running(lambda: build("1")) as running:
        until(lambda: running.app is not None and running.app.owned)
    with Running(lambda: build("2")) as running:
        assert running.ended() == 1
    assert running.app is not None and "Do this." in str(running.app.failure)


def test_a_takeover_tells_what_is_gained_and_what_is_kept(kafka: str, prefix: str, log: Log, tmp_path: Path) -> None:
    told: list[tuple[str, Assignment]] = []

    def build(name: str) -> App:
        app = App(options(kafka, prefix, tmp_path / name, partitions=4))
        echo(app, prefix, state=State(app, "kept", partitions=4))

        @app.on_assigned
        async def look(assignment: Assignment) -> None:
            told.append((name, assignment))

        return app

    with Running(lambda: build("a")) as first:
        until(lambda: first.app is not None and len(first.app.owned) == 4)
        with Running(lambda: build("b")) as second:
            until(lambda: second.app is not None and len(second.app.owned) == 2)
            until(lambda: first.app is not None and len(first.app.owned) == 2)
        until(lambda: first.app is not None and len(first.app.owned) == 4)
    of_first = [assignment for name, assignment in told if name == "a"]
    assert [len(a.owned) for a in of_first] == [4, 2, 4]
    assert [len(a.gained) for a in of_first] == [4, 0, 2]
    assert [len(a.lost) for a in of_first] == [0, 2, 0]
    assert of_first[0].term < of_first[1].term < of_first[2].term


def test_a_batch_at_work_is_finished_before_its_partitions_are_given_back(
    kafka: str, prefix: str, log: Log, tmp_path: Path
) -> None:
    begun: list[int] = []

    def build(name: str) -> App:
        app = App(options(kafka, prefix, tmp_path / name))

        async def slow(records: Sequence[Record]) -> Sequence[Answer]:
            begun.append(records[0].offset)
            await asyncio.sleep(1.0)
            return [[Send(f"{prefix}.out", r.key, r.value, partition=r.partition)] for r in records]

        attach(app, topic=f"{prefix}.in", name="slow", work=slow, take=2)
        return app

    with Running(lambda: build("a")) as first:
        until(lambda: first.app is not None and first.app.owned)
        log.write(f"{prefix}.in", [(None, b"%d" % i, i % 2) for i in range(12)])
        until(lambda: begun)
        with Running(lambda: build("b")) as second:
            until(lambda: second.app is not None and len(second.app.owned) == 1)
            until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
    # Were it cut off, or its offsets not committed, its records would come out twice.
    assert sorted(int(row.value) for row in log.read(f"{prefix}.out") if row.value) == list(range(12))


def test_a_standby_knows_what_its_owner_writes_without_a_rebalance(
    kafka: str, prefix: str, log: Log, tmp_path: Path
) -> None:
    states: dict[str, State] = {}

    def build(name: str) -> App:
        app = App(options(kafka, prefix, tmp_path / name))
        states[name] = State(app, "kept", partitions=2, merge=lambda old, new: max(old, new))
        echo(app, prefix, state=states[name])
        return app

    changelog = f"{prefix}-worker-kept-changelog"
    with Running(lambda: build("a")) as first, Running(lambda: build("b")) as second:
        until(lambda: all(r.app is not None and len(r.app.owned) == 1 for r in (first, second)))
        log.write(f"{prefix}.in", [(b"k%d" % i, b"%d" % i) for i in range(100)])
        until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
        want = {(changelog, p): end for p, end in enumerate(log.ends(changelog))}
        until(lambda: all(state.positions() == want for state in states.values()))
        assert all(len(state.partition(0)) + len(state.partition(1)) == 100 for state in states.values())
    assert first.status == second.status == 0


def test_nothing_committed_begins_at_the_start_of_the_log(kafka: str, prefix: str, log: Log, tmp_path: Path) -> None:
    log.create(f"{prefix}.in", 2)
    log.write(f"{prefix}.in", [(None, b"%d" % i, i % 2) for i in range(10)])

    def build() -> App:
        app = App(options(kafka, prefix, tmp_path))
        echo(app, prefix)
        return app

    with Running(build):
        until(lambda: log.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
    assert sorted(int(row.value) for row in log.read(f"{prefix}.out") if row.value) == list(range(10))


def test_a_log_that_ends_before_its_commit_is_read_from_its_start(
    kafka: str, prefix: str, log: Log, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log.create(f"{prefix}.in", 1)
    log.write(f"{prefix}.in", [(None, b"%d" % i, 0) for i in range(5)])

    async def commit() -> None:
        place = TopicPartition(f"{prefix}.in", 0)
        async with AIOKafkaConsumer(
            bootstrap_servers=kafka, group_id=f"{prefix}-worker", enable_auto_commit=False
        ) as old:
            old.assign([place])
            await old.commit({place: 100})

    asyncio.run(commit())

    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        echo(app, prefix)
        return app

    with Running(build):
        until(lambda: log.committed(f"{prefix}-worker", f"{prefix}.in") == [5])
    assert [row.value for row in log.read(f"{prefix}.out")] == [b"0", b"1", b"2", b"3", b"4"]
    assert len([r for r in caplog.records if "ends before its commit" in r.message]) == 1


def test_what_a_transaction_took_back_is_not_read(kafka: str, prefix: str, log: Log, tmp_path: Path) -> None:
    from aiokafka import AIOKafkaProducer

    log.create(f"{prefix}.in", 1)

    async def write() -> None:
        async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=prefix) as producer:
            for i in range(3):
                await producer.begin_transaction()
                await producer.send_and_wait(f"{prefix}.in", b"%d" % i, partition=0)
                await (producer.abort_transaction() if i == 1 else producer.commit_transaction())

    asyncio.run(write())

    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        echo(app, prefix)
        return app

    with Running(build) as running:
        until(lambda: log.committed(f"{prefix}-worker", f"{prefix}.in") == [6])
        assert running.app is not None and set(running.app.lag().values()) == {0}
    assert [row.value for row in log.read(f"{prefix}.out")] == [b"0", b"2"]


def test_an_open_transaction_is_waited_for_and_is_no_lag(kafka: str, prefix: str, log: Log, tmp_path: Path) -> None:
    from aiokafka import AIOKafkaProducer

    log.create(f"{prefix}.in", 1)

    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        echo(app, prefix)
        return app

    async def write() -> None:
        async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=prefix) as producer:
            await producer.begin_transaction()
            await producer.send_and_wait(f"{prefix}.in", b"open", partition=0)
            await asyncio.sleep(1.0)  # several fetches
            assert running.app is not None and set(running.app.lag().values()) == {0}
            assert log_of_out() == [b"before"]
            await producer.commit_transaction()

    def log_of_out() -> list[bytes | None]:
        with ThreadPoolExecutor(1) as pool:  # the reader has a loop of its own
            return [row.value for row in pool.submit(log.read, f"{prefix}.out").result()]

    with Running(build) as running:
        log.write(f"{prefix}.in", [(None, b"before", 0)])
        until(lambda: log.committed(f"{prefix}-worker", f"{prefix}.in") == [1])
        asyncio.run(write())
        until(lambda: log.committed(f"{prefix}-worker", f"{prefix}.in") == [3])
    assert log_of_out() == [b"before", b"open"]


def test_a_changelog_that_ends_in_a_marker_is_read_to_its_end(
    kafka: str, prefix: str, log: Log, tmp_path: Path
) -> None:
    from aiokafka import AIOKafkaProducer

    lag = {"min_compaction_lag_ms": "3600000", "max_message_bytes": str(1 << 20)}
    changelog = log.create(f"{prefix}-worker-kept-changelog", 1, cleanup_policy="compact", **lag)

    async def write() -> None:
        async with (
            AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=prefix) as producer,
            producer.transaction(),
        ):
            await producer.send(changelog, b"row", key=b"k", partition=0)

    asyncio.run(write())
    seen: list[bytes | None] = []

    def build() -> App:
        app = App(options(kafka, prefix, tmp_path, partitions=1))
        state = State(app, "kept", partitions=1)
        echo(app, prefix, state=state)

        @app.on_assigned
        async def look(_: Assignment) -> None:
            seen.append(state.partition(0).get("k"))
            assert state.positions() == {(changelog, 0): 2}  # the row and the marker

        return app

    with Running(build) as running:
        until(lambda: running.app is not None and running.app.owned)
    assert seen == [b"row"] and running.status == 0


ENDLESS = """
    import asyncio, sys, time
    from pathlib import Path
    from worker.stream import runner
    from worker.stream.app import App, Options
    from worker.stream.batch import attach
    from worker.stream.topics import Topic

    broker, prefix, folder, case = sys.argv[1:]
    topics = [Topic(f"{prefix}.in", 1)]
    options = Options({"bootstrap_servers": broker}, prefix, Path(folder), "dlq", topics, watchdog=1.5, stop_within=1.0)
    app = App(options)

    async def work(records):
        return [[] for _ in records]

    attach(app, topic=f"{prefix}.in", name="work", work=work)

    async def before():
        if case == "stuck":
            time.sleep(600)  # the event loop stands still

    @app.on_assigned
    async def stop(_):
        if case == "stopping":
            app.over.set()

    @app.on_revoked
    async def never(_):
        await asyncio.sleep(600)

    sys.exit(runner.run(app, before=before))
"""


@pytest.mark.parametrize(("case", "status"), [("stuck", 75), ("stopping", 0)])
def test_a_worker_that_cannot_go_on_or_end_is_ended(
    kafka: str, prefix: str, tmp_path: Path, case: str, status: int
) -> None:
    command = [sys.executable, "-c", textwrap.dedent(ENDLESS), kafka, prefix, str(tmp_path), case]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stderr


def test_a_topic_that_does_not_fit_is_named_with_what_to_do(kafka: str, prefix: str, log: Log) -> None:
    log.create(f"{prefix}.a", 3, cleanup_policy="compact", max_message_bytes="1000")
    wanted = Topic(f"{prefix}.a", 2, max_bytes=5000, retention_ms=1000, log_append_time=True)

    async def prepare(topic: Topic) -> None:
        await topics.prepare({"bootstrap_servers": kafka}, [topic], replication=1)

    with pytest.raises(ConfigError) as caught:
        asyncio.run(prepare(wanted))
    said = str(caught.value)
    for part in ("3 partitions", "cleanup.policy=compact", "max.message.bytes=1000", "CreateTime", "kafka-configs"):
        assert part in said
    asyncio.run(prepare(Topic(f"{prefix}.a", 2, ours=False)))
    with pytest.raises(ConfigError, match=r"Replication"):
        asyncio.run(topics.prepare({"bootstrap_servers": kafka}, [Topic(f"{prefix}.b", 1)], replication=3))


def test_made_topics_fit_the_next_time(kafka: str, prefix: str, log: Log) -> None:
    wanted = Topic(
        f"{prefix}.a", 2, "compact", delete_retention_ms=604_800_000, max_bytes=9_000_000, log_append_time=True
    )
    for _ in range(2):
        asyncio.run(topics.prepare({"bootstrap_servers": kafka}, [wanted], replication=1))
    assert log.ends(f"{prefix}.a") == [0, 0]


def test_a_topic_that_gets_more_partitions_ends_the_worker_at_once(
    kafka: str, prefix: str, log: Log, tmp_path: Path
) -> None:
    def build() -> App:
        app = App(options(kafka, prefix, tmp_path))
        echo(app, prefix)
        return app

    async def grow() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        await admin.create_partitions({f"{prefix}.out": NewPartitions(3)})
        await admin.close()

    with Running(build) as running:
        until(lambda: running.app is not None and running.app.owned)
        asyncio.run(grow())
        assert running.ended() == 1
        assert running.app is not None and f"{prefix}.out has 3 partitions" in str(running.app.failure)


def test_no_broker_is_a_transient_failure() -> None:
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1"):
        asyncio.run(topics.prepare({"bootstrap_servers": "127.0.0.1:1"}, [], replication=1, within=0.5))


def test_a_follower_reads_to_the_end_and_on(kafka: str, prefix: str, log: Log) -> None:
    log.create(f"{prefix}.a", 2)
    log.write(f"{prefix}.a", [(None, b"%d" % i, i % 2) for i in range(10)])

    async def go() -> list[bytes | None]:
        got: list[bytes | None] = []

        def take(records: list[Record]) -> None:
            got.extend(r.value for r in records)

        assert await partitions_of({"bootstrap_servers": kafka}, f"{prefix}.a") == [0, 1]
        async with Follower({"bootstrap_servers": kafka}, {(f"{prefix}.a", 0): 0, (f"{prefix}.a", 1): 3}) as follower:
            await follower.read_to_end(take)
            assert follower.positions == await follower.ends()
            following = asyncio.ensure_future(follower.follow(take))
            await asyncio.to_thread(log.write, f"{prefix}.a", [(None, b"more", 1)])
            for _ in range(100):
                await asyncio.sleep(0.05)
                if b"more" in got:
                    break
            following.cancel()
        return got

    assert sorted(asyncio.run(go()), key=str) == sorted([b"0", b"2", b"4", b"6", b"8", b"7", b"9", b"more"], key=str)
