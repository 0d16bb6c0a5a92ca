"""What a shard knows of an article: all that the pair rule may see, and nothing else."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from worker.dedup import sketch
from worker.dedup.reading import Reading, read

if TYPE_CHECKING:
    from worker.dedup.lists import Lists

# form, t, size, then bytes of id, language, trace, title, stopped, keys
_HEAD = struct.Struct("<BqHBBHBHH")
_FORM = 1


class Entry(NamedTuple):
    """One article in a shard. Equal entries behave equally; the bytes are compared by the rules in `pair`."""

    id: str
    t: int  # ms since the epoch, UTC: the smallest fetched_at
    language: str  # primary subtag of BCP 47, "und" when unknown
    content: bytes  # 16: hash of title and body in NFC; names the version a verdict judged
    body: bytes  # 8: hash of the normalised body; of title and body below SHORT words
    title: bytes  # trace of the long words of the title, at most TITLE_WORDS
    trace: bytes  # trace of the body
    size: int  # distinct shingles that stand on no list
    stopped: bytes  # one bit a shingle, big-endian bit order: stands on the list of its day; empty when none does
    keys: bytes  # little-endian uint32, ascending: by these the index finds it

    def pack(self) -> bytes:
        """Bytes for a topic or table; `unpack` is the inverse."""
        name, language = self.id.encode(), self.language.encode()
        sizes = (len(name), len(language), len(self.trace), len(self.title), len(self.stopped), len(self.keys))
        head = _HEAD.pack(_FORM, self.t, self.size, *sizes)
        return b"".join(
            (head, self.content, self.body, name, language, self.title, self.trace, self.stopped, self.keys)
        )

    @classmethod
    def unpack(cls, data: bytes) -> Entry:
        """The entry that was packed. Raises ValueError on bytes of another form."""
        if not data or data[0] != _FORM:
            raise ValueError(f"not an entry of form {_FORM}")
        _, t, size, *sizes = _HEAD.unpack_from(data)
        parts, at = [], _HEAD.size
        for length in (16, 8, sizes[0], sizes[1], sizes[3], sizes[2], sizes[4], sizes[5]):
            parts.append(data[at : at + length])
            at += length
        if at != len(data):
            raise ValueError("entry cut off")
        content, body, name, language, title, trace, stopped, keys = parts
        return cls(name.decode(), t, language.decode(), content, body, title, trace, size, stopped, keys)


def make_entry(id: str, t: int, article: Mapping[str, Any], lists: Lists | None = None) -> Entry:
    """The entry of a cleaned article (`title`, `body`, `language`), sketched with the list of the day of `t` (ms, UTC).

    Depends on title and body only through their NFC. Withheld articles are compared with nothing: never make one of them.
    """
    return entry_of(id, t, read([article])[0], lists)


def entry_of(id: str, t: int, reading: Reading, lists: Lists | None = None) -> Entry:
    """The entry of an article that was read, sketched with the list of the day of `t` (ms, UTC)."""
    stopped, keys, size = b"", reading.keys, reading.size
    stop_list = lists.at(t) if lists is not None else None
    if stop_list is not None:
        on_list = stop_list.contains(reading.shingles)
        if on_list.any():
            stopped = np.packbits(on_list).tobytes()
            keys, size = sketch.keys(reading.shingles[~on_list], reading.body)
    return Entry(
        id, t, reading.language, reading.content, reading.body, reading.title, reading.trace, size, stopped, keys
    )
