"""When a page was published: which of its dates is the article's."""

from __future__ import annotations

import pytest

from worker.clean.dates import Published
from worker.clean.html import read_page
from worker.clean.metadata import read_metadata
from worker.clean.scan import reduce, scan

STORY = "".join(
    f"<p>{text}</p>"
    for text in (
        "Die alte Mühle am Fluss wird zum Haus der Bücher, so hat es der Rat der Stadt in seiner Sitzung beschlossen.",
        "Drei Jahre soll der Umbau dauern, und wer in dieser Zeit lesen will, dem öffnet die Schule am Markt ihre Räume.",
        "Gegen den Plan stimmten nur zwei der Räte, die das Geld lieber für die Brücke im Norden ausgeben wollten.",
    )
)
TITLE = "Die Mühle wird zum Haus der Bücher"


def published(body: str, head: str = "", url: str = "https://www.a.de/region/muehle") -> Published | None:
    html = f"<html lang='de'><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return read_page(html, url).meta.published


def day(found: Published | None) -> str | None:
    return found.at[:10] if found else None


def test_the_headline_is_the_first_that_says_it() -> None:
    again = f"<h3>Keine Kommentare zu: {TITLE}</h3><div>Forum seit 1. Mai 2009</div>"
    assert day(published(f"<h2>{TITLE}</h2><p>Greta Holm, 14. März 2024</p>{STORY}{again}")) == "2024-03-14"


def test_captions_do_not_end_the_head() -> None:
    caption = "<figcaption>Die alte Mühle am Fluss vor dem Umbau, wie sie die Stadt von den Erben gekauft hat. Foto: Holm</figcaption>"
    body = f"<h1>{TITLE}</h1><figure>{caption}</figure><figure>{caption}</figure><div>Redaktion Kultur, 14.03.2024</div>{STORY}"
    assert day(published(body)) == "2024-03-14"


def test_an_article_in_a_box_called_teaser_is_none() -> None:
    assert (
        day(published(f"<div class='teaser'><h1>{TITLE}</h1><p>Redaktion Kultur, 14. März 2024</p>{STORY}</div>"))
        == "2024-03-14"
    )
    aside = f"<h1>{TITLE}</h1><div class='teaser'><p>14. März 2024</p></div>{STORY}"
    assert published(aside) is None


def declares(at: str) -> str:
    return f'<meta property="article:published_time" content="{at}">'


def test_the_clock_beside_the_headline_tells_the_offset() -> None:
    found = published(
        f"<h1>{TITLE}</h1><p>14. März 2024, 21:41 Uhr</p>{STORY}", declares("2024-03-15T02:41:09Z"), "https://a.com/m"
    )
    assert found is not None and found.at == "2024-03-14T21:41:09-05:00" and found.precision == "minute"


def test_the_day_beside_the_headline_chooses_among_the_zones_of_the_country() -> None:
    body = f"<h1>{TITLE}</h1><p>14.03.2024</p>{STORY}"
    berlin = published(body, declares("2024-03-13T23:10:00Z"))
    assert berlin is not None and berlin.at == "2024-03-14T00:10:00+01:00" and berlin.zone_assumed
    # in Toronto that day is over, in Winnipeg it is not
    winnipeg = published(body, declares("2024-03-15T04:30:00Z"), "https://a.ca/muehle")
    assert winnipeg is not None and winnipeg.at == "2024-03-14T23:30:00-05:00"
    # no hour of that day in Germany: it is the day of something else
    assert day(published(body, declares("2024-03-15T09:30:00Z"))) == "2024-03-15"


def test_the_day_in_the_address_where_no_country_is_known() -> None:
    for at, local in (
        ("2024-03-15T02:41:09Z", "2024-03-14T23:41:09-03:00"),
        ("2024-03-13T20:00:09Z", "2024-03-14T00:00:09+04:00"),
        ("2024-03-13T20:41:09Z", "2024-03-14T00:41:09+04:00"),
    ):
        found = published(f"<h1>{TITLE}</h1>{STORY}", declares(at), "https://a.com/2024/03/14/muehle")
        assert found is not None and found.at == local and found.zone_assumed


