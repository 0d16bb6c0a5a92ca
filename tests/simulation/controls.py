"""Handlers with a fault planted in them. The simulation is believed only because it condemns each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.simulation.corpus import WINDOW
from tests.simulation.world import Plan
from worker.dedup.clusters import Verdict
from worker.dedup.deduplicate import Deduplicator, Handled
from worker.dedup.entry import Entry
from worker.dedup.match import Matcher, ShardRow
from worker.dedup.pair import pair
from worker.dedup.publish import VALUE, Published, Publisher, Revision, parse_revision
from worker.dedup.records import Headers, Judged, Out, Sketch


class LocalDeduplicator(Deduplicator):
    """Sends each sketch to a shard of its own partition: pairs over two partitions never meet."""

    @staticmethod
    def units(plan: Plan) -> int:
        """A shard for each partition."""
        return plan.partitions

    def shard_of(self, language: str) -> int:
        return self.partition


class LocalPublisher(Publisher):
    """Believes whatever shard has judged."""

    def shard_of(self, language: str) -> int:
        return getattr(self, "_heard", 0)

    def verdict(self, id: str, value: bytes) -> list[Out]:
        self._heard = Judged.unpack(value).shard
        return super().verdict(id, value)


class SilentMatcher(Matcher):
    """Never amends what it has answered."""

    def record(self, value: bytes, offset: int, src: bytes | None = None) -> list[Out]:
        own = Sketch.unpack(value).id.encode()
        return [out for out in super().record(value, offset, src) if out.key == own]


class FirstComeMatcher(Matcher):
    """Whoever arrives second is the copy, without a look at who it is."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrived: list[Entry] = []

    def record(self, value: bytes, offset: int, src: bytes | None = None) -> list[Out]:
        entry = Sketch.unpack(value).entry
        if entry is None:
            return []
        match = next((e for e in self.arrived if pair(e, entry, WINDOW) is not None), None)
        self.arrived.append(entry)
        kind, of = ("original", None) if match is None else ("near", match.id)
        verdict = Verdict(entry.id, entry.t, entry.language, entry.content, kind, of, of or entry.id, of, 1.0, {})
        return [self._say(verdict, src)]


class ForgetfulMatcher(Matcher):
    """Rebuilds its index at takeover and says nothing."""

    def takeover(self) -> Iterator[Out]:
        for _ in super().takeover():
            pass
        return iter(())


class AnyMatcher(Matcher):
    """Takes the sketch that came last, not the one with the highest n."""

    def record(self, value: bytes, offset: int, src: bytes | None = None) -> list[Out]:
        id = Sketch.unpack(value).id
        packed = self.rows.get(id)
        if packed is not None:
            row = ShardRow.unpack(packed)
            row.n = 0
            self.rows.put(id, row.pack())
        return super().record(value, offset, src)


class TermlessPublisher(Publisher):
    """Believes the verdict that came last, whoever sent it."""

    def verdict(self, id: str, value: bytes) -> list[Out]:
        row = self._get(id)
        row.verdicts.pop(Judged.unpack(value).shard, None)
        self.published.put(id, row.pack())
        return super().verdict(id, value)


class BlindPublisher(Publisher):
    """Takes what it has sent for what stands, and reads nothing back."""

    def read_back(
        self, place: str, id: str, value: bytes | None, headers: Headers, offset: int, *, live: bool = True
    ) -> list[Out]:
        if self._seen_own(place, id, headers):
            return super().read_back(place, id, value, headers, offset, live=live)
        return []

    def _seen_own(self, place: str, id: str, headers: Headers) -> bool:
        return parse_revision(dict(headers).get("revision"))[0] == self.term


class LowPublisher(Publisher):
    """Is content with the wanted value, whether or not it has the highest revision."""

    def _highest(self, id: str, row: Published) -> Revision:
        return max(
            standing.revision for standing in row.standing.values() if standing.kind == VALUE or not any_value(row)
        )


class DeafDeduplicator(Deduplicator):
    """Drops a repeated message, also where a crash has lost what it sent."""

    def message(self, id: str, *args: Any) -> Handled:
        before = self.rows.get(id)
        handled = super().message(id, *args)
        if before is not None and self.rows.get(id) == before:
            return Handled([], handled.outcome, handled.late, handled.row)
        return handled


def any_value(row: Published) -> bool:
    """Whether a value stands in either topic."""
    return any(standing.kind == VALUE for standing in row.standing.values())


@dataclass(frozen=True, slots=True)
class Control:
    """A fault, and the runs that must condemn it."""

    name: str
    plan: Plan
    every: bool = False  # each single run must


CALM = Plan(0, partitions=3, crash=0.0)
CRASHING = replace(CALM, crash=0.03)
ZOMBIES = replace(CALM, moves=0.01, zombies=True)
CONTROLS = (
    Control(
        "an index local to the partition of ids",
        replace(CALM, partitions=8, deduplicator=LocalDeduplicator, publisher=LocalPublisher),
        every=True,
    ),
    Control("no amendment of what was answered", replace(CALM, arrival="shuffled", matcher=SilentMatcher), every=True),
    Control("who arrives second is the copy", replace(CALM, matcher=FirstComeMatcher)),
    Control("no verdicts after a takeover", replace(CRASHING, matcher=ForgetfulMatcher)),
    Control("a repeated message is dropped", replace(CRASHING, deduplicator=DeafDeduplicator)),
    Control("the verdict that came last", replace(ZOMBIES, moves=0.03, publisher=TermlessPublisher)),
    Control("no read-back", replace(ZOMBIES, publisher=BlindPublisher)),
    Control("no highest revision", replace(ZOMBIES, moves=0.03, publisher=LowPublisher)),
    Control("no highest n", replace(ZOMBIES, moves=0.03, arrival="shuffled", matcher=AnyMatcher)),
)
