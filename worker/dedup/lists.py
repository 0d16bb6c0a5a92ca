"""Lists of template shingles: what recurs from issue to issue of a notice is no evidence that two texts are copies.

Use `Lists` when sketching; each article is sketched with the newest list whose first day is not after the article's own day.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

DAY = 86_400_000  # ms


@dataclass(frozen=True, slots=True, eq=False)
class StopList:
    """One version: 64-bit shingle hashes, sorted."""

    valid_from: int  # day since the epoch (UTC)
    hashes: npt.NDArray[np.uint64]

    def contains(self, shingles: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Which of `shingles` stand on the list."""
        if not len(self.hashes) or not len(shingles):
            return np.zeros(len(shingles), bool)
        at = np.searchsorted(self.hashes, shingles)
        at[at == len(self.hashes)] = 0
        return self.hashes[at] == shingles


class Lists:
    """All versions that were published; grows, never changes what it said of a day."""

    def __init__(self) -> None:
        self._versions: list[StopList] = []

    def add(self, version: StopList) -> Self:
        """Takes a version in. Raises ValueError when its first day is not later than that of every version before."""
        if self._versions and version.valid_from <= self._versions[-1].valid_from:
            raise ValueError("a list must begin on a later day than the one before it")
        self._versions.append(version)
        return self

    def at(self, t: int) -> StopList | None:
        """The list that holds for an article with this `t` (ms), None before the first."""
        i = bisect_right(self._versions, t // DAY, key=lambda v: v.valid_from)
        return self._versions[i - 1] if i else None
