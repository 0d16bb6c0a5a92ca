"""Messages as they come and go: a raw record parsed into an article to clean, a takedown, or a named error."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from worker import feeds, formats
from worker.clean.charset import decode
from worker.errors import RecordError
from worker.identity import article_id, host_of, is_absolute_url, is_id

# A scraper's clock may run a little fast; beyond an hour a fetch in the future is a mistake.
_AHEAD_MS = 3_600_000
_LAST_MS = 253_402_300_799_999  # the end of the year 9999
_CONTROL_SHARE = 0.05
_STRINGS = ("url", "source", "id", "title", "published_at", "timezone", "fetched_at", "language", "section")
_KNOWN = frozenset((*_STRINGS, "text", "html", "authors", "labels", "op"))
_HEADER_KEYS = ("url", "source", "published_at", "fetched_at")
_MARKUP = re.compile(
    r"\s{0,64}(?:<!doctype|<html|<head|<body|<\?xml|<!--|<(?:article|div|p|h1|main|section|meta|title)\b)", re.I
)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_SURROGATE = re.compile("[\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHARSET = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([\w.:-]{1,40})", re.I)

Headers = Iterable[tuple[str, bytes | None]]


@dataclass(slots=True, frozen=True)
class RawArticle:
    """An article as scraped: what ``clean`` reads. ``text`` or ``html`` is there, decoded."""

    text: str | None = None
    html: str | None = None
    url: str | None = None
    source: str | None = None
    own_id: str | None = None
    title: str | None = None
    published_at: str | None = None
    timezone: str | None = None
    fetched_at: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    labels: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Message:
    """One raw record: an article (``raw``) or, where ``raw`` is None, the takedown of ``id``.

    ``fetched_ms`` is milliseconds since the epoch, None where neither the message nor its record says when; ``raw_hash``
    is 16 hex digits over the record's bytes and breaks ties in the order of an id's messages.
    """

    id: str
    raw: RawArticle | None
    fetched_ms: int | None
    raw_hash: str
    labels: dict[str, Any]


def raw_hash(value: bytes | None) -> str:
    """16 hex digits over the bytes of a record; a null value hashes like no bytes."""
    return hashlib.sha256(value or b"").hexdigest()[:16]


def parse_ms(text: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 time; without an offset it is UTC; None where it does not parse."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        since = moment - _EPOCH
    except OverflowError:
        return None
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def parse(
    value: bytes | None,
    *,
    key: bytes | None = None,
    headers: Headers = (),
    timestamp_ms: int | None = None,
    max_bytes: int = 8 << 20,
) -> Message:
    """Read one raw record as the contract says; every shape that is none raises RecordError with its code.

    ``timestamp_ms`` is the record's timestamp (milliseconds since the epoch), None outside Kafka.
    """
    head = {name.lower(): (data or b"").decode("utf-8", "replace") for name, data in headers} if headers else {}
    if value is None:
        return _takedown_by_key(key, head.get("fetched_at"), timestamp_ms, value)
    if len(value) > max_bytes:
        raise RecordError("message-too-large", f"{len(value)} bytes; NEWS_WORKER_MAX_MESSAGE allows {max_bytes}")
    if not value:
        raise RecordError("empty-message", "the record has zero bytes")
    content_type = head.get("content-type", "").lower()
    stripped = value.lstrip(b" \t\r\n\xef\xbb\xbf")
    if "json" in content_type or stripped[:1] in (b"{", b"[") or stripped.rstrip() == b"null":
        charset = _CHARSET.search(content_type) if content_type else None
        parsed, flags = _load(value, charset[1] if charset else None)
        if parsed is None:
            return _takedown_by_key(key, head.get("fetched_at"), timestamp_ms, value)
        if not isinstance(parsed, dict):
            raise RecordError("not-an-object", f"the JSON value is {_kind(parsed)}, not an object")
        return _from_object(parsed, flags, value, timestamp_ms)
    return _from_bytes(value, head, content_type, timestamp_ms)


def _load(value: bytes, charset: str | None) -> tuple[Any, list[str]]:
    try:
        return orjson.loads(value), []
    except orjson.JSONDecodeError:
        pass
    # Slower and more tolerant: a byte order mark, another charset, lone surrogates as some scrapers write them.
    text, flags = decode(value, charset)
    text = text.lstrip("\ufeff")
    try:
        parsed = json.loads(text, parse_constant=_refuse)
        clean = _SURROGATE.sub("\ufffd", json.dumps(parsed, ensure_ascii=False))
        parsed = orjson.loads(clean)
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise RecordError("json-invalid", f"the record looks like JSON and does not parse{where}") from None
    if "\ufffd" in clean and "\ufffd" not in text:
        flags = [*flags, "surrogates-replaced"]
    return parsed, flags


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _kind(value: Any) -> str:
    return {list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}.get(
        type(value), type(value).__name__
    )


def _from_object(message: dict[str, Any], flags: list[str], value: bytes, timestamp_ms: int | None) -> Message:
    for name in ("text", "html", "op"):
        if message.get(name) is not None and not isinstance(message[name], str):
            raise RecordError("field-type", f"{name!r} must be a string, it is {_kind(message[name])}")
    op = (message.get("op") or "upsert").strip().lower()
    if op not in ("upsert", "delete"):
        raise RecordError("field-type", "'op' must be 'upsert' or 'delete'")
    shape = None if op == "delete" else formats.recognise(message)
    if shape is not None:
        message, flags = shape.message, [*flags, f"format:{shape.name}"]
        op = message.get("op") or "upsert"
    given: dict[str, Any] = {}
    for name in _STRINGS:
        item = message.get(name)
        if item is None:
            continue
        if isinstance(item, str):
            given[name] = item
        else:
            flags.append(f"field-dropped:{name}")
    labels = message.get("labels")
    if labels is not None and not isinstance(labels, dict):
        flags.append("field-dropped:labels")
        labels = None
    authors = _authors(message.get("authors"), flags)
    text, html = message.get("text"), message.get("html")
    fetched_ms, flags = _fetched(given.get("fetched_at"), timestamp_ms, flags)
    ident = article_id(given.get("url"), given.get("source"), given.get("id"), text or html)
    if ident is None:
        raise RecordError("no-identity", "the message has no url, no id and no text to tell it by")
    if op == "delete":
        return Message(ident, None, fetched_ms, raw_hash(value), labels or {})
    if text is None and html is None:
        lacks = formats.unknown(message) if shape is None or shape.lacks is None else f"the message is {shape.lacks}"
        raise RecordError("content-missing", lacks)
    raw = RawArticle(
        text=text,
        html=html,
        url=given.get("url"),
        source=given.get("source") or host_of(given.get("url")),
        own_id=given.get("id"),
        title=given.get("title"),
        published_at=given.get("published_at"),
        timezone=_zone(given.get("timezone"), flags),
        fetched_at=_moment(fetched_ms),
        language=given.get("language"),
        authors=authors,
        section=given.get("section"),
        labels=labels or {},
        extra={k: v for k, v in message.items() if k not in _KNOWN},
        flags=tuple(dict.fromkeys(flags)),
    )
    return Message(ident, raw, fetched_ms, raw_hash(value), raw.labels)


def _from_bytes(value: bytes, head: Mapping[str, str], content_type: str, timestamp_ms: int | None) -> Message:
    charset = _CHARSET.search(content_type)
    text, flags = decode(value, charset[1] if charset else None)
    # Removing what is counted beats a regular expression or a loop by far on a text of megabytes.
    if len(text) - len(text.translate(_CONTROLS)) > _CONTROL_SHARE * len(text):
        raise RecordError("not-text", "more than 5 % of the record are control characters")
    given = {name: head[name] for name in _HEADER_KEYS if head.get(name)}
    if "html" not in content_type and "text/plain" not in content_type and feeds.looks_like_feed(text):
        return _from_object(_only_item(text) | given, flags, value, timestamp_ms)
    fetched_ms, flags = _fetched(given.get("fetched_at"), timestamp_ms, flags)
    ident = article_id(given.get("url"), given.get("source"), None, text)
    if ident is None:
        raise RecordError("no-identity", "the message has no url, no id and no text to tell it by")
    is_html = "html" in content_type or ("text/plain" not in content_type and _MARKUP.match(text) is not None)
    raw = RawArticle(
        text=None if is_html else text,
        html=text if is_html else None,
        url=given.get("url"),
        source=given.get("source") or host_of(given.get("url")),
        published_at=given.get("published_at"),
        fetched_at=_moment(fetched_ms),
        flags=tuple(flags),
    )
    return Message(ident, raw, fetched_ms, raw_hash(value), {})


def _only_item(text: str) -> dict[str, Any]:
    try:
        items = feeds.read_items(text)
    except feeds.FeedError as error:
        raise RecordError("content-missing", str(error)) from None
    if len(items) > 1:
        raise RecordError(
            "content-missing", f"a message is one article, this feed has {len(items)}: news-worker feed sends each"
        )
    return items[0]


def _takedown_by_key(key: bytes | None, fetched: str | None, timestamp_ms: int | None, value: bytes | None) -> Message:
    if not key:
        raise RecordError("takedown-without-key", "a null value takes down the article its key names; there is no key")
    name = key.decode("utf-8", "replace").strip()
    if is_absolute_url(name):
        ident = article_id(name, None, None, None)
    elif is_id(name):
        ident = name
    else:
        raise RecordError(
            "takedown-unknown-key", "the key of a takedown must be an absolute http(s) URL or an article id"
        )
    fetched_ms, _ = _fetched(fetched, timestamp_ms, [])
    assert ident is not None
    return Message(ident, None, fetched_ms, raw_hash(value), {})


def _fetched(given: str | None, timestamp_ms: int | None, flags: list[str]) -> tuple[int | None, list[str]]:
    if given is not None:
        # A record's time may be missing: -1, from producers and brokers of long ago.
        latest = _LAST_MS if timestamp_ms is None or timestamp_ms < 0 else timestamp_ms + _AHEAD_MS
        if (fetched := parse_ms(given)) is not None and 0 <= fetched <= latest:
            return fetched, flags
        flags = [*flags, "fetched-at-implausible"]
    if timestamp_ms is not None and timestamp_ms > _LAST_MS:
        raise RecordError(
            "timestamp-implausible", "the record's timestamp is beyond the year 9999: is it in milliseconds?"
        )
    return timestamp_ms, flags


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else _EPOCH + timedelta(milliseconds=ms)


def _zone(name: str | None, flags: list[str]) -> str | None:
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        flags.append("field-dropped:timezone")
        return None
    return name


def _authors(given: Any, flags: list[str]) -> tuple[str, ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        return (given,) if given.strip() else ()
    if isinstance(given, list):
        names = tuple(a for a in given if isinstance(a, str) and a.strip())
        if any(not isinstance(a, str) for a in given):
            flags.append("field-dropped:authors")
        return names
    flags.append("field-dropped:authors")
    return ()
