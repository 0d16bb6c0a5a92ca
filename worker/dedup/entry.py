"""What a shard knows of an article: all that the pair rule may see, and nothing else."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from worker.dedup import sketch
from worker.dedup.normalise import normalise

if TYPE_CHECKING:
    from worker.dedup.lists import Lists

SHORT = 12  # words; below, two texts are copies only when equal, with an equal title
TITLE_WORDS = 24
LONG = 4  # bytes; shorter words of a title (in, der, les) say nothing of its subject
# form, t, size, then bytes of id, language, trace, title, stopped, keys
_HEAD = struct.Struct("<BqHBBHBHH")
_FORM = 1
CONTENT = slice(_HEAD.size, _HEAD.size + 16)  # of a packed entry


@dataclass(frozen=True, slots=True)
class Entry:
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


def spans(packed: bytes) -> tuple[int, int, int, int]:
    """Where in a packed entry the title begins, the trace, the stopped bits, the keys: each ends where the next begins."""
    _, _, _, name, language, trace, title, stopped, _ = _HEAD.unpack_from(packed)
    at = _HEAD.size + 24 + name + language
    return at, at + title, at + title + trace, at + title + trace + stopped


def content_hash(title: str | None, body: str | None) -> bytes:
    """16 bytes that name a content: NFC of title and body. Two messages with the same one are the same version."""
    text = _nfc(f"{title or ''}\0{body or ''}")
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def language_of(article: Mapping[str, Any]) -> str:
    """The language articles are compared within: the primary subtag, "und" when unknown."""
    return str((article.get("language") or {}).get("code") or "und").split("-")[0].lower()[:16]


def make_entry(
    id: str, t: int, article: Mapping[str, Any], lists: Lists | None = None, content: bytes | None = None
) -> Entry:
    """The entry of a cleaned article (`title`, `body`, `language`), sketched with the list of the day of `t` (ms, UTC).

    `content` is its `content_hash` where that is known already. Depends on title and body only through their NFC. Withheld
    articles are compared with nothing: never make one of them.
    """
    title, body = _nfc(article.get("title") or ""), _nfc(article.get("body") or "")
    normal = normalise(title)
    words = len(normal.split())
    both, lengths = sketch.word_hashes(normal + b" " + normalise(body))
    in_title, hashes = both[:words], both[words:]
    kept = hashes[: sketch.MAX_WORDS]
    shingles = sketch.shingles(kept)
    stopped = b""
    stop_list = lists.at(t) if lists is not None else None
    if stop_list is not None:
        on_list = stop_list.contains(shingles)
        if on_list.any():
            stopped = np.packbits(on_list).tobytes()
            shingles = shingles[~on_list]
    digest = blake2b(hashes.tobytes(), digest_size=8)
    if len(hashes) < SHORT:
        digest.update(b"\0" + in_title.tobytes())
        shingles = shingles[:0]
    body_hash = digest.digest()
    long = lengths[:words] >= LONG
    keys, size = sketch.keys(shingles, body_hash)
    return Entry(
        id=id,
        t=t,
        language=language_of(article),
        content=content or blake2b(f"{title}\0{body}".encode("utf-8", "surrogatepass"), digest_size=16).digest(),
        body=body_hash,
        title=sketch.trace(in_title[long] if long.any() else in_title)[:TITLE_WORDS],
        trace=sketch.trace(kept),
        size=size,
        stopped=stopped,
        keys=keys,
    )


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
