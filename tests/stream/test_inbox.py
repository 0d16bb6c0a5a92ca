"""The buffer of an agent: order, bounds, and that a cut chunk still covers its whole log."""

from __future__ import annotations

import asyncio

from worker.stream.inbox import Inbox
from worker.stream.ledger import Place, Stretch
from worker.stream.record import Record

PLACE = Place("raw", 0)


def records(*offsets: int, size: int = 1) -> list[Record]:
    return [Record("raw", 0, offset, None, b"x" * size, [], 0) for offset in offsets]


async def test_takes_the_oldest_first_and_covers_holes() -> None:
    inbox = Inbox(10)
    inbox.put(records(3, 4, 9, 10), Stretch(PLACE, 1, 11, 1))
    first, covered = await inbox.take(2, 0)
    assert [r.offset for r in first] == [3, 4]
    assert covered == [Stretch(PLACE, 1, 5, 1)]
    rest, covered = await inbox.take(9, 0)
    assert [r.offset for r in rest] == [9, 10]
    assert covered == [Stretch(PLACE, 5, 11, 1)]


async def test_waits_for_a_record() -> None:
    inbox = Inbox(10)
    taking = asyncio.ensure_future(inbox.take(2, 0))
    await asyncio.sleep(0)
    assert not taking.done()
    inbox.put(records(1), Stretch(PLACE, 1, 2, 1))
    assert [r.offset for r in (await taking)[0]] == [1]


async def test_a_revoke_while_gathering_leaves_nothing_behind() -> None:
    inbox = Inbox(10)
    inbox.put(records(1), Stretch(PLACE, 1, 2, 1))
    taking = asyncio.ensure_future(inbox.take(2, 0.01))
    await asyncio.sleep(0)
    inbox.clear()
    await asyncio.sleep(0.03)
    assert not taking.done()
    taking.cancel()


async def test_is_full_by_number_and_by_size() -> None:
    inbox = Inbox(2, most_bytes=100)
    assert not inbox.full
    inbox.put(records(1, 2), Stretch(PLACE, 1, 3, 1))
    assert inbox.full
    await inbox.take(5, 0)
    assert not inbox.full and len(inbox) == 0
    inbox.put(records(3, size=100), Stretch(PLACE, 3, 4, 1))
    assert inbox.full
