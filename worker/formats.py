"""Messages in the shapes of others, mapped to the keys of the contract. Pure; `worker.messages` asks it before parsing.

A shape is told by its fields, never by a header. What is mapped leaves the message, all else stays and ends under
`extra`. Sources of the field names: RSS 2.0, RFC 4287 (Atom), JSON Feed 1.1, schema.org NewsArticle, IPTC ninjs 1.x to
3.x, and the JSON that trafilatura 2, newspaper4k, news-please and webz.io write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from worker.identity import is_absolute_url
from worker.references import resolve

Given = dict[str, Any]
_ARTICLE_TYPES = re.compile(
    r"(?:https?://schema\.org/|schema:)?([A-Za-z]{0,30}(?:Article|BlogPosting|LiveBlogPosting))"
)
_MARKUP = re.compile(
    r"<(?:p|div|br|h[1-6]|a|span|img|ul|ol|li|b|i|em|strong|figure|blockquote|article|table)\b[^<>]{0,2000}>", re.I
)
_AUTHORITY = re.compile(r"(?:tag:|urn:newsml:|urn:)([a-z0-9.-]{1,200}\.[a-z]{2,24})[,:]", re.I)
# webz.io writes a language as an English word.
_LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl",
              "portuguese": "pt", "polish": "pl", "russian": "ru", "turkish": "tr", "arabic": "ar", "chinese": "zh"}  # fmt: skip
_SHOWN_KEYS = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """A message recognised: `name` of the format, the message in the keys of the contract, `lacks` what it has no
    content by (None where it has some)."""

    name: str
    message: Given
    lacks: str | None


def recognise(message: Mapping[str, Any]) -> Shape | None:
    """The message in the keys of the contract, or None where its fields fit no format.

    Where `text` or `html` is there already, the message is the contract's own, unless it is of one of the four tools that
    call their text `text` as well; of those, what the contract knows under another name is filled in. The `source` of
    trafilatura is the page's address.
    """
    own = isinstance(message.get("text"), str) or isinstance(message.get("html"), str)
    for name, fits, read, content in _FORMATS[:_WITH_TEXT] if own else _FORMATS:
        if not fits(message):
            continue
        given, used = read(message)
        rest = {key: value for key, value in message.items() if key not in used}
        found = {key: value for key, value in given.items() if value not in (None, "", [])}
        has = any(isinstance(({**found, **rest}).get(key), str) for key in ("text", "html"))
        gone = found.get("op") == "delete"
        return Shape(
            name, {**found, **{k: v for k, v in rest.items() if v is not None}}, None if has or gone else content
        )
    return None


def unknown(message: Mapping[str, Any]) -> str:
    """What a message of no known shape lacks, in words; it names keys, never values."""
    keys = [repr(str(key)[:30]) for key in list(message)[:_SHOWN_KEYS]]
    more = ", …" if len(message) > _SHOWN_KEYS else ""
    has = f"its keys {', '.join(keys)}{more} fit no known format" if keys else "it is an empty object"
    return f"the message has neither 'text' nor 'html', and {has}"


# Each reader answers with the keys of the contract and with those of the message that went into them.
_Read = tuple[Given, set[str]]


def _first(message: Mapping[str, Any], used: set[str], *names: str) -> str | None:
    """The first of `names` that holds a text, as a string or inside an object or list of one."""
    for name in names:
        if (text := _text(message.get(name))) is not None:
            used.add(name)
            return text
    return None


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, list):
        return next((text for each in value if (text := _text(each)) is not None), None)
    if isinstance(value, dict):
        return next(
            (v for k in ("value", "@value", "#text", "_", "$t") if isinstance(v := value.get(k), str) and v.strip()),
            None,
        )
    return None


def _names(value: Any) -> list[str]:
    """Names in a string, an object with `name`, or a list of either."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, dict):
        return _names(value.get("name") or value.get("#text") or value.get("value"))
    if isinstance(value, list):
        return [name for each in value[:50] for name in _names(each)]
    return []


def _split(text: str) -> Given:
    """Content whose kind nobody states: markup is `html`, all else `text` with its character references resolved."""
    return {"html": text} if _MARKUP.search(text) else {"text": resolve(text)}


def _address(*values: Any) -> str | None:
    return next((v.strip() for v in values if isinstance(v, str) and is_absolute_url(v)), None)


# -- RSS, Atom, JSON Feed ------------------------------------------------------------------------------------------------

_FEED_BODY = (
    "content:encoded",
    "content_encoded",
    "encoded",
    "content_html",
    "content",
    "content_text",
    "description",
    "summary",
)
_FEED_DATE = (
    "pubDate",
    "pubdate",
    "published",
    "date_published",
    "dc:date",
    "issued",
    "updated",
    "date_modified",
    "modified",
)
_FEED_MARKS = frozenset({"pubDate", "pubdate", "guid", "link", "links", "content:encoded", "content_encoded", "content_html",
                         "content_text", "dc:creator", "date_published", "summary_detail", "title_detail"})  # fmt: skip


