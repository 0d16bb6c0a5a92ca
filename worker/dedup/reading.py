"""What an article's text comes to before its time is known. Use `read` on as many articles at once as are at hand.

The words of all of them stand in one array: what numpy costs a call is then shared by many. What comes out for an article
does not depend on the others beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

from worker.dedup import sketch
from worker.dedup.normalise import normalise

SHORT = 12  # words; below, two texts are copies only when equal, with an equal title
TITLE_WORDS = 24
LONG = 4  # bytes; shorter words of a title (in, der, les) say nothing of its subject
_FIRST = sketch.KEYS - 1  # shingles among the keys


class Reading(NamedTuple):
    """What an entry needs of title, body and language. `keys` and `size` are those where no list is in force."""

    content: bytes  # 16: hash of title and body in NFC
    language: str
    body: bytes  # 8
    title: bytes
    trace: bytes
    keys: bytes
    size: int
    shingles: sketch.Hashes  # in order; none below SHORT words. A view: do not keep it


class _Text(NamedTuple):
    content: bytes
    language: str
    title: bytes  # normalised
    body: bytes


def content_hash(title: str | None, body: str | None) -> bytes:
    """16 bytes that name a content: NFC of title and body. Two messages with the same one are the same version."""
    return _content(_nfc(title or ""), _nfc(body or ""))


def language_of(article: Mapping[str, Any]) -> str:
    """The language articles are compared within: the primary subtag, "und" when unknown."""
    code = (article.get("language") or {}).get("code")
    return str(code).partition("-")[0].lower()[:16] if code else "und"


def read(articles: Sequence[Mapping[str, Any]]) -> list[Reading]:
    """A reading of each article (`title`, `body`, `language`). Depends on title and body only through their NFC."""
    readings: list[Reading] = []
    for group in _groups(map(_text, articles)):
        readings += _read(group)
    return readings


def _text(article: Mapping[str, Any]) -> _Text:
    title, body = _nfc(article.get("title") or ""), _nfc(article.get("body") or "")
    return _Text(_content(title, body), language_of(article), normalise(title), normalise(body))


def _groups(texts: Iterator[_Text]) -> Iterator[list[_Text]]:
    """Some texts at a time; a long one comes alone, and is cut for hashing as ever."""
    group: list[_Text] = []
    size = 0
    for text in texts:
        length = len(text.title) + len(text.body) + 2
        if group and size + length > _GROUP:
            yield group
            group, size = [], 0
        group.append(text)
        size += length
    if group:
        yield group


def _read(group: list[_Text]) -> list[Reading]:
    both = [part for text in group for part in (text.title, text.body)]
    hashes, starts, lengths = sketch.word_hashes(b" ".join(both))
    ends = np.array([len(part) + 1 for part in both]).cumsum()
    bounds = [0, *starts.searchsorted(ends).tolist()]  # words: a title from each even one, its body from the next
    counts = [end - begin for begin, end in zip(bounds[1::2], bounds[2::2], strict=True)]
    if len(group) > 1 and max(counts) > sketch.MAX_WORDS:
        return [reading for text in group for reading in _read([text])]
    # Of the runs of words those inside one body: the others reach from one text into the next.
    usable = [min(c, sketch.MAX_WORDS) - sketch.WIDTH + 1 if c >= SHORT else 0 for c in counts]
    many = np.array(usable)
    inside = np.arange(sum(usable)) + (bounds[1::2] - many.cumsum() + many).repeat(many)
    shingles = sketch.shingles(hashes)
    # Of each article its distinct ones in order: by one sort of all of them with its place before.
    top = _PLACES[: len(group)].repeat(many)
    top |= shingles.take(inside) >> _S32
    top.sort()
    top = top[np.concatenate((_FIRST_IS_NEW[: len(top)], top[1:] != top[:-1]))]
    borders = [*top.searchsorted(_PLACES[: len(group)]).tolist(), len(top)]
    smallest = top.astype(np.uint32)
    low, long = sketch.trace(hashes), (lengths >= LONG).tobytes()
    packed = memoryview(hashes.view(np.uint8).data)
    readings = []
    for k, text in enumerate(group):
        begin, body, end = bounds[2 * k : 2 * k + 3]
        digest = blake2b(packed[8 * body : 8 * end], digest_size=8)
        if end - body < SHORT:
            digest.update(b"\0" + packed[8 * begin : 8 * body])
        own = digest.digest()
        title = low[begin:body]
        first, last = borders[k : k + 2]
        its = shingles[body : body + usable[k]]
        readings.append(
            Reading(
                text.content,
                text.language,
                own,
                (bytes(compress(title, long[begin:body])) or title)[:TITLE_WORDS],
                low[body : min(end, body + sketch.MAX_WORDS)],
                sketch.pack_keys(smallest[first : min(last, first + _FIRST)].tolist(), its, own),
                last - first,
                its,
            )
        )
    return readings


_GROUP = 30_000  # bytes: numpy keeps small arrays at hand and gets large ones anew from the system, page by page
_S32, _FIRST_IS_NEW = np.uint64(32), np.array([True])
_PLACES = np.arange(_GROUP, dtype=np.uint64) << _S32


def _content(title: str, body: str) -> bytes:
    return blake2b(f"{title}\0{body}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
