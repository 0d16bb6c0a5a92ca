"""Credits of agencies: in their places, never out of running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import agency
from worker.clean.agency import agencies, is_credit_line, sign_off


@pytest.mark.parametrize(
    ("title", "paragraph", "expected"),
    [
        ("Ferry stops (Reuters)", "Reuters - The ferry stopped on Monday, officials said.", ["Reuters"]),
        ("Ferry stops (AP)", "AP - The ferry stopped on Monday, officials said.", ["AP"]),
        (None, "BRISTOL (AFP) - The ferry stopped on Monday.", ["AFP"]),
        (None, "HALIFAX, Nova Scotia (CP) — The ferry stopped on Monday.", ["CP"]),
        (None, "Berlin (dpa/lby) - Die Fähre fährt nicht mehr.", ["dpa"]),
        (None, "Die Fähre fährt nicht mehr. (APA/dpa, 23.8.2015)", ["APA", "dpa"]),
        (None, "Die Fähre fährt nicht mehr. (red, APA, 31. 7. 2015)", ["APA"]),
        (None, "The ferry stopped on Monday. -AP", ["AP"]),
        (None, 'Ein Sprecher sagte der Nachrichtenagentur dpa: "Wir warten ab."', []),
        (None, "He told Reuters that the ferry would stop.", []),
        (None, "Die Fähre (Baujahr 1970) fährt nicht mehr. (red)", []),
        ("AP courses are popular", "Pupils like their courses (AP) at school.", []),
    ],
)
def test_credits_in_title_and_text(title: str | None, paragraph: str, expected: list[str]) -> None:
    assert agencies(title, [paragraph]) == expected


def test_a_line_of_its_own_is_a_credit() -> None:
    assert agencies(None, ["Ein Satz über die Fähre."], credits=["APA/AFP"]) == ["APA", "AFP"]
    assert is_credit_line("Quelle: dpa")
    assert is_credit_line("AFP")
    assert not is_credit_line("Die dpa berichtet darüber")


def test_a_bracket_in_the_middle_of_a_sentence_signs_nothing() -> None:
    assert sign_off("Die Agentur (dpa) meldet einen Fall.") is None


@given(st.from_regex(agency._ALONE, fullmatch=True))
def test_no_credit_line_is_passed_over(line: str) -> None:
    found = agency._ALONE.match(line)
    assert found is not None
    assert is_credit_line(line) == (len(line) <= 80 and bool(agency._codes(found[1], sure="/" in line or "(" in line)))


@given(st.from_regex(agency._OPENING))
def test_no_agency_that_opens_a_text_is_passed_over(start: str) -> None:
    first = agency._RUN.match(start)
    assert first is not None and first[0].casefold() in agency._NAMED
