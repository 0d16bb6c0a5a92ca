"""What may be kept over a rebalance: only what nobody else can have owned in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.stream.app import App, Options
from worker.stream.state import NotOwned, State


@pytest.fixture
def state(tmp_path: Path) -> State:
    options = Options({"bootstrap_servers": "127.0.0.1:1"}, "group", tmp_path, "dlq", on_disk=False)
    return State(App(options), "rows", partitions=4)


def join(state: State, member: str, generation: int, *partitions: int) -> None:
    state.app.joined(member, generation)
    state.own(set(partitions), state.app.lineage)


def test_the_next_generation_of_the_same_member_keeps(state: State) -> None:
    join(state, "a", 1, 0, 1)
    state.partition(0).put("k", b"v")
    join(state, "a", 2, 0, 2)
    assert state.partition(0).get("k") == b"v"
    assert state.owned() == [0, 2]
    with pytest.raises(NotOwned):
        state.partition(1)


@pytest.mark.parametrize(("member", "generation"), [("a", 3), ("b", 2), ("a", 1)])
def test_after_a_generation_without_us_everything_is_read_again(state: State, member: str, generation: int) -> None:
    """A generation missed; expelled and back under another name; the group was empty and counts from 1 again."""
    join(state, "a", 1, 0)
    old = state.partition(0)
    old.put("k", b"v")
    join(state, member, generation, 0)
    assert state.partition(0).get("k") is None
    with pytest.raises(NotOwned):
        old.put("k", b"w")


def test_what_was_lost_and_comes_back_is_read_again(state: State) -> None:
    join(state, "a", 1, 0)
    state.partition(0).put("k", b"v")
    join(state, "a", 2)
    join(state, "a", 3, 0)
    assert state.partition(0).get("k") is None
