"""Records per CPU-second of the worker, beside a plain aiokafka loop and the bare functions, in one run.

    python -m tests.bench worker [--records N] [--partitions N] [--workers N]

``clean`` alone: the bare function, a plain aiokafka loop that calls it (fetch, call, send, await, commit), our loop with it.
All stages: the bare functions one after the other, and the real worker with its pool. Every measurement in processes of its
own; their start does not count. The articles are generated, of mixed length, with re-crawls, copies, updates and takedowns.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.bench import _broker
from tests.harness import INTERNAL
from tests.kafka.log import Log
from tests.texts import stream
from worker.errors import RecordError
from worker.pipeline import STAGES, RawRecord, TextOptions, clean_record, setup, tag_article
from worker.stream.record import Answer, Dead, Record, Send

Input = list[tuple[bytes | None, bytes | None]]


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench worker", description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    _broker.add_option(parser)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        print(json.dumps(_child(args, *args.child)))
        return 0
    with _broker.address(args.broker) as address:
        prefix = f"bench-{uuid.uuid4().hex[:8]}"
        log = Log(address)
        for name in ("raw", "plain", "ours", "dead"):
            log.create(f"{prefix}.{name}", args.partitions, max_message_bytes=str(9 << 20))
        log.write(f"{prefix}.raw", stream(args.seed, args.records, bad=0.0))
        base = [sys.executable, "-m", "tests.bench", "worker", "--broker", address]
        base += ["--records", str(args.records), "--seed", str(args.seed)]
        cpu: dict[str, float] = {}
        for what in ("bare-clean", "plain", "ours", "bare-all"):
            done = subprocess.run([*base, "--child", what, prefix], capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr[-2000:], file=sys.stderr)
                return 1
            cpu[what] = json.loads(done.stdout.splitlines()[-1])["cpu"]
        cpu["worker"], seconds = _worker(address, prefix, args)
        log.delete_created(prefix)
    rows = [
        ("clean: the bare function", "bare-clean", "plain"),
        ("clean: a plain aiokafka loop", "plain", "plain"),
        ("clean: our loop", "ours", "plain"),
        ("all stages: the bare functions", "bare-all", "bare-all"),
        (f"all stages: the worker x{args.workers}", "worker", "bare-all"),
    ]
    print(f"{args.records} records, {args.partitions} partitions; the worker took {seconds:.1f} s")
    print(f"{'':<34}{'CPU s':>8}{'records/CPU s':>15}{'ratio':>8}")
    for name, what, beside in rows:
        print(f"{name:<34}{cpu[what]:>8.2f}{args.records / cpu[what]:>15.0f}{cpu[beside] / cpu[what]:>8.2f}")
    return 0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _child(args: argparse.Namespace, what: str, prefix: str) -> dict[str, float]:
    setup(TextOptions(STAGES if what == "bare-all" else ("clean",)))
    if what.startswith("bare"):
        return _bare(list(stream(args.seed, args.records, bad=0.0)), whole=what == "bare-all")
    if what == "plain":
        return asyncio.run(_plain(args.broker, prefix, args.records))
    return _ours(args.broker, prefix, args.records)


def _bare(records: Input, whole: bool) -> dict[str, float]:
    import orjson

    from worker.dedup.sequential import Deduplication

    hour = 3_600_000
    dedup = Deduplication(window_ms=48 * hour, lateness_ms=24 * hour, keep_ms=168 * hour)
    started = _cpu()
    for i, (key, value) in enumerate(records):
        staged = clean_record(RawRecord(value, key, (), 1_800_000_000_000 + i))
        if whole:
            article = None if staged.article is None else orjson.loads(tag_article(staged.article))
            dedup.message(staged.id, article, staged.fetched_ms, staged.raw_hash)
    return {"cpu": _cpu() - started}


def _cleaned(record: Record) -> Answer:
    try:
        raw = RawRecord(record.value, record.key, tuple(record.headers), record.timestamp)
        staged = clean_record(raw)
    except RecordError as error:
        return Dead(error.code, error.message)
    return [Send("", staged.id.encode(), staged.article, [("src", b"here")])]


async def _plain(address: str, prefix: str, count: int) -> dict[str, float]:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

    consumer = AIOKafkaConsumer(
        f"{prefix}.raw",
        bootstrap_servers=address,
        group_id=f"{prefix}-plain",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=address, linger_ms=5, enable_idempotence=True, max_request_size=9 << 20
    )
    await consumer.start()
    await producer.start()
    done, started = 0, None
    while done < count:
        fetched = await consumer.getmany(timeout_ms=1000, max_records=500)
        started = started if started is not None else _cpu()
        waiting = []
        for messages in fetched.values():
            for m in messages:
                done += 1
                answer = _cleaned(Record(m.topic, m.partition, m.offset, m.key, m.value, list(m.headers), m.timestamp))
                assert not isinstance(answer, Dead)
                send = answer[0]
                waiting.append(await producer.send(f"{prefix}.plain", send.value, key=send.key, headers=send.headers))
        for each in waiting:
            await each
        if fetched:
            await consumer.commit()
    assert started is not None
    out = {"cpu": _cpu() - started}
    await consumer.stop()
    await producer.stop()
    return out


def _ours(address: str, prefix: str, count: int) -> dict[str, float]:
    from worker.stream import runner
    from worker.stream.app import App, Options
    from worker.stream.batch import attach

    with tempfile.TemporaryDirectory() as folder:
        app = App(
            Options(
                {"bootstrap_servers": address}, f"{prefix}-ours", Path(folder), f"{prefix}.dead", max_request=9 << 20
            )
        )
        done, started, used = 0, 0.0, 0.0

        async def work(records: Sequence[Record]) -> Sequence[Answer]:
            nonlocal done, started
            started = started or _cpu()
            done += len(records)
            if done >= count:
                asyncio.get_running_loop().call_later(0.3, finish)
            answers = [_cleaned(record) for record in records]
            for answer in answers:
                if not isinstance(answer, Dead):
                    answer[0].topic = f"{prefix}.ours"
            return answers

        def finish() -> None:
            nonlocal used
            used = _cpu() - started
            app.over.set()

        attach(app, topic=f"{prefix}.raw", name="clean", work=work)
        assert runner.run(app) == 0
        return {"cpu": used}


def _worker(address: str, prefix: str, args: argparse.Namespace) -> tuple[float, float]:
    """CPU seconds of all workers and their pools from ready to the last commit, and the time it took."""
    group, log = f"{prefix}-worker", Log(address)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"BROKER": address, "PREFIX": prefix, "DATA": folder, "WEB": "127.0.0.1:0", "DEADLINE": "60s"}
        settings |= {"PARTITIONS": str(args.partitions), "INPUT": f"{prefix}.later", "PROCESSES": "1"}
        env = {**os.environ, **{f"NEWS_WORKER_{key}": value for key, value in settings.items()}}
        log.create(f"{prefix}.later", args.partitions, max_message_bytes=str(8 << 20))
        with Path(folder, "log").open("wb") as out:
            workers = [
                psutil.Popen([sys.executable, "-m", "worker", "worker"], env=env, stdout=out, stderr=out)
                for _ in range(args.workers)
            ]
        try:
            until = time.monotonic() + 120
            while (
                Path(folder, "log").read_text().count('msg="ready"')
                + Path(folder, "log").read_text().count("msg=ready")
                < args.workers
            ):
                assert time.monotonic() < until, Path(folder, "log").read_text()
                time.sleep(0.3)
            time.sleep(2)
            before, started = sum(map(_tree, workers)), time.monotonic()
            log.write(f"{prefix}.later", stream(args.seed, args.records, bad=0.0))
            topics = [f"{prefix}.later", *(f"{prefix}.{name}" for name in INTERNAL)]
            while not log.caught_up(group, topics):
                time.sleep(1.0)
            return sum(map(_tree, workers)) - before, time.monotonic() - started
        finally:
            for each in workers:
                each.terminate()
            for each in workers:
                with contextlib.suppress(psutil.TimeoutExpired):
                    each.wait(15)


def _tree(process: psutil.Process) -> float:
    return sum(sum(p.cpu_times()[:2]) for p in (process, *process.children(recursive=True)))
