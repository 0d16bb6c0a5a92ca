import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.view.difference import difference


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_both_texts_can_be_read_off(old: str, new: str) -> None:
    found = difference(old, new)
    assert "".join(text for op, text in found if op != "added") == old
    assert "".join(text for op, text in found if op != "removed") == new
    assert all(text for _, text in found)
    assert all(one[0] != other[0] for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("", "", []),
        ("The same.", "The same.", [("equal", "The same.")]),
        ("", "New.", [("added", "New.")]),
        (
            "Twelve people were hurt.\n\nPolice closed the bridge.",
            "Fourteen people were hurt.\n\nPolice closed the bridge.",
            [
                ("removed", "Twelve"),
                ("added", "Fourteen"),
                ("equal", " people were hurt.\n\nPolice closed the bridge."),
            ],
        ),
        # words that were changed one after the other are one change
        (
            "on Monday morning at the port",
            "on Friday night at the port",
            [("equal", "on "), ("removed", "Monday morning"), ("added", "Friday night"), ("equal", " at the port")],
        ),
    ],
)
def test_what_changed(old: str, new: str, changes: list[tuple[str, str]]) -> None:
    assert difference(old, new) == changes


def test_texts_too_long_to_compare_are_replaced_as_a_whole() -> None:
    old, new = "a b " * 3000, "c d " * 3000
    assert difference(old, new) == [("removed", old), ("added", new)]
