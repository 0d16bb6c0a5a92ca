"""Deduplication in one process, one message after the other: what `news-worker process` runs.

The same rows and the same clusters as the three steps on Kafka, without their records: the final state is the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from worker.dedup.clusters import Clusters
from worker.dedup.deduplicate import message_of
from worker.dedup.entry import make_entry
from worker.dedup.finish import alone, finish
from worker.dedup.lists import Lists
from worker.dedup.row import OUTCOMES, Message, Row
from worker.messages import format_ms

_HOUR = 3_600_000  # ms


class _Packed(NamedTuple):
    row: bytes
    content: bytes
    dedup: dict[str, Any] | None


class Deduplication:
    """The articles so far, by id: their messages, and who is a copy of whom.

    An id leaves the index once no message within the lateness can change it or its copies. Packed, its messages and the
    article shown are kept: an address that is fetched again after weeks goes on with its version.
    """

    def __init__(self, *, window_ms: int, lateness_ms: int, keep_ms: int, lists: Lists | None = None) -> None:
        self.lateness, self.keep, self.lists = lateness_ms, keep_ms, lists
        self.counters: dict[str, int] = dict.fromkeys((*OUTCOMES, "late"), 0)
        self._clusters = Clusters(window_ms)
        self._rows: dict[str, Row] = {}
        self._contents: dict[str, dict[Message, bytes]] = {}  # of the last run
        self._logical: set[tuple[str, int]] = set()  # (id, time) that only the logical clock gave
        self._packed: dict[str, _Packed] = {}  # ids that have left the index
        self._retention = keep_ms + window_ms + 2 * lateness_ms
        self._by_hour: dict[int, list[str]] = {}
        self._forgotten = 0  # hours below which nothing is left
        self._newest = -1

    def message(
        self, ident: str, article: Mapping[str, Any] | None, fetched_ms: int | None, raw_hash: str
    ) -> dict[str, Any] | None:
        """The article of `ident` as it stands after this message; None when it is gone.

        `article` None is a takedown, `fetched_ms` None takes the logical clock (the largest time so far + 1 ms).
        `raw_hash` is 16 hex digits.
        """
        fetched = self._newest + 1 if fetched_ms is None else fetched_ms
        if fetched_ms is None:
            self._logical.add((ident, fetched))
        returned = ident in self._packed
        row = self._row(ident)
        hour = row.newest // _HOUR if row.n else -1
        message = message_of(article, fetched, bytes.fromhex(raw_hash))
        known, shown_before, t_before = message in row, row.shown if row.n else None, row.t
        outcome = row.add(message, self.lateness)
        late = fetched < self._newest - self.lateness or (row.t is not None and fetched > row.t + self.keep)
        self._newest = max(self._newest, fetched)
        if returned or row.newest // _HOUR != hour:
            self._by_hour.setdefault(row.newest // _HOUR, []).append(ident)
        self.counters[outcome] += 1
        self.counters["late"] += late and not known
        if not known:
            self._keep(ident, row, message, orjson.dumps([article, late]))
        if returned or (row.shown, row.t) != (shown_before, t_before):
            self._place(ident, row, article if row.shown == message and not known else None)
        own = article is not None and row.shown == message and not known
        finished = self._finished(ident, row, article, late) if own else self._finished(ident, row)
        self._forget()
        return finished

    def final(self, ident: str) -> dict[str, Any] | None:
        """The `dedup` of an id as it stands now, None where the article is gone."""
        packed = self._packed.get(ident)
        if packed is not None:
            return packed.dedup
        return None if self._rows[ident].gone else self._dedup(ident)

    def _row(self, ident: str) -> Row:
        packed = self._packed.pop(ident, None)
        if packed is None:
            return self._rows.setdefault(ident, Row())
        row = self._rows[ident] = Row.unpack(packed.row)
        shown = row.shown
        self._contents[ident] = {shown: zlib.decompress(packed.content)} if shown is not None else {}
        return row

    def _keep(self, ident: str, row: Row, message: Message, content: bytes) -> None:
        """Keep the articles of the last run. Of an id that had left the index one is there, for all of its run."""
        kept = self._contents.get(ident, {})
        known = next(iter(kept.values()), content)
        self._contents[ident] = {m: content if m == message else kept.get(m, known) for m in row.last_run()}

    def _forget(self) -> None:
        line = (self._newest - self._retention) // _HOUR
        if line <= self._forgotten:
            return
        self._forgotten = line
        due = {
            ident
            for hour in [h for h in self._by_hour if h < line]
            for ident in self._by_hour.pop(hour)
            if ident in self._rows and self._rows[ident].newest // _HOUR < line
        }
        dedups = {ident: self.final(ident) for ident in due}
        self._clusters.purge(due)
        for ident, dedup in dedups.items():
            row, contents = self._rows.pop(ident), self._contents.pop(ident, {})
            shown = row.shown
            content = zlib.compress(contents[shown], 1) if shown is not None else b""
            self._packed[ident] = _Packed(row.pack(), content, dedup)

    def _place(self, ident: str, row: Row, article: Mapping[str, Any] | None) -> None:
        shown, t = row.shown, row.t
        if shown is None or shown.withheld or t is None:
            self._clusters.remove(ident)
        else:
            self._clusters.put(make_entry(ident, t, article or self._content(ident, shown)[0], self.lists))

    def _content(self, ident: str, message: Message) -> tuple[dict[str, Any], bool]:
        article, late = orjson.loads(self._contents[ident][message])
        return article, late

    def _dedup(self, ident: str) -> dict[str, Any]:
        verdict = self._clusters.verdict(ident)
        if verdict is None:
            return alone(ident)
        return {
            "verdict": verdict.verdict,
            "of": verdict.of,
            "score": verdict.score,
            "cluster": verdict.cluster,
            "explain": verdict.explain,
        }

    def _finished(
        self, ident: str, row: Row, article: Mapping[str, Any] | None = None, late: bool = False
    ) -> dict[str, Any] | None:
        shown, t = row.shown, row.t
        if shown is None or t is None:
            return None
        if article is None:
            article, late = self._content(ident, shown)
        first_seen_at = None if (ident, t) in self._logical else format_ms(t)
        return finish(article, version=row.version, first_seen_at=first_seen_at, dedup=self._dedup(ident), late=late)
