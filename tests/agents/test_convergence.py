"""One answer on Apache Kafka: any partitions, shards and workers, one of them killed; and it is that of `process`.

The short form of `python -m tests.agents.convergence`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.agents.convergence import SETUPS, Setup, made, run
from tests.harness import Cluster, Records, differences, first

RECORDS = 300


@pytest.fixture(scope="module")
def given() -> tuple[Records, dict[str, dict[str, Any]]]:
    """The records and the state that is wanted."""
    return made(RECORDS)


@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_one_final_state(
    kafka: str, prefix: str, tmp_path: Path, given: tuple[Records, dict[str, dict[str, Any]]], setup: Setup
) -> None:
    records, wanted = given
    settings = {"partitions": setup.partitions, "shards": setup.shards, "processes": 0}
    with Cluster(kafka, prefix, tmp_path, **settings) as cluster:
        assert not first(differences(run(cluster, setup, records, 180), wanted))
