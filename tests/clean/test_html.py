"""Pages of our own through `read_page`: what is body, what is not, and what a page declares."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.clean.blocks import judge_lines
from worker.clean.html import Page, read_page
from worker.clean.marks import NAV
from worker.clean.scan import reduce, scan

LEAD = "Zehn Jahre stand die Mühle am Fluss leer, nun hat der Gemeinderat ihren Umbau beschlossen."
FIRST = (
    "Der Beschluss fiel am Dienstagabend einstimmig, obwohl die Kosten seit dem Frühjahr um ein Drittel gestiegen sind."
)
SECOND = (
    "Im Erdgeschoss soll eine Bücherei entstehen, darüber Räume für die Musikschule und ein Saal mit achtzig Plätzen."
)
THIRD = (
    "Die Arbeiten beginnen im Herbst; bis dahin muss das alte Dach gesichert werden, sagte die Architektin am Abend."
)
QUOTE = "Wir haben lange darauf gewartet, und jetzt geht es endlich los, ganz ohne neue Schulden für die Gemeinde."


def page(body: str, head: str = "") -> Page:
    return read_page(
        f"<!doctype html><html lang='de'><head>{head}</head><body>{body}</body></html>",
        "https://www.a.de/region/muehle",
    )


def kept(found: Page) -> list[str]:
    out = ("title", "byline", "date", "caption", "credit", "teaser", "nav", "section")
    return [line.text for line in found.lines if line.hint not in out]


ARTICLE = f"""
<nav><ul><li><a href="/">Start</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article class="story">
 <header><h1>Die Mühle wird zum Haus der Bücher</h1><p class="lead">{LEAD}</p>
  <p class="byline">Von Greta Holm</p><time datetime="2024-03-14T16:20:00+01:00">14.03.2024, 16:20 Uhr</time></header>
 <figure><img src="/m.jpg" alt="Die Mühle"><figcaption>Die alte Mühle am Fluss. Foto: K. Brandt</figcaption></figure>
 <div class="article-body"><p>{FIRST}</p><h2>Bücherei und Saal</h2><p>{SECOND}</p>
  <div class="related-articles"><h3><a href="/x">Schule bekommt neues Dach</a></h3><p>Auch dort wird bald gebaut, und zwar noch in diesem Jahr.</p></div>
  <p>{THIRD}</p><blockquote><p>{QUOTE}</p></blockquote>
  <div class="newsletter-signup"><p>Jeden Morgen das Wichtigste aus der Region in Ihrem Postfach.</p></div></div>
 <div class="social-share"><a href="#">Teilen</a></div>
</article>
<section class="comments"><p>Das wurde aber auch Zeit, sagt hier jeder, und zwar seit vielen, vielen Jahren schon.</p></section></main>
<aside class="most-read"><ul><li><a href="/a">Brücke gesperrt</a></li><li><a href="/b">Neuer Trainer</a></li></ul></aside>
<footer><p>Alle Rechte vorbehalten, auch die der Übersetzung und des Nachdrucks in Auszügen.</p></footer>
"""


def test_an_ordinary_page() -> None:
    found = page(ARTICLE)
    assert kept(found) == [LEAD, FIRST, "Bücherei und Saal", SECOND, THIRD, QUOTE]
    hints = {line.text: line.hint for line in found.lines}
    assert hints[LEAD] == "lead"
    assert hints["Bücherei und Saal"] == "subheading"
    assert hints["Die alte Mühle am Fluss. Foto: K. Brandt"] == "caption"
    assert found.meta.title == "Die Mühle wird zum Haus der Bücher"
    assert found.meta.authors == ["Greta Holm"]
    assert found.meta.published is not None
    assert found.meta.published.at == "2024-03-14T16:20:00+01:00"
    assert found.meta.language == "de"


def test_class_names_do_not_outweigh_the_prose() -> None:
    """Builders call the article's own box a widget, a sidebar, a gallery."""
    body = "".join(f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD, QUOTE))
    for name in (
        "elementor-widget sidebar-content",
        "gallery-teaser",
        "comment-open newsletter",
        "popup modal",
        "hidden",
    ):
        assert kept(page(f"<h1>Die Mühle</h1><div class='{name}'>{body}</div>")) == [FIRST, SECOND, THIRD, QUOTE], name


