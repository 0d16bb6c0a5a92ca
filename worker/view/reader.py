"""Answers from the view. Blocking: call it from a thread. Each instance is for one thread at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from worker.times import format_ms
from worker.view import schema
from worker.view.query import match_expression, pack_cursor, unpack_cursor
from worker.view.rhythm import DAYS, EXPECTED_AT_LEAST, HOUR_MS, Rhythm

FILTERS = ("source", "language", "topic", "country", "agency", "type")


@dataclass(frozen=True, slots=True)
class Found:
    """An article's row: `state` is original, copy or gone; `document` the message as it came, None when gone."""

    state: str
    revision: str
    document: bytes | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and the cursor of the next, None at the end. `copies` is how many each item has, where asked."""

    items: list[bytes]
    next: str | None
    copies: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at a place of a topic: `kind` is article, copy, gone or dead-letter; `at` are the positions after it."""

    kind: str
    id: str
    document: bytes | None
    at: Positions


Positions = dict[tuple[str, int], int]


class Reader:
    """Reads the view while the writer writes: every answer is of one whole transaction."""

    def __init__(self, path: Path) -> None:
        self._db = schema.open_reader(path)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def article(self, ident: str) -> Found | None:
        """The article `ident`, None where the view has never seen it."""
        row = self._db.execute("SELECT state, revision, document FROM article WHERE id = ?", (ident,)).fetchone()
        return None if row is None else Found(*row)

    def articles(
        self,
        limit: int,
        cursor: str | None = None,
        *,
        copies: bool = False,
        since: int | None = None,
        filters: Mapping[str, str] | None = None,
        q: str | None = None,
        count_copies: bool = False,
    ) -> Page:
        """Articles by (first_seen_at, id) descending; originals alone unless `copies`.

        `since` in milliseconds since the epoch, `filters` by the names of FILTERS, `q` as a person types it;
        `count_copies` counts the copies of each.
        Raises ValueError with one sentence where the cursor or `q` is no such thing.
        """
        where = ["state != 'gone'" if copies else "state = 'original'"]
        values: list[Any] = []
        tags = list((filters or {}).items())
        source, seen, ident = "article", "article.seen", "article.id"
        if tags:
            # The first filter's index gives the order; the others are looked up row by row.
            (kind, value), *rest = tags
            source, seen, ident = "tag JOIN article USING (number)", "tag.seen", "tag.id"
            where.append("tag.kind = ? AND tag.value = ?")
            values += [kind, value]
            for kind, value in rest:
                where.append(
                    "EXISTS (SELECT 1 FROM tag t"
                    " WHERE t.kind = ? AND t.value = ? AND t.seen = tag.seen AND t.id = tag.id)"
                )
                values += [kind, value]
        if q is not None:
            where.append("article.number IN (SELECT rowid FROM search WHERE search MATCH ?)")
            values.append(match_expression(q))
        if since is not None:
            where.append(f"{seen} >= ?")
            values.append(since)
        if cursor:
            where.append(f"({seen}, {ident}) < (?, ?)")
            values += unpack_cursor(cursor, int, str)
        count = (
            "(SELECT count(*) FROM article c WHERE c.cluster = article.id AND c.state = 'copy')"
            if count_copies
            else "0"
        )
        rows = self._db.execute(
            f"SELECT {seen}, {ident}, article.document, {count} FROM {source} WHERE {' AND '.join(where)}"
            f" ORDER BY {seen} DESC, {ident} DESC LIMIT ?",
            (*values, limit + 1),
        ).fetchall()
        page = _page(rows, limit)
        return replace(page, copies=[row[3] for row in rows[:limit]]) if count_copies else page

    def copies(self, ident: str, limit: int, cursor: str | None = None) -> Page | None:
        """The copies in the cluster of `ident`, oldest first; None where the view does not have that article."""
        row = self._db.execute("SELECT cluster FROM article WHERE id = ? AND state != 'gone'", (ident,)).fetchone()
        if row is None:
            return None
        values: tuple[Any, ...] = (row[0], *(unpack_cursor(cursor, int, str) if cursor else ()), limit + 1)
        rows = self._db.execute(
            "SELECT seen, id, document FROM article WHERE cluster = ? AND state = 'copy'"
            + (" AND (seen, id) > (?, ?)" if cursor else "")
            + " ORDER BY seen, id LIMIT ?",
            values,
        ).fetchall()
        return _page(rows, limit)

    def dead(self, limit: int, cursor: str | None = None, *, code: str | None = None, stage: str | None = None) -> Page:
        """Dead letters, newest first, with when (`at`), why and the first bytes."""
        where, values = ["1"], []  # type: tuple[list[str], list[Any]]
        for name, value in (("code", code), ("stage", stage)):
            if value is not None:
                where.append(f"{name} = ?")
                values.append(value)
        if cursor:
            where.append("(at, partition, offset) < (?, ?, ?)")
            values += unpack_cursor(cursor, int, int, int)
        rows = self._db.execute(
            f"SELECT at, partition, offset, document FROM dead WHERE {' AND '.join(where)}"
            " ORDER BY at DESC, partition DESC, offset DESC LIMIT ?",
            (*values, limit + 1),
        ).fetchall()
        items = [orjson.dumps({"at": format_ms(row[0]), **orjson.loads(row[3])}) for row in rows[:limit]]
        return Page(items, pack_cursor(*rows[limit - 1][:3]) if len(rows) > limit else None)

    def tally(self) -> dict[str, dict[str, int]]:
        """How many: articles by state and by each of FILTERS (copies included), dead letters by code."""
        out: dict[str, dict[str, int]] = {kind: {} for kind in ("state", *FILTERS, "dead")}
        for kind, value, n in self._db.execute("SELECT kind, value, n FROM tally WHERE n > 0 ORDER BY n DESC, value"):
            out.setdefault(kind, {})[value] = n
        return out

    def sources(self, now_ms: int) -> list[dict[str, Any]]:
        """Every source: when it last brought an article, how many a day, shares of copies, dead letters and dateless ones.

        `silent` is true where by its own rhythm it should have brought several since. `now_ms` is the wall clock,
        milliseconds since the epoch; a view of an archive, a day or more behind it, is judged by its newest article.
        """
        self._db.execute("BEGIN")
        try:
            rows = self._db.execute(
                "SELECT name, originals, copies, dateless, dead, last FROM source ORDER BY name"
            ).fetchall()
            newest = max((row[5] for row in rows), default=0)
            now = now_ms if now_ms - newest < 24 * HOUR_MS else newest
            known: dict[str, dict[int, int]] = {}
            first: dict[str, int] = {}
            for name, hour, n, begin in self._db.execute(
                "SELECT source, hour % 24, sum(n), min(hour) FROM rhythm WHERE hour > ? AND n > 0 GROUP BY 1, 2",
                (newest // HOUR_MS - DAYS * 24,),
            ):
                known.setdefault(name, {})[hour] = n
                first[name] = min(begin, first.get(name, begin))
        finally:
            self._db.execute("COMMIT")
        return [_source(row, Rhythm(known.get(row[0], {}), first.get(row[0], row[5] // HOUR_MS)), now) for row in rows]

    def positions(self) -> Positions:
        """The next offset the view reads, by topic and partition."""
        return {(t, p): n for t, p, n in self._db.execute("SELECT topic, partition, next FROM position ORDER BY 1, 2")}

    def events(self, since: Positions, limit: int) -> tuple[list[Event], Positions]:
        """At most `limit` changes of each partition after the positions `since`, and the positions they lead to.

        Of an article that changed again meanwhile only the last change is there, as in a compacted topic. A partition that
        `since` does not name is read from its start.
        """
        self._db.execute("BEGIN")
        try:
            now = self.positions()
            events: list[Event] = []
            at = dict(since)
            for (topic, partition), end in now.items():
                begin = since.get((topic, partition), 0)
                if begin >= end:
                    continue
                rows = self._changed(topic, partition, begin, limit)
                for offset, kind, ident, document in rows:
                    at[topic, partition] = offset + 1
                    events.append(Event(kind, ident, document, dict(at)))
                if len(rows) < limit:
                    at[topic, partition] = end
            return events, at
        finally:
            self._db.execute("COMMIT")

    def _changed(self, topic: str, partition: int, begin: int, limit: int) -> list[tuple[int, str, str, bytes | None]]:
        names = {"original": "article"}
        rows = self._db.execute(
            "SELECT offset, state, id, document FROM article WHERE topic = ? AND partition = ? AND offset >= ?"
            " ORDER BY offset LIMIT ?",
            (topic, partition, begin, limit),
        ).fetchall()
        if rows or not topic.endswith(".dlq"):
            return [(offset, names.get(state, state), ident, document) for offset, state, ident, document in rows]
        return [
            (offset, "dead-letter", f"{partition}:{offset}", document)
            for offset, document in self._db.execute(
                "SELECT offset, document FROM dead WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                (partition, begin, limit),
            )
        ]


def _source(row: tuple[Any, ...], rhythm: Rhythm, now: int) -> dict[str, Any]:
    name, originals, copies, dateless, dead, last = row
    articles = originals + copies
    expected = rhythm.expected(last, now) if last else 0.0
    return {
        "source": name,
        "articles": articles,
        "originals": originals,
        "copies": copies,
        "dateless": dateless,
        "dead_letters": dead,
        "dead_share": round(dead / (articles + dead), 4) if articles + dead else 0.0,
        "copy_share": round(copies / articles, 4) if articles else 0.0,
        "dateless_share": round(dateless / articles, 4) if articles else 0.0,
        "last_seen_at": format_ms(last) if last else None,
        "per_day": round(rhythm.per_day(last), 2) if last else 0.0,
        "expected_since": round(expected, 2),
        "silent": expected >= EXPECTED_AT_LEAST,
    }


def _page(rows: list[sqlite3.Row | tuple[Any, ...]], limit: int) -> Page:
    return Page([row[2] for row in rows[:limit]], pack_cursor(*rows[limit - 1][:2]) if len(rows) > limit else None)
