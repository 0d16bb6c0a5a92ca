"""Which of the texts that declare a headline it is, and what of it is the site's name."""

from __future__ import annotations

import pytest

from worker.clean.headline import choose_title, is_site, strip_site

HEADLINE = "Harbour reopens after the storm"
HOST = "www.nordwick-post.example"


def chosen(
    *headings: str, lesser: tuple[str, ...] = (), page: str | None = None, declared: tuple[str, ...] = ()
) -> str | None:
    return choose_title(
        headings, lesser=lesser, headline=None, declared=declared, page_title=page, site=None, host=HOST, edited=False
    )


def test_a_first_heading_that_is_the_sites_name() -> None:
    assert chosen("Nordwick Post", lesser=("About us", HEADLINE), page=f"Nordwick Post » {HEADLINE}") == HEADLINE
    assert chosen("Nordwick Post", HEADLINE, declared=(HEADLINE,), page=f"Nordwick Post: {HEADLINE}") == HEADLINE
    assert chosen("The Sea and I", lesser=("Storms",), page="The Sea and I – Storms") == "The Sea and I"


@pytest.mark.parametrize("name", ["Ministry of the Seas, Nordwick", "Archive | Founded 1905 | Volume 3", "LDT – Blog"])
def test_a_lesser_heading_that_the_window_says_before_a_name(name: str) -> None:
    assert chosen(lesser=("News", HEADLINE), page=f"{HEADLINE} – {name}") == HEADLINE


def test_two_headings_in_one_title_the_last_is_the_storys() -> None:
    assert chosen(lesser=("Notes from a small island", "Storms"), page="Notes from a small island – Storms") == "Storms"


def test_a_rubric_of_few_words_is_no_headline() -> None:
    title = f"Latest news: {HEADLINE}"
    assert chosen(lesser=("Latest news",), page=title) == title


def test_a_heading_that_says_the_whole_title_stays() -> None:
    title = f"{HEADLINE} – a first report"
    assert chosen(title, lesser=(HEADLINE,), page=title) == title


def test_a_window_without_a_title() -> None:
    assert chosen(HEADLINE, page="Home") == HEADLINE
    assert chosen(page="Document") is None


@pytest.mark.parametrize(
    ("title", "site"),
    [
        (f"{HEADLINE} | Nordwick Post Politics", "Nordwick Post"),
        (f"{HEADLINE} | NP Politics", "NP"),
        (f"{HEADLINE} - OldNordwick.info", None),
        (f"{HEADLINE}!:nordwick-post weekly", None),
    ],
)
def test_the_sites_name_goes(title: str, site: str | None) -> None:
    assert strip_site(title, [], site, HOST).rstrip("!") == HEADLINE


@pytest.mark.parametrize("name", ["-港口网", "_港口频道_港口新闻网", "--港報", " - 港口日報", "|港ニュース"])
def test_the_name_of_a_site_in_chinese_or_japanese(name: str) -> None:
    assert strip_site("暴风雨五天之后港口重新开放" + name, [], None, HOST) == "暴风雨五天之后港口重新开放"


@pytest.mark.parametrize(
    "title", [f"{HEADLINE}: first ships leave", f"{HEADLINE} - Part 2", "港口报", "Node.js: what is new"]
)
def test_what_is_no_sites_name_stays(title: str) -> None:
    assert strip_site(title, [], None, HOST) == title


def test_an_abbreviation_for_an_address() -> None:
    assert is_site("Farmers of Nordwick Sea Side", None, "www.fonss.example")
    assert not is_site("Farmers of Nordwick", None, "www.fonss.example")
