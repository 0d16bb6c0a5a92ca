from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import psutil
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


def told(path: str) -> None:
    """A setup that tells when and where it ran."""
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")


def broken() -> None:
    """A setup that fails."""
    raise RuntimeError("planted")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(2, 0.5, nothing)
    yield pool
    pool.close()


def prepare(records: Sequence[str]) -> list[str]:
    for r in records:
        if r.startswith("prepare: "):
            work(r.removeprefix("prepare: "))
    return [f"{r} of {len(records)}" for r in records]


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


async def test_a_chunk_may_be_prepared_at_once(pool: Pool) -> None:
    assert await pool.map(work, ["a", "b", "c"], "clean", len, prepare) == ["A OF 3", "B OF 3", "C OF 3"]
    here = Pool(0, 1.0, nothing)
    assert await here.map(work, ["a", "b"], "clean", len, prepare) == ["A OF 2", "B OF 2"]


@pytest.mark.parametrize("fault", ["bug", "die", "spin"])
async def test_a_record_that_cannot_be_prepared_costs_no_other(pool: Pool, fault: str) -> None:
    got = short(await pool.map(work, ["a", f"prepare: {fault}", "b"], "clean", len, prepare))
    assert got == ["A", f"PREPARE: {fault.upper()}", "B"]


async def test_large_records_get_chunks_of_their_own(pool: Pool) -> None:
    records = ["a", "x" * 400_000, "b"]
    assert [len(r) for r in short(await pool.map(work, records, "clean", len))] == [1, 400_000, 1]


async def test_without_processes_the_work_runs_here() -> None:
    pool = Pool(0, 1.0, nothing)
    assert short(await pool.map(work, ["a", "refuse"], "clean", len)) == ["A", "planted"]
    pool.close()


async def _three(path: str) -> None:
    pool = Pool(3, 5.0, told, path)
    await pool.start()
    await pool.map(work, [str(i) for i in range(20 * CHUNK_RECORDS)], "clean", len)
    pool.close()


async def _broken() -> None:
    pool = Pool(1, 5.0, broken)
    with pytest.raises(ConfigError):
        await pool.start()
    pool.close()


async def _forgotten() -> None:
    pool = Pool(1, 5.0, nothing)
    await pool.start()
    handed_over = pool._pool
    handed_over._check_pool_status = lambda: (
        None
    )  # the pool breaks between this look at it and the task's place in its queue
    handed_over._pool_manager.handle_broken_pool(BrokenProcessPool("planted"))
    with pytest.raises(ConfigError):
        await pool.map(work, ["a"], "clean", len)
    pool.close()


async def _stay() -> None:
    pool = Pool(2, 60.0, nothing)
    await pool.start()
    working = asyncio.ensure_future(pool.map(work, ["hang"], "clean", len))
    await asyncio.wait([working], timeout=0.5)
    print("started", flush=True)
    await working


def _python(code: str) -> subprocess.Popen[str]:
    # A process of its own: the one that is forked from begins with the first pool of a process.
    command = [sys.executable, "-c", f"import asyncio; from tests import test_pool as t; {code}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads for itself")
def test_what_they_need_is_loaded_once(tmp_path: Path) -> None:
    said = _python(f"asyncio.run(t._three({str(tmp_path / 'pids')!r}))").communicate(timeout=60)
    assert len((tmp_path / "pids").read_text().split()) == 1, said


def test_a_setup_that_fails_is_told() -> None:
    process = _python("asyncio.run(t._broken())")
    assert "cannot be loaded: RuntimeError: planted" in process.communicate(timeout=60)[1]
    assert process.returncode == 0


def test_a_task_that_a_broken_pool_forgets_is_not_waited_for() -> None:
    process = _python("asyncio.run(t._forgotten())")
    said = process.communicate(timeout=30)
    assert process.returncode == 0, said


BURNING = """
import asyncio, resource, time
from worker.pool import Pool

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

def nothing():
    pass

if __name__ == "__main__":
    pool = Pool(1, 30.0, nothing)
    asyncio.run(pool.map(burn, [1.0, 1.0], "clean", lambda _: 1))
    pool.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime)
"""


def test_the_work_of_the_processes_is_counted(tmp_path: Path) -> None:
    (tmp_path / "burning.py").write_text(BURNING)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((os.getcwd(), str(tmp_path)))}
    told = subprocess.run([sys.executable, str(tmp_path / "burning.py")], capture_output=True, text=True, env=environ)
    assert float(told.stdout) > 1.9, told.stderr


def test_no_process_outlives_one_that_is_killed() -> None:
    process = _python("asyncio.run(t._stay())")
    assert process.stdout is not None and process.stdout.readline() == "started\n"
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    process.kill()
    process.communicate(timeout=10)
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive, (gone, alive)


def test_what_is_forked_has_one_thread() -> None:
    code = (
        "import os; os.environ['OPENBLAS_NUM_THREADS'] = '1'; from worker.stages import TextOptions, setup; "
        "setup(TextOptions()); import psutil; print(psutil.Process().num_threads())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_the_worker_itself_loads_no_text_stage() -> None:
    code = (
        "import sys, worker.cli.worker; print([m for m in sys.modules if m.startswith(('worker.clean', 'worker.tag'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
