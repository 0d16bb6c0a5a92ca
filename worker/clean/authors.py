"""Who a page says wrote its article: JSON-LD, meta tags, what is marked or worded as a byline."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from worker.clean import linked
from worker.clean.bylines import shown_anywhere, shown_near
from worker.clean.headline import head_of, words_of
from worker.clean.meta_tags import Tags
from worker.clean.names import is_name, split_names
from worker.clean.scan import Scan


def authors_of_page(
    article: dict[str, Any] | None,
    objects: Sequence[dict[str, Any]],
    tags: Tags,
    page: Scan,
    site: str | None,
    host: str,
    title: str | None,
) -> list[str]:
    """The authors of a page, empty where it states none; `article` is its object among the `objects` of JSON-LD.

    Of several declarations the first wins whose names stand at the headline (`title`). Where none does, a byline that
    stands there outdoes them: pages declare their owner, a developer or an account, and show who wrote. The publisher
    (`site`, `host`) is an author only where nobody else is.
    """
    publisher = {
        "".join(words_of(x))
        for x in (site, host.removeprefix("www."), linked.string((article or {}).get("publisher")))
        if x
    }

    def others(names: Iterable[str]) -> list[str]:
        return [x for x in names if "".join(words_of(_HOUSE.sub("", x))) not in publisher]

    people, bodies = _linked(article, objects)
    stated = [people, *_declared(tags)]
    groups = [group for names in stated if (group := others(names))]
    if groups:
        named = next((group for group in groups if any(map(is_name, group))), None)
        if people and named is groups[0]:
            return _unique(named + others(bodies))
        head = _head(page, title)
        sure = next((group for group in groups if any(is_name(x) and _stands(x, head) for x in group)), None)
        if sure is None:
            shown = others(shown_near(page, title, within=5 if named else 30))
            if len(shown) > 3 or not all(map(is_name, shown)):
                shown = []
            sure = shown or named or groups[0]
        return _unique(sure + others(bodies) if sure is groups[0] and people else sure)
    near = shown_near(page, title)
    shown = others(near) or others(shown_anywhere(page)) or near
    # nobody but the publisher is stated
    return _unique(shown or bodies or next((names for names in stated if names), []))


def _linked(article: dict[str, Any] | None, objects: Sequence[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The authors that JSON-LD states: people, and organisations."""
    people: list[str] = []
    bodies: list[str] = []
    if article is None:
        return people, bodies
    by_id = {str(x["@id"]): x for x in objects if isinstance(x.get("@id"), str)}
    for value in _flat(article.get("author") or article.get("creator")):
        if isinstance(value, dict) and not value.get("name") and str(value.get("@id")) in by_id:
            value = by_id[str(value["@id"])]
        name = value.get("name") if isinstance(value, dict) else value
        kinds = linked.types(value) if isinstance(value, dict) else []
        for one in name if isinstance(name, list) else [name]:
            if isinstance(one, str):
                names = bodies if "Organization" in kinds or "NewsMediaOrganization" in kinds else people
                names.extend(split_names(one))
    return people, bodies


_AUTHOR_NAMES = (
    "author article:author parsely-author sailthru.author dc.creator dcterms.creator byl byline article:author_name "
    "og:article:author article_author article-author dc:creator "
    "cxenseparse:author citation_author twitter:data1"
).split(" ")
_WRITTEN_BY = (
    "Written by",
    "Verfasst von",
    "Geschrieben von",
    "Écrit par",
    "Escrito por",
    "Scritto da",
    "Geschreven door",
)
_HOUSE = re.compile(
    r"^the\s+|\s+(?:staff|team|editors?|editorial(?:\s(?:team|board|staff))?|newsroom|news\s?desk|redaktion|online|reporters?|staff\s\w{4,9})$",
    re.I,
)
"""What stands with a house's name where it signs as an author."""


def _declared(tags: Tags) -> Iterable[list[str]]:
    for name in _AUTHOR_NAMES:
        if name in tags.values and (name != "twitter:data1" or tags.one("twitter:label1") in _WRITTEN_BY):
            yield [x for text in tags.all(name) for x in split_names(text)]


def _head(page: Scan, title: str | None) -> str:
    """The words around the headline."""
    first, _, last = head_of(page, title)
    return " ".join(words_of(" ".join(block.text for block in page.blocks[first:last] if len(block.text) < 400)))


def _stands(name: str, head: str) -> bool:
    return " ".join(words_of(name)) in head


def _flat(value: Any) -> list[Any]:
    """The members of a list that may hold lists."""
    if not isinstance(value, list):
        return [value]
    return [x for item in value[:50] for x in (item[:50] if isinstance(item, list) else [item])]


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(" ".join(words_of(name)), name)
    return list(seen.values())[:20]