def test_text_without_paragraph_tags() -> None:
    found = page(f"<h1>Die Mühle</h1><div class='text'>{FIRST}<br><br>{SECOND}<br/><br/>{THIRD}</div>")
    assert kept(found) == [FIRST, SECOND, THIRD]


def test_a_body_in_two_boxes() -> None:
    found = page(
        f"<h1>Die Mühle</h1><article><div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div><div class='ad-slot'>Anzeige</div>"
        f"<div><p>{QUOTE}</p></div></article>"
    )
    assert kept(found) == [FIRST, SECOND, THIRD, QUOTE]


def test_rows_of_other_stories_are_left_out() -> None:
    card = "<div class='c'><a href='/{0}'>Eine ganz andere Geschichte aus dem Ort {0}</a><p>Mit einem kurzen Text, der neugierig macht.</p></div>"
    cards = "".join(card.format(i) for i in range(4))
    assert kept(
        page(f"<article><h1>Die Mühle</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><div>{cards}</div></article>")
    ) == [FIRST, SECOND, THIRD]


def test_a_text_that_repeats_the_picture_is_a_caption() -> None:
    caption = "Die alte Mühle am Fluss im letzten Sommer"
    body = f"<article><h1>Die Mühle</h1><p>{FIRST}</p><img alt='{caption}' src='m.jpg'><div>{caption}</div><p>{SECOND}</p><p>{THIRD}</p></article>"
    assert kept(page(body)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "names", ["field--label-hidden field", "overflow-hidden", "hidden md:block", "d-none d-lg-block", "hidden-print"]
)
def test_what_is_called_hidden_and_is_not(names: str) -> None:
    story = (
        f"<article><h1>Die Mühle</h1><p>{FIRST}</p><div class='{names}'><p>{SECOND}</p></div><p>{THIRD}</p></article>"
    )
    assert kept(page(story)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("names", ["hidden", "visually-hidden", "d-none", "is-hidden"])
def test_what_is_hidden(names: str) -> None:
    story = (
        f"<article><h1>Die Mühle</h1><p>{FIRST}</p><div class='{names}'><p>{SECOND}</p></div><p>{THIRD}</p></article>"
    )
    assert kept(page(story)) == [FIRST, THIRD]


def test_a_table_in_a_figure_is_no_caption() -> None:
    table = "<figure><table><tr><td>Bücherei</td><td>240 m²</td></tr></table><figcaption>Die Räume der Mühle</figcaption></figure>"
    found = page(f"<article><h1>Die Mühle</h1><p>{FIRST}</p>{table}<p>{SECOND}</p><p>{THIRD}</p></article>")
    assert kept(found) == [FIRST, "Bücherei 240 m²", SECOND, THIRD]


def test_a_standfirst_in_large_letters() -> None:
    lead = LEAD + " Was sie kosten darf, bleibt bis zum Sommer offen, sagte der Bürgermeister."
    found = page(
        f"<div><h1>Die Mühle</h1><div><h3>{lead}</h3></div><img src='/a.jpg'>"
        f"<div class='share'>Teilen</div><div class='share'>Drucken</div><div class='text'><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div></div>"
    )
    assert kept(found) == [lead, FIRST, SECOND, THIRD]


@pytest.mark.parametrize("reading", ["<rt>まち</rt>", "<rp>(</rp><rt>まち</rt><rp>)</rp>", "<rt>まち"])
def test_how_characters_are_read_is_not_the_text(reading: str) -> None:
    text = "の会議は火曜日の夜、川のそばの古い水車小屋を図書館に建て替えることを決めました。工事は秋に始まります。"
    assert kept(page(f"<article><h1>水車小屋</h1><p><ruby>町{reading}</ruby>{text}</p><p>{text}</p></article>")) == [
        "町" + text,
        text,
    ]


@pytest.mark.parametrize(
    "rest",
    [
        "https://www.a.de/bilder/muehle-am-fluss.jpg 1200 675",
        "&lt;img height='1' width='1' src='https://z.test/p'&gt;",
        '{"layoutMobile": 2, "buttonText": "Jetzt kaufen", "productTitle": {"hue": 213, "bold": true}}',
    ],
)
def test_left_over_markup_and_bare_addresses(rest: str) -> None:
    story = f"<article><h1>Die Mühle</h1><p>{FIRST}</p><p>{rest}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    assert kept(page(story)) == [FIRST, SECOND, THIRD]


def test_json_in_a_code_sample_stays() -> None:
    code = '{"id": "a1", "title": "Die Mühle wird zum Haus der Bücher"}'
    assert code in kept(page(f"<article><h1>Die Mühle</h1><p>{FIRST}</p><pre>{code}</pre><p>{SECOND}</p></article>"))


def test_the_parts_of_a_list_of_products_are_the_storys() -> None:
    part = (
        "<div class='p'><h2>{0}. Ein Regal für Bücher aus Holz</h2><p><a href='/kauf/{0}'>Derzeit 179 Euro, Möbelhaus</a></p>"
        "<p>Gesamturteil {0} von 10</p><p>Gut: steht fest und sicher</p><p>Schlecht: sehr schwer</p></div>"
    )
    parts = "".join(part.format(i) for i in range(1, 5))
    found = kept(
        page(f"<article><h1>Regale</h1><p>{FIRST}</p><p>{SECOND}</p><div>{parts}</div><p>{THIRD}</p></article>")
    )
    assert [line for line in found if "Ein Regal" in line] == [
        f"{i}. Ein Regal für Bücher aus Holz" for i in range(1, 5)
    ]
    assert "Gesamturteil 3 von 10" in found


def test_items_that_are_links_stay_in_a_list_of_prose() -> None:
    linked = [
        "Der Umbau der Mühle kostet vier Millionen",
        "Die Bücherei zieht um",
        "Die Musikschule bekommt neue Räume",
    ]
    items = "".join(
        f"<li>{text}</li><li><a href='/a'>{link}</a></li>"
        for text, link in zip((FIRST, SECOND, THIRD), linked, strict=True)
    )
    found = kept(page(f"<article><h1>Die Mühle</h1><p>{LEAD}</p><ul>{items}</ul><p>{QUOTE}</p></article>"))
    assert set(linked) <= set(found)


def test_what_a_text_says_twice_stays_and_copies_for_other_screens_go() -> None:
    story = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{QUOTE}</p><p>{FIRST}</p>"
    assert kept(page(f"<article><h1>Die Mühle</h1><div>{story}</div></article>")).count(FIRST) == 2
    other = f"<div><p>{SECOND}</p></div><p>{THIRD}</p><p>{QUOTE}</p><p>{SECOND}</p>"
    assert kept(page(f"<article><h1>Die Mühle</h1><div><p>{FIRST}</p>{other}</div></article>")).count(SECOND) == 1


def test_a_copy_of_the_article_for_machines_goes_with_its_box() -> None:
    story = [f"Am {i}. Tag: {text}" for i in range(1, 6) for text in (FIRST, SECOND, THIRD, QUOTE)]
    shown = "".join(f"<p>{text}</p>" for text in story)
    data = (
        f"<div><div>Greta Holm</div><div>500</div><div>250</div><div>{' '.join(story)}</div><div>Der Kurier</div></div>"
    )
    found = kept(page(f"<div><h1>Die Mühle</h1>{shown}{data}</div>"))
    assert found == story


def test_labels_inside_labels_close_nothing_else() -> None:
    poll = "<div><label><div><input type='radio'/><label for='a'>Ja</label></div></label></div>"
    assert kept(page(f"<article><div><p>{FIRST}</p><div>{poll}</div><p>{SECOND}</p></div></article>")) == [
        FIRST,
        SECOND,
    ]
    tree = scan(f"<div><section>{poll}<p>x</p></section></div>")
    assert tree.tags[tree.parents[tree.blocks[0].node]] == "section"


def test_a_reading_that_never_ends_takes_no_paragraph() -> None:
    assert kept(page(f"<article><p><ruby>a<rt>b</p><p>{FIRST}</p><p>{SECOND}</p></article>"))[-2:] == [FIRST, SECOND]


def test_the_cells_of_a_row_make_one_line() -> None:
    table = "<table><tr><td>Bücherei</td><td>240 m²</td></tr><tr><td>Saal</td><td>180 m²</td></tr></table>"
    assert "Bücherei 240 m²" in kept(page(f"<article><h1>Die Mühle</h1><p>{FIRST}</p>{table}<p>{SECOND}</p></article>"))


def test_broken_markup() -> None:
    body = f"<h1>Die Mühle<div><p>{FIRST}<p class=x\">{SECOND}<a title='a > b' href='/x'>x</a><b>fett<p>{THIRD}</div></span></article>"
    assert [text for text in kept(page(body)) if len(text) > 80] == [
        FIRST,
        SECOND + "x fett".split()[0] + "fett",
        THIRD,
    ] or FIRST in kept(page(body))


def test_attributes_with_angle_brackets() -> None:
    body = f"<div data-x='<p>no</p>' title=\"a > b < c\"><p>{FIRST}</p><p>{SECOND}</p></div>"
    assert kept(page(body)) == [FIRST, SECOND]


def test_uppercase_and_tabs_in_tags() -> None:
    assert kept(page(f"<DIV\tCLASS='x'><P\nclass=y>{FIRST}</P><P>{SECOND}</P></DIV>")) == [FIRST, SECOND]


def test_scripts_styles_comments_are_no_text() -> None:
    reduced = reduce(
        "a<script>var x='<p>no</p>'</script>b<STYLE>p{}</STYLE>c<!-- <p>no</p> -->d<noscript>e</noscript>f"
    )
    assert reduced.html == "abcdf"
    assert reduced.noscript == ["e"]
    assert reduce("a<script>never ends <p>b</p>").html == "a"
    assert "b" in reduce("a<!-- never ends <p>b</p>").html


@pytest.mark.parametrize("gap", [" ", "  ", "\n", "\u00a0", "&nbsp;", "\u3000", "\x1f", "&#10;", " <b> </b> "])
def test_white_space_is_one_space(gap: str) -> None:
    assert [block.text for block in scan(f"<p>{gap}one{gap}two{gap}</p>").blocks] == ["one two"]


def test_nul_is_no_character() -> None:
    page = reduce("<p>a\x00b</p><scr\x00ipt>c</script><p>d</p><script type='application/ld+json'>{\x00}</script>")
    assert (page.html, page.linked_data) == ("<p>ab</p><p>d</p>", ["{}"])


def test_a_tag_that_comes_again_means_the_same() -> None:
    page = scan(
        '<div\nclass="a>b">x</div><div\nclass="a>b">y</div><p class="nav">z</p><p class="nav">z</p><div class="nav"></div>'
    )
    assert [block.text for block in page.blocks] == ["x", "y", "z", "z"]
    assert page.marks[3] == page.marks[4] == NAV
    assert page.marks[5] == 0  # nobody asks what is empty


def test_blocks_know_their_links() -> None:
    found = scan("<p>See <a href='/x'>this</a> and <a href='#top'>that</a>.</p>")
    assert [(block.text, block.links) for block in found.blocks] == [("See this and that.", 4)]


# ---------------------------------------------------------------- metadata


def linked(**values: object) -> str:
    return (
        '<script type="application/ld+json">' + json.dumps({"@context": "https://schema.org", **values}) + "</script>"
    )


def test_linked_data() -> None:
    head = linked(
        **{
            "@graph": [
                {"@type": "Organization", "@id": "#p", "name": "Das Blatt"},
                {
                    "@type": "NewsArticle",
                    "headline": "Die Mühle wird zum Haus der Bücher",
                    "datePublished": "2024-03-14T15:20:00Z",
                    "author": [{"@type": "Person", "name": "Greta Holm"}, {"@id": "#k"}],
                    "publisher": {"@id": "#p"},
                    "articleSection": "Region",
                    "isAccessibleForFree": "False",
                },
                {"@type": "Person", "@id": "#k", "name": "Karl Brandt"},
            ]
        }
    )
    meta = page(ARTICLE, head).meta
    assert meta.title == "Die Mühle wird zum Haus der Bücher"
    assert meta.authors == ["Greta Holm", "Karl Brandt"]
    assert meta.section == "Region"
    assert meta.free is False
    # the page shows the same instant in local time
    assert meta.published is not None and meta.published.at == "2024-03-14T16:20:00+01:00"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Die Mühle am\nFluss", "datePublished": "2024-03-14",}',
        '<!-- {"@type": ["NewsArticle"], "headline": "Die Mühle am Fluss", "datePublished": "2024-03-14"} -->',
        '//<![CDATA[\n[{"@type": "NewsArticle", "headline": "Die Mühle am Fluss", "datePublished": "2024-03-14"}]\n//]]>',
        '{"@type": "NewsArticle", "headline": "Die M\\ühle am Fluss", "datePublished": "2024-03-14"}; var x = 1;',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Die Mühle am Fluss&quot;, &quot;datePublished&quot;: &quot;2024-03-14&quot;}",
    ],
)
def test_broken_linked_data(script: str) -> None:
    meta = page(f"<p>{FIRST}</p>", f'<script type="application/ld+json">{script}</script>').meta
    assert meta.title == "Die Mühle am Fluss"
    assert meta.published is not None and meta.published.at.startswith("2024-03-14")


