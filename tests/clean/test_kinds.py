"""Pages of our own that are no plain article: what they are called, and which of them are withheld."""

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
STORY = "<h1>Old mill to become a house of books</h1>" + "".join(f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD))
ROW = "<div><h3><a href='/s/{0}'>Story number {0} of a long and busy day in town</a></h3><p>Short text {0}.</p></div>"


def answer(body: str, head: str = "", url: str = "https://news.test/region/mill-house") -> dict[str, Any]:
    page = f"<html lang='en'><head>{head}</head><body>{body}</body></html>"
    return clean(RawArticle(text=None, html=page, url=url))


def linked(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(fields)}</script>"


def test_an_ordinary_article() -> None:
    found = answer(STORY)
    assert (found["status"], found["content_type"], found["quality"]["flags"]) == ("usable", "article", [])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (linked(**{"@type": "LiveBlogPosting", "headline": "Old mill"}), "live-blog"),
        (linked(**{"@type": "OpinionNewsArticle", "headline": "Old mill"}), "opinion"),
        (linked(**{"@type": ["NewsArticle", "AdvertiserContentArticle"], "headline": "Old mill"}), "advertorial"),
        (linked(**{"@type": "VideoObject", "name": "Old mill"}), "video"),
        ("<meta property='og:type' content='video.other'>", "video"),
        (linked(**{"@type": "ImageGallery", "name": "Old mill"}), "gallery"),
        (linked(**{"@type": "NewsArticle", "headline": "Old mill", "isAccessibleForFree": False}), "paywalled"),
    ],
)
def test_what_the_page_declares(head: str, kind: str) -> None:
    found = answer(STORY, head)
    assert (found["status"], found["content_type"]) == ("usable", kind)
    if kind != "opinion":
        assert kind in found["quality"]["flags"]


def test_a_film_in_an_article_makes_no_video_page() -> None:
    declared = linked(**{"@type": "NewsArticle", "headline": "Old mill"}) + linked(**{"@type": "VideoObject"})
    assert answer(STORY, declared)["content_type"] == "article"


def test_paid_for_but_whole() -> None:
    """A text that is all there is an article, whoever else has to pay for it."""
    long = "".join(f"<p>{i}. {FIRST} {SECOND}</p>" for i in range(12))
    found = answer("<h1>Old mill</h1>" + long, linked(**{"@type": "NewsArticle", "isAccessibleForFree": "False"}))
    assert found["content_type"] == "article"
    assert "paywalled" in found["quality"]["flags"]


def test_a_text_that_breaks_off_at_an_offer() -> None:
    offer = "<div class='paywall'><p>Subscribe to continue reading this story.</p></div>"
    assert answer(STORY + offer)["content_type"] == "paywalled"
    assert (
        answer("<div class='login'><p>Subscribe to continue</p></div><main>" + STORY + "</main>")["content_type"]
        == "article"
    )


def test_a_front_page_is_withheld() -> None:
    found = answer("<h1>News</h1>" + "".join(ROW.format(i) for i in range(40)), url="https://news.test/")
    assert (found["status"], found["content_type"]) == ("withheld", "index-page")
    assert "index-page" in found["quality"]["flags"]


def test_an_article_among_many_links_is_not() -> None:
    rows = "".join(ROW.format(i) for i in range(60))
    assert (
        answer(f"<article>{STORY}</article>{rows}", "<meta property='og:type' content='article'>")["status"] == "usable"
    )
    assert answer(f"<article>{STORY}</article>{rows}")["status"] == "usable"


def test_a_ticker_by_its_entries() -> None:
    entry = "<div><time datetime='2024-03-14T1{0}:20:00Z'>1{0}:20</time><p>Entry {0}: " + FIRST + "</p></div>"
    entries = "".join(entry.format(i) for i in range(6))
    assert answer(f"<h1>The day of the vote</h1><div class='live-blog'>{entries}</div>")["content_type"] == "live-blog"
    assert answer(f"<h1>The day of the vote</h1><div class='entries'>{entries}</div>")["content_type"] == "article"


@pytest.mark.parametrize(
    "title", ["404 Not Found", "Access Denied", "Error 403", "Seite nicht gefunden", "Just a moment..."]
)
def test_error_pages_are_withheld(title: str) -> None:
    body = f"<h1>{title}</h1><p>The address that you asked for leads nowhere, or you may not see what stands there.</p>"
    found = answer(body, f"<title>{title}</title>")
    assert (found["status"], found["content_type"]) == ("withheld", "empty")
    assert "error-page" in found["quality"]["flags"]


def test_news_about_an_error_page_is_news() -> None:
    head = linked(**{"@type": "NewsArticle", "headline": "Lake not found", "datePublished": "2024-03-14T10:00:00Z"})
    assert answer(STORY.replace("Old mill to become a house of books", "Lake not found"), head)["status"] == "usable"


def test_a_cookie_wall_is_withheld() -> None:
    wall = (
        "<h1>Welcome</h1><p>We and our 180 partners store cookies on your device and need your consent to do so.</p>"
        "<p>Read more about personal data in our privacy policy, where you may change your consent at any time.</p>"
    )
    found = answer(wall)
    assert (found["status"], found["content_type"]) == ("withheld", "empty")
    assert "cookie-wall" in found["quality"]["flags"]
    assert answer(STORY + f"<div class='consent'>{wall}</div>".replace("h1", "b"))["status"] == "usable"


def test_what_stands_with_no_picture_makes_no_gallery() -> None:
    tools = "".join(f"<div class='box'><img src='/i{i}.svg'><div>Share it {i}</div></div>" for i in range(12))
    assert answer(f"<article>{STORY}<div>{tools}</div></article>")["content_type"] == "article"
    pictures = "".join(
        f"<figure><img src='/p{i}.jpg'><figcaption>The old mill by the river, seen from side {i}</figcaption></figure>"
        for i in range(12)
    )
    assert answer(f"<article>{STORY}{pictures}</article>")["content_type"] == "gallery"
