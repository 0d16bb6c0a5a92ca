"""Records per CPU-second of the worker, beside a plain aiokafka loop and the bare functions, in one run.

    python -m tests.bench worker [--records N] [--partitions 4,1,16] [--workers 1,2]

``clean`` alone: the bare function, a plain aiokafka loop that calls it (fetch, call, send, await, commit), quixstreams where it
is installed, our loop with it. All stages: the bare functions one after the other, and the real worker with its pool, in each
number of workers and partitions. Every measurement in processes of its own; their start does not count. The articles are
generated, of mixed length, with re-crawls, copies, updates and takedowns.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.bench import _broker
from tests.harness import INTERNAL
from tests.kafka.log import Log
from tests.texts import stream
from worker.errors import RecordError
from worker.pipeline import (
    STAGES,
    CleanedRecord,
    RawRecord,
    TextOptions,
    clean_record,
    read_ahead,
    setup,
    tag_ahead,
    tag_record,
)
from worker.pool import CHUNK_RECORDS
from worker.stream.record import Answer, Dead, Record, Send

Input = list[tuple[bytes | None, bytes | None]]


def main(argv: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench worker", description=__doc__)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--partitions", type=_numbers, default=[4], help="the first is that of the single stage")
    parser.add_argument("--workers", type=_numbers, default=[1])
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
        for name in ("raw", "plain", "quix", "ours", "dead"):
            log.create(f"{prefix}.{name}", args.partitions[0], max_message_bytes=str(9 << 20))
        log.write(f"{prefix}.raw", _articles(args))
        base = [sys.executable, "-m", "tests.bench", "worker", "--broker", address]
        base += ["--records", str(args.records), "--seed", str(args.seed)]
        cpu: dict[str, float] = {}
        for what in ("bare-clean", "plain", "quix", "ours", "bare-all"):
            if what == "quix" and importlib.util.find_spec("quixstreams") is None:
                continue
            # As in the pool: threads of a library would burn time beside the function.
            env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
            command = [*base, "--child", what, prefix]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
            if done.returncode:
                print(done.stderr[-2000:], file=sys.stderr)
                return 1
            spent = json.loads(done.stdout.splitlines()[-1])
            cpu[what] = spent.pop("cpu")
        _print_single(args, cpu)
        log.delete_created(prefix)
        print(f"\nall stages{'':<26}{'CPU s':>8}{'records/CPU s':>15}{'ratio':>8}{'records/s':>11}")
        _print_all(args, "the bare functions", cpu["bare-all"], cpu["bare-all"], None)
        costs: list[dict[str, float]] = []
        for workers in args.workers:
            for partitions in args.partitions:
                used = _worker(address, f"{prefix}-{workers}-{partitions}", args, workers, partitions)
                name = f"{workers} worker{'s' * (workers > 1)}, {partitions} partition{'s' * (partitions > 1)}"
                _print_all(args, name, used["cpu"], cpu["bare-all"], used["seconds"])
                costs.append(used)
                log.delete_created(f"{prefix}-{workers}-{partitions}")
        print("\nwhat an article costs, ms")
        functions = {f"{stage}: the bare function": seconds for stage, seconds in spent.items()}
        for name, seconds in {**functions, **costs[0]}.items():
            if name not in ("cpu", "seconds"):
                print(f"  {name:<38}{1000 * seconds / args.records:>8.2f}")
    return 0


def _articles(args: argparse.Namespace) -> Iterator[tuple[bytes | None, bytes | None]]:
    return stream(args.seed, args.records, bad=0.0, paragraphs=(2, 14), shuffled=True)


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def _print_single(args: argparse.Namespace, cpu: dict[str, float]) -> None:
    print(f"{args.records} records, {args.partitions[0]} partitions, clean alone")
    print(f"{'':<36}{'CPU s':>8}{'records/CPU s':>15}{'ratio':>8}")
    rows = [
        ("the bare function", "bare-clean"),
        ("a plain aiokafka loop", "plain"),
        ("quixstreams", "quix"),
        ("our loop", "ours"),
    ]
    for name, what in rows:
        if what not in cpu:
            print(f"{name:<36}left out: not installed (pip install quixstreams)")
            continue
        print(f"{name:<36}{cpu[what]:>8.2f}{args.records / cpu[what]:>15.0f}{cpu['plain'] / cpu[what]:>8.2f}")


def _print_all(args: argparse.Namespace, name: str, cpu: float, bare: float, seconds: float | None) -> None:
    rate = "" if seconds is None else f"{args.records / seconds:>11.0f}"
    print(f"{name:<36}{cpu:>8.2f}{args.records / cpu:>15.0f}{bare / cpu:>8.2f}{rate}", flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _child(args: argparse.Namespace, what: str, prefix: str) -> dict[str, float]:
    setup(TextOptions(STAGES if what == "bare-all" else ("clean",)))
    if what.startswith("bare"):
        return _bare(list(_articles(args)), whole=what == "bare-all")
    if what == "plain":
        return asyncio.run(_plain(args.broker, prefix, args.records))
    if what == "quix":
        return _quix(args.broker, prefix, args.records)
    return _ours(args.broker, prefix, args.records)


def _bare(records: Input, whole: bool) -> dict[str, float]:
    """Cleaning one by one as the loops beside it do, or all stages, the texts in chunks as the worker's pool gets them."""
    import orjson

    from worker.dedup.sequential import Deduplication

    hour = 3_600_000
    dedup = Deduplication(window_ms=48 * hour, lateness_ms=24 * hour, keep_ms=168 * hour)
    started, clock = _cpu(), time.thread_time
    spent = {"clean": 0.0, "tag": 0.0, "dedup": 0.0}
    raw = [RawRecord(value, key, (), 1_800_000_000_000 + i) for i, (key, value) in enumerate(records)]
    for at in range(0, len(raw), CHUNK_RECORDS):
        chunk = raw[at : at + CHUNK_RECORDS]
        begin = clock()
        staged = [clean_record(one) for one in (read_ahead(chunk) if whole else chunk)]
        spent["clean"] += (cleaned := clock()) - begin
        if whole:
            articles = [CleanedRecord(one.article) for one in staged if one.article is not None]
            tagged = iter([tag_record(one) for one in tag_ahead(articles)])
            spent["tag"] += (done := clock()) - cleaned
            for one in staged:
                article = None if one.article is None else orjson.loads(next(tagged))
                dedup.message(one.id, article, one.fetched_ms, one.raw_hash)
            spent["dedup"] += clock() - done
    return {"cpu": _cpu() - started, **spent}


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


