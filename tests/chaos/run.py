"""One run of a scenario: members, input, and the wait until all is quiet."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.feeder import Feeder
from tests.chaos.members import Members
from tests.chaos.target import Input, Outcome, Target, make
from tests.kafka.log import Log

QUIET = 4.0  # s without a new record anywhere, with all offsets committed
STUCK = 45.0  # s without a new record anywhere, with offsets missing: somebody stands still


@dataclass
class Result:
    """One line of the table."""

    scenario: str
    outcome: Outcome
    skipped: int  # records that only came after a restart of all members
    silence: float  # longest time without a record at the output while there was input
    notes: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the run breaks the promise."""
        return bool(self.outcome.lost or self.outcome.wrong or self.skipped)


class Run:
    """The stage of a scenario. Use it as a context manager: it ends the members and removes what it made."""

    def __init__(
        self,
        address: str,
        kind: str,
        *,
        partitions: int = 4,
        disk: bool = True,
        planted: bool = False,
        env: dict[str, str] | None = None,
    ) -> None:
        self.address = address
        self.log = Log(address)
        self.prefix = f"chaos-{uuid.uuid4().hex[:8]}"
        self.target: Target = make(kind, self.log, self.prefix, partitions, disk, planted)
        self.folder = Path(tempfile.mkdtemp(prefix="news-worker-chaos-"))
        self.members = Members(
            self.folder, self.target.command, {**self.target.env(address, self.folder), **(env or {})}
        )
        self.keep = False
        self.fed: Input = []
        self.feeder: Feeder | None = None

    def __enter__(self) -> Run:
        self.target.prepare(self.address)
        return self

    def __exit__(self, *error: object) -> None:
        for member in self.members.alive:
            member.kill()
        if not self.keep:
            self.log.delete_created(self.prefix)
            shutil.rmtree(self.folder, ignore_errors=True)

    def feed(self, count: int, rate: float, seed: int, poison: int = 0) -> Feeder:
        """Begin to feed."""
        self.fed = self.target.records(count, seed, poison)
        self.feeder = Feeder(self.address, self.target.input, self.fed, rate)
        self.feeder.start()
        return self.feeder

    def until(self, check: Callable[[], bool], timeout: float, every: float = 0.2) -> bool:
        """Wait for ``check``; whether it came true."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if check():
                return True
            time.sleep(every)
        return False

    def ready(self, timeout: float = 60.0) -> None:
        """Wait until the group reads: the first member has said so."""
        assert self.until(lambda: any('msg="ready"' in m.said() for m in self.members.all), timeout), (
            "no member got ready"
        )

    def written(self) -> int:
        """Records in all topics the worker writes."""
        return sum(sum(self.log.ends(topic)) for topic in self.target.outputs() if topic != self.target.input)

    def settled(self, timeout: float) -> bool:
        """Wait until everything is read and nothing new comes, or somebody stands still. Whether all is read."""
        last: list[list[int]] = []
        since = time.monotonic()
        end = since + timeout
        while time.monotonic() < end:
            try:
                now = [self.log.ends(topic) for topic in self.target.outputs()]
                read = self.log.caught_up(self.target.group, self.target.read_topics())
            except Exception:  # the broker may be away
                time.sleep(1.0)
                continue
            if now != last:
                last, since = now, time.monotonic()
            if read and time.monotonic() - since > QUIET:
                return True
            if time.monotonic() - since > STUCK:
                return False
            time.sleep(0.5)
        return False

    def finish(self, scenario: str, timeout: float = 1800.0) -> Result:
        """Wait for the end, restart everybody where somebody stands still, and compare."""
        assert self.feeder is not None
        self.feeder.join(timeout)
        assert self.feeder.error is None, self.feeder.error
        notes: list[str] = []
        skipped = 0
        if not self.settled(timeout):
            before = self.target.outcome(self.fed)
            notes.append("stood still")
            self.members.stop()
            self.members.start()
            self.settled(timeout)
            skipped = max(1, len(before.lost) - len(self.target.outcome(self.fed).lost))
        for member in self.members.fell():
            said = member.said().strip().splitlines()[-1:] if member.status != 75 else []  # 75 is what is asked for
            notes.append(": ".join([f"{member.name} ended with {member.status}", *said]))
        slowest = self.members.stop()
        notes.append(f"stop {slowest:.1f} s")
        result = Result(scenario, self.target.outcome(self.fed), skipped, self.silence(), notes)
        self.keep = result.failed
        o = result.outcome
        print(
            f"{scenario}: {o.records} records, {len(o.lost)} lost, {skipped} skipped, {o.doubled} doubled, {len(o.wrong)} wrong",
            file=sys.stderr,
            flush=True,
        )
        if self.keep:
            result.notes.append(f"kept in {self.folder} and {self.prefix}.*")
        return result

    def gaps(self) -> list[tuple[int, int]]:
        """The times (ms) between which a partition of the last outputs got no record."""
        stamps: dict[tuple[str, int], list[int]] = {}
        for topic in self.target.silent_topics():
            for row in self.log.read(topic):
                stamps.setdefault((topic, row.partition), []).append(row.timestamp)
        return [gap for times in stamps.values() for gap in itertools.pairwise(sorted(times))]

    def silence(self) -> float:
        """The longest of these, in seconds."""
        return max((end - begin for begin, end in self.gaps()), default=0) / 1000
