"""A shard that is taken over: its clusters are rebuilt in a thread, seen to move, and given up where it is given back."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from tests.texts import story
from worker.agents.match import rebuilt
from worker.dedup.entry import make_entry
from worker.dedup.match import Matcher, ShardRow

HOUR = 3_600_000


def matcher(reports: int) -> Matcher:
    rows: Any = {}
    for n in range(reports):
        report = story(n // 2, "en", 2)  # each comes twice
        article = {"title": report.title, "body": report.text, "language": {"code": "en", "confidence": 1.0}}
        entry = make_entry(f"{n:032x}", n * 1000, article, None)
        rows[entry.id] = ShardRow(1, entry.t, n, entry).pack()
    return Matcher(0, rows, term=1, partitions=1, window=48 * HOUR, retention=240 * HOUR)


async def test_the_watchdog_sees_it_move() -> None:
    steps = 0

    def progressed() -> None:
        nonlocal steps
        steps += 1

    made = matcher(20)
    await rebuilt(made, progressed)
    assert steps > 2 * 20  # when its row is read, when it is taken in, and where it has kin also when that is compared
    assert len(made.clusters) == 20


async def test_one_given_back_is_given_up() -> None:
    at_work, go_on = threading.Event(), threading.Event()
    steps = 0

    def progressed() -> None:
        nonlocal steps
        steps += 1
        at_work.set()
        go_on.wait(10)

    made = matcher(20)
    rebuilding = asyncio.ensure_future(rebuilt(made, progressed))
    await asyncio.to_thread(at_work.wait, 10)
    rebuilding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rebuilding
    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()  # returns when the thread has ended
    assert steps == 1
