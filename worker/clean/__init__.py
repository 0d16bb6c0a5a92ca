"""Cleaning: a raw message becomes an article with title, lead, body and what the page states about it.

`clean` is the one entry; both roads, dump and page, meet in the line cleaner of `worker.clean.blocks`. Pure: no clock,
no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from worker.clean.article import Article, from_dump, from_dumps, from_page
from worker.clean.charset import repair_mojibake
from worker.clean.lines import MAX_CHARS

if TYPE_CHECKING:
    from worker.messages import RawArticle

__all__ = ["clean", "read_ahead"]


def read_ahead(
    raws: Sequence[RawArticle | None], *, timezones: Mapping[str, str] | None = None
) -> list[tuple[Article, bool] | None]:
    """Read several texts at once, which costs less than one by one; give `clean` the answers as `ahead`.

    None for a page of HTML, and for None: `clean` reads it by itself.
    """
    found: list[tuple[Article, bool] | None] = [None] * len(raws)
    at, dumps, flags = [], [], []
    for i, raw in enumerate(raws):
        if raw is not None and not raw.html:
            text, mended = repair_mojibake((raw.text or "")[: MAX_CHARS + 1])
            at.append(i)
            dumps.append((raw, text, _zone(raw, timezones)))
            flags.append(mended)
    for i, article, mended in zip(at, from_dumps(dumps), flags, strict=True):
        found[i] = (article, mended)
    return found


def _zone(raw: RawArticle, timezones: Mapping[str, str] | None) -> str | None:
    return raw.timezone or (timezones or {}).get(raw.source or "")


def clean(
    raw: RawArticle,
    *,
    explain: bool = False,
    timezones: Mapping[str, str] | None = None,
    ahead: tuple[Article, bool] | None = None,
) -> dict[str, Any]:
    """Clean one raw article; the keys of the answer are those of the contract's stage *clean*.

    `timezones` maps a source (host or name) to its IANA zone. With `explain` the answer holds what was removed and why.
    `ahead` is what `read_ahead` says of it, if it was asked. Raises RecordError only.
    """
    flags = list(raw.flags)
    zone = _zone(raw, timezones)
    article: Article | None = None
    mended = False
    if ahead is not None:
        article, mended = ahead
    elif raw.html and not raw.html.isspace():
        article = from_page(raw, raw.html, zone)
        if not article.body and raw.text and not raw.text.isspace():
            article = None
    if article is None:
        text, mended = repair_mojibake((raw.text or "")[: MAX_CHARS + 1])
        article = from_dump(raw, text, zone)
    if mended:
        flags.append("mojibake-repaired")
    flags += [f for f in article.flags if f not in flags]
    answer: dict[str, Any] = {
        "status": article.status,
        "content_type": article.content_type,
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "section": article.section,
        "authors": article.authors,
        "agency": article.agency,
        "dateline": article.dateline,
        "images": article.images,
        "canonical_url": article.canonical_url,
        "language": {"code": article.language.code, "confidence": round(article.language.confidence, 3)},
        "published": article.published,
        "quality": {"flags": flags, "removed_chars": article.removed_chars},
    }
    if explain:
        answer["explain"] = {"removed": [{"text": text, "why": why} for text, why in article.removed]}
    return answer