def test_an_instant_stays_in_utc_without_a_reason() -> None:
    body = f"<h1>{TITLE}</h1><p>Aktualisiert am 16. März 2024</p>{STORY}"
    assert day(published(body, declares("2024-03-15T20:41:09Z"), "https://a.com/m")) == "2024-03-15"
    # midnight in UTC is how a bare day is written
    assert (
        day(published(f"<h1>{TITLE}</h1><p>14. März 2024</p>{STORY}", declares("2024-03-15T00:00:00Z"))) == "2024-03-15"
    )


def test_a_line_that_calls_its_day_that_of_publication() -> None:
    end = "<p>Letzte Änderung: 20.03.2024 - 14:49 Erschienen am: 14.03.2024 Gelesen: 61</p><div class='date'>1.1.2024</div>"
    assert day(published(f"<h1>{TITLE}</h1>{STORY}{end}")) == "2024-03-14"
    box = "<div class='related'><p>Erschienen am 14.03.2024 im Ressort Region</p></div>"
    assert day(published(f"<h1>{TITLE}</h1>{STORY}{box}")) == "2024-03-14"
    assert published(f"<h1>{TITLE}</h1>{STORY}{box.replace('related', 'comments')}") is None
    above = "<div class='breadcrumb'><div>Veröffentlicht am 14. März 2024</div></div>"
    assert day(published(f"{above}<nav>Region</nav><h1>{TITLE}</h1>{STORY}")) == "2024-03-14"


def test_data_of_the_article_with_links_behind_it() -> None:
    links = "Diese Seite per Mail verschicken · Seite ausdrucken · Die Kommentare lesen und schreiben"
    body = f"<h1>{TITLE}</h1><div class='post-meta'>14. März 2024 · {links}</div>{STORY}"
    assert day(published(body)) == "2024-03-14"


def test_a_box_called_teaser_with_headline_and_date_in_boxes_of_their_own() -> None:
    date = "<div class='teaser_meta'>Greta Holm / 14.03.2024 / 06:15</div>"
    assert day(published(f"{date}<div class='teaser_text'><h1>{TITLE}</h1></div>{STORY}")) == "2024-03-14"


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("14.3.2024 – ", "2024-03-14"),
        ("Basel, 14. März 2024 - ", "2024-03-14"),
        ("SAN FRANCISCO, March 14, 2024 /Draht/ ", "2024-03-14"),
        ("Bonn (dpa) 14.3.2024 | ", "2024-03-14"),
        ("March 14, 2024 -- ", "2024-03-14"),
        ("Bonn, (14.3.2024). ", "2024-03-14"),
        ("Pressemitteilung vom 14. März 2024 | Bonn – ", "2024-03-14"),
        ("Am 14. März 2024 – es war ein Montag – ", None),
        ("Seit dem 14.3.2024: ", None),
        ("Die Regel vom 14.3.2024 gilt weiter: ", None),
        ("14. März – ", None),
    ],
)
def test_the_opening_of_the_text(opening: str, expected: str | None) -> None:
    assert day(published(f"<h1>{TITLE}</h1><p>{opening}{STORY[3:]}")) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2024/03/14/muehle", "2024-03-14"),
        ("2024-03/14/muehle", "2024-03-14"),
        ("news/20240314-muehle", "2024-03-14"),
        ("muehle-20240314.html", "2024-03-14"),
        ("muehle-2024-03-14", "2024-03-14"),
        ("2024/3/14/muehle", "2024-03-14"),
        ("2024/mar/14/muehle", "2024-03-14"),
        ("muehle-14-03-2024-XYZ.php", "2024-03-14"),
        ("194709-13-ways-to-read", None),
        ("1202403141-muehle", None),
        ("2024/03/muehle", None),
        ("2024/foo/14/muehle", None),
    ],
)
def test_the_day_in_the_address(path: str, expected: str | None) -> None:
    found = published(f"<h1>{TITLE}</h1>{STORY}", url="https://www.a.de/" + path)
    assert day(found) == expected and (found is None or found.source == "url")


