"""When a page says that its article was published: JSON-LD, meta tags, what is marked as a date, what stands at the headline."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from worker.clean import linked, marks
from worker.clean.dates import Published, find_date, parse_date
from worker.clean.headline import head_of, is_aside, nodes_around
from worker.clean.meta_tags import Tags, clean
from worker.clean.scan import Scan

_DATE_NAMES = tuple(
    (
        "article:published_time og:article:published_time datepublished parsely-pub-date sailthru.date pubdate publish-date "
        "publishdate "
        "publish_date article.published date dc.date.issued dcterms.issued dc.date dc.date.created dcterms.created dcterms.date "
        "dc.created cxenseparse:recs:publishtime article_date_original originalpublicationdate og:pubdate og:published_time "
        "published_time article:published rnews:datepublished citation_publication_date citation_date ptime publication_date "
        "displaydate article.created bt:pubdate pub_date timestamp vr:published_time shareaholic:article_published_time created"
    ).split()
)
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")


def published_of_page(
    article: dict[str, Any] | None,
    objects: Sequence[dict[str, Any]],
    tags: Tags,
    page: Scan,
    language: str | None,
    fetched_at: datetime | None,
    zone: str | None,
    host: str,
    title: str | None,
    url: str | None,
) -> Published | None:
    """The publication date of a page, None where it states none; `article` is its object among the `objects` of JSON-LD.

    What is declared goes before what is shown; `title` is the headline, near which a shown date must stand.
    """

    def read(text: str | None, source: str) -> Published | None:
        if not text or len(text) > 200:
            return None
        return parse_date(text, language=language, fetched_at=fetched_at, zone=zone, host=host, source=source)

    candidates: list[Published] = []
    if article is not None:
        for name in ("datePublished", "dateCreated", "uploadDate"):
            if found := read(linked.string(article.get(name)), "metadata"):
                candidates.append(found)
                break
    if not candidates or candidates[0].precision == "day":
        for name in _DATE_NAMES:
            if found := read(tags.one(name), "metadata"):
                candidates.append(found)
                break
    if not candidates:
        for value in objects:
            if found := read(linked.string(value.get("datePublished")), "metadata"):
                candidates.append(found)
                break
    if not candidates:
        for name, values in tags.values.items():
            if "publish" in name and "modif" not in name and (found := read(clean(values[0]), "metadata")):
                candidates.append(found)
                break
    if not candidates:
        for text in page.dates:
            if found := read(text, "metadata"):
                candidates.append(found)
                break
    if not candidates:
        first, at, last = head_of(page, title)
        around: Set[int] = nodes_around(page, at) if last else frozenset()
        for low, high in ((at, last), (first, at)):
            near = [block for block in page.blocks[low:high] if not is_aside(page, block.node, around)]
            inside = {block.node for block in near}
            stated = (read(text, "page") for text, node in page.times if node in inside or page.parents[node] in inside)
            shown = next((x for x in stated if x is not None), None)
            if shown is None:
                texts = [block.text for block in near]
                shown = find_date(texts, language=language, fetched_at=fetched_at, zone=zone, host=host)
            if shown is not None:
                candidates.append(replace(shown, source="page"))
                break
    if not candidates and (lone := _lone_date(page, read, language, fetched_at, zone, host)) is not None:
        candidates.append(replace(lone, source="page"))
    if not candidates and url and (day := _URL_DAY.search(url)) and (found := read("-".join(day.groups()), "url")):
        candidates.append(found)
    if candidates:
        best = candidates[0]
        # a plain day gives way to a full time that falls on it or beside it
        for other in candidates[1:]:
            if best.precision == "day" and other.precision != "day" and other.at[:10] == best.at[:10]:
                return other
        return _in_local_time(best, page)
    return None


def _lone_date(
    page: Scan,
    read: Callable[[str, str], Published | None],
    language: str | None,
    fetched_at: datetime | None,
    zone: str | None,
    host: str,
) -> Published | None:
    """The only date that the page marks as one, far from the headline though it stands: as `time`, or by a class name."""
    times = [found for text, node in page.times if not is_aside(page, node) and (found := read(text, "page"))]
    if not times:
        marked = [
            block.text
            for block in page.blocks
            if page.marks[block.node] & marks.DATE and len(block.text) < 120 and not is_aside(page, block.node)
        ]
        if len(marked) < _MOST_LONE:
            stated = (find_date([x], language=language, fetched_at=fetched_at, zone=zone, host=host) for x in marked)
            times = [found for found in stated if found is not None]
    return times[0] if len({found.at[:10] for found in times}) == 1 else None


_MOST_LONE = 10
"""Elements with a date by their class name from which the page is a list."""


def _in_local_time(published: Published, page: Scan) -> Published:
    """The same instant with the offset that the page shows it in, where the metadata states it in UTC."""
    if published.precision == "day" or not published.at.endswith("+00:00"):
        return published
    for text, _ in page.times[:50]:
        local = parse_date(text)
        if local is None or local.zone_assumed or local.at.endswith("+00:00"):
            continue
        if abs((local.instant - published.instant).total_seconds()) < 60:
            return replace(published, at=local.at, zone_assumed=False)
    return published
