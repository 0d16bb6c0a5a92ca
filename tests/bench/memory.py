"""The memory of a worker while the time of its articles goes on: it must become flat.

    python -m tests.bench memory [--records N] [--days D] [--keep 0s] [--rate N]

Feeds N short articles whose ``fetched_at`` advance evenly over D days (re-crawls, copies, updates and takedowns among them)
to a real worker with RocksDB, and prints what each process holds. Resident memory counts what is shared in each process that
shares it; the proportional share (PSS) counts it once, so its sum is what the machine gives.

The index holds the articles of NEWS_WORKER_KEEP + _WINDOW + _LATENESS, and grows until so much time is covered. Without KEEP
that is 72 hours: the goal is that the sum at the end is at most 10 % above that at 72 hours; exit status 1 when it is not.
With the worker's default of 7 days it is ten days.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench import _broker
from tests.chaos.feeder import Feeder
from tests.harness import INTERNAL
from tests.kafka.log import Log
from tests.texts import stream
from worker.settings import duration
from worker.stream.state import rocksdb_installed

_FLAT = 1.10
_FIRST_HOURS = 72.0
_LINES = 40
_MB = 1 << 20


@dataclass(frozen=True)
class _Seen:
    day: float  # of the articles that are cleaned
    worker: float  # MB resident
    pool: list[float]  # MB resident of each process of the pool and the one they are forked from
    total: float  # MB, proportional share of all


class _Input:
    """The records, made as they are sent."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args

    def __len__(self) -> int:
        return int(self._args.records)

    def __iter__(self) -> Iterator[tuple[bytes | None, bytes | None]]:
        return stream(self._args.seed, len(self), hours=24 * self._args.days, bad=0.0, paragraphs=(2, 2), shuffled=True)


def main(argv: list[str]) -> int:
    """Feed, look, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench memory", description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--keep", default="0s", help="NEWS_WORKER_KEEP (default: 0s)")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1000.0, help="records fed a second, at most")
    parser.add_argument("--seed", type=int, default=1)
    _broker.add_option(parser)
    args = parser.parse_args(argv)
    if not rocksdb_installed():
        print("the extra rocksdb is not installed: nothing to measure", file=sys.stderr)
        return 2
    with _broker.address(args.broker) as address, tempfile.TemporaryDirectory() as folder:
        return _measure(address, Path(folder), args)


def _measure(address: str, folder: Path, args: argparse.Namespace) -> int:
    log, prefix = Log(address), f"memory-{uuid.uuid4().hex[:8]}"
    log.create(f"{prefix}.raw", args.partitions, max_message_bytes=str(8 << 20))
    settings = {
        "BROKER": address,
        "PREFIX": prefix,
        "DATA": str(folder / "data"),
        "WEB": "127.0.0.1:0",
        "PARTITIONS": str(args.partitions),
        "PROCESSES": "1",
        "DEADLINE": "60s",
        "KEEP": args.keep,
    }
    env = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_WORKER_")}
    env |= {f"NEWS_WORKER_{key}": value for key, value in settings.items()}
    said = folder / "log"
    with said.open("wb") as out:
        worker = psutil.Popen([sys.executable, "-m", "worker", "worker"], env=env, stdout=out, stderr=out)
    feeder = Feeder(address, f"{prefix}.raw", _Input(args), args.rate)
    started = time.monotonic()
    try:
        feeder.start()
        seen = _watch(log, prefix, worker, feeder, args)
    finally:
        feeder.stopped.set()
        worker.terminate()
        try:
            worker.wait(15)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            worker.kill()
        log.delete_created(prefix)
    if worker.returncode != 0 or feeder.error is not None:
        print(f"worker: {worker.returncode}, feeder: {feeder.error}\n{said.read_text()[-3000:]}", file=sys.stderr)
        return 1
    covered = (_FIRST_HOURS + duration(args.keep) / 3600) / 24
    first = [each.total for each in seen if each.day >= covered][:3]
    if not first:
        print(f"nothing was seen after {covered:g} days", file=sys.stderr)
        return 1
    # Medians of three: a batch in flight or a compaction of RocksDB is no growth.
    begin, end = statistics.median(first), statistics.median(each.total for each in seen[-3:])
    print(
        f"{args.records} records over {args.days:g} days in {time.monotonic() - started:.0f} s: {begin:.0f} MB at "
        f"day {covered:g}, {max(each.total for each in seen):.0f} MB at most, {end:.0f} MB at the end ({end / begin - 1:+.1%})"
    )
    return 0 if end <= _FLAT * begin else 1


def _watch(log: Log, prefix: str, worker: psutil.Popen, feeder: Feeder, args: argparse.Namespace) -> list[_Seen]:
    group, topics = f"{prefix}-worker", [f"{prefix}.{name}" for name in ("raw", *INTERNAL)]
    print(f"{'day':>6}{'worker MB':>11}{'pool MB':>20}{'all, PSS MB':>13}", flush=True)
    seen: list[_Seen] = []
    printed = -1.0
    while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
        time.sleep(2.0)
        done = sum(at or 0 for at in log.committed(group, topics[0]))
        family = worker.children(recursive=True)
        pool = [round(each.memory_info().rss / _MB) for each in family]
        total = sum(each.memory_full_info().pss for each in (worker, *family)) / _MB
        seen.append(_Seen(args.days * done / args.records, worker.memory_info().rss / _MB, pool, total))
        if (now := seen[-1]).day - printed >= args.days / _LINES:
            printed = now.day
            print(
                f"{now.day:>6.1f}{now.worker:>11.0f}{' + '.join(map(str, now.pool)):>20}{now.total:>13.0f}", flush=True
            )
        if not feeder.is_alive() and done >= args.records and log.caught_up(group, topics):
            break
    return seen
