"""Dead letters read and sent back, on Apache Kafka."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.kafka.log import Log
from tests.stream.apps import Running, options, until
from worker.cli import dlq
from worker.settings import Settings
from worker.stream import letters
from worker.stream.app import App
from worker.stream.batch import attach
from worker.stream.record import Answer, Dead, Record, Send


def app(address: str, prefix: str, data: Path, bad: set[bytes]) -> App:
    """``in`` -> ``out``; what is in ``bad`` is dead; the headers are passed on."""
    made = App(options(address, prefix, data))

    async def work(records: Sequence[Record]) -> Sequence[Answer]:
        return [
            Dead("test-bad", "bad")
            if (r.value or b"") in bad
            else [Send(f"{prefix}.out", r.key, r.value, list(r.headers))]
            for r in records
        ]

    attach(made, topic=f"{prefix}.in", name="echo", work=work)
    return made


def command(action: str, **more: object) -> argparse.Namespace:
    given = {"code": None, "since": None, "samples": 3, "json": False, "dry_run": False, "wait": 20.0}
    return argparse.Namespace(action=action, **{**given, **more})


def test_what_is_mended_passes_and_the_rest_fails_again(
    kafka: str, prefix: str, log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(broker=kafka, prefix=prefix)
    bad = {b"one", b"two"}
    with Running(lambda: app(kafka, prefix, tmp_path, bad)) as running:
        until(lambda: running.app is not None and running.app.owned)
        log.write(
            f"{prefix}.in",
            [
                {
                    "key": b"a",
                    "value": b"one",
                    "headers": [("url", b"u")],
                    "timestamp_ms": 1234567890123,
                    "partition": 1,
                },
                {"key": b"b", "value": b"two"},
                {"key": b"c", "value": b"three"},
            ],
        )
        until(lambda: sum(log.ends(f"{prefix}.dlq")) == 2)
        assert dlq.run(command("list"), settings) == 0
        assert "2  test-bad" in capsys.readouterr().out
        assert dlq.run(command("replay", dry_run=True), settings) == 0
        assert sum(log.ends(f"{prefix}.in")) == 3
        bad.discard(b"one")
        assert dlq.run(command("replay"), settings) == 1
        said = capsys.readouterr().out
        assert "passed now: 1 (1 test-bad)" in said and "failed again: 1" in said
        out = {row.key: row for row in log.read(f"{prefix}.out")}
        assert out[b"a"].value == b"one" and out[b"a"].headers == {"url": b"u"}
        back = [row for row in log.read(f"{prefix}.in") if row.value == b"one"]
        assert [row.timestamp for row in back] == [1234567890123] * 2
        assert {row.partition for row in back} == {1}
        reading = letters.read(settings.kafka_options(), f"{prefix}.dlq", whole=lambda x: x.attempts == 1)
        found = letters.latest(asyncio.run(reading))
        assert {x.attempts: (x.record.value, x.size) for x in found} == {1: (b"one", 3), 2: (None, 3)}
        with pytest.raises(ValueError, match="takedown"):
            asyncio.run(letters.send_back(settings.kafka_options(), found, most=1 << 20))
        bad.clear()
        assert dlq.run(command("replay", code=["test-bad"], since="1h"), settings) == 0
        assert dlq.run(command("replay", code=["other"]), settings) == 0


def test_without_a_worker_it_says_so(
    kafka: str, prefix: str, log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Running(lambda: app(kafka, prefix, tmp_path, {b"x"})):
        log_ready = lambda: f"{prefix}.in" in log.topics()  # noqa: E731
        until(log_ready)
        log.write(f"{prefix}.in", [(None, b"x")])
        until(lambda: sum(log.ends(f"{prefix}.dlq")) == 1)
    assert dlq.run(command("replay", wait=0.5), Settings(broker=kafka, prefix=prefix)) == 1
    assert "is the worker running?" in capsys.readouterr().out
