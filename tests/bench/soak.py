"""The memory of ``process`` under a long stream: it must become flat.

    python -m tests.bench soak [--records N] [--stages clean,tag] [--seed S]

Sends N records (dumps, pages, plain texts, bad messages and one hostile page in ``HURTFUL``) through ``news-worker process``
and prints, twenty times on the way, what all its processes hold together: the proportional share (PSS), which counts shared
memory once. The goal: the largest of the last half is at most 10 % above the largest of the second tenth to the half; exit
status 1 when it is not, or when a record has no answer.
"""

from __future__ import annotations

import argparse
import collections
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import orjson
import psutil

from tests.texts import START, story, stream

HURTFUL = 200
"""One record in so many is hostile."""
_FLAT = 1.10
_LOOKS = 20
_MB = 1 << 20


def _hostile(rng: random.Random) -> bytes:
    """A page that is made to hurt, of up to some hundred kB."""
    text = story(rng.randrange(1 << 30)).text
    page = rng.choice(
        (
            "<div>" * rng.randrange(10, 3000) + f"<p>{text}</p>",
            f"<p>{text}</p><table><tr>" + "<td>x</td>" * rng.randrange(5000),
            f"<div class='{'a' * rng.randrange(300_000)}'><p>{text}</p>",
            "<b>" * rng.randrange(9000) + text,
            "\x00".join(text),
            text.encode().decode("latin-1"),
            "<!--" * rng.randrange(9000) + text,
            "".join(chr(rng.randrange(32, 0xD7FF)) for _ in range(rng.randrange(9000))),
            "x" * rng.randrange(300_000),
        )
    )
    return orjson.dumps({"html": page, "url": f"https://outlet1.example/h/{rng.randrange(1 << 30)}"})


def records(seed: int, count: int) -> Iterator[bytes]:
    """``count`` messages, one a line."""
    rng = random.Random(f"soak {seed}")
    for n, (_, value) in enumerate(stream(seed, count, hours=240.0, bad=0.01)):
        if n % HURTFUL == HURTFUL - 1:
            yield _hostile(rng)
        else:
            yield value or orjson.dumps({"op": "delete", "url": "https://x.example/", "fetched_at": START.isoformat()})


def main(argv: list[str]) -> int:
    """Feed, look, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench soak", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--stages", default="clean")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    command = [sys.executable, "-m", "worker", "process", "--stages", options.stages]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    feeder = threading.Thread(target=_feed, args=(process, options), daemon=True)
    feeder.start()
    outcomes: collections.Counter[str] = collections.Counter()
    seen: list[float] = []
    start = time.monotonic()
    print(f"{'records':>9} {'seconds':>8} {'MB':>7}")
    for n, line in enumerate(process.stdout, 1):
        answer = orjson.loads(line)
        outcomes[answer["error"]["code"] if "error" in answer else answer["status"]] += 1
        if n % max(1, options.records // _LOOKS) == 0:
            seen.append(_held(process.pid))
            print(f"{n:>9} {time.monotonic() - start:>8.0f} {seen[-1]:>7.0f}", flush=True)
    process.wait()
    print("answers:", ", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    missing = options.records - sum(outcomes.values())
    early, late = max(seen[1 : _LOOKS // 2]), max(seen[_LOOKS // 2 :])
    print(f"{late / early:.3f} of the memory of the first half; {missing} without an answer")
    return int(missing != 0 or late > _FLAT * early or process.returncode != 0)


def _feed(process: subprocess.Popen[bytes], options: argparse.Namespace) -> None:
    assert process.stdin is not None
    for value in records(options.seed, options.records):
        process.stdin.write(value.replace(b"\n", b" ") + b"\n")
    process.stdin.close()


def _held(pid: int) -> float:
    """MB that a process and its children hold."""
    total = 0
    root = psutil.Process(pid)
    for one in (root, *root.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / _MB
