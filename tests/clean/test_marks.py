"""Class, id and role names: what they say of a block."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import marks


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    marks._known.clear()
    yield
    marks._known.clear()


@pytest.mark.parametrize(
    ("attributes", "bits"),
    [
        (' class="article-body"', marks.BODY),
        (' class="articleBody"', marks.BODY),
        (' class="article body"', 0),  # two names: no pair
        (' class="article__body x"', marks.BODY),
        (' class="post2title"', marks.TITLE),
        (' class="sr-only"', marks.HIDDEN),
        (' class="menu" id="share"', marks.NAV | marks.SHARE),
        (' class="d-none d-md-block"', 0),
        (' class="hentry tag-video"', 0),
        (' class="HEADER"', marks.HEADER),
        (' class="größe-nav"', marks.NAV),
        (' style="display: none"', marks.HIDDEN | marks.GONE),
        (' class="tab-pane" style="display: none"', marks.HIDDEN),  # a click away
        (' class="tableau" hidden', marks.HIDDEN | marks.GONE),
        (' role="navigation"', marks.NAV),
        ("", 0),
    ],
)
def test_what_names_say(attributes: str, bits: int) -> None:
    assert marks.read_all({attributes}) == {attributes: bits}
    marks._known.clear()
    assert marks.read(attributes) == bits


_WORDS = (
    "nav",
    "post",
    "title",
    "Title",
    "hidden",
    "hide",
    "md:block",
    "type-post",
    "x",
    "é",
    "A",
    "B",
    "-",
    "_",
    " ",
    "\t",
    "9",
    "",
)
_NAMES = st.lists(st.sampled_from(_WORDS), max_size=8).map("".join)
_ATTRIBUTES = st.tuples(st.sampled_from((' class="', ' id="', " class='", ' style="', ' x="', "")), _NAMES).map(
    lambda two: two[0] + two[1] + two[0][-1:]
)


@given(st.sets(st.lists(_ATTRIBUTES, max_size=3).map(" ".join), max_size=6))
def test_many_are_read_as_one_by_one(stated: set[str]) -> None:
    marks._known.clear()
    together = marks.read_all(stated)
    marks._known.clear()
    assert together == {attributes: marks.read(attributes) for attributes in stated}
