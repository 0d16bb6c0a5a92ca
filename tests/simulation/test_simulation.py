"""The short form of `python -m tests.simulation`: every (crash rate, arrival), every control."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.controls import CONTROLS, Control
from tests.simulation.runs import plan_of, run, run_plan
from worker.dedup import deduplicate as module

PARTITIONS = (1, 3, 8, 32)


@pytest.fixture(autouse=True)
def real_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulation remembers entries; other tests get the real function back."""
    monkeypatch.setattr(module, "make_entry", module.make_entry)


@pytest.mark.parametrize("block", range(12))
def test_no_violation(block: int) -> None:
    for seed in range(block * 16, block * 16 + 16):
        result = run_plan(plan_of(seed, PARTITIONS))
        assert result.violation is None, f"seed {seed}: {result.violation}"


def test_a_seed_repeats_its_run() -> None:
    plan = plan_of(42, PARTITIONS)
    first, again = run_plan(plan), run_plan(plan)
    assert first.stats.steps == again.stats.steps
    assert first.stats.sent == again.stats.sent


def test_few_small_messages_an_article() -> None:
    plan = replace(plan_of(0, PARTITIONS), crash=0.0, arrival="ordered", moves=0.0, zombies=False)
    stats = run_plan(plan).stats
    assert stats.sent["sketches"] + stats.sent["verdicts"] + stats.tombstones <= 4 * 50
    assert stats.bytes["sketches"] / stats.sent["sketches"] < 1000


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.name)
def test_the_planted_fault_is_condemned(control: Control) -> None:
    violations = (run(replace(control.plan, seed=seed), 30).violation for seed in range(40))
    assert any(violation is not None for violation in violations)
