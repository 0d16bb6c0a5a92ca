"""The second way to a text, for pages of our own whose first cut finds next to nothing."""

from __future__ import annotations

import json

from worker.clean.html import Page, read_page
from worker.clean.lines import Line
from worker.clean.second import prose

FIRST = "The town council decided on Tuesday evening to rebuild the old mill by the river, which has stood empty since 2014."
SECOND = (
    "A library is planned for the ground floor, with rooms for the music school and a hall of eighty seats above it."
)
THIRD = "Work is to begin in autumn; until then the roof has to be secured, the architect said after the meeting on Tuesday."
ALL = [FIRST, SECOND, THIRD]
TITLE = "<h1>Old mill to become a house of books</h1>"


def read(body: str, head: str = "") -> Page:
    return read_page(f"<html><head>{head}</head><body>{TITLE}{body}</body></html>", "https://news.test/mill")


def kept(page: Page) -> list[str]:
    return [line.text for line in page.lines if line.hint in (None, "body", "lead", "subheading")]


def declared(text: str) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'articleBody': text})}</script>"


def test_the_stated_text_steps_in() -> None:
    page = read(f"<p>{FIRST}</p>", declared("\n\n".join(ALL)))
    assert kept(page) == ALL
    assert "second-way" in page.flags


def test_a_whole_page_stays_as_it_is() -> None:
    page = read(
        "".join(f"<p>{x}</p>" for x in ALL),
        declared("\n\n".join([*ALL, "And one sentence that the page does not show."])),
    )
    assert kept(page) == ALL
    assert page.flags == []


def test_paragraphs_in_boxes_that_are_called_something_else() -> None:
    boxes = "".join(f"<div class='comment'><p>{x}</p></div>" for x in ALL)
    assert kept(read(f"<div class='comments'>{boxes}</div>")) == ALL


def test_comments_do_not_become_a_short_article() -> None:
    boxes = "".join(f"<div class='comment'><p>{x} {x}</p></div>" for x in ALL)
    assert kept(read(f"<article><p>{FIRST}</p></article><div class='comments'>{boxes}</div>")) == [FIRST]


def test_a_page_for_readers_without_scripts() -> None:
    inner = "".join(f"<p>{x}</p>" for x in ALL)
    assert kept(read(f"<div id='app'></div><noscript><div>{inner}</div></noscript>")) == ALL


def test_a_page_that_its_scripts_would_build() -> None:
    state = {
        "props": {
            "story": {"title": "Old mill", "blocks": [{"html": f"<p>{FIRST}</p>"}, {"text": SECOND}, {"text": THIRD}]}
        }
    }
    state["props"]["key"] = {"token": "x" * 400, "again": THIRD}  # type: ignore[dict-item]
    script = f"<script id='__NEXT_DATA__' type='application/json'>{json.dumps(state)}</script>"
    assert kept(read(f"<div id='app'></div>{script}")) == ALL


def test_broken_state_is_left_alone() -> None:
    assert kept(read("<script id='__NEXT_DATA__'>{'a': [" + "[" * 5000 + "</script>")) == []


def test_scripts_without_spaces_say_more_with_less() -> None:
    text = "川沿いの古い水車小屋が図書館に生まれ変わる。町議会は火曜の夜、全会一致で改築を決めた。"
    assert prose([Line(text, "p", 0.0, "body"), Line(FIRST, "p", 0.0, "body")]) == 3 * len(text) + len(FIRST)
