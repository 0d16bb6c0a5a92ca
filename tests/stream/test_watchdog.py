"""Health by progress, and the thread that ends a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace
from typing import Any

import pytest

from worker.stream import health as health_module
from worker.stream.health import Health


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(health_module, "time", clock)
    return clock


def app(**more: Any) -> Any:
    ledger = SimpleNamespace(done=lambda: made.done)
    consumer = SimpleNamespace(gate_open=True, ledger=ledger, assignment=list)
    made = SimpleNamespace(
        rebalancing=False,
        in_recovery=False,
        stopping=False,
        term=1,
        restored=0,
        steps=0,
        owned=[],
        consumer=consumer,
        _consumer=consumer,
        done={"p": 0},
        lag=lambda: made.behind,
        behind={"p": 0},
    )
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_idle_is_well(clock: Clock) -> None:
    health = Health(app(), 30)
    for _ in range(100):
        clock.now += 1
        health.answered()
        health.observe()
    assert health.live()[0] and health.ready()[0]


def test_a_silent_broker_is_trouble(clock: Clock) -> None:
    health = Health(app(), 30)
    clock.now += 29
    assert health.live()[0]
    assert health.ready()[1]["status"] == "broker-silent"
    clock.now += 2
    assert "not answered" in str(health.trouble())


def test_lag_without_progress_is_trouble(clock: Clock) -> None:
    stuck = app(behind={"p": 5})
    health = Health(stuck, 30)
    for _ in range(29):
        clock.now += 1
        health.answered()
        health.observe()
    assert health.live()[0]
    stuck.done = {"p": 1}  # one record in all the time is progress
    health.observe()
    for _ in range(31):
        clock.now += 1
        health.answered()
        health.observe()
    alive, said = health.live()
    assert not alive and "5 records wait" in said["trouble"]


def test_a_recovery_that_stands_still_is_trouble(clock: Clock) -> None:
    recovering = app(in_recovery=True)
    health = Health(recovering, 30)
    for step in range(60):
        clock.now += 1
        recovering.restored = step  # it moves
        health.answered()
        health.observe()
    assert health.live()[0] and health.ready()[1]["status"] == "recovering"
    for _ in range(31):
        clock.now += 1
        health.answered()
        health.observe()
    assert "no step" in str(health.trouble())


@pytest.mark.parametrize(("change", "phase"), [("stopping", "stopping"), ("rebalancing", "rebalancing")])
def test_not_ready_while(clock: Clock, change: str, phase: str) -> None:
    ready, said = Health(app(**{change: True}), 30).ready()
    assert not ready and said["status"] == phase


SCRIPT = """
    import asyncio, sys, time
    from types import SimpleNamespace
    from worker.stream.health import Health
    from worker.stream.watchdog import Watchdog

    async def main():
        app = SimpleNamespace(_producer=None, _consumer=None, run_exit_hooks=lambda: print("hook", flush=True))
        dog = Watchdog(app, Health(app, 1.0), asyncio.get_running_loop())
        dog.start()
        if sys.argv[1] == "stuck":
            await asyncio.sleep(0.3)
            time.sleep(60)  # the event loop is stuck
        dog.stopping(0.3, int(sys.argv[2]))
        await asyncio.sleep(60)

    asyncio.run(main())
"""


@pytest.mark.parametrize(("case", "status"), [("stuck", 75), ("stopping 0", 0), ("stopping 1", 1)])
def test_the_process_ends_hard_and_runs_its_hooks(case: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *case.split()], capture_output=True, text=True, timeout=40
    )
    assert done.returncode == status
    assert done.stdout == "hook\n"
    assert "Traceback" not in done.stderr


def test_sigterm_ends_a_worker_whose_broker_is_not_there() -> None:
    script = """
        import sys
        from pathlib import Path
        from worker.stream.app import App, Options
        from worker.stream import runner
        options = Options(kafka={"bootstrap_servers": "127.0.0.1:1"}, group="g", data=Path(sys.argv[1]), dead_letters="d")
        print("up", flush=True)
        sys.exit(runner.run(App(options)))
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), os.devnull], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"up\n"
    time.sleep(1.0)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0 and b"Traceback" not in err
