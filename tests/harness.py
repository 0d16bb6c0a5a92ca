"""Real workers as child processes on a real broker, and the final state to compare: what the large tests are made of."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from tests.kafka.log import Log
from worker.broker import free_port
from worker.outputs import Final
from worker.stream.record import Record

INTERNAL = ("cleaned", "tagged", "sketches", "verdicts")
# Of a line or record these are its own; all else is the article's (CONTRACT: the final state is compared without them).
OWN = ("labels", "extra", "provenance")

Records = Sequence[tuple[bytes | None, bytes | None]]


class Child:
    """A ``news-worker`` command as a child process with its log in a file."""

    def __init__(self, command: str, log: Path, web: bool = True, module: str = "worker", **settings: Any) -> None:
        self.port = free_port() if web else 0
        self.log = log
        env = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_WORKER_")}
        env |= {f"NEWS_WORKER_{k.upper()}": str(v) for k, v in settings.items()}
        if web:
            env["NEWS_WORKER_WEB"] = f"127.0.0.1:{self.port}"
        with log.open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", module, command], stdout=out, stderr=out, env=env)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def get(self, path: str, timeout: float = 5.0) -> tuple[int, bytes]:
        """Status and body of a GET; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def send(self, what: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(what)

    def kill(self) -> None:
        """kill -9 and wait."""
        self.send(signal.SIGKILL)
        self.process.wait(20)

    def stop(self, timeout: float = 20.0) -> int:
        """SIGTERM, wait, kill where that does not help; the exit status."""
        self.send(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log, for a failing test."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Cluster:
    """Workers and a view under one prefix; stops all of them at the end."""

    def __init__(self, address: str, prefix: str, folder: Path, **settings: Any) -> None:
        self.kafka = Log(address)
        self.prefix, self.folder = prefix, folder
        self.settings = {"broker": address, "prefix": prefix, "data": folder / "data", **settings}
        self.children: list[Child] = []
        self.deadline_note = ""

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.children:
            child.send(signal.SIGTERM)
        for child in self.children:
            child.stop(10)

    @property
    def group(self) -> str:
        return f"{self.prefix}-worker"

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    def start(self, command: str = "worker", **settings: Any) -> Child:
        """Start one more ``worker`` or ``serve``; ``module`` names another program than ``worker``."""
        log = self.folder / f"{command}-{len(self.children)}.log"
        child = Child(command, log, **{**self.settings, **settings})
        self.children.append(child)
        return child

    def feed(self, records: Records, partitions: int | None = None) -> None:
        """Write raw records; creates the raw topic first where ``partitions`` is given."""
        if partitions is not None:
            self.kafka.create(self.topic("raw"), partitions)
        self.kafka.write(self.topic("raw"), records)

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return when every living child says it is ready, and one lives."""

        def ready() -> bool:
            alive = [child for child in self.children if child.alive]
            return bool(alive) and all(child.get("/readyz")[0] == 200 for child in alive)

        self.until(ready, timeout, "ready")

    def quiet(self) -> bool:
        """Whether every input of the group is read to its end."""
        return self.kafka.caught_up(self.group, [self.topic(t) for t in ("raw", *INTERNAL)])

    def settle(self, timeout: float = 120.0, still: float = 3.0) -> None:
        """Return when all is read and nothing has been written for ``still`` seconds."""
        names = [self.topic(t) for t in (*INTERNAL, "articles", "duplicates", "dlq")]
        last: list[Any] = []
        since = time.monotonic()

        def done() -> bool:
            nonlocal last, since
            try:
                now = [self.kafka.ends(name) for name in names]
                quiet = self.quiet()
            except Exception:  # the broker is away in some scenarios; the clock goes on
                return False
            if now != last or not quiet:
                last, since = now, time.monotonic()
            return time.monotonic() - since >= still

        self.until(done, timeout, "quiescent", 0.3)

    def until(self, condition: Callable[[], bool], timeout: float, what: str, step: float = 0.2) -> None:
        """Wait for ``condition``; AssertionError with the ends of the logs after ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                logs = "\n\n".join(f"--- {c.log.name} (alive: {c.alive})\n{c.tail()}" for c in self.children)
                raise AssertionError(f"not {what} after {timeout:.0f} s\n{logs}")
            time.sleep(step)

    def final(self) -> dict[str, dict[str, Any]]:
        """The final state in the output topics: per id the record with the highest revision, without what is its own."""
        return final_of_topics(self.kafka, self.topic("articles"), self.topic("duplicates"))

    def counters(self) -> Counter[str]:
        """The outcomes that the living workers counted, and ``dead``."""
        total: Counter[str] = Counter()
        for child in self.children:
            for line in child.get("/metrics")[1].decode().splitlines():
                if line.startswith('news_worker_records_total{agent="deduplicate"'):
                    total[line.split('outcome="')[1].split('"')[0]] += int(float(line.rsplit(" ", 1)[1]))
                if line.startswith("news_worker_dead_letters_total{"):
                    total["dead"] += int(float(line.rsplit(" ", 1)[1]))
        return total


def final_of_topics(log: Log, articles: str, duplicates: str) -> dict[str, dict[str, Any]]:
    """Per id the value with the highest revision over both output topics, gone ones left out."""
    final = Final()
    for topic in (articles, duplicates):
        final.take(
            [
                Record(topic, row.partition, row.offset, row.key, row.value, list(row.headers.items()), row.timestamp)
                for row in log.read(topic)
            ]
        )
    return {ident: stripped(article) for ident, article in final.articles().items()}


def final_of_process(records: Records, **settings: Any) -> tuple[dict[str, dict[str, Any]], Counter[str]]:
    """The final state that ``news-worker process --final`` gives, and how many lines were errors and takedowns."""
    env = {**os.environ, **{f"NEWS_WORKER_{k.upper()}": str(v) for k, v in settings.items()}}
    data = b"".join((value or b"null") + b"\n" for _, value in records)
    done = subprocess.run(
        [sys.executable, "-m", "worker", "process", "--final"], input=data, capture_output=True, env=env, check=True
    )
    state: dict[str, dict[str, Any]] = {}
    kinds: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        answer = orjson.loads(line)
        if "error" in answer:
            kinds["error"] += 1
            continue
        kinds["takedown" if answer["status"] == "canceled" else "article"] += 1
        state[answer["id"]] = answer
    return {i: stripped(a) for i, a in state.items() if a.get("dedup") is not None}, kinds


def stripped(article: Mapping[str, Any]) -> dict[str, Any]:
    """An article without what belongs to one message of it."""
    return {k: v for k, v in article.items() if k not in OWN}


def differences(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What differs between two final states, a line each."""
    for ident in sorted(one.keys() | other.keys()):
        a, b = one.get(ident), other.get(ident)
        if a is None or b is None:
            yield f"{ident}: only in the {'second' if a is None else 'first'}"
        elif a != b:
            keys = [k for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)]
            yield f"{ident}: " + "; ".join(f"{k}: {str(a.get(k))[:200]} != {str(b.get(k))[:200]}" for k in keys[:4])


def first(lines: Iterable[str], n: int = 5) -> str:
    """The first ``n`` of ``lines`` for a message."""
    return "\n".join(line for line, _ in zip(lines, range(n), strict=False))
