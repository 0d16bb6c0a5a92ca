"""When a page was published: which of its dates is the article's."""

from __future__ import annotations

from worker.clean.dates import Published
from worker.clean.html import read_page

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
