"""`news-worker demo`: broker, worker, serve and sample articles in one go, and a table of what came out."""

from __future__ import annotations

import argparse
import dataclasses
import http.client
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import orjson

from worker.broker import Broker, GivenBroker, KafkaBroker, TansuBroker, free_port, is_free
from worker.children import Children
from worker.cli import feed
from worker.cli.outcome import report
from worker.errors import RecordError, TransientError
from worker.messages import parse
from worker.settings import Settings

_START_SECONDS = 60.0
_THROUGH_SECONDS = 120.0
# Nothing new for so long after every article has answered: the verdicts are the last ones.
_QUIET_SECONDS = 1.5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "demo",
        help="all of it on an embedded broker, with sample articles",
        description="Start a broker, the worker and serve, send the sample articles, print what came out, then keep "
        "serving until Ctrl-C. --broker kafka takes a real Apache Kafka (extra 'test'), --broker host:port a given one; "
        "without it the embedded one (extra 'local'), whatever NEWS_WORKER_BROKER says.",
    )
    parser.add_argument("--once", action="store_true", help="end when the samples are through")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Exit status 0 after Ctrl-C, SIGTERM or, with `--once`, when the samples are through; 75 where something broke."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    folder = Path(tempfile.mkdtemp(prefix="news-worker-demo-"))
    demo = _Demo(folder, settings, args.setting_broker or "")
    try:
        demo.start()
        demo.follow_samples()
        if not args.once:
            demo.serve_on()
    except _Ended:
        pass
    finally:
        # From here on a second Ctrl-C changes nothing: the children must be ended.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


class _Ended(BaseException):
    """Ctrl-C or SIGTERM."""


def _end(_: int, __: FrameType | None) -> None:
    raise _Ended


class _Demo:
    def __init__(self, folder: Path, settings: Settings, broker: str) -> None:
        self._begin = time.monotonic()
        self._broker: Broker
        if broker == "kafka":
            self._broker = KafkaBroker(folder / "kafka", _kafka_port())
        elif broker:
            self._broker = GivenBroker(broker)
        else:
            self._broker = TansuBroker(_kafka_port())
        self._name = {KafkaBroker: "Apache Kafka", TansuBroker: "the embedded broker"}.get(type(self._broker), "broker")
        embedded = isinstance(self._broker, TansuBroker)
        self._settings = dataclasses.replace(
            settings,
            broker=self._broker.address,
            data=str(folder / "data"),
            explain=True,
            idempotent=settings.idempotent and not embedded,
            # Two partitions show that copies meet across partitions, and start faster than eight.
            partitions=2 if settings.partitions == 8 else settings.partitions,
            # One process is up sooner than many; a busy laptop must not turn samples into dead letters.
            processes=settings.processes if settings.processes >= 0 else 1,
            deadline=max(settings.deadline, 20.0),
            web="",
        )
        self._children = Children(folder, self._settings.environment())
        self._web = _free_web(8080)
        self._health = _free_web(8081)

    def start(self) -> None:
        """Broker, worker and serve, until all are ready."""
        self._say(f"starting {self._name} …")
        self._broker.start()
        self._say(f"{self._name} answers at {self._broker.address}")
        self._children.start("worker", web=self._health)
        self._children.start("serve", web=self._web)
        self._until("the worker is ready", lambda: self._ready(self._health), _START_SECONDS)
        self._until("serve is ready", lambda: self._ready(self._web), _START_SECONDS)

    def follow_samples(self) -> None:
        """Feed the samples, wait until each has its answer, print the table."""
        paths = feed.find([str(feed.SAMPLES)])
        expected, broken = _expected(paths, self._settings.max_message)
        self._children.start("feed", "--samples")
        waiting = set(expected)
        said = -1

        def answered() -> bool:
            nonlocal said
            waiting.difference_update([each for each in waiting if self._get(f"/articles/{each}")[0] in (200, 410)])
            if (done := len(expected) - len(waiting)) != said:
                said = done
                self._progress(f"{done} of {len(expected)} articles have come out")
            return not waiting and self._stats()["dead_letters"]["total"] >= broken

        self._until("the samples are through", answered, _THROUGH_SECONDS)
        self._quiet()
        print(
            report(
                self._all("/articles?copies=1&limit=200", "articles"),
                self._taken_down(expected),
                self._all("/dlq", "dead_letters"),
            )
        )
        self._say(f"{len(expected)} articles and {broken} broken records in {time.monotonic() - self._begin:.0f} s")

    def serve_on(self) -> None:
        """Say what can be done now, then wait for Ctrl-C. Raises TransientError where a child ends."""
        print(
            f"\n  look:         http://{self._web}/\n"
            f"  ask:          http://{self._web}/articles?language=de\n"
            f"  in another terminal:\n"
            f"                export NEWS_WORKER_BROKER={self._broker.address}"
            + ("" if self._settings.idempotent else " NEWS_WORKER_IDEMPOTENT=0")
            + "\n                news-worker feed FILE.jsonl     (your own articles)\n"
            "                news-worker tail --from-start\n"
            "  Ctrl-C ends everything" + (" and forgets it." if not isinstance(self._broker, GivenBroker) else "."),
            flush=True,
        )
        while True:
            self._children.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """End all children, then the broker."""
        self._children.stop()
        self._broker.stop()

    def _quiet(self) -> None:
        last, since = b"", time.monotonic()
        end = time.monotonic() + _THROUGH_SECONDS
        while time.monotonic() - since < _QUIET_SECONDS and time.monotonic() < end:
            self._children.check()
            now = self._get("/articles?copies=1&limit=200")[1]
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.2)

    def _taken_down(self, expected: dict[str, str]) -> list[str]:
        return [name for ident, name in expected.items() if self._get(f"/articles/{ident}")[0] == 410]

    def _all(self, path: str, name: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = orjson.loads(self._get(path + cursor)[1])
            items += answer[name]
            if not answer["next"]:
                return items
            cursor = f"{'&' if '?' in path else '?'}cursor={answer['next']}"

    def _stats(self) -> Any:
        return orjson.loads(self._get("/stats")[1])

    def _ready(self, address: str) -> bool:
        return self._get("/readyz", address)[0] == 200

    def _get(self, path: str, address: str | None = None) -> tuple[int, bytes]:
        host, _, port = (address or self._web).partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        headers = {"Authorization": f"Bearer {self._settings.token}"} if self._settings.token else {}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def _until(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            self._children.check()
            if time.monotonic() > end:
                raise TransientError(f"after {seconds:.0f} s still not: {what}\n{self._children.last_words()}")
            time.sleep(0.1)
        self._say(what)

    def _say(self, text: str) -> None:
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(f"{start}[{time.monotonic() - self._begin:5.1f} s] {text}", file=sys.stderr, flush=True)

    def _progress(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K[{time.monotonic() - self._begin:5.1f} s] {text}")
            sys.stderr.flush()


def _kafka_port() -> int:
    return 9092 if is_free(9092) else free_port()


def _free_web(wanted: int) -> str:
    return f"127.0.0.1:{wanted if is_free(wanted) else free_port()}"


def _expected(paths: list[Path], max_message: int) -> tuple[dict[str, str], int]:
    """What the samples must lead to: article ids with a name for each, and how many records are broken."""
    ids: dict[str, str] = {}
    broken = 0
    for path in paths:
        for item in feed.read(path):
            try:
                message = parse(item.value, key=item.key, headers=item.headers, max_bytes=max_message)
            except RecordError:
                broken += 1
                continue
            url = message.raw.url if message.raw is not None else None
            ids[message.id] = url or ids.get(message.id) or message.id
    return ids, broken
