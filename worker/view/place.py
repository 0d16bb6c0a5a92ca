"""Where an article stands in the view: a number that sorts as (first_seen_at, id), and the tokens it is filtered by."""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache

# 42 bits of milliseconds reach the year 2109; with 21 of the id they fill a positive 64-bit integer.
_ID_BITS = 21
_LAST_MS = (1 << 42) - 1


def number(seen_ms: int, ident: str) -> int:
    """The row number that sorts by `seen_ms` (milliseconds since the epoch), then by id.

    Two articles of one millisecond get the same one by chance once in two million pairs: the writer takes the next free.
    """
    try:
        head = int(ident[:6], 16) >> 3
    except ValueError:
        head = zlib.crc32(ident.encode("utf-8", "replace")) >> (32 - _ID_BITS)
    return (min(max(seen_ms, 0), _LAST_MS) << _ID_BITS) | head


def first_number(seen_ms: int) -> int:
    """The least number that an article of `seen_ms` or later can have."""
    return min(max(seen_ms, 0), _LAST_MS) << _ID_BITS


@lru_cache(1 << 16)
def token(kind: str, value: str) -> str:
    """One word for the full-text index that stands for a kind and a value; no word of a text is ever asked for there."""
    return hashlib.blake2b(f"{kind}\0{value}".encode("utf-8", "replace"), digest_size=8).hexdigest()
