"""What each setting of the worker does to its cost: one table, one broker, one stream of articles, a worker anew for each row.

    python -m tests.bench settings [--records N] [--only NAME,…]

CPU seconds of the worker and its pool from the first record to the last commit, beside those of the first row; the time on
the clock says less where other programs run. Memory is the largest sum of all processes that was seen. The first row comes
again at the end: what lies between the two is noise. `take` is no setting but a number in the code (records of a batch at
most), measured to show that it need not be one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import psutil

from tests.bench import _broker
from tests.harness import INTERNAL, Cluster
from tests.texts import stream

_TAKE = "NEWS_WORKER_TEST_TAKE"
_USUAL: dict[str, Any] = {"partitions": 8, "processes": 1, "deadline": "60s"}
# A name, how many workers, what differs from the usual.
ROWS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("as usual", 1, {}),
    ("processes=0", 1, {"processes": 0}),
    ("processes=2", 1, {"processes": 2}),
    ("partitions=1", 1, {"partitions": 1}),
    ("partitions=32", 1, {"partitions": 32}),
    ("shards=4", 1, {"shards": 4}),
    ("explain=1", 1, {"explain": 1}),
    ("idempotent=0", 1, {"idempotent": 0}),
    ("window=1h", 1, {"window": "1h"}),
    ("take=1", 1, {"test_take": 1}),
    ("take=20", 1, {"test_take": 20}),
    ("take=1000", 1, {"test_take": 1000}),
    ("two workers", 2, {}),
    ("three workers", 3, {}),
    ("as usual, again", 1, {}),
)


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench settings", description=__doc__)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--only", help="rows, by name, separated by commas")
    _broker.add_option(parser)
    args = parser.parse_args(argv)
    only = args.only.split(",") if args.only else None
    records = list(stream(1, args.records, bad=0.0))
    print(f"{args.records} records; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<18}{'CPU ms each':>12}{'beside the first':>18}{'seconds':>9}{'MB':>7}", flush=True)
    first: float | None = None
    with _broker.address(args.broker) as address:
        for name, workers, settings in ROWS:
            if only and name not in only:
                continue
            cpu, seconds, memory = _run(address, records, workers, _USUAL | settings)
            first = first or cpu
            each = cpu / args.records * 1000
            print(f"{name:<18}{each:>12.2f}{cpu / first:>18.2f}{seconds:>9.1f}{memory / 1e6:>7.0f}", flush=True)
    return 0


def _run(
    address: str, records: list[tuple[bytes | None, bytes | None]], workers: int, settings: dict[str, Any]
) -> tuple[float, float, float]:
    prefix = f"bench-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with Cluster(address, prefix, Path(folder), **settings) as cluster:
            cluster.kafka.create(cluster.topic("raw"), 8, max_message_bytes=str(8 << 20))
            for _ in range(workers):
                cluster.start("worker", module="tests.bench.settings")
            cluster.wait_ready(180)
            time.sleep(2.0)
            all_of_them = [psutil.Process(child.process.pid) for child in cluster.children]
            before, began, memory = sum(map(_cpu, all_of_them)), time.monotonic(), 0.0
            cluster.feed(records)
            topics = [cluster.topic(name) for name in ("raw", *INTERNAL)]
            while not cluster.kafka.caught_up(cluster.group, topics):
                memory = max(memory, sum(map(_memory, all_of_them)))
                time.sleep(1.0)
            out = sum(map(_cpu, all_of_them)) - before, time.monotonic() - began, memory
        cluster.kafka.delete_created(prefix)
    return out


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    return float(sum(sum(each.cpu_times()[:2]) for each in _tree(process)))


def _memory(process: psutil.Process) -> float:
    # What processes share is counted once.
    return float(sum(each.memory_full_info().pss for each in _tree(process)))


def _worker() -> int:
    """`news-worker worker`, with another size of batches where the environment says so."""
    from worker.cli import main as news_worker
    from worker.stream import batch

    if take := os.environ.get(_TAKE):
        made = batch.Agent.__init__

        def make(self: batch.Agent, *args: Any) -> None:
            made(self, *args[:-2], int(take), args[-1])

        batch.Agent.__init__ = make  # type: ignore[method-assign]
    return news_worker(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_worker())