def test_meta_tags_and_the_sites_name() -> None:
    head = (
        "<title>Die Mühle wird zum Haus der Bücher | Das Blatt</title><meta property='og:site_name' content='Das Blatt'>"
        '<meta content="Die Mühle &amp; die Bücher - Das Blatt" property="og:title"><meta name="author" content="Von Greta Holm, Redakteurin">'
        '<meta property="article:published_time" content="2024-03-14T16:20:00+01:00"><link rel="canonical" href="/region/muehle-1">'
        '<meta property="article:author" content="https://social.example/blatt">'
    )
    meta = page(f"<p>{FIRST}</p><p>{SECOND}</p>", head).meta
    assert meta.title == "Die Mühle & die Bücher"
    assert meta.authors == ["Greta Holm"]
    assert meta.published is not None and meta.published.source == "metadata"
    assert meta.canonical_url == "https://www.a.de/region/muehle-1"


def test_the_heading_wins_over_a_title_for_search() -> None:
    head = "<meta property='og:title' content='Mühle Umbau 2024: alles über das Haus der Bücher'>"
    assert page(f"<h1>Das Haus der Bücher</h1><p>{FIRST}</p>", head).meta.title == "Das Haus der Bücher"


def test_no_date_stated_none_given() -> None:
    teaser = "<div class='teaser'><a href='/x'>Andere Geschichte</a><time datetime='2024-01-02'>2.1.2024</time></div>"
    body = f"<article><h1>Die Mühle</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article><section>{teaser * 3}</section>"
    assert page(body).meta.published is None


