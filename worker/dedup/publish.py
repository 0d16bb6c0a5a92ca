"""Third step of deduplication: what should stand in the output topics, compared with what is read back from them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple, Self

import orjson

from worker.dedup.deduplicate import load_content
from worker.dedup.finish import alone, finish
from worker.dedup.lists import Lists
from worker.dedup.records import ARTICLES, DUPLICATES, NEVER, Headers, Judged, Kept, Out, shard_of
from worker.dedup.row import Row
from worker.times import format_ms

SCHEMA = 1
NOTHING, VALUE, COPY, ORIGINAL, TAKEN_DOWN, FOREIGN = range(6)  # what stands: nothing, a value, a tombstone by reason
_REASONS = {b"copy": COPY, b"original": ORIGINAL, b"taken-down": TAKEN_DOWN}
_REASON = {kind: reason for reason, kind in _REASONS.items()}
_PLACES = (ARTICLES, DUPLICATES)

_SLICE = 500  # ids of a step of `begin`: tens of ms

_HEAD = struct.Struct("<BQQqB")  # schema, highest revision, swept, verdicts
_STANDING = struct.Struct("<qQQB8s")  # offset, revision, kind, digest
_VERDICT = struct.Struct("<HQQH")  # shard, term, seq, bytes

Revision = tuple[int, int]  # (term, seq)
_TAIL = len('0000000000-000000000000"}}')  # a value ends with its revision


def format_revision(revision: Revision) -> str:
    """Text that compares as the revision does."""
    return f"{revision[0]:010d}-{revision[1]:012d}"


def parse_revision(text: bytes | None) -> Revision:
    """The revision of a header; (0, 0), below all others, where there is none."""
    term, _, seq = (text or b"").partition(b"-")
    return (int(term), int(seq)) if term.isdigit() and seq.isdigit() else (0, 0)


class Standing(NamedTuple):
    """The last record of an id in one of the two topics."""

    offset: int = -1
    revision: Revision = (0, 0)
    kind: int = NOTHING
    digest: bytes = bytes(8)  # of a value without its revision

    def holds(self, kind: int, digest: bytes) -> bool:
        """Whether this is what is wanted."""
        return self.kind == kind and self.digest == digest


@dataclass(slots=True)
class Published:
    """What is known of an id's outputs: what stands in each topic, the highest revision ever, the verdicts by shard."""

    highest: Revision = (0, 0)
    swept: int = NEVER  # ms: the line when the articles of the id were last forgotten, verdicts with them
    standing: dict[str, Standing] = field(default_factory=lambda: dict.fromkeys(_PLACES, Standing()))
    verdicts: dict[int, tuple[Revision, bytes]] = field(default_factory=dict)  # shard: (term, seq), as it came

    def pack(self) -> bytes:
        """Bytes for the table; `unpack` is the inverse."""
        parts = [_HEAD.pack(SCHEMA, *self.highest, self.swept, len(self.verdicts))]
        for place in _PLACES:
            offset, revision, kind, digest = self.standing[place]
            parts.append(_STANDING.pack(offset, *revision, kind, digest))
        for shard, (order, verdict) in sorted(self.verdicts.items()):
            parts += (_VERDICT.pack(shard, *order, len(verdict)), verdict)
        return b"".join(parts)

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """What was packed. Raises ValueError on bytes of another schema."""
        if not data or data[0] != SCHEMA:
            raise ValueError(f"not a row of publish of schema {SCHEMA}")
        _, term, seq, swept, verdicts = _HEAD.unpack_from(data)
        row, at = cls((term, seq), swept), _HEAD.size
        for place in _PLACES:
            offset, term, seq, kind, digest = _STANDING.unpack_from(data, at)
            row.standing[place] = Standing(offset, (term, seq), kind, digest)
            at += _STANDING.size
        for _ in range(verdicts):
            shard, term, seq, size = _VERDICT.unpack_from(data, at)
            at += _VERDICT.size
            row.verdicts[shard] = (term, seq), data[at : at + size]
            at += size
        return row

    def merge(self, other: Published) -> Published:
        """The later record of each topic, the highest revision, the highest verdict of each shard."""
        merged = Published(max(self.highest, other.highest), max(self.swept, other.swept))
        for place in _PLACES:
            merged.standing[place] = max(self.standing[place], other.standing[place])
        for shard in {*self.verdicts, *other.verdicts}:
            merged.verdicts[shard] = max(row.verdicts[shard] for row in (self, other) if shard in row.verdicts)
        return merged


class _Wanted(NamedTuple):
    place: str  # where the article stands; for a takedown the topic that is written first
    kind: int  # VALUE or TAKEN_DOWN
    digest: bytes
    value: bytes | None  # without revision
    src: bytes | None


