"""What a page declares of itself: JSON-LD, then OpenGraph and other meta tags, then what stands on the page.

`read_metadata` reads all of it; `choose_title` and `split_names` are also of use for what a message states.
"""

import html as entities
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from worker.clean import linked, marks
from worker.clean.dates import Published, find_date, parse_date
from worker.clean.scan import Reduced, Scan


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


_LONGEST_VALUE = 8000
_ATTRIBUTES = re.compile(
    rf"""([a-zA-Z:_-]{{1,40}})\s{{0,4}}=\s{{0,4}}(?:"([^"]{{0,{_LONGEST_VALUE}}})"|'([^']{{0,{_LONGEST_VALUE}}})'|([^\s"'>]{{1,2000}}))"""
)
_HEAD_TITLE = re.compile(r"<title\b[^>]{0,300}>([^<]{0,2000})", re.I)
_HTML_LANG = re.compile(r"""<html\b[^>]{0,2000}?\slang\s?=\s?["']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})""", re.I)
_CANONICAL = re.compile("canonical", re.I)
_HEAD_LIMIT = 400_000
_MOST_HEAD_TAGS = 5000


def read_metadata(
    reduced: Reduced, page: Scan, url: str | None, *, fetched_at: datetime | None = None, zone: str | None = None
) -> Metadata:
    """All that the page declares. `url` is the message's; `fetched_at` and `zone` help to read its dates."""
    tags = _Tags(reduced.html)
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
        headline=linked.string(article.get("headline")) if article else None,
        declared=[
            x for x in (tags.one("og:title"), tags.one("twitter:title", "parsely-title", "dc.title", "title")) if x
        ],
        page_title=tags.title,
        site=meta.site_name,
        host=host,
        edited=_is_news(article, objects),
    )
    meta.canonical_url = _canonical(tags, article, url)
    meta.section = _section(article, objects, tags)
    meta.free = _free(objects)
    meta.body = _body(article)
    meta.published = _published(article, objects, tags, page, meta.language, fetched_at, zone, host, meta.title, url)
    meta.authors = _authors(article, objects, tags, page, meta.site_name, host, meta.title)
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


_USUAL = {
    before + name + "=": name
    for name in ("name", "property", "content", "itemprop", "http-equiv")
    for before in ("", " ")
}


def _stated(attributes: str) -> dict[str, str]:
    """The attributes of a tag, by lower-case name; what stands behind the tag may be among them."""
    parts = attributes.split('"')
    if (
        len(parts) == 5
        and (first := _USUAL.get(parts[0]))
        and (second := _USUAL.get(parts[2]))
        and "=" not in parts[4]
        and len(attributes) <= _LONGEST_VALUE
    ):
        return {first: parts[1], second: parts[3]}  # nearly every meta tag
    return {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTES.findall(attributes)}


class _Tags:
    """The meta and link tags of a page, by lower-case name."""

    def __init__(self, html: str) -> None:
        end = html.find("<body")
        head = html[: min(end if end > 0 else _HEAD_LIMIT, _HEAD_LIMIT)]
        self.values: dict[str, list[str]] = {}
        self.canonical: str | None = None
        parts = head.split("<", _MOST_HEAD_TAGS)
        for i, part in enumerate(parts):
            kind = part[:5].lower()
            if kind not in ("meta ", "link ", "meta\n", "link\n") or (kind[0] == "l" and not _CANONICAL.search(part)):
                continue
            if part.count('"') & 1 and i + 1 < len(parts):
                part += "<" + parts[i + 1]  # the content holds a bare <
            stated = _stated(part[5:20_000])
            if kind.startswith("meta"):
                value = stated.get("content", "").strip()
                name = (
                    stated.get("property") or stated.get("name") or stated.get("itemprop") or stated.get("http-equiv")
                )
                if value and name:
                    self.values.setdefault(name.strip().lower(), []).append(value)
            elif stated.get("rel", "").lower() == "canonical" and self.canonical is None:
                self.canonical = stated.get("href")
        found = _HEAD_TITLE.search(html, 0, _HEAD_LIMIT)
        self.title = _clean(found[1]) if found else None

    def one(self, *names: str) -> str | None:
        """The first value that one of the names has."""
        for name in names:
            for value in self.values.get(name, ()):
                if text := _clean(value):
                    return text
        return None

    def all(self, name: str) -> list[str]:
        return [text for value in self.values.get(name, ()) if (text := _clean(value))]


def _clean(text: str) -> str:
    if "&" in text:
        text = entities.unescape(entities.unescape(text))
    return " ".join(text.split())


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


def _type(article: dict[str, Any] | None, tags: _Tags) -> str | None:
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
        text = entities.unescape(text)
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


def _language(html: str, tags: _Tags, article: dict[str, Any] | None) -> str | None:
    found = _HTML_LANG.search(html, 0, 20_000)
    stated = (found[1] if found else None) or (linked.string(article.get("inLanguage")) if article else None)
    stated = stated or tags.one("og:locale", "content-language", "language", "dc.language")
    if not stated or not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", stated):
        return None
    return stated.replace("_", "-")


