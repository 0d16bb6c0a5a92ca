"""What a page declares of itself: JSON-LD, then OpenGraph and other meta tags, then what stands on the page.

`read_metadata` reads all of it. Headline, date and authors have rooms of their own: `headline`, `published`, `authors`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from worker.clean import linked
from worker.clean.authors import authors_of_page
from worker.clean.dates import Published
from worker.clean.headline import choose_title
from worker.clean.meta_tags import Tags, clean
from worker.clean.published import published_of_page
from worker.clean.scan import Reduced, Scan
from worker.references import resolve


@dataclass(slots=True)
class Image:
    """A picture of the article; at least one of the three is there."""

    url: str | None = None
    caption: str | None = None
    credit: str | None = None


@dataclass(slots=True)
class Metadata:
    """What a page states of the article. None and empty: not stated."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    published: Published | None = None
    canonical_url: str | None = None
    language: str | None = None
    images: list[Image] = field(default_factory=list)
    description: str | None = None
    type: str | None = None
    """The most telling type: one of JSON-LD (`NewsArticle`, `LiveBlogPosting`, ...), else that of OpenGraph."""
    kinds: frozenset[str] = frozenset()
    """The types of all its JSON-LD objects, and that of OpenGraph with `og:` before it."""
    declared: bool = False
    """The page declares an article: by an object of JSON-LD with a headline, or as OpenGraph's `article`."""
    free: bool | None = None
    site_name: str | None = None
    body: str | None = None
    """The article's text as JSON-LD states it."""


_HTML_LANG = re.compile(r"""<html\b[^>]{0,2000}?\slang\s?=\s?["']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})""", re.I)


def read_metadata(
    reduced: Reduced, page: Scan, url: str | None, *, fetched_at: datetime | None = None, zone: str | None = None
) -> Metadata:
    """All that the page declares. `url` is the message's; `fetched_at` and `zone` help to read its dates."""
    tags = Tags(reduced.html)
    objects = linked.read(reduced.linked_data)
    article = _article(objects, url)
    host = _host(url) or _host(tags.one("og:url")) or ""
    meta = Metadata()
    meta.language = _language(reduced.html, tags, article)
    meta.site_name = tags.one("og:site_name", "application-name") or linked.string((article or {}).get("publisher"))
    meta.type = _type(article, tags)
    kind = (tags.one("og:type") or "").casefold()
    meta.kinds = frozenset([name for value in objects for name in linked.types(value)] + ["og:" + kind])
    meta.declared = bool(article and article.get("headline")) or kind in ("article", "news", "og:article")
    meta.description = tags.one("og:description", "description", "twitter:description") or (
        linked.string(article.get("description")) if article else None
    )
    meta.title = choose_title(
        [block.text for block in page.blocks if block.tag == "h1"][:6],
        lesser=[block.text for block in page.blocks if block.tag == "h2" or block.tag == "h3"][:12],
        headline=linked.string(article.get("headline")) if article else None,
        declared=[
            x
            for x in (
                tags.one("og:title"),
                tags.one("twitter:title", "parsely-title", "dc.title", "dcterms.title", "dc:title", "title"),
            )
            if x
        ],
        page_title=tags.title,
        site=meta.site_name,
        host=host,
        edited=_is_news(article, objects),
    )
    meta.canonical_url = _canonical(tags, article, url)
    meta.section = _section(article, objects, tags, host.removeprefix("www."))
    meta.free = _free(objects)
    meta.body = _body(article)
    meta.published = published_of_page(
        article, objects, tags, page, meta.language, fetched_at, zone, host, meta.title, url
    )
    meta.authors = authors_of_page(article, objects, tags, page, meta.site_name, host, meta.title)
    picture = _image(article)
    if picture.url is None and (stated := tags.one("og:image", "og:image:url", "twitter:image")):
        picture.url = stated
    if picture.url:
        picture.url = absolute(picture.url, url)
    if picture.url:
        meta.images = [picture]
    return meta


