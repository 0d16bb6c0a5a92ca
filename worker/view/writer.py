"""Puts records of the output topics into the view: rows and position in one transaction."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson

from worker.identity import host_of
from worker.messages import parse_ms
from worker.view import place, rhythm, schema

# An article is updated a few times; a page that changes with every look must not fill the disk.
VERSIONS_KEPT = 20
_TEXTS = ("title", "lead", "body")
# Of a replaced version.
_SHOWN = ("version", *_TEXTS, "status", "published", "fetched_at")
# Enough to recognise a dead letter by; the whole record is in the topic.
PREVIEW_BYTES = 4096
_URL = re.compile(rb'"url"\s{0,8}:\s{0,8}"(https?://[^"\s]{1,500})"')


class Incoming(Protocol):
    """What the writer needs of a Kafka record; those of aiokafka and of worker.stream have it."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...
    @property
    def timestamp(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Change:
    """An article whose row changed: where it stands now, and first_seen_at in milliseconds (0: unknown)."""

    id: str
    state: str
    revision: str
    seen: int


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    revision: str
    state: str
    document: bytes | None
    topic: str


@dataclass(slots=True)
class _Counted:
    """What a batch adds to the counts of one source; `hours`: articles by hour since the epoch."""

    originals: int = 0
    copies: int = 0
    dateless: int = 0
    dead: int = 0
    last: int = 0
    hours: Counter[int] = field(default_factory=Counter)


class Writer:
    """The one writer of a view. Not thread-safe: call it from one thread at a time.

    An id may stand in both output topics for a moment: the highest `revision` (compared as text) decides. Tombstones of
    the reasons `copy` and `original` only clear the place an article has left; its new place carries the same revision,
    so they say nothing to a reader of both. Only `taken-down` ends an article.
    """

    def __init__(self, path: Path, *, articles: str, duplicates: str, dead: str) -> None:
        self.path = path
        self._states = {articles: "original", duplicates: "copy"}
        self._dead = dead
        self._db = schema.open_writer(path)
        self._sources: dict[str, _Counted] = {}

    def close(self) -> None:
        """Close the file; what was applied stays."""
        self._db.execute("PRAGMA optimize")
        self._db.close()

    def positions(self) -> dict[tuple[str, int], int]:
        """The next offset to read, by topic and partition."""
        return {(t, p): n for t, p, n in self._db.execute("SELECT topic, partition, next FROM position")}

    def note(self, name: str) -> str | None:
        """A remark about the whole view (`note`d by `set_note`), None where there is none."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, name: str, value: str) -> None:
        """Keep a remark about the whole view."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def size(self) -> int:
        """Bytes on disk."""
        return sum(f.stat().st_size for s in ("", "-wal") if (f := Path(f"{self.path}{s}")).exists())

    def counts(self, kind: str) -> dict[str, int]:
        """How many by value: `state` of articles, `dead` letters by code."""
        return dict(self._db.execute("SELECT value, n FROM tally WHERE kind = ?", (kind,)))

    def clear(self) -> None:
        """Forget everything, positions too: the next reading builds the view anew."""
        with _transaction(self._db):
            for table in schema.TABLES:
                self._db.execute(f"DELETE FROM {table}")
            self._db.execute("INSERT INTO search(search) VALUES ('delete-all')")

    def apply(
        self, records: Iterable[Incoming], positions: Mapping[tuple[str, int], int] | None = None
    ) -> list[Change]:
        """Put records in, in their order; `positions` are the next offsets where they are not last record + 1.

        One transaction: after a crash either all of it stands, the position too, or nothing. Records seen before
        change nothing. Returns what changed.
        """
        changes: dict[str, Change] = {}
        tally: Counter[tuple[str, str]] = Counter()
        next_offsets: dict[tuple[str, int], int] = {}
        self._sources.clear()
        with _transaction(self._db):
            for record in records:
                next_offsets[record.topic, record.partition] = record.offset + 1
                if record.topic == self._dead:
                    self._put_dead(record, tally)
                elif (change := self._put_article(record, tally)) is not None:
                    changes[change.id] = change
            for name, counted in self._sources.items():
                self._put_source(name, counted)
            self._db.executemany(
                "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
                [(kind, value, n) for (kind, value), n in tally.items() if n],
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO position VALUES (?, ?, ?)",
                [(topic, partition, n) for (topic, partition), n in {**next_offsets, **(positions or {})}.items()],
            )
        return list(changes.values())

    def purge(self, before_ms: int) -> int:
        """Forget dead letters and replaced versions older than `before_ms` (milliseconds since the epoch)."""
        with _transaction(self._db):
            old = self._db.execute(
                "SELECT code, count(*) FROM dead WHERE at < ? GROUP BY code", (before_ms,)
            ).fetchall()
            self._db.execute("DELETE FROM dead WHERE at < ?", (before_ms,))
            self._db.executemany(
                "UPDATE tally SET n = n - ? WHERE kind = 'dead' AND value = ?", [(n, c) for c, n in old]
            )
            self._db.execute("DELETE FROM version WHERE at < ?", (before_ms,))
        return sum(n for _, n in old)

    def _put_article(self, record: Incoming, tally: Counter[tuple[str, str]]) -> Change | None:
        if record.key is None:
            return None
        ident = record.key.decode("utf-8", "replace")
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        revision = headers.get("revision", "")
        if record.value is None and headers.get("reason") != "taken-down":
            return None
        old = self._row(ident)
        if old is not None and revision <= old.revision:
            return None
        article = None if record.value is None else _load(record.value)
        if record.value is not None and article is None:
            return None
        if old is not None:
            self._unlink(ident, old, tally)
            self._keep_version(ident, old, article, record.timestamp)
        state = "gone" if article is None else self._states[record.topic]
        seen = parse_ms(str(article.get("first_seen_at") or "")) or 0 if article else 0
        cluster = str((article.get("dedup") or {}).get("cluster") or ident) if article else None
        number = self._free(place.number(seen, ident))
        self._db.execute(
            "INSERT INTO article (number, id, revision, state, cluster, topic, partition, offset, document)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, ident, revision, state, cluster, record.topic, record.partition, record.offset, record.value),
        )
        tally["state", state] += 1
        if article is not None:
            self._register(article, record.topic, 1)
            for label in _counted_labels(article):
                tally[label] += 1
            self._db.execute(
                "INSERT INTO search (rowid, title, body, tags) VALUES (?, ?, ?, ?)", (number, *_text_of(article, state))
            )
        return Change(ident, state, revision, seen)

    def _row(self, ident: str) -> _Row | None:
        row = self._db.execute(
            "SELECT number, revision, state, document, topic FROM article WHERE id = ?", (ident,)
        ).fetchone()
        return None if row is None else _Row(*row)

    def _free(self, number: int) -> int:
        """`number`, or the next one that no article has."""
        if self._db.execute("SELECT 1 FROM article WHERE number = ?", (number,)).fetchone() is None:
            return number
        row = self._db.execute(
            "SELECT number + 1 FROM article a WHERE number >= ?"
            " AND NOT EXISTS (SELECT 1 FROM article b WHERE b.number = a.number + 1) ORDER BY number LIMIT 1",
            (number,),
        ).fetchone()
        return int(row[0])

    def _unlink(self, ident: str, old: _Row, tally: Counter[tuple[str, str]]) -> None:
        tally["state", old.state] -= 1
        self._db.execute("DELETE FROM article WHERE number = ?", (old.number,))
        article = _load(old.document) if old.document is not None else None
        if article is None:
            return
        self._register(article, old.topic, -1)
        for label in _counted_labels(article):
            tally[label] -= 1
        self._db.execute(
            "INSERT INTO search (search, rowid, title, body, tags) VALUES ('delete', ?, ?, ?, ?)",
            (old.number, *_text_of(article, old.state)),
        )

    def _keep_version(self, ident: str, old: _Row, article: Mapping[str, Any] | None, at: int) -> None:
        """Keep the text that is replaced; a takedown takes all of them away. `at`: milliseconds since the epoch."""
        if article is None:
            self._db.execute("DELETE FROM version WHERE id = ?", (ident,))
            return
        before = _load(old.document) if old.document is not None else None
        if before is None or all(before.get(name) == article.get(name) for name in _TEXTS):
            return
        shown = {name: before[name] for name in _SHOWN if name in before}
        self._db.execute(
            "INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?)", (ident, old.revision, at, orjson.dumps(shown))
        )
        self._db.execute(
            "DELETE FROM version WHERE id = ?1 AND revision <= (SELECT revision FROM version WHERE id = ?1"
            " ORDER BY revision DESC LIMIT 1 OFFSET ?2)",
            (ident, VERSIONS_KEPT),
        )

    def _register(self, article: Mapping[str, Any], topic: str, sign: int) -> None:
        """Count an article for its source, or take it back (`sign` -1)."""
        source = article.get("source")
        if not source:
            return
        seen = parse_ms(str(article.get("first_seen_at") or "")) or 0
        counted = self._of_source(str(source))
        if self._states[topic] == "original":
            counted.originals += sign
        else:
            counted.copies += sign
        counted.dateless += sign * (article.get("published") is None and article.get("status") == "usable")
        counted.last = max(counted.last, seen)
        counted.hours[seen // rhythm.HOUR_MS] += sign

    def _of_source(self, name: str) -> _Counted:
        return self._sources.setdefault(name, _Counted())

    def _put_source(self, name: str, counted: _Counted) -> None:
        row = self._db.execute("SELECT hour, rhythm FROM source WHERE name = ?", (name,)).fetchone()
        newest, ring = row or (max(counted.hours, default=0), rhythm.EMPTY)
        if counted.hours:
            ring, newest = rhythm.counted(ring, newest, counted.hours)
        self._db.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " originals = originals + excluded.originals, copies = copies + excluded.copies,"
            " dateless = dateless + excluded.dateless, dead = dead + excluded.dead, last = max(last, excluded.last),"
            " hour = excluded.hour, rhythm = excluded.rhythm",
            (
                name,
                counted.originals,
                counted.copies,
                counted.dateless,
                counted.dead,
                counted.last,
                newest,
                ring,
            ),
        )

    def _put_dead(self, record: Incoming, tally: Counter[tuple[str, str]]) -> None:
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        value = record.value or b""
        letter = {
            "code": headers.get("dlq-code", "unknown"),
            "stage": headers.get("dlq-stage", "unknown"),
            "message": headers.get("dlq-message"),
            "source": {
                "topic": headers.get("dlq-topic"),
                "partition": _number(headers.get("dlq-partition")),
                "offset": _number(headers.get("dlq-offset")),
            },
            "first_failed_at": headers.get("dlq-first-failed-at"),
            "attempts": _number(headers.get("dlq-attempts")),
            "dead_letter": {"topic": record.topic, "partition": record.partition, "offset": record.offset},
            "key": None if record.key is None else record.key[:PREVIEW_BYTES].decode("utf-8", "replace"),
            "bytes": len(value),
            "preview": value[:PREVIEW_BYTES].decode("utf-8", "replace"),
        }
        fresh = self._db.execute(
            "INSERT OR IGNORE INTO dead VALUES (?, ?, ?, ?, ?, ?)",
            (record.timestamp, record.partition, record.offset, letter["code"], letter["stage"], orjson.dumps(letter)),
        ).rowcount
        if fresh > 0:
            tally["dead", str(letter["code"])] += 1
            if (source := source_of(record, headers)) is not None:
                self._of_source(source).dead += 1


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def labels_of(article: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an article can be filtered by: pairs of kind and value, each once."""
    pairs: list[tuple[str, Any]] = [
        ("source", article.get("source")),
        ("language", (article.get("language") or {}).get("code")),
        ("type", article.get("content_type")),
        *(("topic", topic.get("code")) for topic in article.get("topics") or ()),
        *(("country", country) for country in article.get("countries") or ()),
        *(("agency", agency) for agency in article.get("agency") or ()),
    ]
    return list(dict.fromkeys((kind, str(value)) for kind, value in pairs if value))


def source_of(record: Incoming, headers: Mapping[str, str]) -> str | None:
    """The source a dead letter came from, as far as its broken record lets one see; None where it does not."""
    value = record.value or b""
    message = _load(value) or {}
    named = message.get("source") or headers.get("source")
    if isinstance(named, str) and named.strip():
        return named.strip()
    address = message.get("url") or headers.get("url")
    if not isinstance(address, str) and (found := _URL.search(value[:PREVIEW_BYTES])) is not None:
        address = found[1].decode("utf-8", "replace")
    key = (record.key or b"").decode("utf-8", "replace")
    return host_of(address if isinstance(address, str) else None) or host_of(key)


def _counted_labels(article: Mapping[str, Any]) -> list[tuple[str, str]]:
    verdict = (article.get("dedup") or {}).get("verdict")
    return [*labels_of(article), *([("verdict", str(verdict))] if verdict else ())]


def _text_of(article: Mapping[str, Any], state: str) -> tuple[str, str, str]:
    """What is searched of an article. Soft hyphens go: they would part its words."""
    tags = " ".join(place.token(*label) for label in (("state", state), *labels_of(article)))
    title, body = (str(article.get(name) or "").replace("\u00ad", "") for name in ("title", "body"))
    return title, body, tags


def _load(document: bytes) -> dict[str, Any] | None:
    try:
        article = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    return article if isinstance(article, dict) else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