def test_the_only_date_far_from_the_headline() -> None:
    story = f"<article><h1>Die Mühle</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    late = "<div><p class='date'>14. März 2024. Zuletzt geändert: 20. März 2024</p></div>"
    found = page(story + late).meta.published
    assert found is not None and found.at[:10] == "2024-03-14" and found.source == "page"
    others = "<div><p class='date'>15. März 2024</p></div><div><p class='date'>16. März 2024</p></div>"
    assert page(story + late + others).meta.published is None


def test_wrongly_decoded_page_is_mended() -> None:
    found = page((f"<h1>Die Mühle</h1><p>{FIRST}</p><p>{LEAD}</p>").encode().decode("cp1252"))
    assert kept(found) == [FIRST, LEAD]
    assert "mojibake-repaired" in found.flags


# ---------------------------------------------------------------- where the article begins and ends


def test_a_part_ahead_of_the_core_is_kept_with_its_list() -> None:
    items = "<ul><li>Sandstein aus dem Tal</li><li>Lehm vom Ufer</li></ul>"
    part = f"<div class='one'><p>{LEAD}</p><p>{QUOTE}</p><h3>Woraus sie gebaut ist</h3>{items}</div>"
    rest = "".join(
        f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD, FIRST + " Dazu kommt der neue Steg.", SECOND + " Das freut alle.")
    )
    found = page(f"<h1>Die Mühle</h1><div>{part}<div class='two'>{rest}</div></div>")
    assert kept(found)[:5] == [LEAD, QUOTE, "Woraus sie gebaut ist", "Sandstein aus dem Tal", "Lehm vom Ufer"]