def _is_feed(message: Mapping[str, Any]) -> bool:
    return bool(_FEED_MARKS & message.keys()) and any(message.get(key) for key in (*_FEED_BODY, "title"))


def _feed(message: Mapping[str, Any]) -> _Read:
    used = {"link", "links", "guid", "author", "authors", "dc:creator", "author_detail", "url", "id"}
    body = _first(message, used, *_FEED_BODY)
    guid, own = _text(message.get("guid")), _text(message.get("id"))
    links = _links(message.get("link")) + _links(message.get("links"))
    url = _address(message.get("url"), *links, guid, own)
    given: Given = _split(body) if body else {}
    title = _first(message, used, "title")
    given |= {
        "url": url,
        "id": None if url else guid or own,
        "title": resolve(title) if title else None,
        "published_at": _first(message, used, *_FEED_DATE),
        "authors": _names(message.get("authors")) or _names(message.get("author")) or _names(message.get("dc:creator")),
        "language": _first(message, used, "dc:language", "language"),
    }
    return given, used


def _links(value: Any) -> list[str]:
    """Addresses of `link` in RSS (text), Atom (objects with href, rel), or several of them; the page itself only."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        page = value.get("rel", value.get("@rel", "alternate")) == "alternate"
        return [v for k in ("href", "@href", "#text") if page and isinstance(v := value.get(k), str)]
    if isinstance(value, list):
        return [link for each in value[:50] for link in _links(each)]
    return []


# -- schema.org ----------------------------------------------------------------------------------------------------------


def _article_of(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The node of an article: the object itself or one of its @graph."""
    graph = message.get("@graph")
    for node in [message, *(graph[:200] if isinstance(graph, list) else [])]:
        if isinstance(node, Mapping):
            kinds = node.get("@type")
            if any(
                isinstance(k, str) and _ARTICLE_TYPES.fullmatch(k)
                for k in (kinds if isinstance(kinds, list) else [kinds])
            ):
                return node
    return None


def _schema_org(message: Mapping[str, Any]) -> _Read:
    node = _article_of(message) or {}
    used = {"@graph", "@context", "@type", "@id", "url", "author", "creator", "inLanguage", "articleSection"} - (
        set() if node is message else {"@type", "@id"}
    )
    page = node.get("mainEntityOfPage")
    url = _address(node.get("url"), page.get("@id") if isinstance(page, dict) else page, node.get("@id"))
    body = _first(node, used, "articleBody")
    language, publisher = node.get("inLanguage"), _names(node.get("publisher"))
    if isinstance(language, dict):
        language = language.get("alternateName") or language.get("name")
    given: Given = _split(body) if body else {}
    given |= {
        "url": url,
        "id": None if url else _text(node.get("identifier")) or _text(node.get("@id")),
        "source": None if url or not publisher else publisher[0],
        "title": _first(node, used, "headline", "name"),
        "published_at": _first(node, used, "datePublished", "dateCreated"),
        "authors": _names(node.get("author")) or _names(node.get("creator")),
        "section": _text(node.get("articleSection")),
        "language": language,
    }
    return given, used


# -- ninjs ---------------------------------------------------------------------------------------------------------------


def _is_ninjs(message: Mapping[str, Any]) -> bool:
    return isinstance(message.get("uri"), str) and any(
        key in message
        for key in (
            "bodies",
            "headlines",
            "headline",
            "body_text",
            "body_xhtml",
            "body_html",
            "versioncreated",
            "versionCreated",
            "pubstatus",
            "pubStatus",
            "representationtype",
            "representationType",
        )
    )


def _ninjs(message: Mapping[str, Any]) -> _Read:
    used = {"uri", "bodies", "headlines", "by", "byline", "bylines", "pubstatus", "pubStatus"}
    uri = str(message["uri"]).strip()
    authority = _AUTHORITY.match(uri)
    url = _address(uri)
    # Only of the uri: a correction or a cancellation that leaves other keys out must meet the same article.
    given: Given = {
        "url": url,
        "id": None if url else uri,
        "source": authority[1].lower() if authority and not url else None,
    }
    marked = _first(message, used, "body_xhtml", "body_html") or _valued(message.get("bodies"), "html")
    plain = _first(message, used, "body_text") or _valued(message.get("bodies"), "")
    if (message.get("pubStatus") or message.get("pubstatus")) == "canceled":
        given["op"] = "delete"
    people = message.get("people")
    writers = (
        [p for p in people if isinstance(p, dict) and p.get("rel") in ("author", "creator")]
        if isinstance(people, list)
        else []
    )
    given |= {
        "html": marked,
        "text": None if marked else plain,
        "title": _first(message, used, "headline")
        or _valued(message.get("headlines"), "")
        or _text(message.get("title")),
        "published_at": _first(
            message,
            used,
            "firstCreated",
            "firstcreated",
            "contentCreated",
            "contentcreated",
            "versionCreated",
            "versioncreated",
        ),
        "authors": _names(message.get("by")) or _names(message.get("byline")) or _names(writers),
        "language": _text(message.get("language")),
    }
    return given, used


