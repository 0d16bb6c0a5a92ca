"""The real worker as a target: the final state must be that of ``process --final`` over the same messages."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.chaos.target import Input, Outcome, Target
from tests.harness import INTERNAL, differences, final_of_process, final_of_topics
from tests.kafka.log import Log
from tests.texts import stream

# One line each, so that `process` can be fed with them too; every one ends in a dead letter.
POISON = (
    b"{",
    b'{"text": "cut off',
    b"[1, 2]",
    b'{"text": 7}',
    b'{"title": "no text", "url": "https://x.example/"}',
    b"",
)


class Product(Target):
    """``news-worker worker``."""

    command: tuple[str, ...] = (sys.executable, "-m", "worker", "worker")

    def __init__(self, log: Log, prefix: str, partitions: int, disk: bool) -> None:
        super().__init__(log, prefix, partitions, disk)
        if not disk:
            self.command = (sys.executable, "-m", "tests.chaos.memory", "worker")
        self._wanted: dict[str, dict[str, object]] | None = None

    def env(self, address: str, folder: Path) -> dict[str, str]:
        return {
            "NEWS_WORKER_BROKER": address,
            "NEWS_WORKER_PREFIX": self.prefix,
            "NEWS_WORKER_DATA": str(folder / "data"),
            "NEWS_WORKER_PARTITIONS": str(self.partitions),
            "NEWS_WORKER_PROCESSES": "1",
            "NEWS_WORKER_WEB": "127.0.0.1:0",
            # A loaded machine must not turn a slow text into a dead letter.
            "NEWS_WORKER_DEADLINE": "30s",
        }

    def prepare(self, address: str) -> None:
        self.log.create(self.input, self.partitions, max_message_bytes=str(8 << 20))

    def records(self, count: int, seed: int, poison: int) -> Input:
        good = list(stream(seed, count, bad=0.0, shuffled=True))
        if not poison:
            return good
        return [
            (key, POISON[i // poison % len(POISON)] if i % poison == poison - 1 else value)
            for i, (key, value) in enumerate(good)
        ]

    def read_topics(self) -> list[str]:
        return [f"{self.prefix}.{name}" for name in ("raw", *INTERNAL)]

    def outputs(self) -> list[str]:
        return [f"{self.prefix}.{name}" for name in (*INTERNAL, "articles", "duplicates", "dlq")]

    def silent_topics(self) -> list[str]:
        return [f"{self.prefix}.articles"]

    def outcome(self, fed: Input) -> Outcome:
        bad = [value for _, value in fed if value in POISON]
        if self._wanted is None:
            self._wanted, _ = final_of_process([(k, v) for k, v in fed if v not in POISON], deadline="60s")
        want = self._wanted
        have = final_of_topics(self.log, f"{self.prefix}.articles", f"{self.prefix}.duplicates")
        lost = sorted(want.keys() - have.keys())
        wrong = [line for line in differences(want, have) if line.split(":")[0] not in lost]
        dead = [row.value for row in self.log.read(f"{self.prefix}.dlq")]
        if missing := Counter(bad) - Counter(dead):
            wrong.append(f"not in the dead letters: {dict(missing)}")
        if surplus := set(dead) - set(bad):
            wrong.append(f"in the dead letters without being bad: {len(surplus)}")
        doubled = live = copies = 0
        for name in ("articles", "duplicates"):
            written = Counter((row.key, row.headers.get("revision")) for row in self.log.read(f"{self.prefix}.{name}"))
            doubled += written.total() - len(written)
            standing = len(self.log.compacted(f"{self.prefix}.{name}"))
            live, copies = (standing, copies) if name == "articles" else (live, standing)
        return Outcome(len(fed), live, copies, len(dead), lost, doubled, wrong)