def test_a_paragraph_right_behind_the_core_is_kept() -> None:
    text = "".join(f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD))
    behind = "Die Stiftung der Mühle sammelt seit vielen Jahren Spenden für den Umbau des alten Hauses am Fluss und für die Bücherei"
    found = page(f"<div><h1>Die Mühle</h1><div class='text'>{text}</div><p>{behind}</p></div>")
    assert kept(found) == [FIRST, SECOND, THIRD, behind]


def test_an_entry_of_the_contents_gives_way_to_its_heading() -> None:
    for heading in ("Warum die Mühle so lange leer gestanden hat", "Im Herbst"):
        _gives_way(heading)


def _gives_way(heading: str) -> None:
    found = page(
        f"<h1>Die Mühle</h1><div><p>{FIRST}</p><ul><li>{heading}</li></ul><h2>{heading}</h2><p>{SECOND}</p><p>{THIRD}</p></div>"
    )
    assert kept(found) == [FIRST, heading, SECOND, THIRD]
    assert [line.hint for line in found.lines if line.text == heading] == ["nav", "subheading"]


def test_a_line_of_topics_is_none_of_the_text() -> None:
    found = page(f"<h1>Die Mühle</h1><div><p>{FIRST}</p><p>{SECOND}</p><p>#Mühle#Bücherei#Gemeinderat</p></div>")
    assert kept(found) == [FIRST, SECOND]


