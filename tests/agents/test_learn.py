"""`learn --topic --publish` learns from what the worker put out, and a list is published once and in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson

from tests.agents.test_replay import command
from tests.harness import Cluster
from tests.texts import START, raw, story
from worker.dedup.lists import StopList

FRAME = (
    "The sky over the valley will stay mostly clear during the day, says the weather office of the province. "
    "Towards the evening a light wind from the west is expected, and the night will be dry in all parts of the region."
)


def test_a_list_is_published_once_and_in_time(kafka: str, prefix: str, tmp_path: Path) -> None:
    records: list[tuple[bytes | None, bytes | None]] = []
    for day in range(4):
        for n in range(3):
            url = f"https://weather.example/{day}/{n}"
            text = f"{FRAME}\n\n{story(10 * day + n, 'en').paragraphs[0]}"
            message = raw(story(1), url, START + timedelta(days=day, hours=n), 2, text=text, title=f"Weather {day} {n}")
            records.append((url.encode(), orjson.dumps(message)))
    with Cluster(kafka, prefix, tmp_path, partitions=2) as cluster:
        cluster.feed(records, 1)
        cluster.start("worker")
        cluster.settle()

        done = command("learn", "--topic", "--publish", broker=kafka, prefix=prefix, data=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
        (row,) = cluster.kafka.read(cluster.topic("lists"))
        assert row.value is not None and row.key == b"2024-03-08"
        assert StopList.parse(row.value).name == "2024-03-08" and len(StopList.parse(row.value).hashes) > 10

        done = command("learn", "--topic", "--publish", broker=kafka, prefix=prefix, data=tmp_path)
        assert done.returncode == 1 and b"already" in done.stderr
        archive = tmp_path / "early.jsonl"
        archive.write_bytes(b"".join((value or b"") + b"\n" for _, value in records[:6]))
        done = command("learn", str(archive), "--publish", broker=kafka, prefix=prefix, data=tmp_path)
        assert done.returncode == 1 and b"comes too late" in done.stderr
        assert len(cluster.kafka.read(cluster.topic("lists"))) == 1
