"""From words to the numbers that two texts are compared by. Use `trace` for a text, `keys` for what the index finds it by.

A text is kept as its *trace*: one byte a word. Four neighbouring bytes are a 4-gram of its words (32 bits: two texts of
300 words share a false one in one pair of some thousands), so the trace holds every 4-gram *and* their order in the space
of a sample of one hash in four; the order is what tells an edited copy from another issue of a template. The index must
not meet strangers among millions, so its probe keys are cut from full word hashes, not from the trace.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

WIDTH = (
    4  # words in a shingle: three meet by chance in any two articles, five miss a copy with a word changed in each line
)
KEYS = 16  # of a text and its body: a copy that keeps a quarter of the shingles shares none of them in one case of a hundred
OPENING = 30  # words: about the first sentence, in which a report says what it is about
OPENING_KEYS = 4  # more of them: an alert, or what stands before a paywall, is a small part of a text, but its first
MAX_WORDS = 8192  # of a longer text only these are compared: a record has a deadline

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

# A word's hash is a polynomial over its bytes, modulo 2**64, finished like splitmix64. All bytes are multiplied by rising
# powers at once; the sum over a word, times the inverse power of where it begins, is the same wherever it stands.
_P1, _P2, _P3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
PIECE = 1 << 15  # bytes; a longer text is cut, between words if there is a gap
_SPACE = np.uint8(32)
_POWERS = np.cumprod(np.full(PIECE, _P1), dtype=np.uint64)
_INVERSE = np.cumprod(np.full(PIECE, np.uint64(pow(int(_P1), -1, 1 << 64))), dtype=np.uint64)


def word_hashes(normal: bytes) -> tuple[Hashes, Places, Places]:
    """The 64-bit hash of each word of a normalised text, the same on every platform; where it begins, its length in bytes."""
    if len(normal) < PIECE:
        return _piece(normal)
    pieces, at = [], 0
    while at < len(normal):
        end = at + PIECE - 1
        if end < len(normal):
            end = normal.rfind(b" ", at, end) + 1 or end
        hashes, starts, lengths = _piece(normal[at:end])
        pieces.append((hashes, starts + at, lengths))
        at = end
    hashes, starts, lengths = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return hashes, starts, lengths


def _piece(normal: bytes) -> tuple[Hashes, Places, Places]:
    text = np.frombuffer(b" " + normal + b" ", np.uint8)
    inside = text != _SPACE
    turns = (inside[1:] != inside[:-1]).nonzero()[0]  # words begin and end in turn
    starts, ends = turns[::2], turns[1::2]
    if not len(starts):
        return np.empty(0, np.uint64), starts, ends
    text = text * inside  # a gap counts nothing
    sums = np.add.reduceat(text[1:-1] * _POWERS[: len(normal)], starts)
    return _finish(sums * _INVERSE.take(starts)), starts, ends - starts


def _finish(x: Hashes) -> Hashes:
    """splitmix64's mixing of all bits, in place: the smallest hashes must be a fair sample."""
    x ^= x >> _S30
    x *= _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


def trace(hashes: Hashes) -> bytes:
    """The lowest byte of each word hash."""
    return hashes.astype(np.uint8).tobytes()


def shingles(hashes: Hashes) -> Hashes:
    """64-bit hashes of all runs of WIDTH words in order: len(hashes) - WIDTH + 1 of them, none below WIDTH words."""
    if len(hashes) < WIDTH:
        return np.empty(0, np.uint64)
    x = hashes[:-3] * _P1
    x += hashes[1:-2] * _P2
    x ^= x >> _S30
    x += hashes[2:-1] * _P3
    x += hashes[3:]
    return _finish(x)


def tops(shingle_hashes: Hashes) -> npt.NDArray[np.uint32]:
    """The upper halves of shingle hashes: what probe keys and lists are made of."""
    return (shingle_hashes >> _S32).astype(np.uint32)


def keys(shingle_hashes: Hashes, body: bytes) -> tuple[bytes, int]:
    """The probe keys of a text, from its shingles in order, and the number of distinct ones."""
    # Upper halves are taken before the cut: whoever holds the same shingles then holds the same keys.
    top = np.unique(tops(shingle_hashes))
    return pack_keys(top[: KEYS - 1].tolist(), shingle_hashes, body), len(top)


def pack_keys(smallest: list[int], shingle_hashes: Hashes, body: bytes) -> bytes:
    """The probe keys: little-endian uint32, ascending.

    The `smallest` distinct shingle hashes of a text (their upper halves), the smallest of its opening, and the first four
    bytes of `body`, so that equal texts meet even when each of their shingles stands on a list.
    """
    opening = sorted(set(tops(shingle_hashes[: OPENING - WIDTH + 1]).tolist()))[:OPENING_KEYS]
    some = sorted({*smallest, *opening, int.from_bytes(body[:4], "little")})
    return struct.pack(f"<{len(some)}I", *some)