def test_links_below_pictures_make_no_list_of_links() -> None:
    pictures = "<figure><img src='/a.png'><div><a href='/a.pdf'>Grafik herunterladen</a></div></figure>" * 9
    head = f"<header><h1>Die Mühle</h1><div><p>{LEAD}</p></div></header>"
    tail = f"<div><p>{SECOND}</p></div>"
    found = page(f"<article>{head}<div><section><p>{FIRST}</p>{pictures}</section></div>{tail}</article>")
    assert kept(found) == [LEAD, FIRST, SECOND]


def test_a_list_of_links_never_holds_most_of_the_article() -> None:
    others = "".join(
        f"<div class='x'><a href='/{i}'>Eine andere Geschichte von der Mühle {i}</a></div>" for i in range(2)
    )
    more = "<ul><li><a href='/7'>Der Mühlbach führt wieder Wasser</a></li><li><a href='/8'>Der alte Müller erzählt vom Krieg</a></li></ul>"
    story = f"<div class='x'><p>{FIRST[:80]}</p><p>Mehr:</p>{more}</div>"
    assert FIRST[:80] in kept(page(f"<div><h1>Die Mühle</h1><p>{SECOND[:65]}</p>{others}{story}</div>"))


def test_short_lines_of_boxes_ahead_of_the_text() -> None:
    text = f"<div>Nachdruck verboten</div><p>Guten Tag!</p><p>{FIRST}</p><div>Bis bald</div><p>{SECOND}</p>"
    found = page(f"<h1>Die Mühle</h1><div>{text}</div>")
    assert [line.text for line in found.lines if line.hint == "body"] == ["Guten Tag!", FIRST, "Bis bald", SECOND]


def test_a_long_aside_beside_a_short_article() -> None:
    texts = [
        f"{x} Das sagte am Abend auch der Bürgermeister im Rathaus, als ihn die Leute auf dem Marktplatz danach fragten."
        for x in (SECOND, THIRD, QUOTE)
    ]
    other = "".join(f"<p>{x}</p>" for x in texts)
    story = f"<article><h1>Die Mühle</h1><p>{FIRST}</p><ul><li>{LEAD}</li><li>Bauzeit: zwei Jahre</li></ul></article>"
    assert kept(page(f"<div>{story}<aside>{other}</aside></div>")) == [FIRST, LEAD, "Bauzeit: zwei Jahre"]
    alone = page(f"<h1>Mühlenbote</h1><aside>{other}</aside>")
    assert kept(alone) == texts  # where nothing else is there, it is the article


def test_what_a_page_does_not_show_is_left_out_be_it_long() -> None:
    shown = "".join(f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD, LEAD, FIRST[10:], SECOND[10:]))
    hidden = f"<div style='display:none'><p>{QUOTE}</p><p>{QUOTE[5:]}</p><p>{QUOTE[8:]}</p></div>"
    assert QUOTE not in kept(page(f"<h1>Die Mühle</h1><div>{shown}{hidden}</div>"))
    assert QUOTE in kept(
        page(f"<h1>Die Mühle</h1><div>{shown}{hidden.replace(' style', ' class=tab-pane style')}</div>")
    )


