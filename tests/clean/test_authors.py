"""Who is taken for a page's author: declarations, what the page shows instead, and what is nobody's name."""

from __future__ import annotations

import json

import pytest

from worker.clean.html import read_page
from worker.clean.names import is_name, split_names

TITLE = "Harbour reopens after the storm"
PROSE = (
    "The harbour of Nordwick opened again on Monday, five days after the storm had torn two of its cranes from their "
    "rails, and the first ferry left with half an hour of delay."
)
MORE = (
    "The port authority expects the repair of the northern quay to last until summer; until then larger ships are sent "
    "to the roads off the island, where tugs take over their cargo."
)


def authors(byline: str = "", *, head: str = "", below: str = "", host: str = "www.nordwick-post.example") -> list[str]:
    page = (
        f"<html lang='en'><head><title>{TITLE}</title>{head}</head><body><article><h1>{TITLE}</h1>{byline}"
        f"<p>{PROSE}</p><p>{MORE}</p></article>{below}</body></html>"
    )
    return read_page(page, f"https://{host}/2024/harbour").meta.authors


def linked(author: object, **more: object) -> str:
    value = {"@type": "NewsArticle", "headline": TITLE, "author": author, **more}
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "byline",
    [
        '<p>By <a href="/2024/x">Mara Lind</a></p>',
        '<div><a rel="author" href="/x"><span>Mara Lind</span></a></div>',
        '<div class="meta"><a href="/staff/mara-lind/"><span>By</span>Mara Lind</a><time>3 May 2024</time></div>',
        '<p><span itemprop="author" itemscope><span itemprop="name">Mara Lind</span> —</span> 3 May 2024</p>',
        '<div><span class="entry-date">May 3</span><span class="authorname-txt"><span>Mara Lind</span></span></div>',
        '<ul class="byline__list"><li class="byline__author">Mara Lind | m.lind@nordwick-post.example</li></ul>',
        '<div><span itemprop="author"><meta itemprop="name" content="x">Mara Lind</span></div>',
        '<meta itemprop="author" content="Mara Lind">',
        "<p>By Mara Lind, Political Editor | May 3, 2024</p>",
        "<p>Text: Mara Lind</p>",
        "<p>Posted on May 3, 2024 by Mara Lind</p>",
        "<h5>Autor:</h5><div>Mara Lind</div>",
        "<div>Article by</div><div>Mara Lind</div>",
        "<div class='vcard'><p class='author'>Mara\nLind Senior Harbour Correspondent</p></div>",
        "<nav class='post-by'>Edited by <a><span itemprop='author'>Mara Lind</span></a></nav>",
    ],
)
def test_a_byline_at_the_headline(byline: str) -> None:
    assert authors(byline) == ["Mara Lind"]


def test_several_in_one_byline() -> None:
    both = ["Mara Lind", "Jon Aas"]
    assert authors('<p>By <a href="/author/ml">Mara Lind</a> and Jon Aas</p>') == both
    assert authors('<ul><li><a rel="author">Mara Lind</a></li><li><a rel="author">Jon Aas</a></li></ul>') == both


@pytest.mark.parametrize(
    "byline",
    [
        "<div class='credit'>Photo by <a href='/staff/jo-foto'>Jo Foto</a></div>",
        "<footer>Theme by <a href='/x'>Quiet Themes</a></footer>",
        f"<p>{PROSE} It was written by <a href='/people/sea'>Ole Sea</a>, of whom more is to be told here.{MORE}</p>",
        "<div class='author-bio'><p class='quote-author'>Jo Wise</p></div>",
        "<p class='author-title'>Harbour Master</p><a class='author-more' href='/x'>Alle Artikel</a>",
        "<div class='comment'><a rel='author'>Angry Reader</a></div>",
    ],
)
def test_what_names_somebody_else(byline: str) -> None:
    assert authors(byline) == []


def test_the_byline_nearest_to_the_headline() -> None:
    others = "".join(f"<div><h3>Other story {i}</h3><a rel='author'>Other Name</a></div>" for i in range(4))
    assert authors("<p>By <a rel='author'>Mara Lind</a></p>", below=others) == ["Mara Lind"]


def test_a_byline_below_the_story() -> None:
    below = '<footer>Posted by <a href="/author/lind">Mara Lind</a> on May 3</footer>'
    assert authors(below=below) == ["Mara Lind"]
    assert authors(below="<h2>Author</h2><div>Mara Lind</div>") == ["Mara Lind"]
    other = '<footer><a rel="author">Mara Lind</a> <a rel="author">Jon Aas</a></footer>'
    assert authors(below=other) == []  # of two nobody knows whose the story is