def _canonical(tags: _Tags, article: dict[str, Any] | None, url: str | None) -> str | None:
    stated = tags.canonical or tags.one("og:url") or (linked.string(article.get("url")) if article else None)
    if not stated:
        return None
    found = absolute(entities.unescape(stated), url)
    if found is None:
        return None
    parts = urlsplit(found)
    # the bare site is what careless templates declare for each of their pages
    return found if parts.path.strip("/") or parts.query else None


def _section(article: dict[str, Any] | None, objects: Iterable[dict[str, Any]], tags: _Tags) -> str | None:
    if article is not None:
        stated = article.get("articleSection")
        if isinstance(stated, list):
            stated = next((x for x in stated if isinstance(x, str) and x.strip()), None)
        if isinstance(stated, str) and 1 < len(stated.strip()) < 60:
            return _clean(stated)
    section = tags.one("article:section", "parsely-section", "og:article:section", "section", "cxenseparse:section")
    if section and len(section) < 60:
        return section
    for value in objects:
        if "BreadcrumbList" not in linked.types(value):
            continue
        items = value.get("itemListElement")
        if not isinstance(items, list):
            continue
        names = [linked.string(x.get("name") or x.get("item")) for x in items if isinstance(x, dict)]
        shown = [x for x in names if x and x.casefold() not in _HOME and len(x) < 40]
        if len(items) > 1 and shown:
            return shown[0]
    return None


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


# ---------------------------------------------------------------- title

_SEPARATOR = re.compile(r"\s+(?:[|–—•·»«:]{1,2}|-{1,2}|//|~)\s+|\s*[|｜]\s*|：|--")
_WORD = re.compile(r"\w{1,60}")


_KICKER = re.compile(r"\s[-–—|]\s|:\s")
_KICKER_END = re.compile(r"(?:\s[-–—|]|[:|])\s*$")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def choose_title(
    headings: Sequence[str],
    *,
    headline: str | None,
    declared: Sequence[str],
    page_title: str | None,
    site: str | None,
    host: str,
    edited: bool = True,
) -> str | None:
    """The headline of a page, without the site's name.

    `headings`: its first-level headings; `headline`: JSON-LD's; `declared`: OpenGraph's and the like, best first. A
    page that declares its article in JSON-LD is an edited one: there OpenGraph's title is the headline. Elsewhere
    that title is made for sharing and search, so a heading that it confirms wins.
    """
    shown = [text for text in headings if len(text) <= 400]
    # what both declarations carry belongs to the headline, unless it is the site's name
    agreed = headline is not None and bool(declared) and _words(headline) == _words(declared[0])
    whole = {" ".join(_words(text)) for text in shown}

    def stripped(text: str, known: Sequence[str]) -> str:
        # what a heading says to the last word holds no site's name, however much a part of it resembles one
        return text if " ".join(_words(text)) in whole else strip_site(text, known, site, host)

    stated = [stripped(text, [] if agreed else [*shown, headline or ""]) for text in declared]
    ahead = stripped(headline, shown) if headline else None
    if edited and ahead and stated:
        return stated[0]
    tail = strip_site(page_title, [*shown, *stated], site, host) if page_title else None
    evidence = [text for text in (ahead, *stated, tail) if text]
    best: str | None = None
    most = 0.45
    for heading in shown:
        words = set(_words(heading))
        for text in evidence:
            others = set(_words(text))
            if (
                not words
                or not others
                or (len(words) < 3 and len(words) < len(others) and not text.startswith(heading))
            ):
                continue  # nothing to compare, or a rubric's name
            score = len(words & others) / min(len(words), len(others))
            if score > most + 0.01:
                best, most = heading, score
    if (
        best
        and stated
        and best != stated[0]
        and best.endswith(stated[0])
        and _KICKER_END.search(best[: -len(stated[0])])
    ):
        return stated[0]
    if best and stated and (shared := _shared_tail(best, stated[0])):
        return shared
    if best or evidence:
        return best or evidence[0]
    return shown[0] if len(shown) == 1 else next((text for text in shown if len(_words(text)) > 2), None)


def _shared_tail(heading: str, declared: str) -> str | None:
    """The headline proper, where heading and declaration put different kickers before it."""
    if heading in declared or declared in heading or _words(heading) == _words(declared):
        return None
    ends = [[text[m.end() :].strip() for m in _KICKER.finditer(text)] for text in (heading, declared)]
    tail = next((tail for tail in ends[0] if tail in ends[1] and len(_words(tail)) > 3), None)
    if tail is None:
        return None
    kickers = [set(_words(text[: text.rfind(tail)])) for text in (heading, declared)]
    # beginnings that say nearly the same are one sentence in two wordings
    return tail if len(kickers[0] & kickers[1]) * 2 < min(map(len, kickers)) else None


