"""History runs again under another prefix, beside the live worker, and `diff` compares the two."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson

from tests.harness import Cluster, differences, final_of_process, first
from tests.texts import stream


def command(*arguments: str, broker: str, prefix: str, data: Path) -> subprocess.CompletedProcess[bytes]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_WORKER_")}
    env |= {"NEWS_WORKER_BROKER": broker, "NEWS_WORKER_PREFIX": prefix, "NEWS_WORKER_DATA": str(data)}
    env |= {"NEWS_WORKER_PARTITIONS": "2", "NEWS_WORKER_WATCHDOG": "120s"}
    return subprocess.run([sys.executable, "-m", "worker", *arguments], env=env, capture_output=True, timeout=240)


def test_a_replay_ends_in_the_state_of_the_same_records(kafka: str, prefix: str, tmp_path: Path) -> None:
    records = list(stream(21, 120))
    with Cluster(kafka, prefix, tmp_path, partitions=2, watchdog="120s") as cluster:
        cluster.feed(records, 1)
        again = prefix + "b"
        done = command(
            "replay",
            "--from",
            "start",
            "--to",
            "0:80",
            "--into",
            again,
            broker=kafka,
            prefix=prefix,
            data=tmp_path / "r",
        )
        assert done.returncode == 0, done.stderr.decode()
        copy = Cluster(kafka, again, tmp_path)
        want, _ = final_of_process(records[:80])
        assert copy.final() == want, first(differences(copy.final(), want))

        done = command("replay", "--from", "start", "--into", again, broker=kafka, prefix=prefix, data=tmp_path / "r")
        assert done.returncode == 0, done.stderr.decode()
        assert b"goes on where it was" in done.stderr
        want, _ = final_of_process(records)
        assert copy.final() == want, first(differences(copy.final(), want))

        cluster.start("worker")
        cluster.settle()
        told = command("diff", prefix, again, "--json", broker=kafka, prefix=prefix, data=tmp_path)
        assert told.returncode == 0, told.stderr.decode()
        found = orjson.loads(told.stdout)
        assert found["common"] == len(want) and not any(found["differing"].values()) and not found["only_a"]
        copy.kafka.delete_created(again)


def test_wrong_places_are_named(kafka: str, prefix: str, tmp_path: Path) -> None:
    with Cluster(kafka, prefix, tmp_path) as cluster:
        cluster.feed([(b"k", b"{}")], 1)
    for begin, said in (("7:0", b"no partition 7"), ("soon", b"neither a time")):
        done = command("replay", "--from", begin, "--into", prefix + "b", broker=kafka, prefix=prefix, data=tmp_path)
        assert done.returncode == 1 and said in done.stderr and b"Traceback" not in done.stderr
    done = command("replay", "--from", "start", "--into", prefix, broker=kafka, prefix=prefix, data=tmp_path)
    assert done.returncode == 2
