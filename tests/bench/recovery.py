"""How fast state comes back from its changelog, beside a plain read of the same topic by aiokafka.

    python -m tests.bench recovery [--rows N] [--bytes N]

Each measurement in a process of its own; CPU seconds of that process from the first row to the last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from tests.bench import _broker
from tests.kafka.log import Log

PARTITIONS = 4


def main(argv: list[str]) -> int:
    """Fill a changelog, read it in each way, print rows a second."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench recovery", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--bytes", type=int, default=300, help="size of a row")
    _broker.add_option(parser)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        how, prefix = args.child
        print(
            json.dumps(asyncio.run(_plain(args.broker, prefix) if how == "plain" else _state(args.broker, prefix, how)))
        )
        return 0
    with _broker.address(args.broker) as address:
        log, prefix = Log(address), f"bench-{uuid.uuid4().hex[:8]}"
        changelog = log.create(f"{prefix}-worker-rows-changelog", PARTITIONS, cleanup_policy="compact")
        row = b"x" * args.bytes
        log.write(changelog, [(f"{i:032x}".encode(), row, i % PARTITIONS) for i in range(args.rows)])
        print(f"{args.rows} rows of {args.bytes} bytes, {PARTITIONS} partitions")
        print(f"{'':<24}{'rows/s':>10}{'rows/CPU s':>12}")
        for how in ("plain", "memory", "disk"):
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench", "recovery", "--broker", address, "--child", how, prefix],
                capture_output=True,
                text=True,
                check=True,
            )
            took = json.loads(done.stdout.splitlines()[-1])
            name = {"plain": "plain aiokafka read"}.get(how, f"state, {how}")
            print(f"{name:<24}{args.rows / took['seconds']:>10.0f}{args.rows / took['cpu']:>12.0f}")
        log.delete_created(prefix)
    return 0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _plain(address: str, prefix: str) -> dict[str, float]:
    from aiokafka import AIOKafkaConsumer, TopicPartition

    topic = f"{prefix}-worker-rows-changelog"
    consumer = AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, max_partition_fetch_bytes=4 << 20)
    await consumer.start()
    tps = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    consumer.assign(tps)
    ends = await consumer.end_offsets(tps)
    await consumer.seek_to_beginning(*tps)
    started, cpu, rows = time.perf_counter(), _cpu(), 0
    while rows < sum(ends.values()):
        rows += sum(len(got) for got in (await consumer.getmany(timeout_ms=500)).values())
    out = {"seconds": time.perf_counter() - started, "cpu": _cpu() - cpu}
    await consumer.stop()
    return out


async def _state(address: str, prefix: str, how: str) -> dict[str, float]:
    from worker.stream.app import App, Options
    from worker.stream.recovery import restore
    from worker.stream.state import State

    def merge(old: bytes, new: bytes) -> bytes:
        return max(old, new)

    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {"kafka": {"bootstrap_servers": address}, "group": f"{prefix}-worker"}
        app = App(Options(**options, data=Path(folder), dead_letters="none", on_disk=how == "disk"))
        state = State(app, "rows", partitions=PARTITIONS, merge=merge)
        state.own(set(range(PARTITIONS)), 1)
        started, cpu = time.perf_counter(), _cpu()
        await restore(app)
        out = {"seconds": time.perf_counter() - started, "cpu": _cpu() - cpu}
        assert app.restored and state.partition(0).get(f"{0:032x}")
        state.close()
    return out
