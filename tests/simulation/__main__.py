"""`python -m tests.simulation [--runs N] [--seed S] [--partitions 1,3,8,32]`: exit status 1 at the first violation."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace

from tests.simulation.controls import CONTROLS
from tests.simulation.runs import Result, plan_of, run, run_plan


def main() -> int:
    """Run, print what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first run; the next has the next one")
    parser.add_argument("--partitions", default="1,3,8,32", help="of ids; the runs take turns")
    parser.add_argument("--articles", type=int, default=50)
    parser.add_argument("--crash", type=float, help="probability after each step, instead of 0, .003 and .03 in turn")
    parser.add_argument("--arrival", choices=("ordered", "shuffled", "stalled", "late"))
    parser.add_argument("--no-controls", action="store_true")
    args = parser.parse_args()
    partitions = [int(p) for p in args.partitions.split(",")]
    started = time.process_time()
    results: list[Result] = []
    for seed in range(args.seed, args.seed + args.runs):
        plan = plan_of(seed, partitions)
        if args.crash is not None:
            plan = replace(plan, crash=args.crash)
        if args.arrival is not None:
            plan = replace(plan, arrival=args.arrival)
        result = run_plan(plan, args.articles, len(partitions))
        results.append(result)
        if result.violation is not None:
            again = f"--seed {seed} --runs 1 --partitions {args.partitions} --articles {args.articles}"
            for name in ("crash", "arrival"):
                if (value := getattr(args, name)) is not None:
                    again += f" --{name} {value}"
            print(f"VIOLATION of {result.violation}\n  {plan}\n  again with: {again}", file=sys.stderr)
            return 1
    report(results, args.articles)
    print(f"{len(results)} runs, 0 violations, {time.process_time() - started:.0f} s CPU")
    if args.no_controls:
        return 0
    return condemn(args.seed, args.articles)


def condemn(seed: int, articles: int, runs: int = 40) -> int:
    """Run each planted fault until it is condemned; 1 if one is not."""
    missed = 0
    for control in CONTROLS:
        found: list[int] = []
        first, tried = "", 0
        for k in range(seed, seed + runs):
            tried += 1
            violation = run(replace(control.plan, seed=k), articles).violation
            if violation is not None:
                found.append(k)
                first = first or str(violation)
            if tried >= 10 and found:
                break
        verdict = "condemned" if found and (not control.every or len(found) == tried) else "NOT CONDEMNED"
        missed += verdict != "condemned"
        print(f"control: {control.name:42} {verdict} in {len(found)} of {tried} runs; {first[:90]}")
    return int(missed > 0)


def report(results: list[Result], articles: int) -> None:
    """What the runs have counted, by crash rate and arrival."""
    print("per article (every second one is fetched again, updated or taken down); steps are medians")
    head = "crash arrival   runs sketch verdict outputs tombst   bytes amended first final replays late crashes zombies purged"
    print(head)
    groups: dict[tuple[float, str], list[Result]] = {}
    for r in results:
        groups.setdefault((r.plan.crash, r.plan.arrival), []).append(r)
    for (crash, kind), group in sorted(groups.items()):
        n = articles * len(group)
        sent: Counter[str] = Counter()
        size: Counter[str] = Counter()
        for r in group:
            sent.update(r.stats.sent)
            size.update(r.stats.bytes)
        total = {name: sum(getattr(r.stats, name) for r in group) for name in _SUMS}
        first = statistics.median([s for r in group for s in r.stats.first_steps] or [0])
        final = statistics.median([s for r in group for s in r.stats.final_steps] or [0])
        internal = size["sketches"] + size["verdicts"]
        print(
            f"{crash:5} {kind:9} {len(group):4} {sent['sketches'] / n:6.2f} {sent['verdicts'] / n:7.2f}"
            f" {(sent['articles'] + sent['duplicates'] - total['tombstones']) / n:7.2f} {total['tombstones'] / n:6.2f}"
            f" {internal / n:7.0f} {total['amended'] / max(1, total['first']):7.1%} {first:5.0f} {final:5.0f}"
            f" {total['replays'] / n:7.2f} {total['late']:4} {total['crashes']:7} {total['zombies']:7} {total['purged']:6}"
        )
    rows = sum(r.stats.rows for r in results) / (articles * len(results))
    state = sum(r.stats.state_bytes for r in results) / (articles * len(results))
    print(f"state per article: {rows:.1f} rows, {state:.0f} bytes, the articles themselves included")


_SUMS = ("tombstones", "amended", "first", "replays", "late", "crashes", "zombies", "purged")

if __name__ == "__main__":
    sys.exit(main())
