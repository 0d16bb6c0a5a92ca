import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.serving import Serving
from tests.kafka.log import Log
from tests.view import made
from worker.broker import TansuBroker, free_port
from worker.stream.record import Record


@pytest.fixture
def topics(log: Log, prefix: str) -> str:
    make_topics(log, prefix)
    return prefix


@pytest.fixture
def started() -> Iterator[list[Serving]]:
    all_of_them: list[Serving] = []
    yield all_of_them
    for each in all_of_them:
        each.kill()


def make_topics(log: Log, prefix: str) -> None:
    for name, partitions in (("articles", 3), ("duplicates", 3), ("dlq", 1)):
        log.create(f"{prefix}.{name}", partitions)


def write(log: Log, prefix: str, *records: Record) -> None:
    for record in records:
        topic = record.topic.replace("news", prefix)
        log.write(topic, [{"value": record.value, "key": record.key, "headers": record.headers}])


def test_follows_the_topics_and_goes_on_after_a_crash(
    kafka: str, log: Log, topics: str, tmp_path: Path, started: list[Serving]
) -> None:
    write(log, topics, made.original(1), made.copy(2, of=1), made.dead())
    serving = Serving(kafka, topics, tmp_path)
    started.append(serving)
    serving.ready()
    assert serving.get(f"/articles/{made.ident(1)}") == (200, made.document(1))
    counts = serving.get("/stats")[1]["articles"]
    assert (counts["originals"], counts["copies"], counts["taken_down"]) == (1, 1, 0)

    write(log, topics, made.original(3))
    serving.until(lambda: serving.get(f"/articles/{made.ident(3)}")[0] == 200)
    serving.kill()
    write(
        log,
        topics,
        made.tombstone(made.ARTICLES, 3, 2, "taken-down"),
        made.tombstone(made.DUPLICATES, 3, 2, "taken-down"),
    )

    again = Serving(kafka, topics, tmp_path)
    started.append(again)
    again.ready()
    assert again.get(f"/articles/{made.ident(3)}")[0] == 410
    assert again.get("/dlq")[1]["dead_letters"][0]["code"] == "json-invalid"
    assert again.get("/readyz")[1]["rebuilt_because"] is None
    again.until(lambda: 'news_worker_view_articles{state="gone"} 1.0' in again.text("/metrics"))
    assert again.stop() == 0


def test_a_damaged_view_is_built_again_by_the_next_start(
    kafka: str, log: Log, topics: str, tmp_path: Path, started: list[Serving]
) -> None:
    write(log, topics, made.original(1))
    serving = Serving(kafka, topics, tmp_path)
    started.append(serving)
    serving.ready()
    assert serving.stop() == 0
    view = tmp_path / "data" / "view" / "view.sqlite"
    view.write_bytes(view.read_bytes()[:4096] + b"\xa5" * (view.stat().st_size - 4096))  # all but the tables' names

    broken = Serving(kafka, topics, tmp_path)
    started.append(broken)
    assert broken.process.wait(30) == 75
    said = broken.log.read_text()
    assert "the view was damaged" in said and "Traceback" not in said and not view.exists()

    again = Serving(kafka, topics, tmp_path)
    started.append(again)
    again.ready()
    assert again.get(f"/articles/{made.ident(1)}") == (200, made.document(1))


def test_waits_for_topics_without_making_them(
    kafka: str, log: Log, prefix: str, tmp_path: Path, started: list[Serving]
) -> None:
    serving = Serving(kafka, prefix, tmp_path)
    started.append(serving)
    serving.until(lambda: serving.get("/readyz")[1] is not None and serving.get("/readyz")[1]["broker"] == "up")
    assert serving.get("/readyz")[0] == 503
    assert not [name for name in log.topics() if name.startswith(prefix)]
    make_topics(log, prefix)
    serving.ready()


def test_broker_gone_and_back_with_other_topics(tmp_path: Path, started: list[Serving]) -> None:
    port = free_port()
    broker = TansuBroker(port)
    broker.start()
    log = Log(broker.address)
    make_topics(log, "news")
    write(log, "news", made.original(1), made.original(2))
    serving = Serving(broker.address, "news", tmp_path)
    started.append(serving)
    serving.until(
        lambda: serving.get("/stats")[1] is not None and serving.get("/stats")[1]["articles"]["originals"] == 2
    )
    serving.ready()

    broker.stop()  # and its memory with it
    serving.until(lambda: serving.get("/readyz")[1]["broker"] == "down")
    state = serving.get("/readyz")[1]
    assert state["broker_down_seconds"] >= 0
    assert serving.get(f"/articles/{made.ident(1)}")[0] == 200

    broker = TansuBroker(port)
    broker.start()
    log = Log(broker.address)
    make_topics(log, "news")
    write(log, "news", made.original(9))
    serving.until(lambda: serving.get(f"/articles/{made.ident(9)}")[0] == 200, 60)
    broker.stop()


def test_neither_view_nor_broker_exits_75(tmp_path: Path, started: list[Serving]) -> None:
    serving = Serving(f"127.0.0.1:{free_port()}", "news", tmp_path, watchdog="1s")
    started.append(serving)
    assert serving.process.wait(30) == 75
    assert "no broker answers" in serving.log.read_text() and "Traceback" not in serving.log.read_text()


def test_ends_in_time_while_the_broker_is_away(tmp_path: Path, started: list[Serving]) -> None:
    serving = Serving(f"127.0.0.1:{free_port()}", "news", tmp_path)
    started.append(serving)
    serving.until(lambda: serving.get("/readyz")[0] == 503)
    assert serving.stop() == 0


def test_a_taken_port_exits_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = serve(tmp_path, f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.returncode == 1
    assert "cannot listen on" in done.stderr and "Traceback" not in done.stderr


def test_a_second_serve_on_the_same_view_exits_1(tmp_path: Path, started: list[Serving]) -> None:
    serving = Serving(f"127.0.0.1:{free_port()}", "news", tmp_path)
    started.append(serving)
    serving.until(lambda: serving.get("/readyz")[0] == 503)
    done = serve(tmp_path / "data", "127.0.0.1:0")
    assert done.returncode == 1
    assert "another serve" in done.stderr and "Traceback" not in done.stderr


def serve(data: Path, web: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "worker", "serve", "--data", str(data), "--web", web]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)
