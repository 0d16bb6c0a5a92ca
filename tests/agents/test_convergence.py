"""One answer on Apache Kafka: any partitions, shards and workers, one of them killed; and it is that of `process`."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.harness import OWN, Cluster, Records, differences, final_of_process, first
from tests.texts import stream

RECORDS = 300


@pytest.fixture(scope="module")
def records() -> Records:
    """Mixed records: copies, edits, updates, fetched again, takedowns, bad ones; each with a time of its own."""
    return list(stream(7, RECORDS))


@pytest.fixture(scope="module")
def wanted(records: Records) -> dict[str, dict[str, Any]]:
    """The final state by `process --final`, which reads the same records in another order."""
    shuffled = list(records)
    random.Random(1).shuffle(shuffled)
    return final_of_process(shuffled)[0]


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


@pytest.mark.parametrize("partitions", [1, 8])
def test_one_worker(
    kafka: str, prefix: str, tmp_path: Path, records: Records, wanted: dict[str, dict[str, Any]], partitions: int
) -> None:
    with Cluster(kafka, prefix, tmp_path, partitions=partitions, processes=0) as cluster:
        cluster.feed(records, 2)
        cluster.start()
        cluster.settle()
        assert not first(differences(standing(cluster), wanted))
        counted = cluster.counters()
        outcomes = ("new", "new-version", "older-version", "unchanged", "takedown", "dead")
        assert sum(counted[name] for name in outcomes) == RECORDS


def test_two_workers_of_which_one_is_killed(
    kafka: str, prefix: str, tmp_path: Path, records: Records, wanted: dict[str, dict[str, Any]]
) -> None:
    with Cluster(kafka, prefix, tmp_path, partitions=8, shards=3, processes=0) as cluster:
        half = len(records) // 2
        cluster.feed(records[:half], 4)
        one, _ = cluster.start(), cluster.start()
        cluster.wait_ready()
        cluster.until(lambda: len(cluster.kafka.read(cluster.topic("articles"))) > 20, 90, "at work")
        one.kill()
        cluster.feed(records[half:])
        cluster.start()
        cluster.settle()
        assert not first(differences(standing(cluster), wanted))
