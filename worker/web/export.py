"""A finished article in the words of others: ninjs 3.1 and schema.org NewsArticle. Pure.

Sources: the ninjs 3.1 schema and vocabulary of the IPTC (https://iptc.org/std/ninjs/), https://schema.org/NewsArticle.
What an article does not state is left out, never null: neither format knows null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from worker.identity import is_absolute_url

Article = Mapping[str, Any]
Exported = dict[str, Any]
_MEDTOP = "http://cv.iptc.org/newscodes/mediatopic/"
_COUNTRY = "http://cv.iptc.org/newscodes/iso3166-1a2/"
# What schema.org has a narrower type for.
_TYPES = {"opinion": "OpinionNewsArticle", "advertorial": "AdvertiserContentArticle", "live-blog": "LiveBlogPosting"}
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def ninjs(article: Article) -> Exported:
    """ninjs 3.1. `uri` is the page's address, else `urn:news-worker:ID`; our id stands in `altIds`, the dedup in none."""
    body, title, lead = article.get("body"), article.get("title"), article.get("lead")
    published = _when(_get(article, "published", "at"))
    code = _language(article)
    topics = article.get("topics") or ()
    return _some(
        {
            "uri": _uri(article),
            "type": "text",
            "representationType": "full",
            "version": str(article["version"]) if "version" in article else None,
            "contentCreated": published,
            "firstCreated": _when(article.get("first_seen_at")),
            "versionCreated": _when(article.get("fetched_at")),
            "pubStatus": article.get("status"),
            "language": code,
            "headlines": [{"role": "main", "contentType": "text/plain", "value": title}] if title else None,
            "descriptions": [{"role": "summary", "contentType": "text/plain", "value": lead}] if lead else None,
            "bodies": [_some({"role": "main", "contentType": "text/plain", "charCount": len(body), "value": body})]
            if body
            else None,
            "by": ", ".join(article.get("authors") or ()) or None,
            "located": article.get("dateline"),
            "subjects": [
                _some(
                    {
                        "name": topic.get("name"),
                        "rel": "about",
                        "uri": _MEDTOP + quote(topic["code"].removeprefix("medtop:"), safe=""),
                        "relevance": _percent(topic.get("relevance")),
                    }
                )
                for topic in topics
            ],
            "people": [{"name": each["name"], "rel": "mentions"} for each in article.get("people") or ()],
            "organisations": [{"name": each["name"], "rel": "mentions"} for each in article.get("organisations") or ()],
            "places": [
                *({"name": each["name"], "rel": "mentions"} for each in article.get("places") or ()),
                *(
                    {"literal": each, "rel": "about", "uri": _COUNTRY + quote(each, safe="")}
                    for each in article.get("countries") or ()
                ),
            ],
            "infoSources": [
                *([{"name": article["source"], "role": "publisher"}] if article.get("source") else ()),
                *({"name": each, "role": "agency"} for each in article.get("agency") or ()),
            ],
            "associations": [
                _some(
                    {
                        "name": f"image-{number}",
                        "uri": image["url"],
                        "type": "picture",
                        "descriptions": [{"role": "caption", "value": image["caption"]}]
                        if image.get("caption")
                        else None,
                        "by": image.get("credit"),
                    }
                )
                for number, image in enumerate(article.get("images") or (), 1)
                if is_absolute_url(image.get("url") or "") and _is_uri(image["url"])
            ],
            "altIds": [{"role": "news-worker", "value": article["id"]}],
        }
    )


def schema_org(article: Article) -> Exported:
    """JSON-LD of the type NewsArticle or one below it. `@id` is `urn:news-worker:ID`, `isBasedOn` the original of a copy."""
    of, paid = _get(article, "dedup", "of"), article.get("content_type") == "paywalled"
    body = article.get("body")
    address = article.get("url") if is_absolute_url(article.get("url") or "") else None
    return _some(
        {
            "@context": "https://schema.org",
            "@type": _TYPES.get(article.get("content_type") or "", "NewsArticle"),
            "@id": f"urn:news-worker:{article['id']}",
            "identifier": article["id"],
            "url": address,
            "mainEntityOfPage": address,
            "headline": article.get("title"),
            "abstract": article.get("lead"),
            "articleBody": body or None,
            "articleSection": article.get("section"),
            "inLanguage": _language(article),
            "datePublished": _when(_get(article, "published", "at")),
            "version": article.get("version"),
            "author": [{"@type": "Person", "name": name} for name in article.get("authors") or ()],
            "publisher": {"@type": "Organization", "name": article["source"]} if article.get("source") else None,
            "sourceOrganization": [
                {"@type": "NewsMediaOrganization", "name": each} for each in article.get("agency") or ()
            ],
            "dateline": article.get("dateline"),
            "isAccessibleForFree": False if paid else None,
            "about": [
                {
                    "@type": "DefinedTerm",
                    "name": topic.get("name"),
                    "termCode": topic["code"],
                    "inDefinedTermSet": _MEDTOP,
                    "url": _MEDTOP + quote(topic["code"].removeprefix("medtop:"), safe=""),
                }
                for topic in article.get("topics") or ()
            ],
            "contentLocation": [{"@type": "Country", "identifier": each} for each in article.get("countries") or ()],
            "mentions": [
                {"@type": kind, "name": each["name"]}
                for key, kind in (("people", "Person"), ("organisations", "Organization"), ("places", "Place"))
                for each in article.get(key) or ()
            ],
            "keywords": list(article.get("keywords") or ()),
            "image": [
                _some(
                    {
                        "@type": "ImageObject",
                        "contentUrl": image.get("url"),
                        "caption": image.get("caption"),
                        "creditText": image.get("credit"),
                    }
                )
                for image in article.get("images") or ()
            ],
            "isBasedOn": f"urn:news-worker:{of}" if of else None,
        }
    )


FORMATS: Mapping[str, tuple[Callable[[Article], Exported], str]] = {
    "ninjs": (ninjs, "application/json"),
    "schemaorg": (schema_org, "application/ld+json"),
}


def _some(given: Exported) -> Exported:
    return {key: value for key, value in given.items() if value is not None and value != []}


def _get(article: Article, *path: str) -> Any:
    node: Any = article
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _language(article: Article) -> str | None:
    code = _get(article, "language", "code")
    return code if isinstance(code, str) and code != "und" else None


def _when(value: Any) -> str | None:
    return value if isinstance(value, str) and _DATE_TIME.fullmatch(value) else None


def _percent(relevance: Any) -> int | None:
    return round(relevance * 100) if isinstance(relevance, int | float) else None


def _uri(article: Article) -> str:
    """RFC 3986: an address with other characters (an IRI) is escaped."""
    url = article.get("url") or ""
    escaped = quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=-._~")
    return escaped if is_absolute_url(url) and _is_uri(escaped) else f"urn:news-worker:{article['id']}"


def _is_uri(text: str) -> bool:
    return text.isascii() and text.isprintable() and not any(c in text for c in ' <>"{}|\\^`')
