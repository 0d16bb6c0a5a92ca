"""Pages that are made to hurt: each ends in an article, whatever it holds. (How long each takes is measured elsewhere.)"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.clean import clean
from worker.messages import RawArticle

ONE = "<p>The council met on Tuesday and decided to build a new bridge over the river, which will cost twelve million.</p>"
TWO = "<p>Work starts in autumn, said the mayor; until then the old ferry stays in service, on weekdays as well as on Sundays.</p>"
HEAD = "<html><head><title>Bridge decided</title></head><body><h1>Bridge decided</h1>"
STORY = HEAD + ONE + TWO


def article(html: str) -> dict[str, Any]:
    raw = RawArticle(
        text=None,
        html=html,
        url="https://a.de/bridge",
        source="a.de",
        own_id=None,
        title=None,
        published_at=None,
        timezone=None,
        fetched_at=None,
        language=None,
        authors=(),
        section=None,
        labels={},
        extra={},
        flags=(),
    )
    answer = clean(raw)
    json.dumps(answer, ensure_ascii=False).encode("utf-8")
    return answer


FOUND = {
    "fifty thousand cells": STORY + "<table><tr>" + "<td>x y</td>" * 50_000 + "</tr></table>",
    "twenty thousand paragraphs": STORY + "<p>one two.</p>" * 20_000,
    "nested 3,000 deep": HEAD + "<div>" * 3_000 + ONE + TWO + "</div>" * 3_000,
    "nested 100,000 deep": HEAD + "<div>" * 100_000 + ONE + TWO + "</div>" * 100_000,
    "unclosed inline tags": HEAD + "<b>" * 100_000 + ONE + TWO,
    "unclosed paragraphs": HEAD + "<p>" * 100_000 + ONE + TWO,
    "a text node of 12 MB": STORY + "<p>" + "word and more " * 860_000,
    "a script of 10 MB before the text": "<html><body><script>" + "var a='<p>x</p>';" * 600_000 + "</script>" + STORY,
    "a script that never ends": STORY + "<script>" + "var a='<p>x</p>';" * 60_000,
    "a comment that never ends": STORY + "<!--" * 100_000,
    "a gigantic attribute": HEAD + f"<div class='{'a' * 3_000_000}'>" + ONE + TWO + "</div>",
    "half a million attributes": HEAD + "<div " + "data-x='1' " * 500_000 + ">" + ONE + TWO + "</div>",
    "quotes that never close": "<a title='" * 50_000 + STORY,
    "colspan": STORY + "<table><tr><td colspan='1000000000000000'>x</td></tr></table>",
    "NUL bytes": "\x00".join(STORY),
    "openings of navigation": "<nav>" * 50_000 + STORY,
    "links that never close": STORY + "<a href='/x'>" * 50_000,
    "a list of 100,000": STORY + "<ul>" + "<li>item one" * 100_000,
    "linked data, deeply nested": '<script type="application/ld+json">' + '{"a":' * 100_000 + "</script>" + STORY,
    "linked data, padded": '<script type="application/ld+json">{"@type":"NewsArticle",'
    + " " * 1_900_000
    + "}</script>"
    + STORY,
    "tags of the head that never close": "<head>" + '<meta name="' * 50_000 + "</head>" + STORY,
    "a reference of 5,000 digits": HEAD
    + f"<p>&#{'9' * 5_000}; and an end</p><img alt='&#{'9' * 5_000}; more'>"
    + ONE
    + TWO,
    "a declared headline of a hundred thousand parts": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
    + "Bridge decided - " * 100_000
    + '"}</script>'
    + STORY,
    "a title of a million parts": "<title>" + "a | " * 300_000 + "</title>" + STORY,
}


@pytest.mark.parametrize("name", FOUND)
def test_the_story_is_found(name: str) -> None:
    body = article(FOUND[name])["body"]
    assert "decided to build a new bridge" in body
    assert "the old ferry stays in service" in body


@pytest.mark.parametrize("name", ["a text node of 12 MB", "a list of 100,000"])
def test_what_is_cut_is_said(name: str) -> None:
    assert "page-cut" in article(FOUND[name])["quality"]["flags"]


@pytest.mark.parametrize(
    "html",
    [
        "<" * 1_000_000,
        "&" * 1_000_000,
        "<select>" * 50_000,
        "<h1>" + "word " * 500_000 + "</h1>",
        '{"error": {"code": 403, "message": "Forbidden"}}',
        "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1><hr>nginx</body></html>",
        "",
        "\x00",
        "\ud800<p>\udfff</p>",
    ],
)
def test_no_story_no_failure(html: str) -> None:
    article(html or "<p></p>")


def test_an_error_page_is_withheld() -> None:
    answer = article(
        "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1><hr><p>nginx</p></body></html>"
    )
    assert answer["status"] == "withheld"


def test_invisible_characters_go_and_scripts_from_right_to_left_stay() -> None:
    arabic = "اجتمع المجلس يوم الثلاثاء وقرر بناء جسر جديد فوق النهر بكلفة اثني عشر مليونا، وسيبدأ العمل في الخريف."
    emoji = "The mayor waved 😀👩‍👩‍👧 at the crowd and promised that the bridge would be open before the end of the next summer."
    hidden = "The\u200b coun\u202ecil met\u2066 on Tuesday\ufeff and decided to build a new bridge over the river for twelve million."
    body = article(f"{HEAD}<p dir='rtl'>{arabic}</p><p>{emoji}</p><p>{hidden}</p>")["body"]
    assert arabic in body and emoji in body
    assert "The council met on Tuesday and decided" in body


def test_soft_hyphens_stay_on_both_roads() -> None:
    line = "The coun\u00adcil met on Tuesday and decided to build a new bridge over the river for twelve mil\u00adlion."
    assert line in article(f"{HEAD}<p>{line}</p><p>{line[:-1]} and more of it.</p>")["body"]
    assert line in clean(RawArticle(text=f"Bridge\n\n{line}\n\n{line[:-1]} and more of it."))["body"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_as_a_page(data: bytes) -> None:
    article(HEAD + data.decode("latin-1"))
    article("<p>" + data.decode("utf-8", "surrogateescape"))
