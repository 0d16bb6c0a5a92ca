"""Mixed records through real workers on Apache Kafka, compared with ``process --final``.

    python -m tests.acceptance [--records 2000] [--data DIR] [--partitions 4] [--workers 2] [--seed 1] [--broker host:port]

Without ``--data`` the records are of ``tests.texts``; with it, raw messages from all ``*.jsonl.xz`` below DIR whose
name is not ``gold``, each with a ``fetched_at`` of its own within 20 h of the others, and bad ones and takedowns among
them. Checks: every raw offset is accounted for, offsets are committed to the end, the view answers for each id, the
final state equals that of ``process --final``. Exit status 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import lzma
import random
import sys
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

import orjson

from tests.harness import Cluster, Records, differences, final_of_process, first
from tests.kafka import broker as kafka_broker
from tests.texts import BAD, START, stream
from worker.identity import article_id


def records_of(folder: Path, count: int, seed: int) -> Records:
    """``count`` records drawn from the raw files below ``folder``, with times of their own."""
    rng = random.Random(seed)
    lines: list[bytes] = []
    for path in sorted(folder.rglob("*.jsonl.xz")):
        if path.name.startswith("gold"):
            continue
        with lzma.open(path) as file:
            lines += rng.sample(found := file.readlines(), min(len(found), count))
    rng.shuffle(lines)
    out: list[tuple[bytes | None, bytes | None]] = []
    for n in range(count):
        if rng.random() < 0.01:
            out.append((None, rng.choice(BAD)))
            continue
        message = orjson.loads(lines[n % len(lines)])
        fetched = START + timedelta(seconds=round(rng.uniform(0, 20 * 3600), 3))
        message["fetched_at"] = fetched.isoformat()
        if rng.random() < 0.02 and message.get("url"):
            message = {"op": "delete", "url": message["url"], "fetched_at": fetched.isoformat()}
        key = message.get("url") or message.get("id")
        out.append((key.encode() if isinstance(key, str) else None, orjson.dumps({**message, "labels": {"n": n}})))
    return out


def check(cluster: Cluster, records: Records, workers: int, partitions: int) -> dict[str, object]:
    """Run ``records`` through ``workers`` workers; the figures, AssertionError where something does not hold."""
    want, kinds = final_of_process(records)
    cluster.feed(records, partitions)
    began = time.monotonic()
    for _ in range(workers):
        cluster.start("worker")
    serve = cluster.start("serve")
    cluster.settle(timeout=120 + len(records) / 10)
    took = time.monotonic() - began
    got = cluster.final()
    assert got == want, f"final state differs:\n{first(differences(got, want))}"
    counted = cluster.counters()
    outcomes = {k: counted[k] for k in ("new", "new-version", "older-version", "unchanged", "takedown", "dead")}
    assert sum(outcomes.values()) == len(records), f"{outcomes} do not sum up to {len(records)} records"
    assert counted["dead"] == kinds["error"], (counted["dead"], kinds["error"])
    dead = cluster.kafka.read(cluster.topic("dlq"))
    assert len(dead) == kinds["error"]
    raw = {(r.partition, r.offset): r.value for r in cluster.kafka.read(cluster.topic("raw"))}
    for row in dead:
        where = int(row.headers["dlq-partition"]), int(row.headers["dlq-offset"])
        assert row.value == raw[where], f"the dead letter of {where} has other bytes"

    def has_read() -> bool:
        status, _ = serve.get("/readyz")
        return status == 200 and serve.get(f"/articles/{next(iter(want))}")[0] == 200

    cluster.until(has_read, 60, "answering")
    time.sleep(1.0)
    answers: dict[str, int] = {}
    gone = taken_down(records)
    for ident in sorted(want.keys() | gone):
        status = serve.get(f"/articles/{ident}")[0]
        answers[str(status)] = answers.get(str(status), 0) + 1
        assert status == (200 if ident in want else 410), f"GET /articles/{ident} answers {status}"
    return {"records": len(records), "articles": len(want), **outcomes, "answers": answers, "seconds": round(took, 1)}


def taken_down(records: Records) -> set[str]:
    """The ids that any takedown names."""
    out = set()
    for _, value in records:
        if value and b'"delete"' in value:
            message = orjson.loads(value)
            if isinstance(message, dict) and message.get("op") == "delete":
                out.add(str(article_id(message.get("url"), None, None, None)))
    return out


def main() -> int:
    """Run it once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker")
    args = parser.parse_args()
    records = records_of(args.data, args.records, args.seed) if args.data else list(stream(args.seed, args.records))
    broker = None if args.broker else kafka_broker.any_broker()
    address = args.broker or broker.address  # type: ignore[union-attr]
    try:
        with tempfile.TemporaryDirectory() as folder:
            prefix = f"acc{uuid.uuid4().hex[:8]}"
            with Cluster(address, prefix, Path(folder), partitions=args.partitions) as cluster:
                print(orjson.dumps(check(cluster, records, args.workers, args.partitions)).decode())
    except AssertionError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    finally:
        if broker is not None:
            broker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
