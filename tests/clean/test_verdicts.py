"""What is looked for before an expression is tried stands in all that it matches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.clean import verdicts


@given(st.from_regex(verdicts._PAYWALL, fullmatch=True))
def test_no_wall_is_passed_over(text: str) -> None:
    assert verdicts._is_walled(text)


@given(st.lists(st.from_regex(verdicts._COOKIES, fullmatch=True), min_size=3, max_size=3))
def test_no_consent_is_passed_over(texts: list[str]) -> None:
    assert verdicts._names_cookies(" . ".join(texts))
    assert not verdicts._names_cookies(" . ".join([*texts[:2], "a ferry"]))
