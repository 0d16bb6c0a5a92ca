"""Finished articles in any number, as the output topics hold them: made-up words with the frequencies of a language.

No sentence means anything; sizes, shares and the long tail of words, sources and tags are what a view has to bear.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from worker.stream.record import Record
from worker.times import format_ms

ARTICLES, DUPLICATES, DEAD = "news.articles", "news.duplicates", "news.dlq"
PARTITIONS = 8
START_MS = 1_709_251_200_000
# A million over thirty days.
EVERY_MS = 2_592
_WORDS, _LENGTH, _SOURCES = 200_000, 330, 2_000
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
_COUNTRIES = tuple(a + b for a in "ABCDEFGHIL" for b in "ABCDEFGHIJ")
_AGENCIES = ("AFP", "AP", "APA", "dpa", "Reuters")
_SYLLABLES = tuple(
    c + v for c in ("b", "d", "f", "gr", "k", "l", "m", "n", "pl", "r", "st", "t", "v", "z") for v in "aeiou"
)
_COPIES, _SHARE_OF_AGENCIES, _DEAD = 0.3, 0.15, 0.002


def word(rank: int) -> str:
    """The word of a rank, 0 the most frequent."""
    n, out = rank + len(_SYLLABLES), ""
    while n:
        n, syllable = divmod(n, len(_SYLLABLES))
        out += _SYLLABLES[syllable]
    return out


_VOCABULARY = tuple(word(rank) for rank in range(_WORDS))


def _zipf(n: int, exponent: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    weights = 1.0 / np.arange(1, n + 1) ** exponent
    return np.cumsum(weights / weights.sum())


_OF_WORDS, _OF_SOURCES = _zipf(_WORDS, 1.0), _zipf(_SOURCES, 0.8)
_OF_COUNTRIES, _OF_LANGUAGES, _OF_TOPICS = _zipf(len(_COUNTRIES), 1.0), _zipf(len(_LANGUAGES), 1.0), _zipf(17, 0.7)


def ident(n: int) -> str:
    """The id of article n: as scattered as a hash."""
    return f"{(n + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"


def topic(rank: int) -> str:
    """The code of a topic."""
    return f"medtop:{rank + 1:02d}000000"


def records(first: int, count: int, seed: int = 1) -> Iterator[Record]:
    """Records number `first` to `first + count` of one endless, repeatable stream; a few of them dead letters."""
    number, skip = divmod(first, 1000)
    every = itertools.chain.from_iterable(_batch(n, seed) for n in itertools.count(number))
    yield from itertools.islice(every, skip, skip + count)


def _batch(number: int, seed: int) -> Iterator[Record]:
    rng = np.random.default_rng([seed, number])
    words = np.searchsorted(_OF_WORDS, rng.random((1000, _LENGTH)))
    sources = np.searchsorted(_OF_SOURCES, rng.random(1000))
    languages = np.searchsorted(_OF_LANGUAGES, rng.random(1000))
    topics = np.searchsorted(_OF_TOPICS, rng.random((1000, 2)))
    countries = np.searchsorted(_OF_COUNTRIES, rng.random((1000, 2)))
    chance = rng.random((1000, 3))
    back = rng.integers(1, 2000, 1000)
    for i in range(1000):
        n = number * 1000 + i
        source = f"{_VOCABULARY[sources[i] + 100]}.example"
        if chance[i, 2] < _DEAD:
            yield _dead(n, source)
            continue
        of = max(0, n - int(back[i])) if n and chance[i, 0] < _COPIES else None
        agency = [_AGENCIES[n % len(_AGENCIES)]] if chance[i, 1] < _SHARE_OF_AGENCIES else []
        text = [_VOCABULARY[rank] for rank in words[i]]
        yield _article(
            n, of, source, text, _LANGUAGES[languages[i]], sorted(set(map(int, topics[i]))), [_COUNTRIES[c] for c in countries[i]], agency
        )  # fmt: skip


def _article(
    n: int, of: int | None, source: str, text: list[str], language: str, topics: list[int], countries: list[str], agency: list[str]
) -> Record:  # fmt: skip
    at = format_ms(START_MS + n * EVERY_MS)
    body = "\n\n".join(" ".join(text[begin : begin + 60]).capitalize() + "." for begin in range(8, len(text), 60))
    article = {
        "id": ident(n),
        "version": 1,
        "status": "usable",
        "url": f"https://{source}/{text[0]}/{n}",
        "canonical_url": None,
        "source": source,
        "title": " ".join(text[:8]).capitalize(),
        "lead": " ".join(text[8:30]).capitalize() + ".",
        "body": body,
        "section": None,
        "authors": [text[1].capitalize() + " " + text[2].capitalize()],
        "agency": agency,
        "dateline": None,
        "images": [],
        "language": {"code": language, "confidence": 0.99},
        "published": {"at": at, "precision": "minute", "from": "metadata"} if n % 20 else None,
        "fetched_at": at,
        "first_seen_at": at,
        "content_type": "article",
        "topics": [{"code": topic(t), "name": f"topic {t}", "relevance": 0.5} for t in topics],
        "countries": list(dict.fromkeys(countries)),
        "people": [{"name": text[3].capitalize() + " " + text[4].capitalize(), "count": 2}],
        "organisations": [{"name": text[5].capitalize(), "count": 1}],
        "places": [{"name": text[6].capitalize(), "count": 1}],
        "keywords": text[8:18],
        "dedup": {
            "verdict": "original" if of is None else "near",
            "of": None if of is None else ident(of),
            "score": None if of is None else 0.9,
            "cluster": ident(n if of is None else of),
            "explain": {"rule": "2"},
        },
        "quality": {"flags": [], "removed_chars": 120},
        "labels": {},
        "extra": {},
        "provenance": {"raw": {"topic": "news.raw", "partition": n % PARTITIONS, "offset": n}, "rules": "1", "revision": f"{1:010d}-{n:012d}"},
    }  # fmt: skip
    headers = [("revision", f"{1:010d}-{n:012d}".encode())]
    place = ARTICLES if of is None else DUPLICATES
    return Record(place, n % PARTITIONS, n // PARTITIONS, ident(n).encode(), orjson.dumps(article), headers, START_MS + n * EVERY_MS)  # fmt: skip


def _dead(n: int, source: str) -> Record:
    headers = {"dlq-code": ("json-invalid", "content-missing", "field-type")[n % 3], "dlq-stage": "clean", "dlq-message": "no text", "dlq-topic": "news.raw"}  # fmt: skip
    return Record(
        DEAD, 0, n, f"https://{source}/{n}".encode(), b'{"url": "https://' + source.encode() + b'/x", "te',
        [(name, text.encode()) for name, text in headers.items()], START_MS + n * EVERY_MS,
    )  # fmt: skip