@pytest.mark.parametrize(
    "declared", ["Great Media", "Great Media Corp", "lindm", "m.lind@nordwick-post.example", "10592"]
)
def test_a_byline_outdoes_a_declaration_that_the_page_does_not_show(declared: str) -> None:
    head = f'<meta name="author" content="{declared}">'
    assert authors('<p class="byline">By <a href="/people/lind">Mara Lind</a></p>', head=head) == ["Mara Lind"]


def test_a_declaration_stays_where_the_page_shows_nobody() -> None:
    assert authors(head='<meta name="author" content="Mara Lind">') == ["Mara Lind"]
    far = "<p>Menu</p>" * 12 + "<h3><a rel='author'>Other Name</a></h3>"
    assert authors(far, head=linked({"@type": "Person", "name": "Mara Lind"})) == ["Mara Lind"]


def test_the_declaration_that_stands_at_the_headline() -> None:
    head = '<meta name="author" content="Great Media"><meta property="article:author" content="Mara Lind">'
    assert authors("<p>Mara Lind</p>", head=head) == ["Mara Lind"]


def test_the_publisher_signs_where_nobody_else_does() -> None:
    head = (
        linked({"@type": "Person", "name": "Nordwick Post Staff"})
        + '<meta property="og:site_name" content="Nordwick Post">'
    )
    assert authors(head=head) == ["Nordwick Post Staff"]
    assert authors('<p>By <a rel="author">Mara Lind</a></p>', head=head) == ["Mara Lind"]
    own = '<meta property="og:site_name" content="Mara Lind">'
    assert authors('<p>By <a rel="author">Mara Lind</a></p>', head=own) == ["Mara Lind"]


def test_several_properties_of_one_value() -> None:
    assert authors(head='<meta property="dc:creator twitter:site_name" content="Mara Lind">') == ["Mara Lind"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lind, Mara", ["Mara Lind"]),
        ("Mara Lind, Jon Aas", ["Mara Lind", "Jon Aas"]),
        ("Mara Lind, MS, RD", ["Mara Lind"]),
        ("Mara Lind, Jr.", ["Mara Lind Jr."]),
        ("ByMara Lind", ["Mara Lind"]),
        ("Auteur : Mara Lind", ["Mara Lind"]),
        ("Mara Lind (with Jon Aas and others)", ["Mara Lind"]),
        ("Mara (Mo) Lind", ["Mara (Mo) Lind"]),
        ("Mara Lind Monday", ["Mara Lind"]),
        ("Mara Lind for Nordwick Online", ["Mara Lind"]),
        ("Ministry for Harbours", ["Ministry for Harbours"]),
        ("Mara Lind Senior Harbour Correspondent", ["Mara Lind"]),
        ("Guardian staff reporter", ["Guardian staff reporter"]),
        ("Фото: Мара Линд", []),
        ("Mara Lind, Nordwick, Norway", ["Mara Lind"]),
        ("Mara Lind, Nordwick Post / Jon Aas", ["Mara Lind", "Nordwick Post", "Jon Aas"]),
        ("post/mlin", []),
        ("©Great Media", []),
        ("Super User", []),
        ("/maralind", []),
        ("作者：林美玲", ["林美玲"]),
        ("港报记者 林美玲", ["林美玲"]),
        ("文／中村 真子、林 太郎", ["中村 真子", "林 太郎"]),
        ("中村 真子 著", ["中村 真子"]),
    ],
)
def test_names_of_a_byline(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text",
    ["Mara Lind", "Mara de la Lind", "MARA LIND", "Mara O’Lind-Aas", "J. R. Lind", "Мара Линд", "林美玲", "中村 真子"],
)
def test_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "Alle Artikel",
        "Log out",
        "mara lind",
        "Read more",
        "Court Reporter",
        "“Sturm Lied”",
        "编辑部",
        "記事一覧",
        "Lind",
        "Mara 2",
        "",
    ],
)
def test_no_name(text: str) -> None:
    assert not is_name(text)


def test_one_word_is_a_users_name_only_where_a_mark_says_so() -> None:
    assert is_name("mlind", single=True)
    assert authors('<p>posted by <a rel="author">mlind</a></p>') == ["mlind"]
    assert authors('<p class="author">mlind</p>') == []
