"""The short form of ``python -m tests.acceptance``: accounting, commits, the view and the final state, on Apache Kafka."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance import check
from tests.harness import Cluster
from tests.texts import stream


@pytest.mark.parametrize(("partitions", "workers"), [(4, 2), (1, 1)])
def test_every_record_is_accounted_for(kafka: str, prefix: str, tmp_path: Path, partitions: int, workers: int) -> None:
    records = list(stream(5, 200, bad=0.03))
    with Cluster(kafka, prefix, tmp_path, partitions=partitions, watchdog="120s") as cluster:
        figures = check(cluster, records, workers, partitions)
    cluster.kafka.delete_created(prefix)
    assert figures["dead"] and figures["takedown"] and figures["new-version"] and figures["unchanged"]
