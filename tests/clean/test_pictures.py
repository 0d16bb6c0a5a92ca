"""Pictures of pages of our own: each once, with its caption, credit and address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from worker.clean import clean
from worker.messages import RawArticle

FIRST = "The town council decided on Tuesday evening to rebuild the old mill by the river, which has stood empty since 2014."
SECOND = (
    "A library is planned for the ground floor, with rooms for the music school and a hall of eighty seats above it."
)
THIRD = "Work is to begin in autumn; until then the roof has to be secured, the architect said after the meeting on Tuesday."
CAPTION = "The old mill by the river in a photograph taken last summer"


def images(body: str, head: str = "", url: str | None = "https://news.test/region/mill") -> list[dict[str, Any]]:
    story = f"<article><h1>Old mill to be rebuilt</h1><p>{FIRST}</p>{body}<p>{SECOND}</p><p>{THIRD}</p></article>"
    found = clean(RawArticle(text=None, html=f"<html><head>{head}</head><body>{story}</body></html>", url=url))
    assert found["body"].split("\n\n") == [FIRST, SECOND, THIRD]
    images: list[dict[str, Any]] = found["images"]
    return images


def figure(source: str, caption: str = CAPTION) -> str:
    return f"<figure><img {source}><figcaption>{caption}</figcaption></figure>"


def test_a_caption_its_credit_and_its_picture() -> None:
    expected = [{"url": "https://news.test/i/mill.jpg", "caption": CAPTION, "credit": "Jo Grant"}]
    assert images(figure("src='/i/mill.jpg'", CAPTION + " (Photo: Jo Grant)")) == expected
    assert images(figure("src='/i/mill.jpg'", f"<p>{CAPTION}</p><p>Photo: Jo Grant</p>")) == expected


@pytest.mark.parametrize(
    "source",
    [
        "src='data:image/gif;base64,R0' data-src='/i/mill.jpg'",
        "src='/img/placeholder.png' data-srcset='/i/mill.jpg 400w, /i/mill2.jpg 800w'",
        "alt='x' srcset=\"https://news.test/i/mill.jpg 1x\"",
    ],
)
def test_pictures_that_scripts_load(source: str) -> None:
    assert images(figure(source))[0]["url"] == "https://news.test/i/mill.jpg"


def test_a_picture_twice_on_a_page_is_one() -> None:
    head = "<meta property='og:image' content='https://cdn.test/w1200/mill-by-the-river.jpg?w=9'>"
    shown = figure("src='https://cdn.test/w300/mill-by-the-river.webp'") * 2
    assert [x["caption"] for x in images(shown, head)] == [CAPTION]


def test_what_is_declared_comes_first() -> None:
    stated = {
        "@type": "NewsArticle",
        "image": [{"url": "/lead.jpg", "caption": "The council", "creditText": "Jo Grant"}],
    }
    found = images(figure("src='/i/mill.jpg'"), f"<script type='application/ld+json'>{json.dumps(stated)}</script>")
    assert found == [
        {"url": "https://news.test/lead.jpg", "caption": "The council", "credit": "Jo Grant"},
        {"url": "https://news.test/i/mill.jpg", "caption": CAPTION, "credit": None},
    ]


@pytest.mark.parametrize("address", ["http://[bad", "javascript:void(0)", "http://", "data:image/png;base64,AAAA"])
def test_bad_addresses(address: str) -> None:
    head = f"<meta property='og:image' content='{address}'><link rel='canonical' href='{address}'>"
    assert images(figure(f"src='{address}'"), head) == [{"url": None, "caption": CAPTION, "credit": None}]
    assert images(figure(f"src='{address}'"), head, address)[0]["caption"] == CAPTION


def test_a_label_without_a_picture_is_none() -> None:
    assert images("<div class='caption'>Region and its surroundings</div>") == []


def test_a_second_text_of_a_picture_is_its_credit_or_nothing() -> None:
    inner = f"<p>{CAPTION}</p><p>Getty Images</p><p>1 of 4</p>"
    expected = {"url": "https://news.test/i/mill.jpg", "caption": CAPTION, "credit": "Getty Images"}
    assert images(figure("src='/i/mill.jpg'", inner)) == [expected]


def test_the_title_of_another_story_is_no_caption() -> None:
    linked = "<a href='/other'>A bridge is closed for the whole of the summer</a>"
    assert images(figure("src='/i/bridge.jpg'", linked)) == []


def test_not_without_end() -> None:
    shown = "".join(figure(f"src='/i/{i}.jpg'", f"The old mill in a photograph of the year {i}") for i in range(300))
    assert len(images(shown)) == 200
