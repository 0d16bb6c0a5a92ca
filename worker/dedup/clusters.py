"""The index and the clusters of one shard. Use it wherever articles are matched: in `process`, in the agent, in the simulation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from worker.dedup.entry import Entry
from worker.dedup.link import Link
from worker.dedup.pair import RULE, Match, pair

WINDOW = 48 * 3_600_000  # ms


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands of one article now. `t`, `language` and `content` name what was judged."""

    id: str
    t: int
    language: str
    content: bytes
    verdict: str  # original, exact or near
    of: str | None  # id of the cluster's original, None for itself
    cluster: str
    parent: str | None
    score: float | None  # to the parent
    explain: dict[str, Any] = field(default_factory=dict)


class _Edge(NamedTuple):
    """A possible parent; the smallest `rank` wins: best score, then earliest, then smallest id, then the living."""

    score: float
    t: int
    id: str
    explain: dict[str, Any]
    link: Link | None = None  # set when the parent's row is gone

    @property
    def rank(self) -> tuple[float, int, str, bool]:
        return -self.score, self.t, self.id, self.link is not None


@dataclass(slots=True)
class _Row:
    entry: Entry
    inherited: Link | None
    parent: _Edge | None = None
    root: str = ""
    root_body: bytes = b""
    children: set[str] = field(default_factory=set)

    @property
    def order(self) -> tuple[int, str]:
        return self.entry.t, self.entry.id


