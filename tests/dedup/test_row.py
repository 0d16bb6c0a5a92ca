"""The set of an id's messages: what it says does not depend on how they came."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.row import NEW, NEW_VERSION, OLDER_VERSION, TAKEDOWN, UNCHANGED, Message, Row, row_of

LATENESS = 1_000


def upsert(fetched: int, content: str, raw: str = "r", language: str = "de", withheld: bool = False) -> Message:
    return Message(fetched, False, content.encode().ljust(16, b"."), raw.encode().ljust(8, b"."), language, withheld)


def takedown(fetched: int, raw: str = "r") -> Message:
    return Message(fetched, True, b"", raw.encode().ljust(8, b"."))


def outcomes(*messages: Message) -> list[str]:
    row = Row()
    return [row.add(m, LATENESS) for m in messages]


messages = st.builds(
    lambda fetched, content, raw, language: (
        takedown(fetched, raw) if content == "-" else upsert(fetched, content, raw, language)
    ),
    st.integers(0, 20),
    st.sampled_from("ABC-"),
    st.sampled_from("xy"),
    st.just("de"),
)
sets = st.lists(messages, min_size=1, max_size=14)


def runs_of(ordered: list[Message]) -> list[list[Message]]:
    """The definition again, by groups: consecutive equal contents, cut by takedowns."""
    groups = [(key, list(group)) for key, group in itertools.groupby(ordered, key=lambda m: (m.takedown, m.content))]
    return [group for (gone, _), group in groups if not gone]


@given(sets, st.randoms(use_true_random=False))
def test_row_is_a_function_of_the_set(found: list[Message], rng: random.Random) -> None:
    row = row_of(found, LATENESS)
    shuffled = [*found, *rng.choices(found, k=3)]
    rng.shuffle(shuffled)
    assert row_of(shuffled, LATENESS).pack() == row.pack()
    ordered = sorted(set(found))
    runs = runs_of(ordered)
    assert row.n == len(ordered)
    assert row.version == len(runs)
    assert row.t == min((m.fetched for m in ordered if not m.takedown), default=None)
    assert row.gone == ordered[-1].takedown
    assert row.shown == (None if row.gone else runs[-1][0])
    assert list(row.last_run()) == ([] if row.gone else runs[-1])


@given(sets, sets, sets)
def test_merge_is_idempotent_commutative_associative(a: list[Message], b: list[Message], c: list[Message]) -> None:
    x, y, z = (row_of(found, LATENESS) for found in (a, b, c))
    assert x.merge(x).pack() == x.pack()
    assert x.merge(y).pack() == y.merge(x).pack()
    assert x.merge(y).merge(z).pack() == x.merge(y.merge(z)).pack()
    assert x.merge(y).pack() == row_of([*a, *b], LATENESS).pack()


@given(sets)
def test_pack_and_unpack(found: list[Message]) -> None:
    row = row_of(found, LATENESS)
    row.offset = 7
    again = Row.unpack(row.pack())
    assert again.messages == row.messages
    assert again.pack() == row.pack()


@settings(max_examples=15, deadline=None)
@given(st.lists(messages, min_size=80, max_size=120), st.randoms(use_true_random=False))
def test_folding_changes_nothing_that_is_said(found: list[Message], rng: random.Random) -> None:
    # 10 apart: some hundreds of ms of disorder stay within the lateness
    spread = [m._replace(fetched=(m.fetched + 20 * i) * 10) for i, m in enumerate(found)]
    plain = row_of(spread, 1 << 40)
    nearly = sorted(spread, key=lambda m: m.fetched + rng.uniform(-LATENESS / 2, LATENESS / 2))
    row = Row()
    for message in nearly:
        row.add(message, LATENESS)
        row = Row.unpack(row.pack())
    assert len(row.messages) <= 70
    said = (row.n, row.version, row.t, row.shown, row.gone, row.newest, row.languages)
    assert said == (plain.n, plain.version, plain.t, plain.shown, plain.gone, plain.newest, plain.languages)
    for message in spread:
        assert message in row
    assert row.merge(row_of(spread[-20:], LATENESS)).pack() == row.pack()


def test_new_then_unchanged_then_new_version() -> None:
    found = outcomes(upsert(1, "A"), upsert(1, "A"), upsert(2, "A"), upsert(3, "B"))
    assert found == [NEW, UNCHANGED, UNCHANGED, NEW_VERSION]


def test_an_older_message_raises_the_version_and_lowers_t_but_is_not_shown() -> None:
    row = Row()
    assert [row.add(m, LATENESS) for m in (upsert(5, "B"), upsert(2, "A"))] == [NEW, OLDER_VERSION]
    assert (row.version, row.t, row.shown) == (2, 2, upsert(5, "B"))


def test_a_late_message_parts_the_last_run() -> None:
    row = row_of([upsert(1, "A", "1"), upsert(9, "A", "2")], LATENESS)
    assert row.add(upsert(5, "B"), LATENESS) == OLDER_VERSION
    assert (row.version, row.shown) == (3, upsert(9, "A", "2"))


def test_takedown_and_revival() -> None:
    row = Row()
    assert row.add(takedown(5), LATENESS) == TAKEDOWN
    assert (row.gone, row.version, row.t, row.n) == (True, 0, None, 1)
    assert row.add(upsert(5, "A"), LATENESS) == NEW
    assert row.gone  # the takedown is last on ties
    assert row.t == 5
    assert row.add(upsert(6, "A"), LATENESS) == NEW_VERSION  # a takedown ends a run
    assert (row.gone, row.version, row.shown) == (False, 2, upsert(6, "A"))


def test_a_takedown_between_two_equal_contents_makes_two_runs() -> None:
    row = row_of([upsert(1, "A"), upsert(9, "A"), takedown(4)], LATENESS)
    assert (row.version, row.shown, row.t) == (2, upsert(9, "A"), 1)


def test_languages_and_withheld_survive() -> None:
    row = row_of([upsert(1, "A", language="de", withheld=True), upsert(2, "B", language="en")], LATENESS)
    again = Row.unpack(row.pack())
    assert again.languages == ("de", "en")
    assert [m.withheld for m in again.messages] == [True, False]


def test_other_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema"):
        Row.unpack(b"\x09" + row_of([upsert(1, "A")], LATENESS).pack()[1:])
