"""From words to the numbers that two texts are compared by. Use `trace` for a text, `keys` for what the index finds it by.

A text is kept as its *trace*: one byte a word. Four neighbouring bytes are a 4-gram of its words (32 bits: two texts of
300 words share a false one in one pair of some thousands), so the trace holds every 4-gram *and* their order in the space
of a sample of one hash in four; the order is what tells an edited copy from another issue of a template. The index must
not meet strangers among millions, so its probe keys are cut from full word hashes, not from the trace.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from worker.dedup.normalise import text_of

WIDTH = (
    4  # words in a shingle: three meet by chance in any two articles, five miss a copy with a word changed in each line
)
KEYS = 16  # of an article: a copy that keeps a quarter of the shingles shares none of them in one case of a hundred
MAX_WORDS = 8192  # of a longer text only these are compared: a record has a deadline

_CACHE_LIMIT = 200_000  # words, some 30 MB; cleared when full, only speed depends on it


class _WordHashes(dict[bytes | str, bytes]):
    """word -> 64 bits (little-endian), the same in every process and on every platform, for bytes and for text."""

    def __missing__(self, word: bytes | str) -> bytes:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        digest = self[word] = blake2b(text_of(word).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return digest


_hashes = _WordHashes()

Hashes = npt.NDArray[np.uint64]


def word_hashes(words: list[bytes] | list[str]) -> Hashes:
    """The 64-bit hash of each of `words`."""
    return np.frombuffer(b"".join(map(_hashes.__getitem__, words)), "<u8")


def trace(hashes: Hashes) -> bytes:
    """The lowest byte of each word hash."""
    return hashes.astype(np.uint8).tobytes()


# Odd multipliers of a polynomial over four hashes, then the finish of splitmix64: the smallest must be a fair sample.
_P1, _P2, _P3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)


def shingles(hashes: Hashes) -> Hashes:
    """64-bit hashes of all runs of WIDTH words in order: len(hashes) - WIDTH + 1 of them, none below WIDTH words."""
    if len(hashes) < WIDTH:
        return np.empty(0, np.uint64)
    x = hashes[:-3] * _P1
    x += hashes[1:-2] * _P2
    x ^= x >> _S30
    x += hashes[2:-1] * _P3
    x += hashes[3:]
    x ^= x >> _S30
    x *= _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


def tops(shingle_hashes: Hashes) -> npt.NDArray[np.uint32]:
    """The upper halves of shingle hashes: what probe keys and lists are made of."""
    return (shingle_hashes >> _S32).astype(np.uint32)


def keys(shingle_hashes: Hashes, body: bytes) -> tuple[bytes, int]:
    """The probe keys and the number of distinct shingles.

    Keys are little-endian uint32, ascending: the KEYS - 1 smallest distinct shingle hashes (their upper halves) and the
    first four bytes of `body`, so that equal texts meet even when each of their shingles stands on a list.
    """
    # Upper halves are taken before the cut: whoever holds the same shingles then holds the same keys.
    top = tops(shingle_hashes)
    top.sort()
    distinct = top[1:] != top[:-1]
    some = {int(top[0]), *top[1:][distinct][: KEYS - 2].tolist()} if len(top) else set()
    some.add(int.from_bytes(body[:4], "little"))
    return np.array(sorted(some), "<u4").tobytes(), int(np.count_nonzero(distinct)) + 1 if len(top) else 0