class Clusters:
    """Who is a copy of whom, kept up under inserts, replacements and removals.

    The answer depends on the entries alone, never on the order of calls: an article's parent is the earlier one (by `t`, then id) with
    the best score, ties to the earlier. All candidates that share a probe key are scored; there is no cap that an order could hit.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self._rows: dict[str, _Row] = {}
        self._by_key: dict[int, set[str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def ids(self) -> Iterator[str]:
        """All ids, in no order."""
        return iter(self._rows)

    def entry(self, id: str) -> Entry | None:
        """The entry of an id."""
        row = self._rows.get(id)
        return row.entry if row else None

    def verdict(self, id: str) -> Verdict | None:
        """The verdict of an id as it stands, None for an unknown one."""
        row = self._rows.get(id)
        return self._verdict(row) if row else None

    def verdicts(self) -> Iterator[Verdict]:
        """All verdicts in the total order (t, id)."""
        for row in sorted(self._rows.values(), key=lambda r: r.order):
            yield self._verdict(row)

    def put(self, entry: Entry, inherited: Link | None = None) -> list[Verdict]:
        """Inserts or replaces. Returns its own verdict first, then those of others that changed."""
        old = self._rows.get(entry.id)
        if old is not None:
            if inherited is None and (old.entry.content, old.entry.language) == (entry.content, entry.language):
                inherited = old.inherited
            if (old.entry, old.inherited) == (entry, inherited):
                return [self._verdict(old)]
        row = _Row(entry, inherited, root=entry.id, root_body=entry.body)
        edges = self._edges(entry)
        adopted = []
        for other, match in edges:
            if other.order > row.order:
                edge = _Edge(match.score / 1000, entry.t, entry.id, match.explain())
                if other.parent is None or other.parent.id == entry.id or edge.rank < other.parent.rank:
                    adopted.append((other, edge))
        orphans = set(old.children) if old else set()
        moved = {other.entry.id for other, _ in adopted} | orphans
        before = {v.id: v for v in self._subtrees([entry.id, *moved] if old else moved)}
        if old is not None:
            self._drop(old)
        self._rows[entry.id] = row
        for key in _keys(entry):
            self._by_key.setdefault(key, set()).add(entry.id)
        for other, edge in adopted:
            self._attach(other, edge)
        for id in orphans.difference(other.entry.id for other, _ in adopted):
            self._attach(self._rows[id], self._best(self._rows[id]))
        earlier = [_Edge(m.score / 1000, o.entry.t, o.entry.id, m.explain()) for o, m in edges if o.order < row.order]
        self._attach(row, self._closest(row, earlier))
        self._settle([entry.id, *moved])
        changed = [v for v in self._subtrees([entry.id, *moved]) if v.id != entry.id and before.get(v.id) != v]
        return [self._verdict(row), *changed]

    def remove(self, id: str) -> list[Verdict]:
        """Takes an article out. Returns the verdicts of others that changed; none for an unknown id."""
        row = self._rows.get(id)
        if row is None:
            return []
        orphans = set(row.children)
        before = {v.id: v for v in self._subtrees(orphans)}
        self._drop(row)
        for orphan in orphans:
            self._attach(self._rows[orphan], self._best(self._rows[orphan]))
        self._settle(orphans)
        return [v for v in self._subtrees(orphans) if before.get(v.id) != v]

    def load(self, items: Iterable[tuple[Entry, Link | None]]) -> None:
        """Takes many rows into an empty index, much faster than `put` for each. Raises ValueError when it is not empty."""
        if self._rows:
            raise ValueError("load needs an empty index")
        for entry, inherited in sorted(items, key=lambda item: (item[0].t, item[0].id)):
            self.put(entry, inherited)

    def heirs(self, ids: Collection[str]) -> list[tuple[str, Link]]:
        """The children, outside `ids`, of these rows, each with the link it must keep durably before `purge`."""
        gone = set(ids)
        found = []
        for id in sorted(gone.intersection(self._rows)):
            row = self._rows[id]
            for child in sorted(row.children - gone):
                edge = self._rows[child].parent
                assert edge is not None
                found.append((child, Link(id, edge.t, edge.score, row.root, row.root_body, edge.explain)))
        return found

    def purge(self, ids: Collection[str]) -> None:
        """Drops these rows for good. No verdict changes: their children keep the links that `heirs` named."""
        for child, link in self.heirs(ids):
            row = self._rows[child]
            row.inherited = link
            row.parent = _Edge(link.score, link.t, link.parent, link.explain, link)
        for id in set(ids).intersection(self._rows):
            row = self._rows[id]
            row.children.clear()
            self._drop(row)

    def _edges(self, entry: Entry) -> list[tuple[_Row, Match]]:
        """All living rows that match an entry, its own id left out."""
        seen: set[str] = set()
        for key in _keys(entry):
            seen |= self._by_key.get(key, set())
        seen.discard(entry.id)
        found = []
        for id in seen:
            match = pair(entry, self._rows[id].entry, self.window)
            if match is not None:
                found.append((self._rows[id], match))
        return found

    def _closest(self, row: _Row, edges: list[_Edge]) -> _Edge | None:
        link = row.inherited
        if link is not None and (link.t, link.parent) < row.order and row.entry.t - link.t <= self.window:
            edges.append(_Edge(link.score, link.t, link.parent, link.explain, link))
        return min(edges, key=lambda e: e.rank, default=None)

    def _best(self, row: _Row) -> _Edge | None:
        found = self._edges(row.entry)
        return self._closest(
            row, [_Edge(m.score / 1000, o.entry.t, o.entry.id, m.explain()) for o, m in found if o.order < row.order]
        )

    def _attach(self, row: _Row, edge: _Edge | None) -> None:
        old = row.parent
        if old is not None and old.link is None and old.id in self._rows:
            self._rows[old.id].children.discard(row.entry.id)
        row.parent = edge
        if edge is not None and edge.link is None:
            self._rows[edge.id].children.add(row.entry.id)

    def _drop(self, row: _Row) -> None:
        self._attach(row, None)
        del self._rows[row.entry.id]
        for key in _keys(row.entry):
            holders = self._by_key[key]
            holders.discard(row.entry.id)
            if not holders:
                del self._by_key[key]

    def _settle(self, ids: Iterable[str]) -> None:
        """Puts the roots right in the trees below `ids`, whose parents are settled."""
        for id in ids:
            top = self._rows[id]
            while top.parent is not None and top.parent.link is None:
                top = self._rows[top.parent.id]
            link = top.parent.link if top.parent is not None else None
            root, body = (link.root, link.root_body) if link is not None else (top.entry.id, top.entry.body)
            todo = [id]
            while todo:
                row = self._rows[todo.pop()]
                row.root, row.root_body = root, body
                todo.extend(row.children)

    def _subtrees(self, ids: Iterable[str]) -> list[Verdict]:
        """The verdicts of these rows and of all below them, each once."""
        found: dict[str, Verdict] = {}
        todo = list(ids)
        while todo:
            id = todo.pop()
            if id not in found:
                row = self._rows[id]
                found[id] = self._verdict(row)
                todo.extend(row.children)
        return list(found.values())

    def _verdict(self, row: _Row) -> Verdict:
        e, edge = row.entry, row.parent
        if edge is None:
            return Verdict(e.id, e.t, e.language, e.content, "original", None, e.id, None, None, {"rule": RULE})
        kind = "exact" if e.body == row.root_body else "near"
        explain = {"parent": edge.id, **edge.explain}
        return Verdict(e.id, e.t, e.language, e.content, kind, row.root, row.root, edge.id, edge.score, explain)


def _keys(entry: Entry) -> list[int]:
    found: list[int] = np.frombuffer(entry.keys, "<u4").tolist()
    return found
