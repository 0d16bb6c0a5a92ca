"""Second step of deduplication: one shard, where all pairs of its languages meet. From sketches to verdicts."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from worker.dedup.clusters import Clusters, Verdict
from worker.dedup.entry import Entry
from worker.dedup.link import Link
from worker.dedup.records import NEVER, VERDICTS, Judged, Kept, Out, Sketch

SCHEMA = 1
_LINE, _TERM = "#line", "#term"
_HEAD = struct.Struct("<BIqqH")  # schema, n, newest, offset, bytes of the link
_BUCKET = 3_600_000  # ms: rows are looked up for purging by the hour of their newest message


@dataclass(slots=True)
class ShardRow:
    """What a shard keeps of an id: the sketch with the highest n, and the link that outlives its parent's row."""

    n: int
    newest: int  # ms
    offset: int  # of the sketch
    entry: Entry | None
    link: Link | None = None

    def pack(self) -> bytes:
        """Bytes for the table; `unpack` is the inverse."""
        link = self.link.pack() if self.link is not None else b""
        head = _HEAD.pack(SCHEMA, self.n, self.newest, self.offset, len(link))
        return head + link + (self.entry.pack() if self.entry is not None else b"")

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """The row that was packed. Raises ValueError on bytes of another schema."""
        if not data or data[0] != SCHEMA:
            raise ValueError(f"not a row of a shard of schema {SCHEMA}")
        _, n, newest, offset, size = _HEAD.unpack_from(data)
        at = _HEAD.size + size
        entry = Entry.unpack(data[at:]) if len(data) > at else None
        return cls(n, newest, offset, entry, Link.unpack(data[_HEAD.size : at]) if size else None)

    def merge(self, other: ShardRow) -> ShardRow:
        """The one with the higher n; a link stays while content and language do."""
        high, low = (
            (self, other) if (self.n, self.link is not None) >= (other.n, other.link is not None) else (other, self)
        )
        link = high.link or (low.link if _same(high.entry, low.entry) else None)
        offset = max(high.offset, low.offset) if high.n == low.n else high.offset
        return ShardRow(high.n, max(high.newest, low.newest), offset, high.entry, link)


