"""Deduplication in one process, one message after the other: what `news-worker process` runs.

The same rows and the same clusters as the three steps on Kafka, without their records: the final state is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from worker.dedup.clusters import Clusters, Verdict
from worker.dedup.deduplicate import message_of
from worker.dedup.entry import make_entry
from worker.dedup.finish import alone, finish
from worker.dedup.lists import Lists
from worker.dedup.row import OUTCOMES, Message, Row
from worker.times import format_ms

_HOUR = 3_600_000  # ms


class _Content(NamedTuple):
    packed: bytes  # the article as JSON
    late: bool


class _Packed(NamedTuple):
    row: bytes
    content: _Content | None
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
        self._contents: dict[str, dict[Message, _Content]] = {}  # of the last run
        self._logical: set[tuple[str, int]] = set()  # (id, time) that only the logical clock gave
        self._packed: dict[str, _Packed] = {}  # ids that have left the index
        self._retention = keep_ms + window_ms + 2 * lateness_ms
        self._by_hour: dict[int, list[str]] = {}
        self._forgotten = 0  # hours below which nothing is left
        self._newest = -1

    def message(
        self,
        ident: str,
        article: Mapping[str, Any] | None,
        fetched_ms: int | None,
        raw_hash: str,
        packed: bytes | None = None,
    ) -> dict[str, Any] | None:
        """The article of `ident` as it stands after this message; None when it is gone.

        `article` None is a takedown, `fetched_ms` None takes the logical clock (the largest time so far + 1 ms).
        `raw_hash` is 16 hex digits. `packed` is the article as JSON, where that is at hand.
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
        shown, t = row.shown, row.t
        late = fetched < self._newest - self.lateness or (t is not None and fetched > t + self.keep)
        self._newest = max(self._newest, fetched)
        if returned or row.newest // _HOUR != hour:
            self._by_hour.setdefault(row.newest // _HOUR, []).append(ident)
        self.counters[outcome] += 1
        self.counters["late"] += late and not known
        if not known:
            self._keep(ident, row, message, _Content(orjson.dumps(article) if packed is None else packed, late))
        own = article if shown == message and not known else None
        placed = None
        if returned or (shown, t) != (shown_before, t_before):
            placed = self._place(ident, shown, t, own)
        finished = None
        if shown is not None and t is not None:
            if own is None:
                own, late = self._content(ident, shown)
            first_seen_at = None if (ident, t) in self._logical else format_ms(t)
            dedup = self._dedup(ident, placed)
            finished = finish(own, version=row.version, first_seen_at=first_seen_at, dedup=dedup, late=late)
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
        content = packed.content
        self._contents[ident] = {}
        if shown is not None and content is not None:
            self._contents[ident] = {shown: content}
        return row

    def _keep(self, ident: str, row: Row, message: Message, content: _Content) -> None:
        """Keep the articles of the last run. Of an id that had left the index one is there, for all of its run."""
        if row.n == 1:
            self._contents[ident] = {message: content} if row.last_run() else {}
            return
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
            content = contents[shown] if shown is not None else None
            self._packed[ident] = _Packed(row.pack(), content, dedup)

    def _place(
        self, ident: str, shown: Message | None, t: int | None, article: Mapping[str, Any] | None
    ) -> Verdict | None:
        if shown is None or shown.withheld or t is None:
            self._clusters.remove(ident)
            return None
        entry = make_entry(ident, t, article or self._content(ident, shown)[0], self.lists, shown.content)
        return self._clusters.put(entry)[0]

    def _content(self, ident: str, message: Message) -> tuple[dict[str, Any], bool]:
        content = self._contents[ident][message]
        return orjson.loads(content.packed), content.late

    def _dedup(self, ident: str, verdict: Verdict | None = None) -> dict[str, Any]:
        verdict = verdict or self._clusters.verdict(ident)
        if verdict is None:
            return alone(ident)
        return {
            "verdict": verdict.verdict,
            "of": verdict.of,
            "score": verdict.score,
            "cluster": verdict.cluster,
            "explain": verdict.explain,
        }
