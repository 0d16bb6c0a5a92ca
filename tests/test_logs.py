from __future__ import annotations

import logging

import pytest

from worker import logs


def record(name: str, text: str, at: float, *args: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, text, args, None)
    made.created = at
    return made


def test_a_library_repeats_itself_once_in_half_a_minute() -> None:
    calm = logs.Calm()
    passed = [t for t in range(0, 100, 2) if calm.filter(record("aiokafka.conn", "no node %s", float(t), t))]
    assert passed == [0, 30, 60, 90]
    last = record("aiokafka.conn", "no node %s", 125.0, 1)
    assert calm.filter(last) and last.fields == {"left_out": 4}  # type: ignore[attr-defined]


def test_other_lines_of_it_and_all_of_ours_pass() -> None:
    calm = logs.Calm()
    assert calm.filter(record("aiokafka.conn", "no node 1", 0.0))
    assert not calm.filter(record("aiokafka.conn", "no node 2", 1.0))
    assert calm.filter(record("aiokafka.conn", "another", 1.0)) and calm.filter(record("aiokafka", "no node 1", 1.0))
    assert all(calm.filter(record("worker.view.keeper", "the broker is away", 0.0)) for _ in range(3))


def test_it_stays_small() -> None:
    calm = logs.Calm()
    for n in range(5000):
        calm.filter(record("faust", "x" * (n % 70) + chr(97 + n % 26) * 3 + chr(200 + n % 900), float(n)))
    assert len(calm._seen) <= 500


def test_it_is_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.configure()
        for _ in range(5):
            logging.getLogger("aiokafka.test").error("gone")
            logging.getLogger("worker.test").warning("ours")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    said = capsys.readouterr().err
    assert said.count("gone") == 1 and said.count("ours") == 5
