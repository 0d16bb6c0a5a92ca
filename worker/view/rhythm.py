"""When a source is silent: judged by its own rhythm, hour by hour of the day.

A rhythm is a ring of counts, one an hour (UTC, counted since the epoch), kept with its newest hour: an article costs one
count, and all sources are judged in one sweep over arrays. Old hours need no cleaning up, they are overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOUR_MS = 3_600_000
DAYS = 14
# With that many expected, none at all happens by chance once in 1,100 times (Poisson: exp(-7)).
EXPECTED_AT_LEAST = 7.0
# Two days more than are judged: a source whose newest article is a day ahead still has all of its days. Whole days, so
# that a slot has one hour of the day for ever.
_SLOTS = (DAYS + 2) * 24
_COUNT = np.dtype("<u2")
_MOST = 0xFFFF
EMPTY = bytes(_SLOTS * _COUNT.itemsize)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def counted(ring: bytes, newest: int, hours: Mapping[int, int]) -> tuple[bytes, int]:
    """`ring` with newest hour `newest`, after `hours` (hour: how many more, or fewer) were counted; and its newest hour."""
    counts = np.frombuffer(ring, _COUNT).astype(np.int64)
    latest = max(newest, *hours)
    if latest - newest >= _SLOTS:
        counts[:] = 0
    else:
        counts[np.arange(newest + 1, latest + 1) % _SLOTS] = 0
    for hour, n in hours.items():
        if hour > latest - _SLOTS:
            counts[hour % _SLOTS] += n
    return np.clip(counts, 0, _MOST).astype(_COUNT).tobytes(), latest


@dataclass(frozen=True, slots=True)
class Rhythms:
    """What n sources brought in the last `DAYS` days: `by_hour` of the day (n, 24); each is known since `first` (n,).

    `last` (n,) is the hour of each one's last article. Hours are counted since the epoch.
    """

    by_hour: Ints
    first: Ints
    last: Ints

    @classmethod
    def read(cls, rings: list[bytes], newest: list[int], last: list[int], end: int) -> Rhythms:
        """From the rings of n sources, their newest hours and the hours of their last articles; `end` is the last hour of all."""
        counts = np.frombuffer(b"".join(rings), _COUNT).reshape(-1, _SLOTS)
        # The slots of one hour are in one place in all rings; beyond a ring's newest hour they still hold older ones.
        hours = np.arange(end - DAYS * 24 + 1, end + 1)
        counts = counts[:, hours % _SLOTS] * (hours <= np.array(newest, np.int64)[:, None])
        by_hour = np.roll(counts.reshape(-1, DAYS, 24).sum(axis=1, dtype=np.int64), int(hours[0] % 24), axis=1)
        lasts = np.array(last, np.int64)
        first = np.where(by_hour.any(axis=1), hours[(counts > 0).argmax(axis=1)], lasts)
        return cls(by_hour, np.minimum(first, lasts), lasts)

    def expected(self, now: int) -> Floats:
        """How many articles each source would usually have brought between its last one and the hour `now`."""
        # Silence must not teach that silence is usual: only the days up to the last article count.
        known = self.last - np.maximum(self.first, self.last - DAYS * 24) + 1
        mean = self.by_hour / np.clip(known / 24, 1.0, DAYS)[:, None]
        gone = np.maximum(0, now - self.last)
        whole, rest = gone // 24, gone % 24
        # The hours of the day that lie between the last article and now, beyond whole days.
        between = (np.arange(24) - (self.last + 1)[:, None]) % 24 < rest[:, None]
        out: Floats = whole * mean.sum(axis=1) + np.where(between, mean, 0.0).sum(axis=1)
        return out

    def per_day(self) -> Floats:
        """Articles a day over the days each is known, at most `DAYS`."""
        out: Floats = self.by_hour.sum(axis=1) / np.clip((self.last - self.first + 1) / 24, 1.0, DAYS)
        return out
