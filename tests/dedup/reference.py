"""The sequential reference: the definition of the answer as one loop over the sorted articles. Use it as the oracle of every test."""

from __future__ import annotations

from collections.abc import Iterable

from worker.dedup.entry import Entry
from worker.dedup.pair import pair

Answer = tuple[str, str | None, str, str | None, float | None]  # verdict, of, cluster, parent, score


def reference(entries: Iterable[Entry], window: int) -> dict[str, Answer]:
    """id -> answer, without an index, a cap or an order of arrival."""
    earlier: list[Entry] = []
    root: dict[str, Entry] = {}
    answers: dict[str, Answer] = {}
    for entry in sorted(entries, key=lambda e: (e.t, e.id)):
        best: tuple[int, Entry] | None = None
        for other in earlier:  # ascending: the first of equal scores is the earliest
            match = pair(other, entry, window)
            if match is not None and (best is None or match.score > best[0]):
                best = match.score, other
        if best is None:
            root[entry.id] = entry
            answers[entry.id] = ("original", None, entry.id, None, None)
        else:
            score, parent = best
            top = root[entry.id] = root[parent.id]
            answers[entry.id] = ("exact" if entry.body == top.body else "near", top.id, top.id, parent.id, score / 1000)
        earlier.append(entry)
    return answers