def _valued(items: Any, kind: str) -> str | None:
    """The value of the item of `bodies` or `headlines` whose content type holds `kind` ('': none of markup), `main` first."""
    if not isinstance(items, list):
        return None
    fitting = []
    for item in items[:50]:
        stated = str(item.get("contentType") or item.get("contenttype") or "").lower() if isinstance(item, dict) else ""
        if isinstance(item, dict) and _text(item) and (kind in stated if kind else "html" not in stated):
            fitting.append(item)
    fitting.sort(key=lambda item: item.get("role") != "main")
    return _text(fitting[0]) if fitting else None


# -- extractors and providers --------------------------------------------------------------------------------------------


def _is_trafilatura(message: Mapping[str, Any]) -> bool:
    return "source-hostname" in message or {"fingerprint", "hostname", "raw_text"} <= message.keys()


def _trafilatura(message: Mapping[str, Any]) -> _Read:
    # `id` is that of a run and `fingerprint` a similarity hash: neither names the article.
    used = {"author"}
    url = _address(message.get("url"), message.get("source"))
    if url:
        used.add("id")
    if _address(message.get("source")):
        used.add("source")
    author = message.get("author")
    given: Given = {
        "url": url,
        "source": _text(message.get("hostname")),
        "text": _first(message, used, "text", "raw_text"),
        "title": _text(message.get("title")),
        "published_at": _first(message, used, "date"),
        "authors": [name.strip() for name in author.split(";") if name.strip()] if isinstance(author, str) else [],
    }
    return given, used


def _is_newspaper(message: Mapping[str, Any]) -> bool:
    return "publish_date" in message and bool(
        {"meta_lang", "top_image", "canonical_link", "meta_keywords", "movies"} & message.keys()
    )


def _newspaper(message: Mapping[str, Any]) -> _Read:
    used: set[str] = set()
    body = _first(message, used, "article_html")
    given: Given = {
        "url": _address(message.get("url"), message.get("original_url"), message.get("canonical_link")),
        "html": None if isinstance(message.get("text"), str) else body,
        "published_at": _first(message, used, "publish_date"),
        "language": _first(message, used, "language", "meta_lang"),
    }
    return given, used


def _is_news_please(message: Mapping[str, Any]) -> bool:
    return "date_publish" in message and bool(
        {"maintext", "source_domain", "date_download", "title_page"} & message.keys()
    )


def _news_please(message: Mapping[str, Any]) -> _Read:
    used: set[str] = set()
    given: Given = {
        "text": _first(message, used, "maintext"),
        "source": _first(message, used, "source_domain"),
        "title": _first(message, used, "title", "title_rss", "title_page"),
        "published_at": _first(message, used, "date_publish"),
        "fetched_at": _first(message, used, "date_download"),
    }
    return given, used


def _is_webz(message: Mapping[str, Any]) -> bool:
    return isinstance(message.get("thread"), dict) and "uuid" in message


def _webz(message: Mapping[str, Any]) -> _Read:
    used = {"author", "language"}
    thread = message["thread"]
    language = message.get("language")
    given: Given = {
        "url": _address(message.get("url"), thread.get("url")),
        "id": _first(message, used, "uuid"),
        "source": _text(thread.get("site_full")) or _text(thread.get("site")),
        "title": _text(message.get("title")) or _text(thread.get("title")),
        "published_at": _first(message, used, "published") or _text(thread.get("published")),
        "fetched_at": _first(message, used, "crawled"),
        "authors": _names(message.get("author")),
        "section": _text(thread.get("section_title")),
        "language": _LANGUAGES.get(language.lower(), language) if isinstance(language, str) else None,
    }
    return given, used


# In the order in which they are asked: the more special marks first, since a feed's are found in many shapes.
_FORMATS: Sequence[tuple[str, Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any]], _Read], str]] = (
    ("trafilatura", _is_trafilatura, _trafilatura, "a document of trafilatura without 'text' and 'raw_text'"),
    ("newspaper", _is_newspaper, _newspaper, "an article of newspaper4k without 'text'"),
    ("news-please", _is_news_please, _news_please, "an article of news-please without 'maintext'"),
    ("webz", _is_webz, _webz, "a post of webz.io without 'text'"),
    ("schema-org", lambda m: _article_of(m) is not None, _schema_org, "a schema.org article without 'articleBody'"),
    ("ninjs", _is_ninjs, _ninjs, "a ninjs item without 'bodies' and 'body_text'"),
    ("feed", _is_feed, _feed, "a feed item without 'content' and 'description'"),
)
_WITH_TEXT = 4
