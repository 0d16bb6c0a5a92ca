"""Answers from the view. Blocking: call it from a thread. Each instance is for one thread at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from worker.times import format_ms
from worker.view import place, schema
from worker.view.query import match_expression, pack_cursor, unpack_cursor
from worker.view.rhythm import EXPECTED_AT_LEAST, HOUR_MS, Rhythms

FILTERS = ("source", "language", "topic", "country", "agency", "type")
# Of each kind: a list of all sources of the world is no figure to look at.
_TALLIED = 1000
# SQLite's steps between two looks at the clock. What FTS5 does inside one step cannot be ended.
_STEPS = 1000


class TooSlow(Exception):
    """A question that would take longer than an answer may; nothing is wrong with the view."""


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
    """Reads the view while the writer writes: every answer is of one whole transaction.

    `patience` is the longest a search may take, in seconds; then it raises TooSlow.
    """

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        self._db = schema.open_reader(path)
        self._patience = patience

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
        where: list[str] = []
        values: list[Any] = []
        if filters or q is not None:
            table, number = "search CROSS JOIN article ON article.number = search.rowid", "search.rowid"
            where.append("search MATCH ?")
            values.append(_match(filters or {}, q, copies=copies))
        else:
            table, number = "article", "number"
            where.append("state != 'gone'" if copies else "state = 'original'")
        if since is not None:
            where.append(f"{number} >= ?")
            values.append(place.first_number(since))
        if cursor:
            where.append(f"{number} < ?")
            values += unpack_cursor(cursor, int)
        count = (
            "(SELECT count(*) FROM article c WHERE c.cluster = article.id AND c.state = 'copy')"
            if count_copies
            else "0"
        )
        with self._in_time():
            rows = self._db.execute(
                f"SELECT {number}, article.document, {count} FROM {table} WHERE {' AND '.join(where)}"
                f" ORDER BY {number} DESC LIMIT ?",
                (*values, limit + 1),
            ).fetchall()
        page = _page(rows, limit)
        return replace(page, copies=[row[2] for row in rows[:limit]]) if count_copies else page

    def versions(self, ident: str) -> list[bytes] | None:
        """The versions of an article that this view has seen, the newest first: JSON of their text; None where it is not there.

        The newest is what stands now; of the older ones the last few.
        """
        with self._whole():
            row = self._db.execute("SELECT document FROM article WHERE id = ? AND state != 'gone'", (ident,)).fetchone()
            if row is None:
                return None
            older = self._db.execute("SELECT document FROM version WHERE id = ? ORDER BY revision DESC", (ident,))
            return [row[0], *(document for (document,) in older)]

    def copies(self, ident: str, limit: int, cursor: str | None = None) -> Page | None:
        """The copies in the cluster of `ident`, oldest first; None where the view does not have that article."""
        row = self._db.execute("SELECT cluster FROM article WHERE id = ? AND state != 'gone'", (ident,)).fetchone()
        if row is None:
            return None
        values: tuple[Any, ...] = (row[0], *(unpack_cursor(cursor, int) if cursor else ()), limit + 1)
        rows = self._db.execute(
            "SELECT number, document FROM article WHERE cluster = ? AND state = 'copy'"
            + (" AND number > ?" if cursor else "")
            + " ORDER BY number LIMIT ?",
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
        """How many: articles by state, verdict and each of FILTERS (copies included), dead letters by code.

        Of each the most frequent, the first first.
        """
        out: dict[str, dict[str, int]] = {}
        for kind in ("state", "verdict", *FILTERS, "dead"):
            out[kind] = dict(
                self._db.execute(
                    "SELECT value, n FROM tally WHERE kind = ? AND n > 0 ORDER BY n DESC, value LIMIT ?",
                    (kind, _TALLIED),
                ).fetchall()
            )
        return out

    def sources(self, now_ms: int) -> list[dict[str, Any]]:
        """Every source: when it last brought an article, how many a day, shares of copies, dead letters and dateless ones.

        `silent` is true where by its own rhythm it should have brought several since. `now_ms` is the wall clock,
        milliseconds since the epoch; a view of an archive, a day or more behind it, is judged by its newest article.
        """
        rows = self._db.execute(
            "SELECT name, originals, copies, dateless, dead, last, hour, rhythm FROM source ORDER BY name"
        ).fetchall()
        if not rows:
            return []
        newest = max(row[5] for row in rows)
        now = now_ms if now_ms - newest < 24 * HOUR_MS else newest
        rhythms = Rhythms.read(
            [row[7] for row in rows],
            [row[6] for row in rows],
            [row[5] // HOUR_MS for row in rows],
            newest // HOUR_MS,
        )
        expected, per_day = rhythms.expected(now // HOUR_MS).tolist(), rhythms.per_day().tolist()
        return [_source(row, expected[n], per_day[n]) for n, row in enumerate(rows)]

    def positions(self) -> Positions:
        """The next offset the view reads, by topic and partition."""
        return {(t, p): n for t, p, n in self._db.execute("SELECT topic, partition, next FROM position ORDER BY 1, 2")}

    def events(self, since: Positions, limit: int, most_bytes: int) -> tuple[list[Event], Positions, bool]:
        """Changes after the positions `since`, the positions they lead to, and whether these are the last ones.

        About `limit` of them, shared by the partitions that have any, and with them documents of about `most_bytes`; one at
        least. Of an article that changed again meanwhile only the last change is there, as in a compacted topic. A partition
        that `since` does not name is read from its start.
        """
        with self._whole():
            behind = [(place, end) for place, end in self.positions().items() if since.get(place, 0) < end]
            share = limit // max(1, len(behind)) + 1
            events: list[Event] = []
            at, size, whole = dict(since), 0, True
            for place, end in behind:
                rows = self._changed(*place, since.get(place, 0), share + 1)
                for taken, (offset, kind, ident, document) in enumerate(rows):
                    if taken == share or size >= most_bytes:
                        whole = False
                        break
                    size += len(document or b"")
                    at[place] = offset + 1
                    events.append(Event(kind, ident, document, dict(at)))
                else:
                    at[place] = end
            return events, at, whole

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Several questions to one state of the view."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Ends what takes longer than `patience`."""
        end = time.monotonic() + self._patience
        self._db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if str(error) == "interrupted":
                raise TooSlow(f"this takes longer than {self._patience:g} s") from None
            raise
        finally:
            self._db.set_progress_handler(None, 0)

    def _changed(
        self, topic: str, partition: int, begin: int, limit: int
    ) -> Iterator[tuple[int, str, str, bytes | None]]:
        if topic.endswith(".dlq"):
            for offset, document in self._db.execute(
                "SELECT offset, document FROM dead WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                (partition, begin, limit),
            ):
                yield offset, "dead-letter", f"{partition}:{offset}", document
            return
        for offset, state, ident, document in self._db.execute(
            "SELECT offset, state, id, document FROM article WHERE topic = ? AND partition = ? AND offset >= ?"
            " ORDER BY offset LIMIT ?",
            (topic, partition, begin, limit),
        ):
            yield offset, "article" if state == "original" else state, ident, document


def _match(filters: Mapping[str, str], q: str | None, *, copies: bool) -> str:
    """The full-text query of filters and words. Raises ValueError where `q` holds no word."""
    labels = [*filters.items(), *(() if copies else (("state", "original"),))]
    parts = [] if q is None else [f"{{title body}} : ({match_expression(q)})"]
    parts += [f'tags : "{place.token(kind, value)}"' for kind, value in labels]
    return " AND ".join(f"({part})" for part in parts)


def _source(row: tuple[Any, ...], expected: float, per_day: float) -> dict[str, Any]:
    name, originals, copies, dateless, dead, last = row[:6]
    articles = originals + copies
    expected, per_day = (expected, per_day) if last else (0.0, 0.0)
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
        "per_day": round(per_day, 2),
        "expected_since": round(expected, 2),
        "silent": expected >= EXPECTED_AT_LEAST,
    }


def _page(rows: list[sqlite3.Row | tuple[Any, ...]], limit: int) -> Page:
    return Page([row[1] for row in rows[:limit]], pack_cursor(rows[limit - 1][0]) if len(rows) > limit else None)
