"""`python -m tests.agents.convergence [--records N]`: the same records on Apache Kafka in three set-ups, one final state.

1 partition and 1 worker; 8 partitions and 1 worker; 8 partitions, 3 shards and 3 workers of which one is killed and started
again. Each is compared, article by article, with what `process --final` makes of the same records in another order; exit
status 1 where one differs. Prints for each the time, and the records and bytes of each topic for each record that went in.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from tests.bench import _broker
from tests.harness import INTERNAL, OWN, Cluster, Records, differences, final_of_process, first
from tests.texts import stream

OUTCOMES = ("new", "new-version", "older-version", "unchanged", "takedown", "dead")


@dataclass(frozen=True, slots=True)
class Setup:
    """How a run is spread. `kill`: one worker is killed with a third of the records through, and started again."""

    partitions: int
    shards: int = 1
    workers: int = 1
    kill: bool = False

    def __str__(self) -> str:
        end = ", one killed and started again" if self.kill else ""
        return f"partitions={self.partitions} shards={self.shards} workers={self.workers}{end}"


SETUPS = (Setup(1), Setup(8), Setup(8, 3, 3, kill=True))


def made(count: int, seed: int = 7) -> tuple[Records, dict[str, dict[str, Any]]]:
    """Mixed records, each with a time of its own, and the final state by `process --final`, which reads them shuffled."""
    records = list(stream(seed, count))
    shuffled = list(records)
    random.Random(1).shuffle(shuffled)
    return records, final_of_process(shuffled)[0]


def standing(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """The compacted output topics: originals in the one, copies in the other, no id in both."""
    articles, duplicates = (
        {
            (key or b"").decode(): orjson.loads(value)
            for key, value in cluster.kafka.compacted(cluster.topic(name)).items()
        }
        for name in ("articles", "duplicates")
    )
    assert not articles.keys() & duplicates.keys()
    assert {a["dedup"]["verdict"] for a in articles.values()} == {"original"}
    assert {a["dedup"]["verdict"] for a in duplicates.values()} <= {"exact", "near"}
    assert {a["dedup"]["of"] for a in duplicates.values()} <= articles.keys()
    return {
        ident: {k: v for k, v in article.items() if k not in OWN}
        for ident, article in {**articles, **duplicates}.items()
    }


def run(cluster: Cluster, setup: Setup, records: Records, timeout: float) -> dict[str, dict[str, Any]]:
    """Feed the records, kill as the set-up says, wait until nothing moves; the final state that stands in the topics."""
    part = len(records) // 2 if setup.kill else len(records)
    cluster.feed(records[:part], 4)
    workers = [cluster.start() for _ in range(setup.workers)]
    cluster.wait_ready(120)
    if setup.kill:
        third = len(records) // 3
        cluster.until(lambda: sum(cluster.kafka.ends(cluster.topic("tagged"))) > third, timeout, "at work")
        workers[0].kill()
        cluster.feed(records[part:])
        cluster.start()
    cluster.settle(timeout, still=5.0)
    if not setup.kill:
        counted = cluster.counters()
        assert sum(counted[name] for name in OUTCOMES) == len(records)
    return standing(cluster)


def traffic(cluster: Cluster, count: int) -> Mapping[str, tuple[float, float]]:
    """Of each topic: records, and bytes of keys and values, for each of `count` records that went in; changelogs as one."""
    names = {cluster.topic(name): name for name in (*INTERNAL, "articles", "duplicates")}
    names |= {t: "changelogs" for t in cluster.kafka.topics() if t.startswith(cluster.group) and "changelog" in t}
    total: dict[str, list[int]] = {}
    for topic, name in names.items():
        rows = cluster.kafka.read(topic, 300)
        held = total.setdefault(name, [0, 0])
        held[0] += len(rows)
        held[1] += sum(len(row.key or b"") + len(row.value or b"") for row in rows)
    return {name: (records / count, size / count) for name, (records, size) in total.items()}


def main() -> int:
    """Run all set-ups one after the other; 1 where a state differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.agents.convergence", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=0, help="of each worker's pool; 0: in the worker itself")
    parser.add_argument("--seed", type=int, default=7)
    _broker.add_option(parser)
    args = parser.parse_args()
    records, wanted = made(args.records, args.seed)
    print(f"{args.records} records, {len(wanted)} articles in the final state of process --final", flush=True)
    wrong = 0
    with _broker.address(args.broker) as address:
        for setup in SETUPS:
            settings = {"partitions": setup.partitions, "shards": setup.shards, "processes": args.processes}
            name, begin = f"c{uuid4().hex[:8]}", time.monotonic()
            with (
                tempfile.TemporaryDirectory() as folder,
                Cluster(address, name, Path(folder), **settings) as cluster,
            ):
                state = run(cluster, setup, records, timeout=120 + args.records / 5)
                seconds = time.monotonic() - begin
                unlike = list(differences(state, wanted))
                wrong += bool(unlike)
                print(f"{setup}: {len(unlike)} articles differ, {seconds:.0f} s", flush=True)
                if unlike:
                    print(first(unlike), file=sys.stderr, flush=True)
                for topic, (count, size) in traffic(cluster, args.records).items():
                    print(f"  {topic:<12}{count:7.2f} records {size:8.0f} bytes", flush=True)
            for topic in [t for t in cluster.kafka.topics() if t.startswith(name)]:
                cluster.kafka.delete(topic)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
