"""How long each route of the API takes while a stream runs into the view, and how long a view takes to be built.

    python -m tests.bench api [--articles N] [--asks N] [--rate N] [--only TEXT] [--view FOLDER]
    python -m tests.bench api --rebuild N [--broker host:port]

The first: a view of N generated articles (thirty days, 2,000 sources, three in ten of them copies), built by its own writer;
then the API over it in a process of its own, into which `--rate` articles a second go on coming; every route is asked
`--asks` times, one after the other, always for something else; one client follows /stream meanwhile. CPU is that of the
process beyond what the stream takes: on a busy machine it says more than the clock. `--view` keeps the view for another time. The second: N articles in topics of Apache Kafka, and a `news-worker serve` that starts with nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.bench import _articles, _broker
from tests.bench._articles import (
    ARTICLES,
    DEAD,
    DUPLICATES,
    EVERY_MS,
    PARTITIONS,
    START_MS,
    ident,
    records,
    topic,
    word,
)
from tests.harness import Cluster
from worker.times import format_ms
from worker.view import Reader, Writer
from worker.web import site
from worker.web.app import make_app
from worker.web.readers import Readers
from worker.web.stream import Bell

_BATCH = 1000
_IDLE_SECONDS = 3.0
_CONTENT = 100  # ranks of the most frequent words, which nobody searches for


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench api", description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--rate", type=int, default=200, help="articles a second that come while the API is asked")
    parser.add_argument("--only", default="", help="routes whose line holds this text")
    parser.add_argument("--view", type=Path, help="folder of the view, kept; default: a temporary one")
    parser.add_argument("--rebuild", type=int, metavar="N", help="build a view of N articles from topics instead")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    _broker.add_option(parser)
    args = parser.parse_args(argv)
    if args.serve:
        asyncio.run(_serve(args.view, args.rate))
        return 0
    with contextlib.ExitStack() as stack:
        if args.rebuild:
            return _rebuild(stack.enter_context(_broker.address(args.broker)), args.rebuild)
        folder = args.view or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="news-view-")))
        _build(folder, args.articles)
        return _measure(folder, args)


def _writer(folder: Path) -> Writer:
    return Writer(folder / "view.sqlite", articles=ARTICLES, duplicates=DUPLICATES, dead=DEAD)


def _next(writer: Writer) -> int:
    """The number of the next generated record."""
    return int(writer.note("generated") or 0)


def _build(folder: Path, count: int) -> None:
    writer, seconds, cpu = _writer(folder), 0.0, 0.0
    first = _next(writer)
    for begin in range(first, count, _BATCH):
        batch = list(records(begin, min(_BATCH, count - begin)))
        started, used = time.perf_counter(), time.process_time()
        writer.apply(batch)
        writer.set_note("generated", str(begin + len(batch)))
        seconds, cpu = seconds + time.perf_counter() - started, cpu + time.process_time() - used
    size = writer.size()
    writer.close()
    if (done := count - first) > 0:
        print(
            f"{done:,} articles written to the view in {seconds:.0f} s ({done / seconds:,.0f} a second, "
            f"{cpu / done * 1e3:.2f} ms CPU each); {size / count / 1e3:.1f} kB an article on disk",
            flush=True,
        )


async def _serve(folder: Path, rate: int) -> None:
    """The API over the view, and a writer that goes on as `serve` does: five transactions a second."""
    writer, bell, readers = _writer(folder), Bell(), Readers(folder / "view.sqlite")
    web = await site.start(
        make_app(readers, lambda: {"live": True, "ready": True, "broker": "up", "lag": 0}, bell=bell), "127.0.0.1", 0
    )
    print(web.url, flush=True)
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    begun, first, written = loop.time(), _next(writer), 0
    coming = records(first, 1 << 40)

    def write(due: int) -> None:
        writer.apply(list(itertools.islice(coming, due)))

    while not stop.is_set():
        due = int((loop.time() - begun) * rate) - written
        if due > 0:
            # In the thread that writes: the making of articles is no part of what is measured.
            await loop.run_in_executor(thread, write, due)
            written += due
            bell.ring()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.2)
    await web.stop()
    readers.close()
    writer.set_note("generated", str(first + written))
    writer.close()


def _questions(count: int, cursors: list[str]) -> dict[str, Callable[[random.Random], str]]:
    """By name a maker of addresses; each time another one."""

    def some(r: random.Random) -> str:
        return ident(int(count * r.random()))

    def content(r: random.Random, most: int = 20_000) -> str:
        return word(int(_CONTENT * (most / _CONTENT) ** r.random()))

    def country(r: random.Random) -> str:
        return r.choice(_articles._COUNTRIES)

    def since(r: random.Random) -> str:
        return format_ms(START_MS + int(count * r.random()) * EVERY_MS).replace("+", "%2B")

    fields = "fields=id,title,lead,source,published,topics,copies&limit=40"
    return {
        "/articles/{id}": lambda r: f"/articles/{some(r)}",
        "/articles/{id}?format=ninjs": lambda r: f"/articles/{some(r)}?format=ninjs",
        "/articles/{id}/copies": lambda r: f"/articles/{some(r)}/copies",
        "/articles/{id}/difference?from=": lambda r: f"/articles/{some(r)}/difference?from={some(r)}",
        "/articles/{id}/versions": lambda r: f"/articles/{some(r)}/versions",
        "/articles": lambda r: f"/articles?limit={r.randint(1, 200)}",
        "/articles?fields= (the page's list)": lambda r: f"/articles?{fields}&copies={r.randint(0, 1)}",
        "/articles?cursor=": lambda r: f"/articles?cursor={r.choice(cursors)}",
        "/articles?since=": lambda r: f"/articles?since={since(r)}",
        "/articles?language=": lambda r: f"/articles?language={r.choice(_articles._LANGUAGES)}",
        "/articles?source=": lambda r: f"/articles?source={word(_CONTENT + r.randrange(2000))}.example",
        "/articles?topic=&country=": lambda r: f"/articles?topic={topic(r.randrange(17))}&country={country(r)}",
        "/articles? four filters": lambda r: (
            f"/articles?language={r.choice(_articles._LANGUAGES)}&agency={r.choice(_articles._AGENCIES)}"
            f"&topic={topic(r.randrange(17))}&country={country(r)}"
        ),
        "/articles?q= a word": lambda r: f"/articles?q={content(r)}",
        "/articles?q= two words": lambda r: f"/articles?q={content(r)}+{content(r)}",
        "/articles?q= a beginning": lambda r: f"/articles?q={content(r)[:5]}*",
        "/articles?q= a phrase": lambda r: f"/articles?q=%22{content(r)}+{content(r)}%22",
        "/articles?q= a word, not another": lambda r: f"/articles?q={content(r)}+-{content(r)}",
        "/articles?q=&language=&since=": lambda r: (
            f"/articles?q={content(r)}&language={r.choice(_articles._LANGUAGES)}&since={since(r)}"
        ),
        "/articles?q= the commonest phrase": lambda r: (
            f"/articles?q=%22{word(r.randrange(9))}+{word(r.randrange(9))}+{word(r.randrange(9))}%22"
        ),
        "/dlq": lambda r: f"/dlq?limit={r.randint(1, 200)}",
        "/dlq?code=": lambda r: f"/dlq?code={r.choice(('json-invalid', 'no-such', 'field-type'))}",
        "/sources": lambda r: "/sources",
        "/stats": lambda r: "/stats",
        "/stream, the first event": lambda r: "/stream",
        "/metrics": lambda r: "/metrics",
        "/readyz": lambda r: "/readyz",
        "/": lambda r: "/",
    }


def _measure(folder: Path, args: argparse.Namespace) -> int:
    reader = Reader(folder / "view.sqlite")
    rng, cursors = random.Random(5), []
    for _ in range(50):
        page = reader.articles(1, since=START_MS + int(args.articles * rng.random()) * EVERY_MS)
        cursors.append(str(page.next)) if page.next else None
    reader.close()
    command = [sys.executable, "-m", "tests.bench", "api", "--serve", "--view", str(folder), "--rate", str(args.rate)]
    process = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        every = _questions(args.articles, cursors)
        questions = {name: make for name, make in every.items() if args.only in name}
        asyncio.run(_ask(url, questions, args.asks, process))
    finally:
        process.terminate()
        process.wait(30)
    return 0


async def _ask(
    url: str, questions: dict[str, Callable[[random.Random], str]], asks: int, process: psutil.Process
) -> None:
    rng = random.Random(7)
    timeout = aiohttp.ClientTimeout(total=60, sock_read=60)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        followed = asyncio.create_task(_follow(url))
        await asyncio.sleep(1.0)
        began, idle = time.perf_counter(), _cpu(process)
        await asyncio.sleep(_IDLE_SECONDS)
        idle = (_cpu(process) - idle) / (time.perf_counter() - began)
        print(f"{'':<36}{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}{'CPU ms':>9}{'bytes':>10}", flush=True)
        for name, make in questions.items():
            took, size, since, used = [], 0, time.perf_counter(), _cpu(process)
            for _ in range(asks):
                path = make(rng)
                started = time.perf_counter()
                async with session.get(url + path) as answer:
                    assert answer.status in (200, 404, 410), (path, answer.status, await answer.text())
                    size += len(await (answer.content.readany() if path == "/stream" else answer.read()))
                took.append((time.perf_counter() - started) * 1000)
            took.sort()
            p50, p99 = took[len(took) // 2], took[min(len(took) - 1, int(len(took) * 0.99))]
            # What the stream takes by itself is no cost of an answer.
            cpu = max(0.0, _cpu(process) - used - idle * (time.perf_counter() - since)) / asks * 1000
            print(f"{name:<36}{p50:>9.1f}{p99:>9.1f}{took[-1]:>9.1f}{cpu:>9.1f}{size // asks:>10,}", flush=True)
        followed.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await followed
        events, seconds = _followed[0], time.perf_counter() - began
    memory = process.memory_info().rss / 1e6
    print(
        f"{events:,} events came by /stream in {seconds:.0f} s; the process: {memory:,.0f} MB, "
        f"{idle * 100:.0f} % of a core for the stream alone; {_load()}"
    )


_followed = [0]


async def _follow(url: str) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{url}/stream?fields=id") as answer:
        while line := await answer.content.readline():
            _followed[0] += line.startswith((b"event: article", b"event: copy"))


def _cpu(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _rebuild(address: str, count: int) -> int:
    prefix = f"bench-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory(prefix="news-view-") as name, Cluster(address, prefix, Path(name)) as cluster:
        log = cluster.kafka
        for place in ("articles", "duplicates", "dlq"):
            log.create(f"{prefix}.{place}", 1 if place == "dlq" else PARTITIONS)
        started = time.perf_counter()
        for begin in range(0, count, 20_000):
            for place in (ARTICLES, DUPLICATES, DEAD):
                log.write(place.replace("news", prefix), _messages(place, begin, min(20_000, count - begin)))
        print(f"{count:,} articles written to the topics in {time.perf_counter() - started:.0f} s", flush=True)
        child = cluster.start("serve")
        started = time.perf_counter()
        cluster.wait_ready(3600)
        took = time.perf_counter() - started
        cpu = sum(psutil.Process(child.process.pid).cpu_times()[:2])
        size = sum(f.stat().st_size for f in (Path(name) / "data" / "view").iterdir())
        print(
            f"view built from the topics in {took:.0f} s: {count / took:,.0f} articles a second, "
            f"{cpu / count * 1e3:.2f} ms CPU each; {size / 1e6:,.0f} MB; {_load()}"
        )
        log.delete_created(prefix)
    return 0


def _messages(place: str, begin: int, count: int) -> Iterator[dict[str, Any]]:
    for record in records(begin, count):
        if record.topic == place:
            yield {"value": record.value, "key": record.key, "headers": record.headers, "partition": record.partition}
