"""Lines of a dump: those of a text that was broken for its width become paragraphs again."""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from worker.clean import clean
from worker.clean.lines import split
from worker.messages import RawArticle

PARAGRAPHS = (
    "The council decided on Tuesday evening to build a second bridge across the river, although the costs have risen by a "
    "third since the spring and nobody knows yet who will pay for the road that leads to it.",
    "Work begins in the autumn, said the mayor, who had fought for the plan for years and was near to giving it up. Until "
    "then the old bridge must be propped, for its pillars have suffered in the floods of the last two winters.",
    "On the other bank the farmers fear for their meadows. They want to be heard before the first tree is felled, and they "
    "have asked a lawyer from the county town to look at the papers that the council has shown them so far.",
)
MENU = ["Home", "Sports", "Weather", "Subscribe to our newsletter", "Second bridge across the river decided"]


def test_a_text_that_was_broken_for_its_width_is_read_by_paragraphs() -> None:
    for width in (60, 76, 90):
        wrapped = "\n".join([*MENU, "", *("\n".join([*textwrap.wrap(text, width), ""]) for text in PARAGRAPHS)])
        assert split(wrapped).texts == [*MENU, *PARAGRAPHS]
        assert clean(RawArticle(text=wrapped))["body"].split("\n\n") == list(PARAGRAPHS)


def test_paragraphs_without_a_gap_between_them_end_at_a_short_line() -> None:
    wrapped = "\n".join(line for text in PARAGRAPHS for line in textwrap.wrap(text, 72))
    assert split(wrapped).texts == list(PARAGRAPHS)


def test_lines_that_are_whole_stay() -> None:
    assert split("\n".join([*MENU, *PARAGRAPHS, *MENU])).texts == [*MENU, *PARAGRAPHS, *MENU]


@given(st.lists(st.sampled_from([*PARAGRAPHS, *MENU, "", "lower case at the beginning of a line of some length, and"])))
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    text = "\n".join(line for text in lines for line in textwrap.wrap(text, 64) or [""])
    assert " ".join(split(text).texts).split() == text.split()
