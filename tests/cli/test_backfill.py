from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.cli.test_feed import run
from tests.kafka.log import Log
from worker.cli.backfill import Archive
from worker.cli.item import Item

HOUR = 3_600_000
NOW = 1_700_000_000_000


def item(n: int, fetched: int | None = None, **more: Any) -> Item:
    message = {"url": f"https://example.org/{n}", "text": f"Text {n}", **more}
    if fetched is not None:
        message["fetched_at"] = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=fetched)).isoformat()
    return Item(f"line {n}", b"%d" % n, orjson.dumps(message))


@pytest.mark.parametrize("memory", [1 << 20, 2000, 1])
def test_an_archive_of_any_size_comes_out_in_order(memory: int) -> None:
    archive = Archive(NOW, memory)
    times = [NOW - n % 50 * HOUR for n in range(300)]
    random.Random(1).shuffle(times)
    given = [item(n, time) for n, time in enumerate(times)]
    for each in given:
        archive.add(each)
        assert len(archive._rows) * 400 <= max(memory, 400) + 1000
        assert len(archive._runs) < 64
    assert list(archive.items()) == [given[n] for n in sorted(range(300), key=lambda n: (times[n], n))]
    assert (archive.oldest, archive.newest, archive.count) == (NOW - 49 * HOUR, NOW, 300)
    archive.close()


def test_the_lateness_it_needs_is_its_length_or_its_distance_from_the_stream() -> None:
    archive = Archive(NOW)
    assert archive.need(None) == 0
    archive.add(item(1, NOW - 100 * HOUR))
    archive.add(item(2, NOW - 90 * HOUR + 1))
    assert archive.need(None) == 11
    assert archive.need(NOW - 200 * HOUR) == 11
    assert archive.need(NOW) == 101  # the stream goes on meanwhile


def test_what_has_no_time_counts_as_now_and_what_is_no_message_counts_for_nothing() -> None:
    archive = Archive(NOW)
    given = [
        item(1),
        Item("line 2", None, b"{"),
        item(3, NOW - 5 * HOUR),
        item(4, fetched_at="next week"),
        item(5, NOW + 9 * HOUR),
        Item("page", None, b"A page.", (("content-type", b"text/plain"), ("fetched_at", b"2023-11-14T20:00:00Z"))),
    ]
    for each in given:
        archive.add(each)
    assert [each.where for each in archive.items()] == ["line 2", "line 3", "page", "line 1", "line 4", "line 5"]
    assert archive.undated == 3
    assert archive.need(None) == 5


def test_a_takedown_is_sorted_too() -> None:
    archive = Archive(NOW)
    archive.add(item(1, NOW - HOUR, op="delete", text=None))
    archive.add(item(1, NOW - 2 * HOUR))
    assert [orjson.loads(each.value).get("op") for each in archive.items()] == [None, "delete"]


def test_sends_only_what_the_workers_can_take(kafka: str, log: Log, prefix: str, tmp_path: Path) -> None:
    log.create(f"{prefix}.raw", 2)
    begin = datetime(2024, 3, 1, tzinfo=UTC)
    lines = [
        orjson.dumps(
            {"url": f"https://example.org/{n}", "text": f"Text {n}", "fetched_at": (begin + timedelta(hours=n)).isoformat()}
        )
        for n in range(40)
    ]  # fmt: skip
    random.Random(2).shuffle(lines)
    (tmp_path / "archive.jsonl").write_bytes(b"\n".join(lines))
    refused = run("--backfill", str(tmp_path), broker=kafka, prefix=prefix)
    assert refused.returncode == 1
    assert "40 messages, 2024-03-01T00:00:00Z to 2024-03-02T15:00:00Z" in refused.stderr
    assert "need a lateness of 39h" in refused.stderr and "nothing was sent" in refused.stderr
    assert log.read(f"{prefix}.raw") == []
    sent = run("--backfill", "--lateness", "39h", str(tmp_path), broker=kafka, prefix=prefix)
    assert sent.returncode == 0, sent.stderr
    rows = log.read(f"{prefix}.raw")
    assert len(rows) == 40
    for partition in (0, 1):
        times = [orjson.loads(row.value or b"")["fetched_at"] for row in rows if row.partition == partition]
        assert times == sorted(times) and len(times) > 5


def test_measures_the_archive_against_the_stream(kafka: str, log: Log, prefix: str, tmp_path: Path) -> None:
    log.create(f"{prefix}.raw", 1)
    log.create(f"{prefix}.tagged", 2)
    log.write(
        f"{prefix}.tagged",
        [{"key": b"k", "value": b"{}", "partition": p, "headers": [("fetched-at", b"%d" % (NOW - p))]} for p in (0, 1)],
    )
    (tmp_path / "a.json").write_bytes(item(1, NOW - 80 * HOUR).value)
    refused = run("--backfill", str(tmp_path / "a.json"), broker=kafka, prefix=prefix)
    assert refused.returncode == 1
    assert (
        "need a lateness of 81h" in refused.stderr and "beside a stream that has come to 2023-11-14" in refused.stderr
    )
    assert run("--backfill", "--lateness", "4d", str(tmp_path), broker=kafka, prefix=prefix).returncode == 0
    assert len(log.read(f"{prefix}.raw")) == 1
