"""Cleaning: a raw message becomes an article with title, lead, body and what the page states about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from worker.clean import blocks
from worker.clean.lines import split

if TYPE_CHECKING:
    from worker.messages import RawArticle

__all__ = ["clean"]


def clean(raw: RawArticle, *, explain: bool = False, timezones: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Clean one raw article; the keys of the answer are those of the contract's stage *clean*."""
    dump = split(raw.text or "")
    judged = blocks.judge_dump(dump.texts, dump.gaps)
    kept = [t for t, label in zip(judged.texts, judged.labels, strict=True) if label in (blocks.BODY, blocks.HEADING)]
    return {
        "status": "usable",
        "content_type": "article",
        "title": raw.title,
        "lead": None,
        "body": "\n\n".join(kept),
        "section": raw.section,
        "authors": list(raw.authors),
        "agency": [],
        "dateline": None,
        "images": [],
        "canonical_url": None,
        "language": {"code": "und", "confidence": 0.0},
        "published": None,
        "quality": {"flags": list(raw.flags), "removed_chars": 0},
    }
