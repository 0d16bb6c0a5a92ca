"""Records of the output topics, made by hand."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import orjson

from worker.stream.record import Record
from worker.view.writer import Writer

ARTICLES, DUPLICATES, DEAD = "news.articles", "news.duplicates", "news.dlq"
_offsets = count()


def writer(folder: Path) -> Writer:
    return Writer(folder / "view" / "view.sqlite", articles=ARTICLES, duplicates=DUPLICATES, dead=DEAD)


def ident(n: int) -> str:
    return f"{n:032x}"


def document(n: int, **changes: Any) -> dict[str, Any]:
    """The finished article number n; `of` makes it a copy."""
    of = changes.pop("of", None)
    article = {
        "id": ident(n),
        "version": 1,
        "status": "usable",
        "url": f"https://example.org/{n}",
        "source": "example.org",
        "title": f"Bridge number {n} opens",
        "lead": None,
        "body": "The mayor cut the ribbon on Tuesday.",
        "agency": [],
        "language": {"code": "en", "confidence": 0.99},
        "first_seen_at": f"2024-03-12T{n % 24:02d}:00:00Z",
        "content_type": "article",
        "topics": [{"code": "medtop:04000000", "name": "economy, business and finance", "relevance": 0.8}],
        "countries": ["DE"],
        "dedup": {
            "verdict": "original" if of is None else "near",
            "of": None if of is None else ident(of),
            "score": None if of is None else 0.8,
            "cluster": ident(n if of is None else of),
            "explain": {},
        },
    }
    return article | changes


def record(topic: str, key: str, value: Any, revision: int, reason: str | None = None, **more: Any) -> Record:
    headers = [("revision", f"{0:010d}-{revision:012d}".encode())]
    if reason is not None:
        headers.append(("reason", reason.encode()))
    return Record(
        topic=topic,
        partition=more.get("partition", 0),
        offset=more.get("offset", next(_offsets)),
        key=key.encode(),
        value=None if value is None else orjson.dumps(value),
        headers=headers,
        timestamp=1_710_200_000_000,
    )


def original(n: int, revision: int = 1, **changes: Any) -> Record:
    return record(ARTICLES, ident(n), document(n, **changes), revision)


def copy(n: int, of: int, revision: int = 1, **changes: Any) -> Record:
    return record(DUPLICATES, ident(n), document(n, of=of, **changes), revision)


def tombstone(topic: str, n: int, revision: int, reason: str) -> Record:
    return record(topic, ident(n), None, revision, reason)


def dead(code: str = "json-invalid", value: bytes = b"{no", at: int = 1_710_200_000_000, **headers: str) -> Record:
    given = {"dlq-code": code, "dlq-stage": "clean", "dlq-message": "no JSON", "dlq-topic": "news.raw"} | headers
    return Record(
        topic=DEAD,
        partition=0,
        offset=next(_offsets),
        key=b"https://example.org/broken",
        value=value,
        headers=[(name.replace("_", "-"), text.encode()) for name, text in given.items()],
        timestamp=at,
    )


def full(n: int, **changes: Any) -> Record:
    """A record with every key that a finished article has; `revision` is that of the record."""
    revision = changes.pop("revision", 1)
    article = document(n, **changes)
    rest = {
        "canonical_url": None,
        "section": None,
        "authors": ["Ada Example"],
        "dateline": None,
        "images": [{"url": None, "caption": "A bridge.", "credit": None}],
        "published": {"at": "2024-03-12T08:00:00+01:00", "precision": "minute", "from": "text"},
        "fetched_at": article["first_seen_at"],
        "people": [{"name": "Ada Example", "count": 2}],
        "organisations": [],
        "places": [],
        "keywords": ["bridge"],
        "quality": {"flags": [], "removed_chars": 0},
        "labels": {},
        "extra": {},
        "provenance": {
            "raw": {"topic": "news.raw", "partition": 0, "offset": n},
            "rules": "1",
            "revision": "0000000000-000000000001",
        },
    }
    return record(DUPLICATES if article["dedup"]["of"] else ARTICLES, ident(n), rest | article, revision)
