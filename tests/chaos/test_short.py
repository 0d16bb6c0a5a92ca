"""The short form of the scenarios, on the lab app: what a change of the stream room must survive."""

from __future__ import annotations

import pytest

from tests.chaos.scenarios import SCENARIOS, Plan


@pytest.mark.parametrize(
    ("scenario", "records", "rate", "events", "disk"),
    [
        ("kill", 800, 160, 1, True),
        ("rebalance", 1600, 200, 1, False),
        ("zombie", 600, 150, 1, True),
        ("term", 600, 200, 2, False),
        ("wipe", 500, 500, 1, True),
    ],
)
def test_nothing_is_lost(kafka: str, scenario: str, records: int, rate: float, events: int, disk: bool) -> None:
    plan = Plan(
        kind="lab",
        records=records,
        rate=rate,
        events=events,
        seed=7,
        partitions=4,
        every=2.5,
        disk=disk,
        take=200,
        broker=None,
        address=kafka,
    )
    for result in SCENARIOS[scenario](plan):
        assert not result.failed, (result.outcome.lost[:5], result.outcome.wrong[:5], result.skipped, result.notes)