def _quix(address: str, prefix: str, count: int) -> dict[str, float]:
    from quixstreams import Application

    app = Application(
        address,
        consumer_group=f"{prefix}-quix",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        consumer_extra_config={"fetch.message.max.bytes": 9 << 20},
        producer_extra_config={"linger.ms": 5, "enable.idempotence": True, "message.max.bytes": 9 << 20},
        loglevel="ERROR",
    )
    raw = app.topic(f"{prefix}.raw", value_deserializer="bytes", key_deserializer="bytes")
    cleaned = app.topic(f"{prefix}.quix", value_serializer="bytes", key_serializer="bytes")
    started = 0.0

    def work(value: bytes, key: bytes | None, timestamp: int, headers: Any) -> Send:
        nonlocal started
        started = started or _cpu()
        answer = _cleaned(Record(raw.name, 0, 0, key, value, list(headers or ()), timestamp))
        assert not isinstance(answer, Dead)
        return answer[0]

    frame = app.dataframe(raw).apply(work, metadata=True)
    frame = frame.set_headers(lambda send, key, timestamp, headers: send.headers)
    keys: list[bytes | None] = []
    frame = frame.apply(lambda send: keys.append(send.key) or send.value)
    frame.to_topic(cleaned, key=lambda _: keys.pop())
    app.run(count=count, collect=False)
    return {"cpu": _cpu() - started}


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


def _worker(address: str, prefix: str, args: argparse.Namespace, count: int, partitions: int) -> dict[str, float]:
    """CPU seconds of all workers and their pools from ready to the last commit, the time it took, seconds by agent."""
    group, log = f"{prefix}-worker", Log(address)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"BROKER": address, "PREFIX": prefix, "DATA": folder, "WEB": "127.0.0.1:0", "DEADLINE": "60s"}
        settings |= {"PARTITIONS": str(partitions), "INPUT": f"{prefix}.later", "PROCESSES": "1"}
        env = {**os.environ, **{f"NEWS_WORKER_{key}": value for key, value in settings.items()}}
        log.create(f"{prefix}.later", partitions, max_message_bytes=str(8 << 20))
        said = Path(folder, "log")
        with said.open("wb") as out:
            workers = [
                psutil.Popen([sys.executable, "-m", "worker", "worker"], env=env, stdout=out, stderr=out)
                for _ in range(count)
            ]
        try:
            until = time.monotonic() + 120
            while said.read_text().count('msg="ready"') < count:
                assert time.monotonic() < until, said.read_text()
                time.sleep(0.3)
            time.sleep(2)
            before, started = _spent(workers), time.monotonic()
            log.write(f"{prefix}.later", _articles(args))
            topics = [f"{prefix}.later", *(f"{prefix}.{name}" for name in INTERNAL)]
            while not log.caught_up(group, topics):
                time.sleep(1.0)
            took = time.monotonic() - started
            worker, pool = (after - then for after, then in zip(_spent(workers), before, strict=True))
            agents = _agents(re.findall(r"url=(\S+)", said.read_text()))
            rest = {"clean and tag: the pool": pool, "the loop: all else": worker - sum(agents.values())}
            return {"cpu": worker + pool, "seconds": took, **agents, **rest}
        finally:
            for each in workers:
                each.terminate()
            for each in workers:
                with contextlib.suppress(psutil.TimeoutExpired):
                    each.wait(15)


def _spent(workers: Sequence[psutil.Popen]) -> tuple[float, float]:
    """CPU seconds of the workers themselves and of their pools."""
    pools = [child for worker in workers for child in worker.children(recursive=True)]
    return sum(sum(p.cpu_times()[:2]) for p in workers), sum(sum(p.cpu_times()[:2]) for p in pools)


def _agents(urls: Sequence[str]) -> dict[str, float]:
    """Seconds that the agents without a pool have worked, by the workers' own counters: by the clock, but nothing waits."""
    seconds = dict.fromkeys(("deduplicate", "match", "publish"), 0.0)
    for url in urls:
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        for agent, value in re.findall(r'^news_worker_agent_work_seconds_total\{agent="(\w+)"\} (\S+)', text, re.M):
            if agent in seconds:
                seconds[agent] += float(value)
    return {f"{agent}: the agent": each for agent, each in seconds.items()}
