"""Which offsets were handed on, confirmed, committed: the only source of what is committed. Pure, no broker.

The framework's own books are not used (faust 0.15.3):
  * its commit skips an unacked head: off by one (transport/consumer.py:1138), no check at all where nothing is committed;
  * a jump in offsets is a "gap" and counts what comes next as acked (:1157, :1215; issues 606, 596, 312, PR 707);
  * a message interrupted by a revoke still moves its read offset (:1223), and the re-read record is dropped as a repeat.
Here a partition's log is handed on in stretches that follow each other without a gap, they are confirmed in the same
order, and the commit is the end of the last confirmed one. Each fetch says where the client stood before and after it: from
a place beyond what was handed on, something was dropped on the way, and it is sought back to; from there or before, what the
fetch did not bring is not in the log (compaction, transaction markers), and only then a hole is passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar


class HasOffset(Protocol):
    """Anything with an offset: aiokafka's record or a test's."""

    @property
    def offset(self) -> int: ...


R = TypeVar("R", bound=HasOffset)


class Place(NamedTuple):
    """A topic's partition."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The offsets ``begin`` up to but not including ``end``, handed on together in ``generation`` of the assignment."""

    place: Place
    begin: int
    end: int
    generation: int


@dataclass(slots=True)
class _Account:
    expected: int  # the offset to hand on next
    done: int  # all below is confirmed
    committed: int  # what the broker was told
    holes: list[tuple[int, int]] = field(default_factory=list)  # behind what is at work

    def settle(self) -> None:
        """Pass the holes that begin where the confirmed part ends."""
        while self.holes and self.holes[0][0] == self.done:
            self.done = self.holes.pop(0)[1]


class Ledger:
    """The accounts of the partitions of one assignment."""

    def __init__(self) -> None:
        self._accounts: dict[Place, _Account] = {}
        self._generation = 0
        self.repeats = 0  # records that came twice and were left out
        self.resought = 0  # times the broker was asked again for a missing offset
        self.holes = 0  # offsets that the log does not hold

    def assign(self, positions: Mapping[Place, int]) -> None:
        """Begin anew: ``positions`` are the committed offsets (the log's start where nothing is committed)."""
        self._generation += 1
        self._accounts = {place: _Account(at, at, at) for place, at in positions.items()}

    def forget(self) -> None:
        """The partitions are revoked: nothing is handed on, a late confirmation does not count."""
        self._generation += 1
        self._accounts = {}

    def admit(
        self, place: Place, records: Sequence[R], before: int | None, after: int | None
    ) -> tuple[Sequence[R], Stretch | None, int | None]:
        """Take what a fetch brought that moved the client from ``before`` to ``after`` (None: not known).

        Returns the records to hand on, the stretch they cover, and the offset to seek back to, if something is missing.
        """
        account = self._accounts.get(place)
        if account is None:
            return (), None, None
        if before is None:
            if not records:
                return (), None, None
            before = records[0].offset
        begin = account.expected
        if before > begin:
            self.resought += 1
            return (), None, begin
        kept = records
        if records and records[0].offset < begin:
            kept = [record for record in records if record.offset >= begin]
            self.repeats += len(records) - len(kept)
        end = max(after or 0, begin, kept[-1].offset + 1 if kept else 0)
        self.holes += end - begin - len(kept)
        if not kept:
            self.pass_hole(place, end)
            return (), None, None
        account.expected = end
        return kept, Stretch(place, begin, end, self._generation), None

    def pass_hole(self, place: Place, end: int) -> None:
        """The log holds nothing from what was handed on up to ``end``: it counts as confirmed when all before it is."""
        account = self._accounts.get(place)
        if account is None or end <= account.expected:
            return
        account.holes.append((account.expected, end))
        account.expected = end
        account.settle()

    def confirm(self, stretches: Iterable[Stretch]) -> None:
        """The work of these stretches is on the broker. One of an earlier assignment does not count: it comes again.

        Raises RuntimeError when a stretch does not follow the last confirmed one: a fault of this package.
        """
        for stretch in stretches:
            if stretch.generation != self._generation:
                continue
            account = self._accounts[stretch.place]
            if stretch.begin != account.done:
                raise RuntimeError(f"{stretch} confirmed out of order: {account.done} is next")
            account.done = stretch.end
            account.settle()

    def current(self, stretch: Stretch) -> bool:
        """Whether the stretch belongs to the assignment of now."""
        return stretch.generation == self._generation

    def committable(self) -> dict[Place, int]:
        """The offsets to commit: of each partition that has confirmed work beyond its commit."""
        return {place: a.done for place, a in self._accounts.items() if a.done > a.committed}

    def committed(self, offsets: Mapping[Place, int]) -> None:
        """The broker has these offsets."""
        for place, offset in offsets.items():
            if (account := self._accounts.get(place)) is not None:
                account.committed = max(account.committed, offset)

    def commits(self) -> dict[Place, int]:
        """The committed offset of every partition, as far as the broker has answered."""
        return {place: a.committed for place, a in self._accounts.items()}

    def done(self) -> dict[Place, int]:
        """The next offset to confirm of every partition."""
        return {place: a.done for place, a in self._accounts.items()}

    def expected(self, place: Place) -> int | None:
        """The offset to hand on next, None for a partition that is not ours."""
        account = self._accounts.get(place)
        return None if account is None else account.expected
