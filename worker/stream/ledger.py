"""Which offsets were handed on, confirmed, committed: the only source of what is committed. Pure, no broker.

The framework's own books are not used (faust 0.15.3):
  * its commit skips an unacked head: off by one (transport/consumer.py:1138), no check at all where nothing is committed;
  * a jump in offsets is a "gap" and counts what comes next as acked (:1157, :1215; issues 606, 596, 312, PR 707);
  * a message interrupted by a revoke still moves its read offset (:1223), and the re-read record is dropped as a repeat.
Here a partition's log is handed on in stretches that follow each other without a gap, they are confirmed in the same
order, and the commit is the end of the last confirmed one. A hole (compaction, transaction markers, retention) is part of a
stretch only when the log itself confirmed it: after a seek back to the missing offset it still starts higher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    asked: int = -1  # the missing offset that was sought back to


class Ledger:
    """The accounts of the partitions of one assignment."""

    def __init__(self) -> None:
        self._accounts: dict[Place, _Account] = {}
        self._generation = 0
        self.repeats = 0  # records that came twice and were left out
        self.resought = 0  # times the broker was asked again for a missing offset
        self.holes = 0  # holes the log confirmed

    def assign(self, positions: Mapping[Place, int]) -> None:
        """Begin anew: ``positions`` are the committed offsets (the log's start where nothing is committed)."""
        self._generation += 1
        self._accounts = {place: _Account(at, at, at) for place, at in positions.items()}

    def forget(self) -> None:
        """The partitions are revoked: nothing is handed on, a late confirmation does not count."""
        self._generation += 1
        self._accounts = {}

    def admit(self, place: Place, records: Sequence[R]) -> tuple[Sequence[R], Stretch | None, int | None]:
        """Those of ``records`` that follow what was handed on, their stretch, and the offset to seek back to, if any."""
        account = self._accounts.get(place)
        if account is None or not records:
            return (), None, None
        begin = account.expected
        if records[0].offset == begin and records[-1].offset == begin + len(records) - 1:
            account.expected = begin + len(records)
            return records, Stretch(place, begin, account.expected, self._generation), None
        kept: list[R] = []
        for record in records:
            if record.offset < account.expected:
                self.repeats += 1
                continue
            if record.offset > account.expected:
                if account.asked != account.expected:
                    account.asked = account.expected
                    self.resought += 1
                    return kept, self._stretch(place, begin, account.expected), account.expected
                self.holes += 1  # it was asked for, and the log goes on here
            account.expected = record.offset + 1
            kept.append(record)
        return kept, self._stretch(place, begin, account.expected), None

    def missing(self, place: Place, position: int) -> int | None:
        """The reader stands at ``position`` and nothing is buffered: the offset to seek back to, once.

        Answers None when nothing is missing, when records are still at work, or when the log has confirmed the hole, which
        then counts as handed on and confirmed. Mends a drop or a hole at the end of the log, which no later record reveals.
        """
        account = self._accounts.get(place)
        if account is None or position <= account.expected or account.done != account.expected:
            return None
        if account.asked != account.expected:
            account.asked = account.expected
            self.resought += 1
            return account.expected
        self.holes += 1
        account.expected = account.done = position
        return None

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

    def done(self) -> dict[Place, int]:
        """The next offset to confirm of every partition."""
        return {place: a.done for place, a in self._accounts.items()}

    def _stretch(self, place: Place, begin: int, end: int) -> Stretch | None:
        return Stretch(place, begin, end, self._generation) if end > begin else None
