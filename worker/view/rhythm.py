"""When a source is silent: judged by its own rhythm, hour by hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOUR_MS = 3_600_000
DAYS = 14
# With that many expected, none at all happens by chance once in 1,100 times (Poisson: exp(-7)).
EXPECTED_AT_LEAST = 7.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many articles a source brought in the last `DAYS` days, by hour of the day (UTC), and since which hour it is known.

    Hours are counted since the epoch.
    """

    by_hour: Mapping[int, int]
    first_hour: int

    def expected(self, last_ms: int, now_ms: int) -> float:
        """How many articles the source would usually have brought between its last one and now."""
        last, now = last_ms // HOUR_MS, now_ms // HOUR_MS
        # Silence must not teach that silence is usual: only the days up to the last article count.
        days = max(1.0, min(float(DAYS), (last - max(self.first_hour, last - DAYS * 24) + 1) / 24))
        mean = [self.by_hour.get(hour, 0) / days for hour in range(24)]
        whole, rest = divmod(max(0, now - last), 24)
        return whole * sum(mean) + sum(mean[(last + 1 + step) % 24] for step in range(rest))

    def per_day(self, last_ms: int) -> float:
        """Articles a day over the days it is known, at most `DAYS`."""
        last = last_ms // HOUR_MS
        return sum(self.by_hour.values()) / max(1.0, min(float(DAYS), (last - self.first_hour + 1) / 24))