def test_a_tag_that_does_not_say_what_happened_on_its_day() -> None:
    vague = '<meta name="date" content="2024-03-20T10:00:00+01:00">'
    assert day(published(f"<h1>{TITLE}</h1>{STORY}", vague)) == "2024-03-20"
    shown = published(f"<h1>{TITLE}</h1><p>14. März 2024</p>{STORY}", vague)
    assert shown is not None and shown.at[:10] == "2024-03-14" and shown.source == "page"
    same = published(f"<h1>{TITLE}</h1><p>20. März 2024</p>{STORY}", vague)
    assert same is not None and same.precision == "minute" and same.source == "metadata"
    for other in ("Aktualisiert am 14. März 2024", "14. März"):
        assert day(published(f"<h1>{TITLE}</h1><p>{other}</p>{STORY}", vague)) == "2024-03-20"
    assert day(published(f"<h1>{TITLE}</h1><p>14. März 2024</p>{STORY}", declares("2024-03-20"))) == "2024-03-20"


@pytest.mark.parametrize("stated", ["1710404400", "1710404400000", '"1710404400"', '"2024-03-14T08:20:00Z"'])
def test_linked_data_with_a_number_for_a_date(stated: str) -> None:
    data = f'{{"@type": "NewsArticle", "headline": "{TITLE}", "datePublished": {stated}}}'
    found = published(f"<h1>{TITLE}</h1>{STORY}", f'<script type="application/ld+json">{data}</script>')
    assert found is not None and found.at == "2024-03-14T08:20:00+00:00"


def test_microdata_go_before_what_is_only_called_like_it() -> None:
    time = '<time itemprop="datePublished" datetime="2024-03-14T16:45+0100">14. März 2024</time>'
    body = f"<h1>{TITLE}</h1>{STORY}<p>{time}</p>"
    for head in (
        '<meta name="x.articleFirstPublished" content="2019-02-05 16:07">',
        '<meta name="date" content="2024-03-20">',
        f'<script type="application/ld+json">{{"@type": "Article", "headline": "{TITLE}", "dateCreated": "2024-03-01"}}</script>',
    ):
        found = published(body, head)
        assert found is not None and found.at == "2024-03-14T16:45:00+01:00"
    two = body + time.replace("03-14", "03-12")
    assert day(published(two, '<meta name="date" content="2024-03-20">')) == "2024-03-20"


def test_the_address_that_a_page_gives_itself() -> None:
    head = '<meta property="og:url" content="https://www.a.de/2024/03/14/muehle">'
    assert day(published(f"<h1>{TITLE}</h1>{STORY}", head, "https://feeds.example/x1")) == "2024-03-14"
    assert day(published(f"<h1>{TITLE}</h1>{STORY}", head, "https://www.a.de/2024/03/15/muehle")) == "2024-03-15"


def test_the_only_line_that_is_nothing_but_a_date() -> None:
    def stated(end: str) -> str | None:
        reduced = reduce(f"<html lang='de'><body><h1>{TITLE}</h1>{STORY}{STORY}<section>{end}</section></body></html>")
        return day(read_metadata(reduced, scan(reduced.html), "https://www.a.de/m").published)

    line = "<div>Donnerstag, 14. März 2024</div>"
    assert stated("<div>Fragen?</div>" + line) == "2024-03-14"
    assert stated(line + "<div>Freitag, 15. März 2024</div>") is None
    assert stated("<table><tr><td>14. März 2024</td></tr></table>") is None
    assert stated(f"<div class='comment'>{line}</div>") is None
    assert stated("<div>Aktualisiert: 14. März 2024</div>") is None
