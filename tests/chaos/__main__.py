"""Break things while records flow, and look whether anything is lost.

    python -m tests.chaos SCENARIO [--records N] [--kills N] [--seed S] [--on worker|lab]

Prints a table; exit status 1 if anything is lost, doubled in the compacted state, or wrong.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Result
from tests.chaos.scenarios import SCENARIOS, Plan
from tests.kafka import broker as kafka_broker
from worker.broker import KafkaBroker

# (records, records a second, events): the short form that CI runs
SHORT = {
    "kill": (3000, 250, 4),
    "rebalance": (6000, 200, 1),
    "quiet": (20000, 60, 3),
    "double": (500, 250, 3),
    "stall": (4000, 200, 1),
    "gone": (500, 250, 1),
    "zombie": (4000, 150, 2),
    "poison": (6000, 500, 500),
    "wipe": (3000, 500, 1),
    "term": (3000, 250, 4),
    "flood": (20000, 1000, 1),
}


def main() -> int:
    """Run one scenario."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--records", type=int, help="records fed in each run")
    parser.add_argument("--kills", "--events", dest="events", type=int, help="kills, storms, stalls: how often")
    parser.add_argument("--rate", type=float, help="records a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--every", type=float, default=2.5, help="seconds between two events of a storm (default: 2.5)")
    parser.add_argument("--memory", action="store_true", help="state in memory instead of RocksDB")
    parser.add_argument("--take", type=int, help="most records of a batch (lab, poison)")
    parser.add_argument(
        "--on", choices=("worker", "lab"), default="worker", help="the real worker or the small lab app"
    )
    parser.add_argument("--broker", help="host:port of a running Apache Kafka; default: one of our own")
    args = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(
        logging.CRITICAL
    )  # of the feeder: where the broker is away it says so all the time
    records, rate, events = SHORT[args.scenario]
    broker: KafkaBroker | None = None
    address = args.broker
    with tempfile.TemporaryDirectory(prefix="news-worker-chaos-kafka-") as folder:
        if address is None:
            try:
                broker = kafka_broker.start(Path(folder))
            except kafka_broker.NoKafka as error:
                print(f"no Apache Kafka: {error}", file=sys.stderr)
                return 1 if kafka_broker.required() else 0
            address = broker.address
        plan = Plan(
            kind=args.on,
            records=args.records or records,
            rate=args.rate or rate,
            events=args.events or events,
            seed=args.seed,
            partitions=args.partitions,
            every=args.every,
            disk=not args.memory,
            take=args.take,
            broker=broker,
            address=address,
        )
        try:
            results = SCENARIOS[args.scenario](plan)
        finally:
            if broker is not None:
                broker.stop()
    report(results)
    return 1 if any(result.failed for result in results) else 0


HEAD = (
    "scenario",
    "records",
    "articles",
    "duplicates",
    "dead",
    "lost",
    "skipped",
    "doubled",
    "wrong",
    "silence s",
    "notes",
)


def report(results: list[Result]) -> None:
    """Print the table."""
    rows = [HEAD]
    for r in results:
        o = r.outcome
        numbers = (o.records, o.articles, o.duplicates, o.dead, len(o.lost), r.skipped, o.doubled, len(o.wrong))
        rows.append((r.scenario, *map(str, numbers), f"{r.silence:.1f}", "; ".join(r.notes)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for r in results:
        for what in [*(f"lost: {key}" for key in r.outcome.lost[:5]), *r.outcome.wrong[:10]]:
            print(f"  {r.scenario}: {what}")


if __name__ == "__main__":
    sys.exit(main())
