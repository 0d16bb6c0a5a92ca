"""Learns lists of template shingles from an archive. Use it offline: it keeps some two kilobytes an article.

A shingle belongs on the list when stories of several days hold it: the frame of a notice, a house text, a stock phrase.
Copies count once, so a long running agency story does not make its own words a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from worker.dedup.clusters import WINDOW, Clusters
from worker.dedup.entry import make_entry
from worker.dedup.lists import DAY, StopList
from worker.dedup.normalise import normalise
from worker.dedup.sketch import MAX_WORDS, shingles, tops, word_hashes

STORIES = 4  # that hold a shingle; fewer may be a story and its follow-ups
DAYS = 3  # on which they came: a notice recurs, a story and its follow-ups are over within the window of two
MEMORY = 28  # days that count: the notices of a month, and no house text that is gone
LARGEST = 1_000_000  # shingles of a list, the most frequent: it must fit into a record

Counts = tuple[
    npt.NDArray[np.uint32], npt.NDArray[np.int64]
]  # distinct shingles, sorted, and how many stories hold each


class Learner:
    """Takes articles in any order and gives one list a day, each from earlier days only."""

    def __init__(self, window: int = WINDOW) -> None:
        self._clusters = Clusters(window)
        self._held: dict[str, tuple[int, npt.NDArray[np.uint32]]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def add(self, id: str, t: int, article: Mapping[str, Any]) -> None:
        """Takes an article in (`title`, `body`, `language`; `t` in ms). A later one of the same id replaces it."""
        self._clusters.put(make_entry(id, t, article))
        hashes = word_hashes(normalise(article.get("body") or ""))[0][:MAX_WORDS]
        self._held[id] = t // DAY, np.unique(tops(shingles(hashes)))

    def lists(self) -> Iterator[StopList]:
        """The versions, from that of the second day to that of the day after the last."""
        by_day: dict[int, list[npt.NDArray[np.uint32]]] = {}
        for id, (day, held) in self._held.items():
            verdict = self._clusters.verdict(id)
            if verdict is not None and verdict.of is None:
                by_day.setdefault(day, []).append(held)
        counts: dict[int, Counts] = {}
        for day in sorted(by_day):
            found, stories = np.unique(np.concatenate(by_day.pop(day)), return_counts=True)
            counts[day] = found, stories
            counts = {d: c for d, c in counts.items() if d > day - MEMORY}
            yield StopList(day + 1, _recurring(list(counts.values())))


def _recurring(counts: list[Counts]) -> npt.NDArray[np.uint32]:
    """The shingles that enough stories hold on enough days, sorted."""
    keys = np.concatenate([found for found, _ in counts])
    found, place, days = np.unique(keys, return_inverse=True, return_counts=True)
    stories = np.bincount(place, np.concatenate([n for _, n in counts]), minlength=len(found))
    good = (days >= DAYS) & (stories >= STORIES)
    if np.count_nonzero(good) > LARGEST:
        good &= stories > np.partition(stories[good], -LARGEST)[-LARGEST]
    return found[good]
