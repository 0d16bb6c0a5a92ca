"""Learned lists on Kafka: in force before the first article, refused when articles of their days have come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson

from tests.harness import Cluster
from tests.texts import START, raw, story
from worker.dedup.lists import DAY, StopList


def published(cluster: Cluster, day: int) -> None:
    version = StopList(int(START.timestamp() * 1000) // DAY + day, np.array([day + 10], np.uint32))
    cluster.kafka.write(cluster.topic("lists"), [(version.name.encode(), version.dump())])


def test_a_list_in_the_topic_is_used_and_a_late_one_is_not(kafka: str, prefix: str, tmp_path: Path) -> None:
    with Cluster(kafka, prefix, tmp_path, partitions=1, processes=0) as cluster:
        cluster.kafka.create(cluster.topic("lists"), 1, cleanup_policy="compact", max_message_bytes=str(16 << 20))
        published(cluster, 0)
        cluster.feed([(None, orjson.dumps(raw(story(1, "en"), "https://one.example/a", START)))], 1)
        worker = cluster.start()
        cluster.wait_ready()
        cluster.until(lambda: bool(cluster.kafka.compacted(cluster.topic("articles"))), 90, "at work", 1.0)
        published(cluster, -1)
        cluster.until(lambda: "comes too late" in worker.log.read_text(), 30, "refusing")
        again = raw(story(2, "en"), "https://one.example/b", START + timedelta(minutes=1))
        cluster.feed([(None, orjson.dumps(again))])
        cluster.settle()
        values = [orjson.loads(value) for value in cluster.kafka.compacted(cluster.topic("articles")).values()]
        assert len(values) == 2
        assert {v["provenance"]["rules"].partition("/")[2] for v in values} == {START.date().isoformat()}
