"""Ids in a table of their own, against a dict."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.ids import Ids

# Numbers in a row, some that end alike, and what is no id at all.
NAMES = [
    *(f"{n:032x}" for n in range(40)),
    *(f"{n * 2**120 + n % 5:032x}" for n in range(40)),
]
NAMES += ["", "a", "A" * 32, "0" * 31 + " 1", "x" * 32, "0" * 30, "ü"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(NAMES)), max_size=150))
def test_it_holds_what_a_dict_would_hold(steps: list[tuple[bool, str]]) -> None:
    ids, expected, free, next_slot = Ids(), dict[str, int](), list[int](), 0
    for put, name in steps:
        if put and name not in expected:
            if free:
                slot = free.pop()
            else:
                slot, next_slot = next_slot, next_slot + 1
            ids.put(name, slot)
            expected[name] = slot
        elif not put and name in expected:
            slot = expected.pop(name)
            ids.drop(slot)
            free.append(slot)
    assert {name: ids.get(name) for name in NAMES} == {name: expected.get(name) for name in NAMES}
    assert all(ids.name(slot) == name for name, slot in expected.items())
    assert sorted(ids) == sorted(expected)
    assert len(ids) == len(expected)


def test_ten_thousand_ids_are_found_after_many_went() -> None:
    ids = Ids()
    for n in range(10_000):
        ids.put(f"{n:032x}", n)
        if n >= 100:
            ids.drop(n - 100)
    assert [ids.get(f"{n:032x}") for n in range(9_890, 10_000)] == [None] * 10 + list(range(9_900, 10_000))
    assert ids.nbytes < 16 * 10_000 + 4 * 1024