def test_a_box_with_a_caption_of_its_own_has_no_other() -> None:
    steps = "".join(
        f"<div class='step'><div>Schritt {i}</div><p>{text}</p><img src='/{i}.jpg'><figcaption>Bild {i} vom Bau der Mühle</figcaption></div>"
        for i, text in enumerate(("Den Boden ebnen.", "Die Steine setzen.", "Das Dach decken."), 1)
    )
    found = kept(page(f"<h1>Die Mühle</h1><div><p>{FIRST}</p><p>{SECOND}</p>{steps}</div>"))
    assert found[2:] == [
        "Schritt 1",
        "Den Boden ebnen.",
        "Schritt 2",
        "Die Steine setzen.",
        "Schritt 3",
        "Das Dach decken.",
    ]


def test_a_marked_paragraph_beside_a_picture_is_no_caption() -> None:
    text = "川沿いの古い水車小屋が図書館に生まれ変わる。町議会は火曜の夜、全会一致で改築を決めた。"
    body = f"<div><figure><img src='/m.jpg'><figcaption>川沿いの水車小屋（町提供）</figcaption></figure><p itemprop='articleBody'>{text}</p></div>"
    assert kept(page(f"<article><h1>水車小屋が図書館に</h1>{body}</article>")) == [text]


# ---------------------------------------------------------------- what a site says of itself


def test_a_box_far_behind_that_shares_no_word_with_the_article() -> None:
    article = "".join(f"<p>{x} Nummer {i}.</p>" for i in range(8) for x in (FIRST, SECOND, THIRD))
    ours = "Unsere Tageszeitung braucht gerade jetzt verlässliche Leserinnen, damit unabhängige Berichterstattung weiterhin gelingen kann."
    more = "Die Bücherei im Erdgeschoss soll schon im Herbst öffnen, und die Musikschule zieht mit ihren Räumen darüber ein."
    for behind, there in ((ours, False), (more, True)):
        found = page(
            f"<main><h1>Die Mühle</h1><article><div>{article}</div><div><div><p>{behind}</p></div></div></article></main>"
        )
        assert (behind in kept(found)) is there


def test_an_author_presented_ahead_of_the_article() -> None:
    who = "Greta Holm is a reporter for the regional desk and has written about mills, rivers and their people since 2009."
    head = f"<header><h1>Die Mühle</h1><p class='byline'>Von Greta Holm</p><div class='x'><p>{who}</p></div></header>"
    text = "".join(f"<p>{x}</p>" for x in (FIRST, SECOND, THIRD))
    author = "<meta name='author' content='Greta Holm'>"
    assert kept(page(f"<article>{head}<div>{text}</div></article>", author)) == [FIRST, SECOND, THIRD]


def test_what_stands_beside_a_form_is_an_invitation() -> None:
    box = (
        "<div class='x'><p>Alle zwei Wochen sonntags: Antworten auf Fragen.</p><form><input type='email'></form></div>"
    )
    found = page(f"<article><h1>Die Mühle</h1>{box}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>")
    assert kept(found) == [FIRST, SECOND, THIRD]


def test_what_a_notice_offers_by_items_goes_with_it() -> None:
    offer = "<p>Subscribe now to read the latest news in your city.</p><ul><li>Unlimited access to all our pages</li><li>Daily puzzles and comics</li></ul>"
    items = "<ul><li>Ein Saal mit achtzig Plätzen</li></ul>"
    found = page(f"<h1>Die Mühle</h1><div><p>{FIRST}</p>{items}<p>{SECOND}</p>{offer}</div>")
    labels = dict(zip((x.text for x in found.lines), judge_lines(found.lines).labels, strict=True))
    assert labels["Ein Saal mit achtzig Plätzen"] == "body"
    assert {labels["Unlimited access to all our pages"], labels["Daily puzzles and comics"]} == {"notice"}


