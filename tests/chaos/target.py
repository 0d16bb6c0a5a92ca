"""What a scenario runs on: the small lab app or the real worker. How to start it, what to feed, what must come out."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.kafka.log import Log

Input = list[tuple[bytes | None, bytes | None]]


@dataclass
class Outcome:
    """What stands in the topics at the end."""

    records: int
    articles: int
    duplicates: int
    dead: int
    lost: list[str]
    doubled: int  # records that came out more often than once with nothing new
    wrong: list[str] = field(default_factory=list)


class Target(ABC):
    """One kind of worker."""

    command: Sequence[str]
    session = 6.0  # s, the session timeout of the members

    def __init__(self, log: Log, prefix: str, partitions: int, disk: bool) -> None:
        self.log, self.prefix, self.partitions, self.disk = log, prefix, partitions, disk
        self.group = f"{prefix}-worker"
        self.input = f"{prefix}.raw"

    @abstractmethod
    def env(self, address: str, folder: Path) -> dict[str, str]:
        """The environment of a member."""

    @abstractmethod
    def prepare(self, address: str) -> None:
        """Create the input topic."""

    @abstractmethod
    def records(self, count: int, seed: int, poison: int) -> Input:
        """The input; one record in ``poison`` is bad (0: none)."""

    @abstractmethod
    def read_topics(self) -> list[str]:
        """The topics that the group reads."""

    @abstractmethod
    def outputs(self) -> list[str]:
        """The topics that show progress."""

    @abstractmethod
    def silent_topics(self) -> list[str]:
        """The topics whose gaps are silence; their time is the broker's."""

    @abstractmethod
    def outcome(self, fed: Input) -> Outcome:
        """Compare what came out with what was fed."""


class Lab(Target):
    """The small app: no news, only the stream."""

    command = (sys.executable, "-m", "tests.chaos.lab")

    def __init__(self, log: Log, prefix: str, partitions: int, disk: bool) -> None:
        super().__init__(log, prefix, partitions, disk)
        self.command = (*Lab.command, prefix)

    def env(self, address: str, folder: Path) -> dict[str, str]:
        return {
            "LAB_BROKER": address,
            "LAB_DATA": str(folder / "data"),
            "LAB_PARTITIONS": str(self.partitions),
            "LAB_DISK": "1" if self.disk else "0",
        }

    def prepare(self, address: str) -> None:
        self.log.create(self.input, self.partitions)

    def records(self, count: int, seed: int, poison: int) -> Input:
        kinds = (b"dead ", b"raise ", b"refuse ")
        out: Input = []
        for i in range(count):
            bad = kinds[i // poison % 3] if poison and i % poison == poison - 1 else b""
            out.append((f"{seed}-{i:06d}".encode(), bad + b"x" * 600))
        return out

    def read_topics(self) -> list[str]:
        return [f"{self.prefix}.{name}" for name in ("raw", "mid", "shard", "back")]

    def outputs(self) -> list[str]:
        return [*self.read_topics(), f"{self.prefix}.out", f"{self.prefix}.dlq"]

    def silent_topics(self) -> list[str]:
        return [f"{self.prefix}.out"]

    def outcome(self, fed: Input) -> Outcome:
        good = {key.decode() for key, value in fed if key and value and value.startswith(b"x")}
        bad = {key.decode() for key, value in fed if key and value and not value.startswith(b"x")}
        came = Counter(row.key.decode() for row in self.log.read(f"{self.prefix}.out") if row.key)
        # A zombie lacks the rows of its successor; where that has put the record out, the zombie's word does not count.
        dead = Counter(
            row.key.decode()
            for row in self.log.read(f"{self.prefix}.dlq")
            if row.key and not (row.headers["dlq-code"] == b"lab-norow" and row.key.decode() in came)
        )
        wrong = [f"dead: {key}" for key in dead.keys() - bad] + [f"not dead: {key}" for key in bad - dead.keys()]
        wrong += [f"out: {key}" for key in came.keys() - good]
        for table, want in (("rows", b"2"), ("index", None)):
            have = self.log.compacted(f"{self.group}-{table}-changelog")
            rows = {k.decode(): v for k, v in have.items() if k and not k.startswith(b"\0")}
            wrong += [f"{table}: no row {key}" for key in good - rows.keys()]
            wrong += [
                f"{table}: row {key} is {rows[key]!r}" for key in good & rows.keys() if want not in (None, rows[key])
            ]
        doubled = sum(came.values()) - len(came) + sum(dead.values()) - len(dead)
        return Outcome(len(fed), len(came), 0, len(dead), sorted(good - came.keys()), doubled, wrong)


def make(kind: str, log: Log, prefix: str, partitions: int, disk: bool = True, planted: bool = False) -> Target:
    """``lab`` or ``worker``, with state on disk or in memory, the worker with planted faults."""
    if kind == "lab":
        return Lab(log, prefix, partitions, disk)
    from tests.chaos.product import Product

    return Product(log, prefix, partitions, disk, planted)
