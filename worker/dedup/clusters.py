"""The index and the clusters of one shard. Use it wherever articles are matched: `process`, the agent, the simulation."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from worker.dedup.entry import Entry
from worker.dedup.form import Forms
from worker.dedup.hub import Hubs
from worker.dedup.link import Link
from worker.dedup.pair import RULE, Match
from worker.dedup.reading import SHORT
from worker.dedup.search import Search
from worker.dedup.store import Store

WINDOW = 48 * 3_600_000  # ms


class Verdict(NamedTuple):
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
    explain: dict[str, Any]


class _Edge(NamedTuple):
    """A parent. Of several the one with the smallest `rank` is taken: best score, then earliest, then smallest id."""

    rank: tuple[int, int, str]  # -score in thousandths, t, id
    slot: int  # -1: its row is gone
    match: Match | None
    link: Link | None

    @classmethod
    def to(cls, store: Store, slot: int, match: Match) -> _Edge:
        return cls((-match.score, *store.order(slot)), slot, match, None)

    @classmethod
    def gone(cls, link: Link) -> _Edge:
        return cls((-round(link.score * 1000), link.t, link.parent), -1, None, link)


class Clusters:
    """Who is a copy of whom, kept up under inserts, replacements and removals.

    The answer depends on the entries alone, never on the order of calls: an article's parent is the earlier one (by `t`,
    then id) with the best score, ties to the earlier. All candidates that share a probe key are scored at once; there is
    no cap that an order of arrival could hit.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self._store = Store()
        self._hubs = Hubs(self._store)
        self._forms = Forms(self._store)
        self._links: dict[int, Link] = {}  # by slot: inherited
        self._parents: dict[int, _Edge] = {}
        self._children: dict[int, set[int]] = {}
        self._roots: dict[int, tuple[str, bytes]] = {}  # of copies: id and body of the root

    def __len__(self) -> int:
        return len(self._store)

    def __contains__(self, id: object) -> bool:
        return id in self._store.slot_of

    @property
    def nbytes(self) -> int:
        """Bytes in memory, an estimate."""
        return self._store.nbytes + 600 * len(self._parents) + self._hubs.nbytes + self._forms.nbytes

    def ids(self) -> Iterator[str]:
        """All ids, in no order."""
        return iter(self._store.slot_of)

    def entry(self, id: str) -> Entry | None:
        """The entry of an id."""
        slot = self._store.slot_of.get(id)
        return None if slot is None else self._store.entry(slot)

    def verdict(self, id: str) -> Verdict | None:
        """The verdict of an id as it stands, None for an unknown one."""
        slot = self._store.slot_of.get(id)
        return None if slot is None else self._verdict(slot)

    def verdicts(self) -> Iterator[Verdict]:
        """All verdicts in the total order (t, id)."""
        for slot in sorted(self._store.slots(), key=self._store.order):
            yield self._verdict(slot)

    def put(self, entry: Entry, inherited: Link | None = None) -> list[Verdict]:
        """Inserts or replaces. Returns its own verdict first, then those of others that changed.

        `inherited` comes back with a row at takeover. Without it a replaced entry keeps its link while content and
        language stay the same; a link whose parent is no longer earlier and within the window is dropped.
        """
        slot = self._store.slot_of.get(entry.id)
        orphans: set[int] = set()
        before: dict[str, Verdict] = {}
        if slot is not None:
            old, link = self._store.entry(slot), self._links.get(slot)
            if inherited is None and (old.content, old.language) == (entry.content, entry.language):
                inherited = link
            if old == entry and inherited == link:
                return [self._verdict(slot)]
            before = self._subtrees([slot])
            orphans = self._unhook(slot)
        search = Search(self._store, self._hubs, self._forms, entry, self.window)
        slot = self._store.add(entry)
        if inherited is not None and self._holds(inherited, entry):
            self._links[slot] = inherited
        self._attach(slot, self._closest(search, self._links.get(slot)))
        adopted = self._adopt(slot, search, orphans, before)
        if not orphans and not adopted and not before:  # most articles: new, and no other's verdict can have changed
            self._settle_leaf(slot)
            return [self._verdict(slot)]
        self._rehome(orphans)
        moved = [slot, *orphans, *adopted]
        self._settle(moved)
        after = self._subtrees(moved)
        own = after.pop(entry.id)
        return [own, *(v for v in after.values() if before.get(v.id) != v)]

    def remove(self, id: str) -> list[Verdict]:
        """Takes an article out. Returns the verdicts of others that changed; none for an unknown id."""
        slot = self._store.slot_of.get(id)
        if slot is None:
            return []
        before = self._subtrees([slot])
        orphans = self._unhook(slot)
        self._rehome(orphans)
        self._settle(orphans)
        return [v for v in self._subtrees(orphans).values() if before.get(v.id) != v]

    def load(self, items: Iterable[tuple[Entry, Link | None]], step: Callable[[], None] = lambda: None) -> None:
        """Takes many rows into an empty index, faster than `put` for each. Raises ValueError when it is not empty.

        ``step`` is called again and again: it may take minutes.
        """
        if len(self):
            raise ValueError("load needs an empty index")
        slots, counts, keys = array("i"), array("i"), bytearray()
        for entry, inherited in items:
            step()
            slot = self._store.add(entry, indexed=False)
            slots.append(slot)
            counts.append(len(entry.keys) // 4)
            keys += entry.keys
            if inherited is not None and self._holds(inherited, entry):
                self._links[slot] = inherited
        flat = np.frombuffer(keys, "<u4").astype(np.uint32)
        late = set(self._links)
        shared = self._store.index.load(flat, np.frombuffer(slots, np.int32).repeat(counts))
        for portion in self._store.followers(*shared, self.window):
            step()
            late.update(portion.tolist())
        chosen = sorted(late, key=self._store.order)
        for slot in chosen:
            step()
            self._attach(slot, self._best(slot))
        self._settle(chosen)

    def heirs(self, ids: Collection[str]) -> list[tuple[str, Link]]:
        """The children, outside `ids`, of these rows, each with the link it must keep durably before `purge`."""
        gone = {slot for slot in map(self._store.slot_of.get, ids) if slot is not None}
        found = []
        for slot in sorted(gone, key=self._store.id):
            for child in sorted(self._children.get(slot, set()) - gone, key=self._store.id):
                edge = self._parents[child]
                assert edge.match is not None
                root, root_body = self._root(slot)
                link = Link(
                    self._store.id(slot),
                    int(self._store.t[slot]),
                    edge.match.score / 1000,
                    root,
                    root_body,
                    edge.match.explain(),
                )
                found.append((self._store.id(child), link))
        return found

    def purge(self, ids: Collection[str]) -> None:
        """Drops these rows for good. No verdict changes: their children keep the links that `heirs` named."""
        links = self.heirs(ids)
        for child, link in links:
            slot = self._store.slot_of.get(child)
            assert slot is not None
            self._links[slot] = link
            self._attach(slot, _Edge.gone(link))
        for id in set(ids):
            slot = self._store.slot_of.get(id)
            if slot is not None:
                self._unhook(slot)

    def _holds(self, link: Link, entry: Entry) -> bool:
        return (link.t, link.parent) < (entry.t, entry.id) and entry.t - link.t <= self.window

    def _closest(self, search: Search, link: Link | None) -> _Edge | None:
        """The best parent among the living and the one that was inherited."""
        gone = None if link is None else _Edge.gone(link)
        found = search.parent(None if gone is None else gone.rank)
        return gone if found is None else _Edge.to(self._store, *found)

    def _best(self, slot: int) -> _Edge | None:
        return self._closest(
            Search(self._store, self._hubs, self._forms, self._store.entry(slot), self.window, slot=slot, parents=True),
            self._links.get(slot),
        )

    def _adopt(self, slot: int, search: Search, orphans: set[int], before: dict[str, Verdict]) -> list[int]:
        """Makes the new row the parent of all later ones that it is closer to than theirs; notes their verdicts before."""
        if not search.any_later:
            return []
        t, id = self._store.order(slot)

        def closer(other: int, score: int) -> bool:
            edge = self._parents.get(other)
            return other not in orphans and (edge is None or (-score, t, id) < edge.rank)

        adopted = search.children(closer)
        if adopted:
            before.update((i, v) for i, v in self._subtrees([c for c, _ in adopted]).items() if i not in before)
        for child, match in adopted:
            self._attach(child, _Edge.to(self._store, slot, match))
        return [child for child, _ in adopted]

    def _rehome(self, orphans: set[int]) -> None:
        """Finds parents for rows that have lost theirs.

        Of equal texts only the earliest is searched for when nothing scores full marks with it: it is then the closest
        to all later ones, and the takedown of an original with thousands of equal copies stays cheap.
        """
        firsts: dict[tuple[bytes, bytes, str], int] = {}
        for slot in sorted(orphans, key=self._store.order):
            entry = self._store.entry(slot)
            kin = (entry.body, entry.stopped, entry.language)
            first = firsts.get(kin, -1)
            if first >= 0 and slot not in self._links and entry.t - self._store.t[first] <= self.window:
                self._attach(slot, _Edge.to(self._store, first, Match(1000, True)))
                continue
            search = Search(self._store, self._hubs, self._forms, entry, self.window, slot=slot, parents=True)
            self._attach(slot, self._closest(search, self._links.get(slot)))
            self._settle(
                [slot]
            )  # now: those that follow may be copies of it by the hundred, which `Hubs` knows to leave out
            if len(entry.trace) >= SHORT and first < 0 and not search.full_marks():
                firsts[kin] = slot

    def _attach(self, slot: int, edge: _Edge | None) -> None:
        old = self._parents.pop(slot, None)
        if old is not None and old.slot >= 0:
            siblings = self._children[old.slot]
            siblings.discard(slot)
            if not siblings:
                del self._children[old.slot]
        self._store.parent[slot] = -1 if edge is None else edge.slot
        if edge is not None:
            self._parents[slot] = edge
            if edge.slot >= 0:
                self._children.setdefault(edge.slot, set()).add(slot)

    def _unhook(self, slot: int) -> set[int]:
        """Takes a row out of tree, index and store. Returns its children, who have no parent now."""
        children = self._children.get(slot, set()).copy()
        for child in [*children, slot]:
            self._attach(child, None)
        self._links.pop(slot, None)
        self._roots.pop(slot, None)
        self._store.drop(slot)
        return children

    def _root(self, slot: int) -> tuple[str, bytes]:
        return self._roots.get(slot) or (self._store.id(slot), self._store.body_of(slot))

    def _settle(self, slots: Iterable[int]) -> None:
        """Puts the roots right in the trees below `slots`, whose parents are right."""
        for slot in slots:
            top = slot
            while (edge := self._parents.get(top)) is not None and edge.slot >= 0:
                top = edge.slot
            if edge is not None and edge.link is not None:
                root, place = (edge.link.root, edge.link.root_body), -1
            else:
                root, place = (self._store.id(top), self._store.body_of(top)), top
            todo = [slot]
            while todo:
                at = todo.pop()
                self._store.root[at] = place
                if at in self._parents:
                    self._roots[at] = root
                else:
                    self._roots.pop(at, None)
                todo.extend(self._children.get(at, ()))

    def _settle_leaf(self, slot: int) -> None:
        """`_settle` for a new row without children: it has its parent's root, and that is right."""
        edge = self._parents.get(slot)
        if edge is None:
            return
        if edge.link is not None:
            self._store.root[slot], self._roots[slot] = -1, (edge.link.root, edge.link.root_body)
        else:
            self._store.root[slot], self._roots[slot] = self._store.root[edge.slot], self._root(edge.slot)

    def _subtrees(self, slots: Iterable[int]) -> dict[str, Verdict]:
        """The verdicts of these rows and of all below them."""
        found: dict[int, Verdict] = {}
        todo = list(slots)
        while todo:
            slot = todo.pop()
            if slot not in found:
                found[slot] = self._verdict(slot)
                todo.extend(self._children.get(slot, ()))
        return {v.id: v for v in found.values()}

    def _verdict(self, slot: int) -> Verdict:
        store, edge = self._store, self._parents.get(slot)
        t, id = store.order(slot)
        language, content = store.language_of(slot), store.content_of(slot)
        if edge is None:
            return Verdict(id, t, language, content, "original", None, id, None, None, {"rule": RULE})
        root, root_body = self._roots[slot]
        why = edge.link.explain if edge.link is not None else edge.match.explain() if edge.match is not None else {}
        score, _, parent = edge.rank
        kind = "exact" if store.body_of(slot) == root_body else "near"
        explain = {"parent": parent, **why}
        return Verdict(id, t, language, content, kind, root, root, parent, -score / 1000, explain)
