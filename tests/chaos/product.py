"""The real worker as a target: the final state must be that of ``process --final`` over the same messages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.agents.bad import DEAD, ELSEWHERE, LIMIT
from tests.chaos.target import Input, Outcome, Target
from tests.harness import INTERNAL, differences, final_of_process, final_of_topics
from tests.kafka.log import Log
from tests.texts import stream

# One of each kind of bad input that ends in a dead letter, and of each way in which the work may fail.
POISON = DEAD | ELSEWHERE


class Product(Target):
    """``news-worker worker``; where bad records are fed, with the faults that some of them ask for."""

    def __init__(self, log: Log, prefix: str, partitions: int, disk: bool, planted: bool = False) -> None:
        super().__init__(log, prefix, partitions, disk)
        if planted and not disk:
            raise SystemExit("poison keeps its state on disk")
        module = "tests.agents.planted" if planted else "worker" if disk else "tests.chaos.memory"
        self.command = (sys.executable, "-m", module, "worker")
        self.planted = planted
        self._bad: dict[tuple[bytes | None, bytes | None], tuple[str, str]] = {}  # its kind and code
        self._wanted: dict[str, dict[str, object]] | None = None

    def env(self, address: str, folder: Path) -> dict[str, str]:
        return {
            "NEWS_WORKER_BROKER": address,
            "NEWS_WORKER_PREFIX": self.prefix,
            "NEWS_WORKER_DATA": str(folder / "data"),
            "NEWS_WORKER_PARTITIONS": str(self.partitions),
            "NEWS_WORKER_PROCESSES": "1",
            "NEWS_WORKER_WEB": "127.0.0.1:0",
            # A loaded machine must not turn a slow text into a dead letter; where some never end, that is waited for.
            "NEWS_WORKER_DEADLINE": "2s" if self.planted else "30s",
            "NEWS_WORKER_MAX_MESSAGE": str(LIMIT),
        }

    def prepare(self, address: str) -> None:
        self.log.create(self.input, self.partitions, max_message_bytes=str(8 << 20))

    def records(self, count: int, seed: int, poison: int) -> Input:
        good = list(stream(seed, count, bad=0.0, shuffled=True))
        if not poison:
            return good
        kinds = list(POISON.items())
        for n, i in enumerate(range(poison - 1, count, poison)):
            name, (key, value, code) = kinds[n % len(kinds)]
            good[i] = (f"bad-{n}".encode() if key == b"k" else key, value)
            self._bad[good[i]] = (name, code)
        return good

    def read_topics(self) -> list[str]:
        return [f"{self.prefix}.{name}" for name in ("raw", *INTERNAL)]

    def outputs(self) -> list[str]:
        return [f"{self.prefix}.{name}" for name in (*INTERNAL, "articles", "duplicates", "dlq")]

    def silent_topics(self) -> list[str]:
        return [f"{self.prefix}.articles"]

    def outcome(self, fed: Input) -> Outcome:
        if self._wanted is None:
            good = [record for record in fed if record not in self._bad]
            self._wanted, _ = final_of_process(good, deadline="60s")
        want = self._wanted
        have = final_of_topics(self.log, f"{self.prefix}.articles", f"{self.prefix}.duplicates")
        lost = sorted(want.keys() - have.keys())
        wrong = [line for line in differences(want, have) if line.split(":")[0] not in lost]
        bad = self._places_of_bad()
        dead = [(_origin(row.headers), row.headers["dlq-code"].decode()) for row in self.log.read(f"{self.prefix}.dlq")]
        wrong += [f"dead with {code}, not bad: {place}" for place, code in dead if place not in bad]
        for place, (name, code) in bad.items():
            if (codes := [said for at, said in dead if at == place]) != [code]:
                wrong.append(f"{name}: dead with {codes} in place of {code}, at {place}")
        doubled = live = copies = 0
        for name in ("articles", "duplicates"):
            written = Counter((row.key, row.headers.get("revision")) for row in self.log.read(f"{self.prefix}.{name}"))
            doubled += written.total() - len(written)
            standing = len(self.log.compacted(f"{self.prefix}.{name}"))
            live, copies = (standing, copies) if name == "articles" else (live, standing)
        return Outcome(len(fed), live, copies, len(dead), lost, doubled, wrong)

    def _places_of_bad(self) -> dict[str, tuple[str, str]]:
        """Where the bad records stand in the input, with kind and code."""
        if not self._bad:
            return {}
        rows = self.log.read(self.input)
        return {
            f"{self.input}:{row.partition}:{row.offset}": self._bad[row.key, row.value]
            for row in rows
            if (row.key, row.value) in self._bad
        }


def _origin(headers: Mapping[str, bytes]) -> str:
    """Where the raw record of a dead letter stands: of one that failed in a later stage, ``src`` says it."""
    if "src" in headers:
        return headers["src"].decode()
    return ":".join(headers[f"dlq-{part}"].decode() for part in ("topic", "partition", "offset"))