def test_a_notice_is_no_lead() -> None:
    notice = "Some of our pages may contain affiliate links, and then we earn a small commission."
    found = page(
        f"<article><h1>Die Mühle</h1><p class='lead'>{notice}</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    )
    labels = dict(zip((x.text for x in found.lines), judge_lines(found.lines).labels, strict=True))
    assert labels[notice] == "notice"


@pytest.mark.parametrize(
    "end", ["Mehr zum Umbau der Mühle:", "© Mühlenbote 2024", "(gh, kb)", "MBT (Greta Holm)", "(責任編集：山田)"]
)
def test_who_made_it_and_what_opens_nothing_ends_no_body(end: str) -> None:
    found = page(
        f"<article><h1>Die Mühle</h1><p>{FIRST}</p><p>Dafür gibt es zwei Gründe:</p><p>{SECOND}</p><p>{end}</p></article>"
    )
    labels = judge_lines(found.lines).labels
    assert [line.text for line, label in zip(found.lines, labels, strict=True) if label == "body"] == [
        FIRST,
        "Dafür gibt es zwei Gründe:",
        SECOND,
    ]


def test_linked_tools_ahead_of_the_text() -> None:
    found = page(
        f"<article><h1>Die Mühle</h1><p><a href='/k'>Merken</a> Drucken</p><p>{FIRST}</p><p>{SECOND}</p></article>"
    )
    assert [line.text for line in found.lines if line.hint == "body"] == [FIRST, SECOND]


# ---------------------------------------------------------------- what stands twice


def test_a_text_may_say_again_what_it_said() -> None:
    parts = f"<div><p>{FIRST}</p><p>{QUOTE}</p></div><h2>Im Herbst</h2><div><p>{SECOND}</p><p>{QUOTE}</p></div>"
    assert kept(page(f"<article><h1>Die Mühle</h1>{parts}</article>")) == [FIRST, QUOTE, "Im Herbst", SECOND, QUOTE]
    copy = f"<div><p>{FIRST}</p><p>{QUOTE}</p></div>" * 2
    assert kept(page(f"<article><h1>Die Mühle</h1>{copy}<p>{SECOND}</p></article>")) == [FIRST, QUOTE, SECOND]


def test_the_hours_of_a_ticker_are_dates() -> None:
    entries = "".join(f"<div><span>1{i}:05</span><p>{x}</p></div>" for i, x in enumerate((FIRST, SECOND, THIRD)))
    glued = f"<div><time>13:05</time><b>Greta Holm</b></div><p>{QUOTE}</p>"
    assert kept(page(f"<h1>Die Mühle</h1><div>{entries}{glued}</div>")) == [FIRST, SECOND, THIRD, QUOTE]


# ---------------------------------------------------------------- whatever comes

TAGS = st.sampled_from(
    "<p> </p> <div> </div> <a href='x'> </a> <h1> </h1> <li> <ul> </ul> <td> <tr> <table> </table> <b> </b> <br> <!-- --> <script> </script> "
    "<style> <nav> </nav> <article> </article> <img alt='a b c'> <time datetime='2024-01-01'> <span class=\"author\"> <meta name=\" < > &amp; &#0; "
    "<script type='application/ld+json'> {\"@type\":\"NewsArticle\" <p class='caption'> <figure> </figure> <body> </body> <html> </html>".split(
        " "
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TAGS, st.text(max_size=80)), max_size=60))
def test_any_page(parts: list[str]) -> None:
    found = read_page("".join(parts), "https://a.de/x")
    for line in found.lines:
        assert line.text == " ".join(line.text.split())
        assert 0.0 <= line.links <= 1.0
        line.text.encode("utf-8")


@pytest.mark.parametrize(
    ("stated", "section"),
    [
        ("Kultur", "Kultur"),
        ("Kultur, Medien", "Kultur, Medien"),
        ("Region,Kultur", "Region"),
        ("Region, Kultur, Bücher", "Region"),
        ("/region/kultur", "region"),
        ("undefined", None),
        ("www.a.de", None),
        ([" ", "Region"], "Region"),
        (7, None),
    ],
)
def test_the_section_is_the_first_that_is_one(stated: object, section: str | None) -> None:
    data = {"@type": "NewsArticle", "headline": "Die Mühle wird zum Haus der Bücher", "articleSection": stated}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert page(ARTICLE, head).meta.section == section
