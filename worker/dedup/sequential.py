"""Deduplication in one process, one message after the other: what `news-worker process` runs.

The same rows and the same clusters as the three steps on Kafka, without their records: the final state is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from worker.dedup.clusters import Clusters, Verdict
from worker.dedup.entry import entry_of
from worker.dedup.finish import alone, finish
from worker.dedup.lists import Lists
from worker.dedup.reading import Reading, read
from worker.dedup.row import OUTCOMES, Message, Row
from worker.dedup.shelf import Shelf
from worker.times import format_ms

_HOUR = 3_600_000  # ms


class _Packed(NamedTuple):
    row: bytes
    content: int | None
    dedup: dict[str, Any] | None


class Deduplication:
    """The articles so far, by id: their messages, and who is a copy of whom.

    An id leaves the index once no message within the lateness can change it or its copies. Its messages and the article
    shown are remembered four times `keep` longer, as the worker does: an address that is fetched again after weeks goes
    on with its version. Articles as JSON are put on the `shelf`. So what is held depends on the time the messages span
    at once, not on how many have gone by; `final` needs every id, so with `remember` none is forgotten.
    """

    def __init__(
        self,
        *,
        window_ms: int,
        lateness_ms: int,
        keep_ms: int,
        lists: Lists | None = None,
        shelf: Shelf | None = None,
        remember: bool = True,
    ) -> None:
        self.lateness, self.keep, self.lists = lateness_ms, keep_ms, lists
        self.counters: dict[str, int] = dict.fromkeys((*OUTCOMES, "late"), 0)
        self._clusters = Clusters(window_ms)
        self._rows: dict[str, Row] = {}
        self._shelf = shelf or Shelf()
        # Of the last run: where the article of each message is, and whether it was late.
        self._contents: dict[str, dict[Message, int]] = {}
        self._logical: set[tuple[str, int]] = set()  # (id, time) that only the logical clock gave
        self._packed: dict[str, _Packed] = {}  # ids that have left the index
        self._retention = keep_ms + window_ms + 2 * lateness_ms
        self._life = None if remember else 4 * keep_ms
        self._by_hour: dict[int, list[str]] = {}
        self._packed_by_hour: dict[int, list[str]] = {}
        self._hour = 0  # of the newest message when it was last looked what may go
        self._newest = -1

    def message(
        self,
        ident: str,
        article: Mapping[str, Any] | None,
        fetched_ms: int | None,
        raw_hash: str,
        packed: bytes | None = None,
        reading: Reading | None = None,
    ) -> dict[str, Any] | None:
        """The article of `ident` as it stands after this message; None when it is gone.

        `article` None is a takedown, `fetched_ms` None takes the logical clock (the largest time so far + 1 ms).
        `raw_hash` is 16 hex digits. `packed` is the article as JSON and `reading` what `read` says of it, where these are
        at hand.
        """
        fetched = self._newest + 1 if fetched_ms is None else fetched_ms
        if fetched_ms is None:
            self._logical.add((ident, fetched))
        if article is None:
            message = Message(fetched, True, b"", bytes.fromhex(raw_hash))
        else:
            reading = reading or read((article,))[0]
            withheld = article.get("status") == "withheld"
            message = Message(fetched, False, reading.content, bytes.fromhex(raw_hash), reading.language, withheld)
        row = self._rows.get(ident)
        returned = False
        if row is None:
            returned = ident in self._packed
            row = self._rows[ident] = self._unpacked(ident) if returned else Row()
        if row.n:
            hour, known = row.newest // _HOUR, message in row
            shown_before, t_before = row.shown, row.t
        else:
            hour, known, shown_before, t_before = -1, False, None, None
        outcome = row.add(message, self.lateness)
        shown, t = row.shown, row.t
        late = fetched < self._newest - self.lateness or (t is not None and fetched > t + self.keep)
        self._newest = max(self._newest, fetched)
        if returned or row.newest // _HOUR != hour:
            self._by_hour.setdefault(row.newest // _HOUR, []).append(ident)
        self.counters[outcome] += 1
        self.counters["late"] += late and not known
        if article is not None and not known:
            content = self._shelf.put(orjson.dumps(article) if packed is None else packed) * 2 + late
            self._keep(ident, row, message, content)
        elif not known:
            self._keep(ident, row, message, None)
        own = article if shown == message and not known else None
        placed = None
        if returned or (shown, t) != (shown_before, t_before):
            placed = self._place(ident, shown, t, reading if own is not None else None)
        finished = None
        if shown is not None and t is not None:
            if own is None:
                own, late = self._content(ident, shown)
            first_seen_at = None if self._logical and (ident, t) in self._logical else format_ms(t)
            dedup = self._dedup(ident, placed)
            finished = finish(own, version=row.version, first_seen_at=first_seen_at, dedup=dedup, late=late)
        if self._newest // _HOUR > self._hour:
            self._forget()
        return finished

    def final(self, ident: str) -> dict[str, Any] | None:
        """The `dedup` of an id as it stands now, None where the article is gone."""
        packed = self._packed.get(ident)
        if packed is not None:
            return packed.dedup
        return None if self._rows[ident].gone else self._dedup(ident)

    def _unpacked(self, ident: str) -> Row:
        packed = self._packed.pop(ident)
        row = Row.unpack(packed.row)
        shown = row.shown
        self._contents[ident] = {shown: packed.content} if shown is not None and packed.content is not None else {}
        return row

    def _keep(self, ident: str, row: Row, message: Message, content: int | None) -> None:
        """Keep the articles of the last run. Of an id that had left the index one is there, for all of its run."""
        if row.n == 1:
            self._contents[ident] = {message: content} if content is not None else {}
            return
        before = self._contents.get(ident, {})
        known = next(iter(before.values()), content)
        kept: dict[Message, int] = {}
        for m in row.last_run():
            place = content if m == message else before.get(m, known)
            assert place is not None
            kept[m] = place
        held = {*before.values(), content} if content is not None else set(before.values())
        for gone in held.difference(kept.values()):
            self._shelf.drop(gone >> 1)
        self._contents[ident] = kept

    def _forget(self) -> None:
        """Pack what may have left the index, and drop what was packed long ago."""
        self._hour = self._newest // _HOUR
        line = (self._newest - self._retention) // _HOUR
        due = {
            ident
            for hour in [h for h in self._by_hour if h < line]
            for ident in self._by_hour.pop(hour)
            if ident in self._rows and self._rows[ident].newest // _HOUR < line
        }
        dedups = {ident: self.final(ident) for ident in due} if self._life is None else {}
        self._clusters.purge(due)
        for ident in sorted(due):
            row, contents = self._rows.pop(ident), self._contents.pop(ident, {})
            shown = row.shown
            content = contents[shown] if shown is not None else None
            for other in contents.values():
                if other != content:
                    self._shelf.drop(other >> 1)
            self._packed[ident] = _Packed(row.pack(), content, dedups.get(ident))
            if self._life is not None:
                self._packed_by_hour.setdefault(row.newest // _HOUR, []).append(ident)
        if self._life is not None:
            end = line - self._life // _HOUR
            for hour in [h for h in self._packed_by_hour if h < end]:
                for ident in self._packed_by_hour.pop(hour):
                    self._drop(ident, end)

    def _drop(self, ident: str, end: int) -> None:
        packed = self._packed.get(ident)
        if packed is None:  # it has come back
            return
        row = Row.unpack(packed.row)
        if row.newest // _HOUR >= end:
            return
        del self._packed[ident]
        if packed.content is not None:
            self._shelf.drop(packed.content >> 1)
        self._logical.difference_update([(ident, m.fetched) for m in row.messages])

    def _place(self, ident: str, shown: Message | None, t: int | None, reading: Reading | None) -> Verdict | None:
        if shown is None or shown.withheld or t is None:
            self._clusters.remove(ident)
            return None
        reading = reading or read((self._content(ident, shown)[0],))[0]
        return self._clusters.put(entry_of(ident, t, reading, self.lists))[0]

    def _content(self, ident: str, message: Message) -> tuple[dict[str, Any], bool]:
        content = self._contents[ident][message]
        return orjson.loads(self._shelf.get(content >> 1)), bool(content & 1)

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