class Publisher:
    """The outputs of one partition of ids.

    Any message, verdict or record read back of an id triggers one step: the place with the wanted value and the highest
    revision ever seen, else write it; once that is read back, the tombstone in the other topic with the same revision.
    What crashed, came twice or was written by a former owner is one case: it does not stand, so it is written.

    At takeover: `read_back(…, live=False)` from `position` to the end of both topics, then `begin`; only then the rest.
    """

    def __init__(
        self, published: Kept, rows: Kept, contents: Kept, *, term: int, shards: int, lists: Lists | None = None
    ) -> None:
        self.published, self.rows, self.contents = published, rows, contents
        self.term, self.seq, self.shards, self.lists = term, 0, shards, lists
        self.lines: dict[int, int] = {}  # what each shard has purged, ms
        self._waiting: dict[tuple[str, str], tuple[Revision, int, bytes]] = {}  # (place, id): sent, not read back yet
        self._sent: dict[str, tuple[object, _Wanted]] = {}  # what was wanted, and of which messages and verdict
        self._seen: dict[str, bytes | None] = {}  # ids read back before `begin`, with src
        self._outranked = False

    def position(self, place: str) -> int:
        """The next offset to read back of a topic, after what is kept."""
        return int(self.published.get("#" + place) or 0)

    def keep(self, place: str, position: int) -> None:
        """All below this offset was read back and what it led to is delivered and committed: go on here next time."""
        if position > self.position(place):
            self.published.put("#" + place, b"%d" % position)

    def read_back(
        self, place: str, id: str, value: bytes | None, headers: Headers, offset: int, *, live: bool = True
    ) -> list[Out]:
        """Take in a record of an output topic."""
        known = dict(headers)
        revision = parse_revision(known.get("revision"))
        if live and revision[0] > self.term:
            self._outranked = True  # there is a newer owner: this process only does not know it yet
        row = self._get(id)
        if offset > row.standing[place].offset:
            kind = _REASONS.get(known.get("reason", b""), FOREIGN) if value is None else VALUE
            row.standing[place] = Standing(offset, revision, kind, _digest(value) if value is not None else bytes(8))
            row.highest = max(row.highest, revision)
            self.published.put(id, row.pack())
        waiting = self._waiting.get((place, id))
        if waiting is not None and waiting[0] <= revision:
            del self._waiting[place, id]
        if not live:
            self._seen[id] = known.get("src")
            return []
        return self._step(id, row, known.get("src"))

    def begin(self) -> Iterator[list[Out]]:
        """The read-back has reached the end: one step for every id that was read, some ids at a time."""
        seen, self._seen = self._seen, {}
        ids = iter(seen.items())
        while some := list(islice(ids, _SLICE)):
            yield [out for id, src in some for out in self.step(id, src)]

    def verdict(self, id: str, value: bytes) -> list[Out]:
        """Take in a record of `news.verdicts`. Raises ValueError where it is none."""
        judged = Judged.unpack(value)
        self.lines[judged.shard] = max(self.lines.get(judged.shard, NEVER), judged.line)
        row = self._get(id)
        old = row.verdicts.get(judged.shard)
        if old is None or old[0] < judged.order:
            row.verdicts[judged.shard] = judged.order, value
            self.published.put(id, row.pack())
        return self._step(id, row, None)

    def shard_of(self, language: str) -> int:
        """The shard whose word counts for a language."""
        return shard_of(language, self.shards)

    def step(self, id: str, src: bytes | None = None, messages: Row | None = None) -> list[Out]:
        """One step towards what is wanted of an id: nothing, or one record. `messages` is its row, where at hand."""
        return self._step(id, self._get(id), src, messages)

    def settled(self, id: str) -> bool:
        """Whether all that is wanted of an id is known and stands, and nothing is on its way."""
        if any((place, id) in self._waiting for place in _PLACES):
            return False
        packed, row = self.rows.get(id), self._get(id)
        wanted = self._wanted(id, Row.unpack(packed), row) if packed is not None else None
        self._sent.pop(id, None)
        return wanted is not None and _missing(wanted, row, row.highest) is None

    def swept(self, id: str) -> int:
        """The line when the articles of an id were last forgotten, ms; NEVER if they were not."""
        return self._get(id).swept

    def forget(self, id: str, line: int) -> None:
        """The articles of an id are forgotten, its verdicts go too; `line` (ms) says when."""
        row = self._get(id)
        row.swept = line
        row.verdicts.clear()
        self.published.put(id, row.pack())

    def _get(self, id: str) -> Published:
        packed = self.published.get(id)
        return Published.unpack(packed) if packed is not None else Published()

    def _step(self, id: str, row: Published, src: bytes | None, messages: Row | None = None) -> list[Out]:
        if self._outranked:
            return []
        if messages is None:
            packed = self.rows.get(id)
            if packed is None:
                return []
            messages = Row.unpack(packed)
        wanted = self._wanted(id, messages, row)
        if wanted is None:
            return []
        highest = self._highest(id, row)
        missing = _missing(wanted, row, highest)
        if missing is None:
            self._sent.pop(id, None)
            return []
        place, what, first = missing
        if self._waiting.get((place, id)) == (highest, what.kind, what.digest):
            return []
        if what.kind == VALUE and what.value is None:  # it was sent and does not stand: make it once more
            self._sent.pop(id)
            return self._step(id, row, src, messages)
        return [self._write(id, place, what, self._next(highest) if first else highest, wanted.src or src)]

    def _highest(self, id: str, row: Published) -> Revision:
        """The highest revision ever, what is on its way included: nothing older may be written after it."""
        waiting = (self._waiting.get((place, id)) for place in _PLACES)
        return max(row.highest, *(sent[0] for sent in waiting if sent is not None), (0, 0))

    def _wanted(self, id: str, messages: Row, row: Published) -> _Wanted | None:
        """What should stand of an id: a function of its messages and the verdict; None while they do not agree."""
        shown, t = messages.shown, messages.t
        if shown is None or t is None:
            return _Wanted(ARTICLES, TAKEN_DOWN, bytes(8), None, None)
        said = None
        if not shown.withheld:
            said = row.verdicts.get(self.shard_of(shown.language))
            if said is None:
                return None
        made_of = messages.n, said and said[0]
        sent = self._sent.get(id)
        if sent is not None and sent[0] == made_of:
            return sent[1]
        dedup = alone(id)
        if said is not None:
            judged = Judged.unpack(said[1])
            if (judged.t, judged.language, judged.content) != (t, shown.language, shown.content):
                return None
            dedup = judged.dedup()
        article, late = load_content(self.contents, id, shown)
        if article is None and row.swept != NEVER:
            # Forgotten, and fetched again long after: the same content, if with other metadata.
            found = (load_content(self.contents, id, message) for message in messages.last_run())
            article, late = next((each for each in found if each[0] is not None), (None, False))
        if article is None:
            return None
        used = self.lists.at(t) if self.lists is not None else None
        if used is not None:
            provenance = article.get("provenance") or {}
            article["provenance"] = {**provenance, "rules": f"{provenance.get('rules')}/{used.name}"}
        value = _dump(finish(article, version=messages.version, first_seen_at=format_ms(t), dedup=dedup, late=late))
        place = ARTICLES if dedup["verdict"] == "original" else DUPLICATES
        wanted = _Wanted(place, VALUE, _digest(value), value, _src(article))
        self._sent[id] = made_of, wanted._replace(value=None)
        return wanted

    def _write(self, id: str, place: str, wanted: _Wanted, revision: Revision, src: bytes | None) -> Out:
        self._waiting[place, id] = revision, wanted.kind, wanted.digest
        text = format_revision(revision)
        headers = [("revision", text.encode())]
        if src is not None:
            headers.insert(0, ("src", src))
        if wanted.kind != VALUE:
            headers.append(("reason", _REASON[wanted.kind]))
        value = wanted.value[: -len('"}}')] + text.encode() + b'"}}' if wanted.value is not None else None
        return Out(place, id.encode(), value, headers)

    def _next(self, highest: Revision) -> Revision:
        """The next revision of our own; higher than all that stood when we came, whoever wrote it."""
        self.term, self.seq = max((self.term, self.seq + 1), (highest[0], highest[1] + 1))
        return self.term, self.seq


