"""What the three steps of deduplication say to each other: sketches and verdicts as bytes, and records on their way out.

Use these wherever a record of `news.sketches` or `news.verdicts` is written or read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, Self
from zlib import crc32

import orjson

from worker.dedup.entry import Entry

SKETCHES, VERDICTS, ARTICLES, DUPLICATES = "sketches", "verdicts", "articles", "duplicates"
NEVER = -(1 << 63)  # a time before all others, ms

_SKETCH = struct.Struct("<BBIqHq")  # form, gone, n, newest, partition, mark
_FORM = 1

Headers = list[tuple[str, bytes]]


class Out(NamedTuple):
    """A record to send. `topic` is the name without prefix; `partition` None leaves it to the key."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers
    partition: int | None = None


class Kept(Protocol):
    """The state of one partition: a mapping that outlives the process. Only `keys` may be walked while writing."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, value: bytes) -> None: ...
    def delete(self, key: str) -> None: ...
    def keys(self) -> Iterator[str]: ...
    def items(self) -> Iterator[tuple[str, bytes]]: ...


def shard_of(language: str, shards: int) -> int:
    """The shard where all pairs of a language meet."""
    return crc32(language.encode()) % shards


@dataclass(frozen=True, slots=True)
class Sketch:
    """What `deduplicate` says of an id: its entry, or None that it is not to be compared (any more) in this shard."""

    id: str
    n: int  # distinct messages of the id: the higher one is the newer word
    newest: int  # ms: largest fetched_at of the id
    partition: int  # the id's
    mark: int  # ms: largest fetched_at below the commit of that partition; NEVER before the first commit
    entry: Entry | None

    def pack(self) -> bytes:
        """Bytes for the topic; `unpack` is the inverse."""
        gone = self.entry is None
        head = _SKETCH.pack(_FORM, gone, self.n, self.newest, self.partition, self.mark)
        return head + (self.id.encode() if self.entry is None else self.entry.pack())

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """The sketch that was packed. Raises ValueError on bytes of another form."""
        if len(data) <= _SKETCH.size or data[0] != _FORM:
            raise ValueError(f"not a sketch of form {_FORM}")
        _, gone, n, newest, partition, mark = _SKETCH.unpack_from(data)
        rest = data[_SKETCH.size :]
        if gone:
            return cls(rest.decode(), n, newest, partition, mark, None)
        entry = Entry.unpack(rest)
        return cls(entry.id, n, newest, partition, mark, entry)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as `match` sends it: what was judged, the answer, and who says it when."""

    shard: int
    term: int
    seq: int
    line: int  # ms: what the shard has purged; NEVER before the first time
    t: int
    language: str
    content: bytes
    verdict: str
    of: str | None
    cluster: str
    score: float | None
    explain: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int]:
        """Of two verdicts of a shard on an id, the higher order holds."""
        return self.term, self.seq

    def pack(self) -> bytes:
        """JSON bytes for the topic and the table; `unpack` is the inverse."""
        return orjson.dumps(
            [
                _FORM,
                self.shard,
                self.term,
                self.seq,
                self.line,
                self.t,
                self.language,
                self.content.hex(),
                self.verdict,
                self.of,
                self.cluster,
                self.score,
                self.explain,
            ]
        )

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """The verdict that was packed. Raises ValueError on bytes of another form."""
        form, shard, term, seq, line, t, language, content, *answer = orjson.loads(data)
        if form != _FORM:
            raise ValueError(f"not a verdict of form {_FORM}")
        return cls(shard, term, seq, line, t, language, bytes.fromhex(content), *answer)

    def dedup(self) -> dict[str, Any]:
        """What stands in the finished article."""
        return {
            "verdict": self.verdict,
            "of": self.of,
            "score": self.score,
            "cluster": self.cluster,
            "explain": self.explain,
        }