_ABSOLUTE = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]{0,200}(?:/[^\s#;?]{0,2000})?(?:\?[^\s#]{1,2000})?")
"""An address that `urljoin` would give back as it is, after some work."""


def absolute(stated: str, url: str | None) -> str | None:
    """An address as an absolute one, None where it is none or not of the web."""
    stated = stated.strip()
    if _ABSOLUTE.fullmatch(stated):
        return stated
    try:
        found = urljoin(url or "", stated)
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.hostname else None


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


# ---------------------------------------------------------------- the article's object

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Posting|Report|Review)$")


def _article(objects: Sequence[dict[str, Any]], url: str | None) -> dict[str, Any] | None:
    """The object that describes the page's article: by its type, then by how much it says."""
    best: dict[str, Any] | None = None
    most = 0
    path = urlsplit(url).path.rstrip("/") if url and _host(url) else ""
    for value in objects:
        kinds = linked.types(value)
        if not any(_ARTICLE.search(kind) for kind in kinds):
            continue
        score = sum(1 for name in ("headline", "datePublished", "author", "articleBody", "image") if value.get(name))
        if path and path in str(value.get("url") or value.get("mainEntityOfPage") or value.get("@id") or ""):
            score += 3
        if any(kind in ("Review", "SocialMediaPosting", "DiscussionForumPosting") for kind in kinds):
            score -= 2
        if score > most:
            best, most = value, score
    if best is None:
        best = next((x for x in objects if x.get("headline") and x.get("datePublished")), None)
    return best


def _is_news(article: dict[str, Any] | None, objects: Iterable[dict[str, Any]]) -> bool:
    """Whether JSON-LD declares a piece of news, or news media as the publisher."""
    if article is None:
        return False
    publisher = article.get("publisher")
    kinds = linked.types(article) + (linked.types(publisher) if isinstance(publisher, dict) else [])
    kinds += [kind for value in objects for kind in linked.types(value) if kind == "NewsMediaOrganization"]
    return any("News" in kind or kind == "LiveBlogPosting" for kind in kinds)


def _type(article: dict[str, Any] | None, tags: Tags) -> str | None:
    kinds = linked.types(article) if article else []
    telling = [kind for kind in kinds if kind not in ("Article", "NewsArticle")]
    return next(iter(telling or kinds), None) or tags.one("og:type")


def _body(article: dict[str, Any] | None) -> str | None:
    if article is None:
        return None
    text = article.get("articleBody")
    if isinstance(text, list):
        text = "\n".join(x for x in text if isinstance(x, str))
    if not isinstance(text, str) or len(text) > 1_000_000:
        return None
    if "&" in text:
        text = resolve(text)
    return text.strip() or None


def _free(objects: Iterable[dict[str, Any]]) -> bool | None:
    answer: bool | None = None
    for value in objects:
        stated = value.get("isAccessibleForFree")
        if isinstance(stated, str):
            stated = {"true": True, "false": False}.get(stated.strip().lower().rsplit("/", 1)[-1])
        if stated is False:
            return False
        if stated is True:
            answer = True
    return answer


def _language(html: str, tags: Tags, article: dict[str, Any] | None) -> str | None:
    found = _HTML_LANG.search(html, 0, 20_000)
    stated = (found[1] if found else None) or (linked.string(article.get("inLanguage")) if article else None)
    stated = stated or tags.one("og:locale", "content-language", "language", "dc.language")
    if not stated or not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", stated):
        return None
    return stated.replace("_", "-")


def _canonical(tags: Tags, article: dict[str, Any] | None, url: str | None) -> str | None:
    stated = tags.canonical or tags.one("og:url") or (linked.string(article.get("url")) if article else None)
    if not stated:
        return None
    found = absolute(resolve(stated), url)
    if found is None:
        return None
    parts = urlsplit(found)
    # the bare site is what careless templates declare for each of their pages
    return found if parts.path.strip("/") or parts.query else None


def _section(article: dict[str, Any] | None, objects: Iterable[dict[str, Any]], tags: Tags, host: str) -> str | None:
    if article is not None:
        stated = article.get("articleSection")
        for text in stated[:5] if isinstance(stated, list) else [stated]:
            if isinstance(text, str) and (section := _rubric(text, host)):
                return section
    stated = tags.one("article:section", "parsely-section", "og:article:section", "section", "cxenseparse:section")
    if stated and (section := _rubric(stated, host)):
        return section
    for value in objects:
        if "BreadcrumbList" not in linked.types(value):
            continue
        items = value.get("itemListElement")
        if not isinstance(items, list) or len(items) < 2:
            continue
        names = [linked.string(x.get("name") or x.get("item")) for x in items if isinstance(x, dict)]
        shown = (_rubric(x, host) for x in names if x and x.casefold() not in _HOME and len(x) < 40)
        if section := next(filter(None, shown), None):
            return section
    return None


def _rubric(text: str, host: str) -> str | None:
    """The section that a page states, the first of several; None for what only stands where one should.

    Blogs state all their categories in one string, with commas that no space follows, or with many.
    """
    text = clean(text).strip(" ,;>|")
    if text.startswith("/"):
        text = text.strip("/").split("/", 1)[0]
    if "," in text and (", " not in text or text.count(",") > 1):
        text = text.split(",", 1)[0].strip()
    known = text.casefold()
    return None if not 1 < len(text) < 60 or known in _NO_RUBRIC or known.removeprefix("www.") == host else text


_NO_RUBRIC = frozenset(
    ("undefined", "null", "nil", "none", "n/a", "tags", "tag", "front-page", "frontpage", "featured", "uncategorized")
)
_HOME = frozenset(("home", "startseite", "start", "homepage", "accueil", "inicio", "news", "hjem", "hem", "home page"))


def _image(article: dict[str, Any] | None) -> Image:
    """The article's first picture as JSON-LD states it; empty where it states none."""
    image: Any = article.get("image") if article else None
    found = Image()
    for _ in range(3):
        if isinstance(image, list):
            image = image[0] if image else None
        elif isinstance(image, dict):
            found.caption = found.caption or linked.string(image.get("caption") or image.get("description"))
            found.credit = found.credit or linked.string(image.get("creditText") or image.get("copyrightHolder"))
            image = image.get("url") or image.get("contentUrl")
    if isinstance(image, str) and 4 < len(image) < 2000:
        found.url = image.strip()
    return found