def _missing(wanted: _Wanted, row: Published, highest: Revision) -> tuple[str, _Wanted, bool] | None:
    """What is to be written next, where, and whether with a new revision; None when everything stands."""
    first = row.standing[wanted.place]
    if not (first.holds(wanted.kind, wanted.digest) and first.revision == highest):
        return wanted.place, wanted, True
    other = DUPLICATES if wanted.place == ARTICLES else ARTICLES
    there = row.standing[other]
    if wanted.kind == TAKEN_DOWN:
        stands = there.kind == TAKEN_DOWN and there.revision == highest
        return None if stands else (other, wanted, False)
    if there.kind != VALUE:
        return None
    return other, _Wanted(other, COPY if other == ARTICLES else ORIGINAL, bytes(8), None, wanted.src), False


def _dump(article: dict[str, Any]) -> bytes:
    """JSON that ends with an empty revision, so that values are compared, and revisions put in, without parsing."""
    provenance: Mapping[str, Any] = article.pop("provenance", None) or {}
    article["provenance"] = {**{k: v for k, v in provenance.items() if k != "revision"}, "revision": ""}
    return orjson.dumps(article)


def _digest(value: bytes) -> bytes:
    """8 bytes over a value without its revision."""
    bare = value if value.endswith(b'"revision":""}}') else value[:-_TAIL] + b'"}}'
    return blake2b(bare, digest_size=8).digest()


def _src(article: Mapping[str, Any]) -> bytes | None:
    raw = (article.get("provenance") or {}).get("raw") or {}
    return f"{raw.get('topic')}:{raw.get('partition')}:{raw.get('offset')}".encode() if raw else None
