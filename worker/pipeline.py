"""Clean, tag, deduplicate in one process: the functions the agents call, and what ``news-worker process`` runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from worker.clean import clean
from worker.clean import read_ahead as clean_ahead
from worker.clean.article import Article
from worker.clean.language import warm
from worker.errors import RecordError
from worker.messages import Message, RawArticle, parse
from worker.rules import rules_version
from worker.stages import STAGES, CleanedRecord, RawRecord, Staged, TextOptions
from worker.tag import Ahead, tag
from worker.tag import read_ahead as tags_ahead
from worker.tag.gazetteer import use_folder
from worker.tag.spacy_names import use as use_spacy
from worker.tag.topics import load_model
from worker.times import format_ms

__all__ = [
    "STAGES",
    "CleanedRecord",
    "RawRecord",
    "Staged",
    "TextOptions",
    "clean_record",
    "parsed_record",
    "read_ahead",
    "setup",
    "tag_ahead",
    "tag_record",
    "text_ahead",
    "text_stages",
]

_EXPLAIN_BYTES = 16 << 10


_options = TextOptions()

# An article in each language with lexicons of its own: the first one met must not pay for loading them.
_SAMPLES = {
    "en": "The ministers met in Berlin on Monday, the government said, and spoke about the new timetable of the railway.",
    "de": "Die Minister trafen sich am Montag in Berlin, sagte die Regierung, und sprachen über den Fahrplan der Bahn.",
}


def setup(options: TextOptions) -> None:
    """Set the options of this process and load what its stages need, so that no record waits for it."""
    global _options
    _options = options
    if "tag" in options.stages:
        use_folder(Path(options.lexicons) if options.lexicons else None)
        load_model(options.topic_model or None)
        use_spacy(options.ner)
    if "clean" in options.stages:
        warm()
    rules_version(options.lexicons, options.topic_model, options.ner)
    for language, text in _SAMPLES.items():
        sample = RawArticle(text=text, title=text[:40], language=language)
        article = clean(sample) if "clean" in options.stages else passed_on(sample)
        if "tag" in options.stages:
            tag(article)


def passed_on(raw: RawArticle) -> dict[str, Any]:
    """What stands in for ``clean`` where that stage is left out: text -> body, title -> title, hint -> language."""
    body = raw.text if raw.text is not None else raw.html or ""
    return {
        "title": raw.title,
        "body": body,
        "language": {"code": raw.language or "und", "confidence": None},
    }


def clean_record(record: RawRecord) -> Staged:
    """Parse and clean one raw record. Raises RecordError."""
    message, article = _cleaned(record)
    return _staged(message, record.src, _packed(article))


def _cleaned(record: RawRecord) -> tuple[Message, dict[str, Any] | None]:
    message, found = record.ahead if record.ahead is not None else (_parsed(record), None)
    return message, cleaned(message, record.src, found)


def _parsed(record: RawRecord) -> Message:
    return parse(
        record.value,
        key=record.key,
        headers=record.headers,
        timestamp_ms=record.timestamp_ms,
        max_bytes=_options.max_message,
    )


def read_ahead(records: Sequence[RawRecord]) -> list[RawRecord]:
    """The records, each with what `clean_record` would find out of it: for several texts at once that costs less.

    A record that does not parse stays as it is; `clean_record` says why.
    """
    if "clean" not in _options.stages:
        return list(records)
    messages: list[Message | None] = []
    for record in records:
        try:
            messages.append(_parsed(record))
        except RecordError:
            messages.append(None)
    found = clean_ahead([m.raw if m is not None else None for m in messages], timezones=_options.timezones)
    return [
        record if message is None else replace(record, ahead=(message, one))
        for record, message, one in zip(records, messages, found, strict=True)
    ]


def parsed_record(record: RawRecord) -> Staged:
    """One raw record without a text stage, its article at hand. Raises RecordError."""
    message = parse(record.value)
    article = cleaned(message, record.src)
    return _staged(message, record.src, _packed(article), article)


def _packed(article: dict[str, Any] | None) -> bytes | None:
    return None if article is None else _dump(article, "clean")


def _staged(
    message: Message,
    src: tuple[str | None, int | None, int],
    packed: bytes | None,
    parsed: dict[str, Any] | None = None,
) -> Staged:
    labels = orjson.dumps(message.labels) if message.labels else b"{}"
    return Staged(message.id, message.fetched_ms, message.raw_hash, packed, labels, src, parsed)


def cleaned(
    message: Message, src: tuple[str | None, int | None, int], ahead: tuple[Article, bool] | None = None
) -> dict[str, Any] | None:
    """The article of ``message`` after the clean stage; None for a takedown. ``ahead``: what was read of it already."""
    raw = message.raw
    if raw is None:
        return None
    article: dict[str, Any] = {
        "id": message.id,
        "status": "usable",
        "url": raw.url,
        "source": raw.source,
        "fetched_at": format_ms(message.fetched_ms),
    }
    if "clean" in _options.stages:
        article |= clean(raw, explain=_options.explain, timezones=_options.timezones, ahead=ahead)
        if "explain" in article:
            article["explain"] = _within_limit(article["explain"])
    else:
        article |= passed_on(raw)
    article["labels"] = raw.labels
    article["extra"] = raw.extra
    article["provenance"] = {
        "raw": {"topic": src[0], "partition": src[1], "offset": src[2]},
        "rules": rules_version(_options.lexicons, _options.topic_model, _options.ner),
    }
    return article


def tag_record(record: CleanedRecord) -> bytes:
    """A cleaned article as JSON with the tags added. Raises RecordError where it is no article."""
    article, tags = record.ahead if record.ahead is not None else (_article(record.value), None)
    _add_tags(article, tags)
    return _dump(article, "tag")


def tag_ahead(records: Sequence[CleanedRecord]) -> list[CleanedRecord]:
    """The records, each with what `tag_record` would find out of it: for several articles at once that costs less.

    What is no article stays as it is; `tag_record` says why.
    """
    articles: list[dict[str, Any] | None] = []
    for record in records:
        try:
            articles.append(_article(record.value))
        except RecordError:
            articles.append(None)
    found = iter(tags_ahead([article for article in articles if article is not None]))
    return [
        record if article is None else replace(record, ahead=(article, next(found)))
        for record, article in zip(records, articles, strict=True)
    ]


def _article(value: bytes) -> dict[str, Any]:
    try:
        article = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise RecordError("json-invalid", "the record is no article: it does not parse as JSON", "tag") from None
    if not isinstance(article, dict) or not isinstance(article.get("id"), str):
        raise RecordError("not-an-article", "the record is no article: it has no id", "tag")
    return article


def _add_tags(article: dict[str, Any], ahead: Ahead | None = None) -> None:
    tags = tag(article, explain=_options.explain, ahead=ahead)
    why = tags.pop("explain", None)
    article |= tags
    if why is not None:
        article["explain"] = _within_limit({**article.get("explain", {}), "tags": why})


@dataclass(slots=True, frozen=True)
class _Cleaned:
    """What `text_ahead` finds out of a record: its article, cleaned, and what is known of the tags."""

    message: Message
    article: dict[str, Any]
    tags: Ahead


def text_ahead(records: Sequence[RawRecord]) -> list[RawRecord]:
    """The records, each with what `text_stages` would find out of it: for several texts at once that costs less.

    A record that cannot be cleaned stays as it is; `text_stages` says why.
    """
    read = read_ahead(records)
    if "tag" not in _options.stages:
        return read
    done: list[tuple[Message, dict[str, Any] | None] | None] = []
    for record in read:
        try:
            done.append(_cleaned(record))
        except RecordError:
            done.append(None)
    found = iter(tags_ahead([one[1] for one in done if one is not None and one[1] is not None]))
    return [
        record if one is None or one[1] is None else replace(record, ahead=_Cleaned(one[0], one[1], next(found)))
        for record, one in zip(read, done, strict=True)
    ]


def text_stages(record: RawRecord) -> Staged:
    """Clean and tag one raw record: both text stages in one call, for ``process``. Raises RecordError."""
    message: Message
    article: dict[str, Any] | None
    tags: Ahead | None
    if isinstance(record.ahead, _Cleaned):
        message, article, tags = record.ahead.message, record.ahead.article, record.ahead.tags
    else:
        (message, article), tags = _cleaned(record), None
    if article is None or "tag" not in _options.stages:
        return _staged(message, record.src, _packed(article))
    _add_tags(article, tags)
    return _staged(message, record.src, _dump(article, "tag"))


def _within_limit(explain: dict[str, Any]) -> dict[str, Any]:
    """Cut what was removed, then the reasons of the tags, until the whole has at most 16 KiB."""
    if len(orjson.dumps(explain)) <= _EXPLAIN_BYTES:
        return explain
    removed = explain.get("removed") or []
    out: dict[str, Any] = {"removed": [], "tags": explain.get("tags") or {}, "cut": True}
    room = _EXPLAIN_BYTES - len(orjson.dumps(out))
    if room < 0:
        out["tags"] = {}
        room = _EXPLAIN_BYTES - len(orjson.dumps(out))
    for item in removed:
        room -= len(orjson.dumps(item)) + 1
        if room < 0:
            break
        out["removed"].append(item)
    return out


def _dump(article: dict[str, Any], stage: str) -> bytes:
    try:
        return orjson.dumps(article)
    except orjson.JSONEncodeError as error:
        raise RecordError("not-serialisable", f"the article cannot be written as JSON: {error}", stage) from None
