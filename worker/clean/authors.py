"""Who a page says wrote its article: JSON-LD, meta tags, what is marked or worded as a byline."""

import html as entities
import re
from collections.abc import Iterable, Sequence
from typing import Any

from worker.clean import linked, marks
from worker.clean.headline import head_of, words_of
from worker.clean.meta_tags import Tags, clean
from worker.clean.scan import Scan

_BY = re.compile(
    r"^(?:(?:written|story|posted|published|reported|article|review(?:ed)?|words|text|edited)\s+)?"
    r"(?:by|von|vom|par|por|di|da|door|av|af|autor(?:in|en)?|authors?|från|przez|od|от|автор|oleh|text)\b\s*:?\s+",
    re.I,
)
_ROLE_WORDS = (
    r"\b(?:editor|editorial|reporter|correspondent|writer|journalist|journalistin|redakteur|redakteurin|redaktion|korrespondent|"
    r"korrespondentin|autor|autorin|columnist|contributor|staff|producer|analyst|bureau|chief|chefredakteur|chefredakteurin|"
    r"ressortleiter|ressortleiterin|volontär|volontärin|author|founder|ceo|manager|director|head of|phd|ph\.d|md|m\.d)\b"
)
_ROLE_WORD = re.compile(_ROLE_WORDS, re.I)
_ROLE = re.compile(r"\s*(?:[,|(/]|\s[-–—]\s)[\w&'’.\- ]{0,40}?" + _ROLE_WORDS + r".{0,80}$", re.I)
_AND = re.compile(r"\s*[;|]\s*|\s+(?:and|und|et|y|e|og|och|en|i|&|\+)\s+|\s*,\s*(?:and\s+)?|\s+/\s+")
_NOT_NAME = re.compile(r"https?:|www\.|@|[<>{}\[\]=]|\d{3}|\.(?:com|html?|php)\b(?!$)", re.I)
_ADMIN = frozenset(
    ("admin", "administrator", "editor", "webmaster", "root", "user", "guest", "anonymous", "unknown", "n/a", "none", "null",
     "author", "autor", "staff", "about the author", "view all posts", "contributor", "redazione web", "undefined")
)  # fmt: skip


def split_names(text: str) -> list[str]:
    """The names of a byline: without "By", roles, addresses; several where it joins several."""
    text = clean(text)
    if not text or len(text) > 300:
        return []
    text = _BY.sub("", text).strip(" ,;:|·•-–—")
    names: list[str] = []
    parts = _AND.split(text)
    if len(parts) == 2 and "&" in text and not any(" " in part.strip() for part in parts):
        parts = [text]  # a pair that signs as one
    for part in parts:
        name = _ROLE.sub("", _BY.sub("", part.strip())).strip(' ,;:|·•-–—"')
        if not name or len(name) > 60 or len(name) < 2 or _NOT_NAME.search(name) or name.casefold() in _ADMIN:
            continue
        if len(name.split()) > 6 or not any(c.isalpha() for c in name):
            continue
        if names and _ROLE_WORD.search(name):
            continue  # "Jane Doe, political editor"
        names.append(name)
    return names


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

    The publisher (`site`, `host`) is one only where nobody else is; `title` is the headline, near which bylines stand.
    """
    by_id = {str(x["@id"]): x for x in objects if isinstance(x.get("@id"), str)}
    publisher = {
        "".join(words_of(x))
        for x in (site, host.removeprefix("www."), linked.string((article or {}).get("publisher")))
        if x
    }
    people: list[str] = []
    bodies: list[str] = []
    if article is not None:
        stated = article.get("author") or article.get("creator")
        for value in _flat(stated):
            if isinstance(value, dict) and not value.get("name") and str(value.get("@id")) in by_id:
                value = by_id[str(value["@id"])]
            name = value.get("name") if isinstance(value, dict) else value
            for one in name if isinstance(name, list) else [name]:
                if not isinstance(one, str):
                    continue
                kinds = linked.types(value) if isinstance(value, dict) else []
                (bodies if "Organization" in kinds or "NewsMediaOrganization" in kinds else people).extend(
                    split_names(one)
                )
    if people:
        people = [x for x in people if "".join(words_of(x)) not in publisher] or people
        return _unique(people + [x for x in bodies if "".join(words_of(x)) not in publisher])
    for name in _AUTHOR_NAMES:
        found = [x for text in tags.all(name) for x in split_names(text)]
        found = [x for x in found if "".join(words_of(x)) not in publisher]
        if name == "twitter:data1" and tags.one("twitter:label1") not in _WRITTEN_BY:
            continue
        if found:
            return _unique(found)
    for texts in _bylines(page, title):
        shown = [x for text in texts for x in split_names(_NOT_IN_BYLINE.split(text, maxsplit=1)[0])]
        shown = [x for x in shown if "".join(words_of(x)) not in publisher and _is_name(x)]
        if shown:
            return _unique(shown[:4])
    # nobody but the publisher is stated
    return _unique(
        bodies or [x for name in ("author", "article:author") for text in tags.all(name) for x in split_names(text)]
    )


_AUTHOR_NAMES = (
    "author article:author parsely-author sailthru.author dc.creator dcterms.creator byl byline article:author_name "
    "og:article:author "
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
_NOT_IN_BYLINE = re.compile(
    r"\s*(?:[·•|]|\s[-–—]\s|\d|\b(?:on|am|um|at|updated|published|posted|aktualisiert|stand|in)\s|\b(?:jan|feb|mar|mär|apr|may|"
    r"mai|jun|"
    r"jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}\.?\s\d)",
    re.I,
)
_NO_NAME = re.compile(
    r"\b(?:about|category|categories|posts?|view|more|read|reading|minutes?|mins?|sign|account|support|subscribe|written|"
    r"follow|share|comments?|"
    r"editors?|writer|reporter|correspondent|redaktion|autor|authors?|contributors?|home|contact|menu|login|search|article|"
    r"story|news|"
    r"our|us|all|the|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.I,
)


def _is_name(text: str) -> bool:
    """Whether a text that a page shows as its byline may be a person's name."""
    words = text.split()
    if not 1 <= len(words) <= 4 or len(text) < 4 or _NO_NAME.search(text) or any(c.isdigit() for c in text):
        return False
    return len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()


def _bylines(page: Scan, title: str | None) -> list[list[str]]:
    """Short texts that may name the author, best evidence first: links to an author at the headline, "By ...", marked bylines."""
    first, _, last = head_of(page, title)
    near = {block.node for block in page.blocks[first:last]}
    near |= {page.parents[node] for node in near}
    links = [entities.unescape(text) for text, node in page.writers if text and node in near]
    marked: list[str] = []
    worded: list[str] = []
    for block in page.blocks[first:last]:
        if len(block.text) > 140:
            continue
        if _BY.match(block.text):
            worded.append(block.text)
        bits = block.marks | page.marks[block.node] | page.marks[page.parents[block.node]]
        if bits & marks.BYLINE and not bits & (marks.COMMENT | marks.TEASER | marks.NAV):
            marked.append(block.text)
    elsewhere = [
        block.text
        for block in page.blocks
        if len(block.text) < 60 and page.marks[block.node] & marks.BYLINE and not page.marks[block.node] & marks.COMMENT
    ]
    return [links, worded, marked, elsewhere[:2]]


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
