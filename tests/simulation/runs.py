"""From a seed to a run and its result."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tests.simulation.check import check, check_sweep
from tests.simulation.corpus import Corpus, make
from tests.simulation.reference import Answer, reference
from tests.simulation.world import Plan, Stats, Violation, World

CRASH = (0.0, 0.003, 0.03)
ARRIVALS = ("ordered", "shuffled", "stalled", "late")


@dataclass(slots=True)
class Result:
    """What came of a run."""

    plan: Plan
    stats: Stats
    violation: Violation | None


@lru_cache(4)
def corpus_of(seed: int, articles: int) -> tuple[Corpus, dict[str, Answer]]:
    """A corpus and its answer; every second one is long enough that rows are purged."""
    corpus = make(seed, articles, days=12 if seed % 2 else 3)
    return corpus, reference(corpus)


def plan_of(seed: int, partitions: Sequence[int]) -> Plan:
    """The plan of a seed: runs in a row take the same corpus at all partitions."""
    rng = random.Random(f"plan {seed}")
    turn = seed // len(partitions)
    zombies = rng.random() < 0.4
    return Plan(
        seed=seed,
        partitions=partitions[seed % len(partitions)],
        shards=rng.choice((1, 3)),
        crash=CRASH[turn % 3],
        arrival=ARRIVALS[turn // 3 % 4],
        schedule=rng.choice(("uniform", "uniform", "starving", "newest")),
        commit=rng.choice((0.1, 0.3, 0.6)),
        moves=rng.choice((0.0, 0.003, 0.01)) if CRASH[turn % 3] or zombies else 0.0,
        zombies=zombies,
    )


def run_plan(plan: Plan, articles: int = 50, in_a_row: int = 4) -> Result:
    """A run over the corpus that goes with its place: as many runs in a row as there are partition counts share one."""
    return _run(plan, plan.seed // in_a_row, articles)


def run(plan: Plan, articles: int = 50) -> Result:
    """A run over the corpus of its own seed."""
    return _run(plan, plan.seed, articles)


def _run(plan: Plan, corpus_seed: int, articles: int) -> Result:
    corpus, answers = corpus_of(corpus_seed, articles)
    world = World(plan, corpus)
    try:
        world.run()
        check(world, answers)
        check_sweep(world)
    except Violation as violation:
        return Result(plan, world.stats, violation)
    return Result(plan, world.stats, None)
