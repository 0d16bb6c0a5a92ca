"""What is looked for before an expression is tried stands in all that it matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import clean, verdicts
from worker.messages import RawArticle


@given(st.from_regex(verdicts._PAYWALL, fullmatch=True))
def test_no_wall_is_passed_over(text: str) -> None:
    assert verdicts._is_walled(text)


@given(st.lists(st.from_regex(verdicts._COOKIES, fullmatch=True), min_size=3, max_size=3))
def test_no_consent_is_passed_over(texts: list[str]) -> None:
    assert verdicts._names_cookies(" . ".join(texts))
    assert not verdicts._names_cookies(" . ".join([*texts[:2], "a ferry"]))


@pytest.mark.parametrize(("sentences", "content_type"), [(4, "gallery"), (20, "article")])
def test_a_story_beside_many_pictures_is_no_gallery(sentences: int, content_type: str) -> None:
    body = " ".join(["The ferry left the old harbour before the storm came."] * sentences)
    verdict = verdicts.judge(
        title="A day at the harbour",
        section=None,
        url="https://example.org/harbour",
        body=body,
        paragraphs=3,
        words=10 * sentences,
        told=True,
        whole=body,
        lines=[body],
        captions=8,
        kickers=[],
        declared=None,
    )
    assert verdict.content_type == content_type


@pytest.mark.parametrize(
    ("lines", "content_type"), [([], "article"), (["10:15", "10.40 Uhr: Start", "11:02 Goal"], "live-blog")]
)
def test_a_section_that_is_called_live_holds_no_tickers(lines: list[str], content_type: str) -> None:
    body = "The band played two hours in the old harbour and left nobody untouched. " * 8
    for url in ("https://example.org/live/two-hours", "https://example.org/music/live/two-hours"):
        raw = RawArticle(text="\n".join(["Two hours at the harbour", *lines, body]), url=url)
        assert clean(raw)["content_type"] == content_type