class Matcher:
    """One shard: rows by id, and the clusters of their entries.

    Nothing derived is trusted from disk: `takeover` rebuilds the clusters from the rows and says every verdict once
    under the new term; afterwards only what differs from what was said goes out.

    A row is purged when its id's newest message is below the line = the smallest mark of all id partitions less
    `retention`: no message can come any more that would change it, or those within the window after it. In three
    steps, each begun when the one before is below the commit: its children keep a link to it; the line is written;
    the rows are dropped. Rows below a written line are dropped at takeover too.
    """

    def __init__(
        self,
        shard: int,
        rows: Kept,
        *,
        term: int,
        partitions: int,
        window: int,
        retention: int,
        committed: int = 0,
        step: int = _BUCKET,
    ) -> None:
        self.shard, self.rows = shard, rows
        self.partitions, self.retention, self.step = partitions, retention, step
        self.clusters = Clusters(window)
        kept_term = rows.get(_TERM)
        # A group that was deleted counts its generations from 1 again; who follows must still outrank who went before.
        self.term = max(term, int(kept_term) + 1 if kept_term else 0)
        kept_line = rows.get(_LINE)
        self.line = int(kept_line) if kept_line else NEVER
        self.seq = 0
        self._committed = committed
        self._handled = committed  # next offset to handle
        self._replay_until = -1  # rows carry sketches up to this offset: an unfinished replay below it
        self._marks: dict[int, int] = {}
        self._lifted: list[tuple[int, int]] = []  # (offset, newest before it), not yet committed
        self._buckets: dict[int, list[str]] = {}
        self._purge: _Purge | None = None
        self._rebuilt = False
        self._dropped: list[str] = []  # rows below the line, met while rebuilding

    @property
    def handled(self) -> int:
        """The next offset to handle; what is below it was answered, whether or not the answers were delivered."""
        return self._handled

    def rebuild(self, step: Callable[[], None] = lambda: None) -> None:
        """Rebuild the clusters from the rows. Reads only, so it may run in a thread of its own: it may take minutes.

        ``step`` is called for every row more than once; what it raises ends the rebuilding.
        """
        self.clusters.load(self._entries(step), step)
        self._rebuilt = True

    def _entries(self, step: Callable[[], None]) -> Iterator[tuple[Entry, Link | None]]:
        """What stands in the rows, one after the other: a million of them unpacked at once would take a gigabyte."""
        for id, packed in self.rows.items():
            if id.startswith("#"):
                continue
            step()
            row = ShardRow.unpack(packed)
            if row.newest < self.line:
                self._dropped.append(id)
                continue
            self._replay_until = max(self._replay_until, row.offset)
            self._remember(id, row.newest)
            if row.entry is not None:
                yield row.entry, row.link

    def takeover(self) -> Iterator[Out]:
        """Every verdict once, in the total order; rebuilds the clusters first where that is not done."""
        if not self._rebuilt:
            self.rebuild()
        self.rows.put(_TERM, b"%d" % self.term)
        for id in self._dropped:
            self.rows.delete(id)
        self._dropped.clear()
        for verdict in self.clusters.verdicts():
            yield self._say(verdict, None)

    def record(self, value: bytes, offset: int, src: bytes | None = None) -> list[Out]:
        """Take in a record of `news.sketches`. Raises ValueError where it is none."""
        sketch = Sketch.unpack(value)
        self._handled = offset + 1
        if sketch.mark > self._marks.get(sketch.partition, NEVER):
            self._marks[sketch.partition] = sketch.mark
        if sketch.newest < self.line and sketch.mark < self.line + self.retention:
            # Who sent it does not know what the line rests on: a former owner, and about a row that may be purged.
            return []
        packed = self.rows.get(sketch.id)
        old = ShardRow.unpack(packed) if packed is not None else None
        if old is not None and old.n >= sketch.n:
            return []
        # What comes below the line is late; it lives until the next line.
        row = ShardRow(sketch.n, max(sketch.newest, self.line), offset, sketch.entry)
        if old is not None:
            self._lifted.append((offset, old.newest))
            row.link = old.link if _same(old.entry, row.entry) else None
        self.rows.put(sketch.id, row.pack())
        self._remember(sketch.id, row.newest)
        if sketch.entry is None:
            changed = self.clusters.remove(sketch.id)
        else:
            said = self.clusters.verdict(sketch.id)
            changed = self.clusters.put(sketch.entry, row.link)
            if changed[0] == said:
                changed = changed[1:]
        return [self._say(verdict, src) for verdict in changed]

    def committed(self, offset: int) -> None:
        """Everything below this offset is done for good: the moment for the next step of purging."""
        self._committed = max(self._committed, offset)
        self._lifted = [(at, newest) for at, newest in self._lifted if at >= self._committed]
        if self._committed <= self._replay_until:
            return
        if self._purge is None:
            self._begin()
        elif self._committed > self._purge.since:
            self._go_on(self._purge)

    def _begin(self) -> None:
        if len(self._marks) < self.partitions:
            return
        line = min(self._marks.values()) - self.retention
        if line < self.line + self.step:
            return
        purge = _Purge(line, self._due(line))
        if purge.ids:
            self._inherit(purge)
            self._purge = purge
        elif self._may_draw(line):
            self._draw(line)

    def _go_on(self, purge: _Purge) -> None:
        if purge.drawn:
            for id in self._below(purge.ids, purge.line):
                self.rows.delete(id)
            self._purge = None
            return
        purge.ids = self._below(purge.ids, purge.line)
        # Late messages may have made new heirs: their links must be durable too.
        if self._inherit(purge) or not self._may_draw(purge.line):
            return
        self._draw(purge.line)
        self.clusters.purge(purge.ids)
        for hour in [h for h in self._buckets if (h + 1) * _BUCKET <= purge.line]:
            del self._buckets[hour]
        purge.drawn, purge.since = True, self._handled

    def _may_draw(self, line: int) -> bool:
        """Whether no crash can bring back a row below the line that a message has lifted above it."""
        return all(newest >= line for _, newest in self._lifted)

    def _inherit(self, purge: _Purge) -> bool:
        """Write the links of the heirs; whether there was anything to write."""
        wrote = False
        for child, link in self.clusters.heirs(purge.ids):
            packed = self.rows.get(child)
            assert packed is not None
            row = ShardRow.unpack(packed)
            if row.link is None or row.link.pack() != link.pack():
                row.link = link
                self.rows.put(child, row.pack())
                wrote = True
        purge.since = self._handled
        return wrote

    def _draw(self, line: int) -> None:
        self.line = line
        self.rows.put(_LINE, b"%d" % line)

    def _due(self, line: int) -> list[str]:
        hour = line // _BUCKET
        return self._below(dict.fromkeys(id for h, ids in self._buckets.items() if h <= hour for id in ids), line)

    def _below(self, ids: Iterable[str], line: int) -> list[str]:
        found = []
        for id in ids:
            packed = self.rows.get(id)
            if packed is not None and _HEAD.unpack_from(packed)[2] < line:
                found.append(id)
        return found

    def _remember(self, id: str, newest: int) -> None:
        self._buckets.setdefault(newest // _BUCKET, []).append(id)

    def _say(self, verdict: Verdict, src: bytes | None) -> Out:
        self.seq += 1
        judged = Judged(
            self.shard,
            self.term,
            self.seq,
            self.line,
            verdict.t,
            verdict.language,
            verdict.content,
            verdict.verdict,
            verdict.of,
            verdict.cluster,
            verdict.score,
            verdict.explain,
        )
        return Out(VERDICTS, verdict.id.encode(), judged.pack(), [("src", src)] if src is not None else [])


@dataclass(slots=True)
class _Purge:
    line: int
    ids: list[str]
    since: int = 0  # the next step waits for a commit beyond it
    drawn: bool = False  # the line is written, the rows are to go


def _same(a: Entry | None, b: Entry | None) -> bool:
    return a is not None and b is not None and (a.content, a.language) == (b.content, b.language)
