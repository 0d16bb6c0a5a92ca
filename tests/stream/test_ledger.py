"""What is handed on and what is committed; each rule is one that faust breaks."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.stream.ledger import Ledger, Place, Stretch

PLACE = Place("raw", 0)


@dataclass
class Message:
    offset: int


def messages(*offsets: int) -> list[Message]:
    return [Message(offset) for offset in offsets]


def ledger(at: int = 10) -> Ledger:
    out = Ledger()
    out.assign({PLACE: at})
    return out


def admitted(
    book: Ledger, *offsets: int, before: int | None = None, after: int | None = None
) -> tuple[list[int], Stretch | None, int | None]:
    kept, stretch, again = book.admit(PLACE, messages(*offsets), before, after)
    return [m.offset for m in kept], stretch, again


def test_hands_on_what_follows() -> None:
    book = ledger()
    assert admitted(book, 10, 11)[0] == [10, 11]
    assert admitted(book, 12)[0] == [12]


def test_leaves_out_repeats() -> None:
    book = ledger()
    assert admitted(book, 8, 9, 10, 11)[0] == [10, 11]
    assert admitted(book, 10, 11)[0] == []
    assert book.repeats == 4


def test_asks_again_for_a_missing_offset_instead_of_passing_it() -> None:
    book = ledger()
    assert admitted(book, 14, 15, before=14, after=16) == ([], None, 10)
    assert admitted(book, before=16, after=16) == ([], None, 10)  # also when nothing comes after what was dropped
    assert admitted(book, 10, 11, before=10, after=12)[0] == [10, 11]


def test_passes_a_hole_only_when_the_log_confirms_it() -> None:
    book = ledger()
    kept, stretch, again = admitted(book, 14, 15, before=10, after=17)
    assert kept == [14, 15] and again is None
    assert stretch is not None and (stretch.begin, stretch.end) == (10, 17)
    assert book.holes == 5


def test_an_unknown_position_proves_nothing() -> None:
    assert admitted(ledger(), 14, 15) == ([], None, 10)
    assert admitted(ledger(), 10, 11)[0] == [10, 11]


def test_a_hole_without_a_record_waits_for_what_is_at_work() -> None:
    book = ledger()
    first = admitted(book, 10, before=10, after=11)[1]
    assert first
    assert admitted(book, before=11, after=13) == ([], None, None)
    assert book.committable() == {}
    book.confirm([first])
    assert book.committable() == {PLACE: 13}


def test_a_hole_at_the_end_of_the_log_is_committed() -> None:
    book = ledger()
    admitted(book, before=10, after=12)
    assert book.committable() == {PLACE: 12}
    assert book.expected(PLACE) == 12


def test_hands_on_nothing_of_an_unknown_partition() -> None:
    book = ledger()
    assert book.admit(Place("raw", 1), messages(0, 1), 0, 2)[0] == ()
    book.forget()
    assert admitted(book, 10)[0] == []


def test_commits_nothing_before_a_confirmation() -> None:
    book = ledger(0)
    admitted(book, 0, 1, 2, 3, 4)
    assert book.committable() == {}  # faust: 5 after the ack of 4


def test_commits_the_end_of_what_is_confirmed() -> None:
    book = ledger()
    first = admitted(book, 10, 11)[1]
    second = admitted(book, 12)[1]
    assert first and second
    book.confirm([first])
    assert book.committable() == {PLACE: 12}
    book.confirm([second])
    assert book.committable() == {PLACE: 13}


def test_a_confirmation_out_of_order_is_a_fault() -> None:
    book = ledger()
    admitted(book, 10)
    second = admitted(book, 11)[1]
    assert second
    with pytest.raises(RuntimeError):
        book.confirm([second])  # faust: commits 12 although 10 is at work
    assert book.committable() == {}


def test_a_confirmation_of_an_older_assignment_does_not_count() -> None:
    book = ledger()
    stretch = admitted(book, 10, 11)[1]
    assert stretch
    book.forget()
    book.assign({PLACE: 10})
    book.confirm([stretch])
    assert book.committable() == {}
    assert not book.current(stretch)


def test_a_commit_that_failed_stays_committable() -> None:
    book = ledger()
    stretch = admitted(book, 10)[1]
    assert stretch
    book.confirm([stretch])
    assert book.committable() == {PLACE: 11}
    assert book.committable() == {PLACE: 11}  # faust forgets it, whatever the broker said
    book.committed({PLACE: 11})
    assert book.committable() == {}


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32))
def test_nothing_is_passed_and_nothing_comes_twice(seed: int) -> None:
    """A client that drops what it fetched and takes up stale positions, over a log with holes: each record once, in order."""
    rnd = random.Random(seed)
    log, end = sorted(rnd.sample(range(60), 40)), 60
    book = ledger(0)
    position = 0
    got: list[int] = []
    open_: list[Stretch] = []
    for step in range(1500):
        fault = rnd.random() if step < 1000 else 1.0
        before = position
        chunk = [o for o in log if o >= position][: rnd.randint(1, 7)]
        position = (
            chunk[-1] + 1
            if chunk and rnd.random() < 0.7
            else min([o for o in log if o > (chunk or [end])[-1]], default=end)
        )
        if fault < 0.2:
            continue  # fetched and dropped
        if fault < 0.3:
            position = rnd.randint(0, end)  # a stale position
        kept, stretch, again = book.admit(PLACE, messages(*chunk), before, position if fault >= 0.3 else None)
        got += [m.offset for m in kept]
        if stretch is not None:
            open_.append(stretch)
        if again is not None:
            position = again
        if rnd.random() < 0.5:
            book.confirm(open_)
            open_ = []
            done = book.done()[PLACE]
            assert [o for o in log if o < done] == [o for o in got if o < done]
    book.confirm(open_)
    assert got == log
    assert book.committable() == {PLACE: end}
