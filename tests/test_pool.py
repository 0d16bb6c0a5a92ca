from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from worker.errors import ConfigError, RecordError
from worker.pool import CHUNK_RECORDS, Pool


def work(record: str) -> str:
    """What the records of these tests ask for."""
    if record == "refuse":
        raise RecordError("planted", "refused", "clean")
    if record == "bug":
        raise ZeroDivisionError("planted")
    if record == "die":
        os._exit(9)
    if record == "hang":
        time.sleep(60)
    if record == "spin":
        while True:
            pass
    if record == "spin in C":
        return str(sum(range(10**12)))
    if record == "deep":
        return work(record)
    return record.upper()


def nothing() -> None:
    """Setup of these tests."""


def broken() -> None:
    """A setup that fails."""
    raise RuntimeError("planted")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(2, 0.5, nothing)
    yield pool
    pool.close()


def short(results: list[str | RecordError]) -> list[str]:
    return [r if isinstance(r, str) else r.code for r in results]


async def test_results_come_in_order_over_many_chunks(pool: Pool) -> None:
    records = [f"r{i}" for i in range(5 * CHUNK_RECORDS + 3)]
    assert await pool.map(work, records, "clean", len) == [r.upper() for r in records]


async def test_a_records_own_fault_is_its_answer(pool: Pool) -> None:
    got = await pool.map(work, ["a", "refuse", "bug", "deep", "b"], "clean", len)
    assert short(got) == ["A", "planted", "internal-error", "too-deep", "B"]
    assert (
        isinstance(got[2], RecordError) and "test_pool.py" in got[2].message and "ZeroDivisionError" in got[2].message
    )


@pytest.mark.parametrize(
    ("poison", "code"),
    [
        ("die", "process-died"),
        ("hang", "deadline-exceeded"),
        ("spin", "deadline-exceeded"),
        ("spin in C", "deadline-exceeded"),
    ],
)
async def test_a_poison_record_costs_itself_only(pool: Pool, poison: str, code: str) -> None:
    records = ["a", poison, "b", "c"]
    assert short(await pool.map(work, records, "clean", len)) == ["A", code, "B", "C"]


async def test_large_records_get_chunks_of_their_own(pool: Pool) -> None:
    records = ["a", "x" * 400_000, "b"]
    assert [len(r) for r in short(await pool.map(work, records, "clean", len))] == [1, 400_000, 1]


async def test_a_setup_that_fails_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    pool = Pool(1, 5.0, broken)
    with pytest.raises(ConfigError):
        await pool.map(work, ["a"], "clean", len)
    pool.close()
    assert "RuntimeError: planted" in capfd.readouterr().err


async def test_without_processes_the_work_runs_here() -> None:
    pool = Pool(0, 1.0, nothing)
    assert short(await pool.map(work, ["a", "refuse"], "clean", len)) == ["A", "planted"]
    pool.close()
