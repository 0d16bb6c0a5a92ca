"""First step of deduplication: the rows of one partition of ids. From each message to the sketches it calls for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from worker.dedup.entry import make_entry
from worker.dedup.lists import Lists
from worker.dedup.reading import content_hash, language_of
from worker.dedup.records import NEVER, SKETCHES, Kept, Out, Sketch, shard_of
from worker.dedup.row import Message, Row
from worker.errors import RecordError

_STAGE = "dedup"
_MARK = "#mark"
_LATE, _IN_TIME = b"\1", b"\0"


@dataclass(frozen=True, slots=True)
class Handled:
    """What a message came to: records to send, its outcome (one of row.OUTCOMES), whether it was late."""

    outs: list[Out]
    outcome: str
    late: bool
    row: Row


class Deduplicator:
    """The rows of one partition of ids.

    `rows` holds a small row an id, `contents` the articles that are or may become the one shown, one a message: a verdict
    rewrites neither. Each new message sends the sketch again, after a `gone` to the other shards that may know the id; a
    repeated one only while the row was not written below the commit.
    """

    def __init__(
        self,
        partition: int,
        rows: Kept,
        contents: Kept,
        *,
        shards: int,
        lateness: int,
        keep: int,
        lists: Lists | None = None,
        committed: int = 0,
    ) -> None:
        self.partition = partition
        self.rows, self.contents = rows, contents
        self.shards, self.lateness, self.keep, self.lists = shards, lateness, keep, lists
        self._committed = committed  # next offset to read after the last commit
        kept = rows.get(_MARK)
        self._mark = int(kept) if kept else NEVER  # largest fetched_at handled
        self._marks: list[tuple[int, int]] = []  # (offset, largest fetched_at up to it), not yet committed
        self._said_mark = self._mark  # what sketches carry: no later owner may know less, so it is kept durably first
        self._kept_mark: tuple[int, int] | None = None  # written, durable with a commit beyond this offset
        self._handled = committed  # next offset to handle

    def message(
        self, id: str, value: bytes | None, fetched: int, raw: bytes, offset: int, src: bytes | None = None
    ) -> Handled:
        """Take in a record of `news.tagged`; `value` None is a takedown. Raises RecordError where it is no article."""
        article = _load(value, id) if value is not None else None
        message = message_of(article, fetched, raw)
        packed = self.rows.get(id)
        row = Row.unpack(packed) if packed is not None else Row()
        known = message in row
        before = {m.name for m in row.last_run()}
        outcome = row.add(message, self.lateness)
        late = self._is_late(row, fetched)
        self._note(fetched, offset)
        run = row.last_run()
        if value is not None and message in run:
            name = content_key(id, message)
            if not known or self.contents.get(name) is None:
                self.contents.put(name, (_LATE if late else _IN_TIME) + value)
        if not known:
            for gone in before.difference(m.name for m in run):
                self.contents.delete(f"{id}/{gone}")
            row.offset = offset
            self.rows.put(id, row.pack())
        elif row.offset < self._committed:
            return Handled([], outcome, False, row)
        return Handled(self._sketches(id, row, message, article, src), outcome, late and not known, row)

    def committed(self, offset: int) -> None:
        """Everything below this offset is done for good."""
        self._committed = max(self._committed, offset)
        if self._kept_mark is not None and offset > self._kept_mark[0]:
            self._said_mark, self._kept_mark = self._kept_mark[1], None
        done = [mark for at, mark in self._marks if at < offset]
        if done and self._kept_mark is None:
            self._marks = self._marks[len(done) :]
            self._kept_mark = self._handled, done[-1]
            self.rows.put(_MARK, b"%d" % done[-1])

    @property
    def mark(self) -> int:
        """The largest `fetched_at` handled, ms; NEVER before the first message."""
        return self._mark

    def shard_of(self, language: str) -> int:
        """The shard that a language belongs to."""
        return shard_of(language, self.shards)

    def _is_late(self, row: Row, fetched: int) -> bool:
        t = row.t
        return fetched < self._mark - self.lateness or (t is not None and fetched > t + self.keep)

    def _note(self, fetched: int, offset: int) -> None:
        self._handled = offset + 1
        if fetched > self._mark:
            self._mark = fetched
            self._marks.append((offset, fetched))

    def _sketches(
        self, id: str, row: Row, message: Message, article: Mapping[str, Any] | None, src: bytes | None
    ) -> list[Out]:
        shown, t = row.shown, row.t
        home, entry = None, None
        if shown is not None and t is not None and not shown.withheld:
            same = (message.content, message.language) == (shown.content, shown.language)
            source = article if same else load_content(self.contents, id, shown)[0]
            if source is None:  # a crash took it; the replay of its own message brings it back and sends
                return []
            home = self.shard_of(shown.language)
            entry = make_entry(id, t, source, self.lists)
        headers = [("src", src)] if src is not None else []
        outs = {}
        for language in row.languages:
            shard = self.shard_of(language)
            if shard != home and shard not in outs:
                outs[shard] = self._out(language, shard, Sketch(id, *self._about(row), None), headers)
        sent = list(outs.values())
        if entry is not None and home is not None:
            sent.append(self._out(entry.language, home, Sketch(id, *self._about(row), entry), headers))
        return sent

    def _about(self, row: Row) -> tuple[int, int, int, int]:
        return row.n, row.newest, self.partition, self._said_mark

    def _out(self, language: str, shard: int, sketch: Sketch, headers: list[tuple[str, bytes]]) -> Out:
        return Out(SKETCHES, language.encode(), sketch.pack(), headers, shard)


def message_of(article: Mapping[str, Any] | None, fetched: int, raw: bytes) -> Message:
    """The message that stands in the row for this article; None is a takedown. `raw` are 8 bytes."""
    if article is None:
        return Message(fetched, True, b"", raw)
    content = content_hash(article.get("title"), article.get("body"))
    return Message(fetched, False, content, raw, language_of(article), article.get("status") == "withheld")


def content_key(id: str, message: Message) -> str:
    """The key of a message's article in `contents`."""
    return f"{id}/{message.name}"


def load_content(contents: Kept, id: str, message: Message) -> tuple[dict[str, Any] | None, bool]:
    """The article of a message and whether it was late; None where it is not kept."""
    kept = contents.get(content_key(id, message))
    if kept is None:
        return None, False
    article: dict[str, Any] = orjson.loads(kept[1:])
    return article, kept[:1] == _LATE


def _load(value: bytes, id: str) -> dict[str, Any]:
    try:
        article = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise RecordError("json-invalid", "the record is no article: it does not parse as JSON", _STAGE) from None
    if not isinstance(article, dict) or article.get("id") != id:
        raise RecordError("not-an-article", "the record is no article with the id that its key names", _STAGE)
    if not all(isinstance(article.get(key), str | None) for key in ("title", "body")):
        raise RecordError("not-an-article", "title and body of the article must be text", _STAGE)
    return article