def strip_site(title: str, headings: Sequence[str], site: str | None, host: str) -> str:
    """`title` without the site's name or rubric before or behind it."""
    title = title.strip()
    for heading in headings:
        rest = title[len(heading) :]
        if len(heading) > 8 and rest and title.startswith(heading) and len(rest) < 60 and _SEPARATOR.match(rest):
            return heading
    marks_at = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    if not marks_at:
        return title
    names = {"".join(_words(x)) for x in (site or "",) if x}
    labels = [label for label in host.casefold().split(".") if label not in ("www", "com", "co", "de", "org", "net")]
    names.update(labels)
    names.add("".join(_words(host.removeprefix("www."))))

    def is_site(text: str) -> bool:
        key = "".join(_words(text))
        return bool(key) and any(
            key == n or (len(n) > 3 and (key in n or n in key) and len(key) < len(n) + 16) for n in names if n
        )

    for start, end in reversed(marks_at):
        if is_site(title[end:]) and len(_words(title[:start])) > 1:
            return strip_site(title[:start], headings, site, host)
    start, end = marks_at[0]
    if is_site(title[:start]) and len(_words(title[end:])) > 1:
        return title[end:].strip()
    return title


# ---------------------------------------------------------------- date

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


def head_of(page: Scan, title: str | None) -> tuple[int, int, int]:
    """The blocks around the headline where a page states date and author: (first, headline, end), to the second paragraph.

    Without a headline: around the first long paragraph. Empty where there is neither.
    """
    words = set(_words(title or ""))
    size = len(title or "")
    at = -1
    for i, block in enumerate(page.blocks):
        heading = block.tag in ("h1", "h2", "h3")
        if not words or not (
            heading or (len(words) > 2 and not block.links and abs(len(block.text) - size) * 4 < size)
        ):
            continue
        others = set(_words(block.text))
        common = len(words & others)
        if (
            common * 2 > min(len(words), len(others))
            and len(others) > 1
            and (heading or common * 5 > 4 * len(words | others))
        ):
            at = i
            if block.tag == "h1":
                break
    if at < 0:
        at = next((i for i, block in enumerate(page.blocks) if block.tag == "h1"), -1)
    if at < 0:
        at = next(
            (i for i, block in enumerate(page.blocks) if len(block.text) > 150 and block.links * 3 < len(block.text)),
            -1,
        )
    if at < 0:
        return 0, 0, 0
    last, paragraphs = at + 1, 0
    while last < len(page.blocks) and last < at + 30 and paragraphs < 2:
        block = page.blocks[last]
        paragraphs += len(block.text) > 80 and block.links * 3 < len(block.text)
        last += 1
    return max(0, at - 6), at, last


def _is_aside(page: Scan, node: int) -> bool:
    """Whether a block stands in a teaser, a comment or a navigation."""
    for _ in range(4):
        if page.marks[node] & (marks.TEASER | marks.COMMENT | marks.NAV) and not page.marks[node] & (
            marks.LEAD | marks.DATE
        ):
            return page.tags[node] not in ("body", "article", "main")
        node = page.parents[node]
    return False


def _published(
    article: dict[str, Any] | None,
    objects: Sequence[dict[str, Any]],
    tags: _Tags,
    page: Scan,
    language: str | None,
    fetched_at: datetime | None,
    zone: str | None,
    host: str,
    title: str | None,
    url: str | None,
) -> Published | None:
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
            if "publish" in name and "modif" not in name and (found := read(_clean(values[0]), "metadata")):
                candidates.append(found)
                break
    if not candidates:
        for text in page.dates:
            if found := read(text, "metadata"):
                candidates.append(found)
                break
    if not candidates:
        first, at, last = head_of(page, title)
        for low, high in ((at, last), (first, at)):
            near = [block for block in page.blocks[low:high] if not _is_aside(page, block.node)]
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
    times = [found for text, node in page.times if not _is_aside(page, node) and (found := read(text, "page"))]
    if not times:
        marked = [
            block.text
            for block in page.blocks
            if page.marks[block.node] & marks.DATE and len(block.text) < 120 and not _is_aside(page, block.node)
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


# ---------------------------------------------------------------- authors

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
    text = _clean(text)
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


def _authors(
    article: dict[str, Any] | None,
    objects: Sequence[dict[str, Any]],
    tags: _Tags,
    page: Scan,
    site: str | None,
    host: str,
    title: str | None,
) -> list[str]:
    by_id = {str(x["@id"]): x for x in objects if isinstance(x.get("@id"), str)}
    publisher = {
        "".join(_words(x))
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
        people = [x for x in people if "".join(_words(x)) not in publisher] or people
        return _unique(people + [x for x in bodies if "".join(_words(x)) not in publisher])
    for name in _AUTHOR_NAMES:
        found = [x for text in tags.all(name) for x in split_names(text)]
        found = [x for x in found if "".join(_words(x)) not in publisher]
        if name == "twitter:data1" and tags.one("twitter:label1") not in _WRITTEN_BY:
            continue
        if found:
            return _unique(found)
    for texts in _bylines(page, title):
        shown = [x for text in texts for x in split_names(_NOT_IN_BYLINE.split(text, maxsplit=1)[0])]
        shown = [x for x in shown if "".join(_words(x)) not in publisher and _is_name(x)]
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
        seen.setdefault(" ".join(_words(name)), name)
    return list(seen.values())[:20]
