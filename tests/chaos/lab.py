"""A small worker over `worker.stream` in the shape of the product: rows by id, one shard, back by id. No news in it.

    python -m tests.chaos.lab PREFIX [NAME=VALUE ...]

``raw`` -> first -> ``mid`` -> rows -> ``shard`` (one partition) -> match -> ``back`` -> publish -> ``out``. The environment
gives the rest: LAB_BROKER, LAB_DATA (a folder), LAB_PARTITIONS, LAB_DISK, LAB_TAKE, LAB_POISON (offsets whose work raises).
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from worker import logs
from worker.errors import RecordError
from worker.stream import folder, runner
from worker.stream.app import App, Options
from worker.stream.batch import attach
from worker.stream.record import Answer, Dead, Record, Send
from worker.stream.state import State
from worker.stream.topics import Topic

TOPICS = ("raw", "mid", "shard", "back", "out", "dlq")


def desired(prefix: str, partitions: int) -> list[Topic]:
    """The topics of the lab."""
    return [
        Topic(
            f"{prefix}.{name}", 1 if name == "shard" else partitions, max_bytes=1 << 20, log_append_time=name != "raw"
        )
        for name in TOPICS
    ]


def build(prefix: str, options: Options, partitions: int, take: int) -> App:
    """The app: four agents, two states."""
    app = App(options)
    rows = State(app, "rows", partitions=partitions, merge=max, version="1", advice="Use another prefix.")
    index = State(app, "index", partitions=1, merge=max)

    async def first(records: Sequence[Record]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for r in records:
            if r.value is None or r.value.startswith(b"dead"):
                answers.append(Dead("lab-dead", "a record of the lab that is dead"))
            elif r.value.startswith(b"raise"):
                raise ValueError("the work itself raises")
            elif r.value.startswith(b"refuse"):
                raise RecordError("lab-refused", "the work refuses it")
            else:
                src = f"{r.topic}:{r.partition}:{r.offset}".encode()
                answers.append([Send(f"{prefix}.mid", r.key, r.value, [("src", src)])])
        return answers

    async def by_id(records: Sequence[Record]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for r in records:
            assert r.key is not None
            rows.partition(r.partition).put(r.key.decode(), b"1")
            answers.append([Send(f"{prefix}.shard", b"de", r.key, [("p", str(r.partition).encode())], partition=0)])
        return answers

    async def match(records: Sequence[Record]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for r in records:
            assert r.value is not None
            index.partition(0).put(r.value.decode(), hashlib.sha256(r.value).digest())
            answers.append([Send(f"{prefix}.back", r.value, b"verdict", [("term", str(app.term).encode())])])
        return answers

    async def publish(records: Sequence[Record]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for r in records:
            assert r.key is not None
            state = rows.partition(r.partition)
            if state.get(r.key.decode()) is None:
                answers.append(Dead("lab-norow", "a verdict came back and its row is not there"))
                continue
            state.put(r.key.decode(), b"2")
            answers.append(
                [Send(f"{prefix}.out", r.key, b"done", [("term", str(app.term).encode())], partition=r.partition)]
            )
        return answers

    for topic, work in (("raw", first), ("mid", by_id), ("shard", match), ("back", publish)):
        attach(app, topic=f"{prefix}.{topic}", name=work.__name__, work=work, take=take)
    return app


def main() -> int:
    """Run until SIGTERM."""
    env = os.environ
    logs.configure("text", env.get("LAB_LOG", "INFO"))
    prefix, partitions = sys.argv[1], int(env.get("LAB_PARTITIONS", "4"))
    options = Options(
        kafka={"bootstrap_servers": env["LAB_BROKER"]},
        group=f"{prefix}-worker",
        data=folder.claim(Path(env["LAB_DATA"])),
        dead_letters=f"{prefix}.dlq",
        topics=desired(prefix, partitions),
        max_request=1 << 20,
        on_disk=env.get("LAB_DISK", "1") == "1",
        watchdog=float(env.get("LAB_WATCHDOG", "30")),
    )
    return runner.run(build(prefix, options, partitions, int(env.get("LAB_TAKE", "200"))))


if __name__ == "__main__":
    sys.exit(main())
