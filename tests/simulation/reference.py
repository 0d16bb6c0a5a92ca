"""The answer by its definition, as one loop over the sorted articles: no rows, no index, no order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.simulation.corpus import WINDOW, Corpus, Raw
from worker.dedup.entry import Entry, make_entry
from worker.dedup.pair import pair
from worker.dedup.reading import content_hash


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands of one id in the end; `place` None: taken down."""

    place: str | None
    version: int = 0
    t: int = 0
    message: int = -1  # the label of the message shown
    verdict: str = ""
    of: str | None = None
    cluster: str = ""
    parent: str | None = None
    score: float | None = None


def _order(m: Raw) -> tuple[int, bool, bytes, bytes]:
    return m.fetched, m.value is None, _content(m), m.raw


def _content(m: Raw) -> bytes:
    article = m.article
    return b"" if article is None else content_hash(article["title"], article["body"])


def _score(given: float) -> float:
    return given / 1000 if isinstance(given, int) else given


def reference(corpus: Corpus) -> dict[str, Answer]:
    """id -> answer."""
    answers: dict[str, Answer] = {}
    shown: dict[str, tuple[dict[str, Any], int, int]] = {}  # article, t, version
    for id, group in groupby(sorted(set(corpus.messages), key=lambda m: m.id), key=lambda m: m.id):
        messages = sorted(group, key=_order)
        runs = [list(run) for content, run in groupby(messages, key=_content) if content]
        if messages[-1].value is None:
            answers[id] = Answer(None)
            continue
        article = runs[-1][0].article
        assert article is not None
        shown[id] = article, min(run[0].fetched for run in runs), len(runs)
    entries: list[Entry] = []
    for id, (article, t, version) in shown.items():
        if article["status"] == "withheld":
            answers[id] = Answer("articles", version, t, article["labels"]["message"], "original", None, id)
        else:
            entries.append(make_entry(id, t, article, corpus.lists))
    earlier: list[tuple[Entry, set[bytes]]] = []
    root: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.t, e.id)):
        article, t, version = shown[entry.id]
        keys = {entry.keys[i : i + 4] for i in range(0, len(entry.keys), 4)}
        best: tuple[float, Entry] | None = None
        for other, theirs in earlier:  # ascending: of equal scores the first is the earliest
            if keys.isdisjoint(theirs) and entry.body != other.body:
                continue
            match = pair(other, entry, WINDOW)
            if match is not None and (best is None or _score(match.score) > best[0]):
                best = _score(match.score), other
        number = article["labels"]["message"]
        if best is None:
            root[entry.id] = entry
            answers[entry.id] = Answer("articles", version, t, number, "original", None, entry.id)
        else:
            score, parent = best
            top = root[entry.id] = root[parent.id]
            kind = "exact" if entry.body == top.body else "near"
            answers[entry.id] = Answer("duplicates", version, t, number, kind, top.id, top.id, parent.id, score)
        earlier.append((entry, keys))
    return answers
