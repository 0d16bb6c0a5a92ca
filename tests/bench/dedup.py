"""``python -m tests.bench dedup``: what deduplication costs, beside datasketch and rensa where they are installed.

Rates are documents per CPU second of a child process (user and system), its start-up on no input subtracted; all in one
run, one after the other, so only their ratios mean something. ``--data FILE`` takes raw messages (JSON lines) instead of
made ones; ``--large`` adds the index of a million articles, ``--flood N`` changes the size of the floods.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from worker.dedup.clusters import WINDOW, Clusters
from worker.dedup.entry import Entry, make_entry
from worker.dedup.match import Matcher, ShardRow
from worker.dedup.records import Kept
from worker.messages import parse

START = 1_700_000_000_000  # ms
PRODUCT = [sys.executable, "-m", "worker", "process", "--stages", "dedup", "--final"]


def main(arguments: list[str]) -> int:
    """Print the tables; exit status 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench dedup", description=__doc__)
    parser.add_argument("--data", type=Path, help="raw messages, JSON lines")
    parser.add_argument("--flood", type=int, default=20_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--as-peer", choices=sorted(PEERS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.as_peer:
        return as_peer(options.as_peer)
    speed(options.data)
    matching()
    amended(options.data)
    flood(options.flood)
    for count in (100_000, 1_000_000) if options.large else (100_000,):
        index(count)
    return 0


def made(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Raw messages of some 330 words: two in three are copies with edits of the last few, as on a busy day of an agency."""
    r = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    weights = [1 / (n + 3) for n in range(26)]
    vocabulary = ["".join(r.choices(letters, weights, k=r.randint(2, 10))) for _ in range(30_000)]
    frequency = [1 / (n + 5) for n in range(30_000)]
    stories: list[list[str]] = []
    for n in range(count):
        if stories and r.random() < 0.66:
            words = r.choice(stories).copy()
            cut = r.choice([len(words), len(words), len(words) // 2])
            words = r.choices(vocabulary, frequency, k=r.choice([0, 0, 25])) + words[:cut]
            for _ in range(r.choice([0, 0, 5])):
                words[r.randrange(len(words))] = r.choice(vocabulary)
        else:
            words = r.choices(vocabulary, frequency, k=max(40, int(r.gauss(330, 120))))
            stories = [*stories[-40:], words]
        text = ". ".join(" ".join(words[i : i + 18]).capitalize() for i in range(0, len(words), 18))
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START // 1000 + n * 20))
        yield {
            "url": f"https://paper{n % 50}.example/{n}",
            "title": " ".join(words[:8]),
            "text": text,
            "fetched_at": moment,
        }


def child(command: list[str], data: Path) -> float:
    """CPU seconds of a command that reads a file. Raises RuntimeError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with data.open("rb") as file, tempfile.TemporaryFile() as out:
        done = subprocess.run(command, stdin=file, stdout=out, stderr=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-500:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(data: Path | None) -> None:
    """`process --stages dedup` beside the libraries."""
    with tempfile.TemporaryDirectory() as folder:
        if data is None:
            data = Path(folder, "made.jsonl")
            data.write_text("".join(json.dumps(m) + "\n" for m in made(4000)))
        count = sum(1 for line in data.open("rb") if line.strip())
        empty = Path(folder, "empty.jsonl")
        empty.write_bytes(b"")
        peers = [name for name in PEERS if importlib.util.find_spec(name)]
        commands = {"news-worker process": PRODUCT}
        commands |= {name: [sys.executable, "-m", "tests.bench", "dedup", "--as-peer", name] for name in peers}
        rates = {name: count / max(child(c, data) - child(c, empty), 1e-3) for name, c in commands.items()}
    base = rates.get("datasketch")
    print(f"{count} documents, deduplication alone, documents per CPU second")
    for name, rate in rates.items():
        print(f"  {name:<22}{rate:9.0f}" + (f"   {rate / base:5.2f} x datasketch" if base else ""))


def entries(count: int) -> Iterator[Entry]:
    """Entries of made articles."""
    for n, message in enumerate(made(count)):
        article = {"title": message["title"], "body": message["text"], "language": {"code": "en"}}
        yield make_entry(f"{n:032x}", START + n * 20_000, article)


def matching() -> None:
    """`match` alone: entries into clusters."""
    sample = list(entries(4000))
    clusters, start = Clusters(), time.process_time()
    for entry in sample:
        clusters.put(entry)
    print(
        f"match alone: {len(sample) / (time.process_time() - start):.0f} articles per CPU second, two in three copies"
    )


def amended(data: Path | None) -> None:
    """How many answers change after the first, where the messages come as they stand in the file."""
    lines = data.read_bytes().splitlines() if data is not None else [json.dumps(m).encode() for m in made(4000)]
    if data is None:  # nearly ordered
        r = random.Random(2)
        lines = [line for _, line in sorted((n + r.uniform(0, 20), line) for n, line in enumerate(lines))]
    clusters, said, changed = Clusters(), dict[tuple[str, int, bytes], tuple[Any, ...]](), 0
    for line in filter(None, lines):
        message = parse(line)
        if message.raw is None or message.fetched_ms is None:
            continue
        article = {"title": message.raw.title, "body": message.raw.text or message.raw.html}
        for verdict in clusters.put(make_entry(message.id, message.fetched_ms, article)):
            key, answer = (verdict.id, verdict.t, verdict.content), verdict[4:9]
            changed += said.get(key, answer) != answer
            said[key] = answer
    print(f"{len(said)} answers, {changed / max(1, len(said)):.1%} of them amended after the first")


def flood(count: int) -> None:
    """Articles that share all probe keys, or all they can, within the window."""
    r = random.Random(5)
    words = [f"w{r.randrange(10**6)}" for _ in range(6000)]
    body = " ".join(words[:300])
    frame = [" ".join(words[i : i + 9]) for i in range(300, 390, 9)]
    kinds: dict[str, Callable[[int], str]] = {
        "one text": lambda n: body,
        "one text, a line of its own": lambda n: f"{body} this is number {n} of {n * 7}",
        "stories above one house text": lambda n: " ".join([*r.choices(words, k=120), *words[:180]]),
        "issues of a form": lambda n: " ".join(f"{part} {r.choice(words)}" for part in frame),
    }
    print(f"flood of {count} articles within the window: CPU ms each, at the end and at most, wall ms at most")
    for kind, text in kinds.items():
        clusters, total, worst, slowest, last = Clusters(), 0.0, 0.0, 0.0, 0.0
        for n in range(count):
            article = {"title": "A flood", "body": text(n), "language": {"code": "en"}}
            entry = make_entry(f"{n:032x}", START + n * 1000, article)
            wall, cpu = time.perf_counter(), time.process_time()
            clusters.put(entry)
            last = (time.process_time() - cpu) * 1000
            worst, slowest, total = max(worst, last), max(slowest, (time.perf_counter() - wall) * 1000), total + last
        kept, start = clusters.nbytes / count, time.process_time()
        clusters.remove(f"{0:032x}")
        gone = time.process_time() - start
        print(
            f"  {kind:<30} {total / count:7.2f} {last:7.2f} {worst:7.1f} {slowest:7.1f}   {kept:.0f} bytes an article; "
            f"its original taken down: {gone:.2f} s",
            flush=True,
        )


class _Rows(dict[str, bytes]):
    """The table of a shard, in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)


def index(count: int) -> None:
    """Memory of the index; the time of a takeover: rows read, clusters rebuilt, every verdict said."""
    texts = [m["text"].split() for m in made(2000, seed=3)]
    r = random.Random(7)
    mean, rows, size = sum(map(len, texts)) / len(texts), _Rows(), 0
    for n in range(count):
        base = texts[n % len(texts)]
        r.shuffle(base)  # other shingles: an article of its own, of the same length
        article = {"title": " ".join(base[:8]), "body": " ".join(base), "language": {"code": "en"}}
        entry = make_entry(f"{n:032x}", START + n * 1000, article)
        rows[entry.id] = ShardRow(1, entry.t, n, entry).pack()
        size += len(entry.pack())
    before, start = _resident(), time.process_time()
    matcher = Matcher(0, cast(Kept, rows), term=1, partitions=8, window=WINDOW, retention=10 * 86_400_000)
    matcher.rebuild()
    rebuilt, kept = time.process_time() - start, _resident() - before
    said = sum(1 for _ in matcher.takeover())
    print(
        f"index of {count} articles of {mean:.0f} words: {matcher.clusters.nbytes / count:.0f} bytes each in memory "
        f"({kept / count:.0f} by the growth of the process), {size / count:.0f} as a sketch; takeover "
        f"{time.process_time() - start:.1f} CPU s for {said} verdicts, {rebuilt:.1f} of it for rebuilding",
        flush=True,
    )


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _datasketch() -> Callable[[int, list[str]], Any]:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=0.7, num_perm=128)

    def match(n: int, shingles: list[str]) -> Any:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in shingles])
        found = lsh.query(sketch)
        lsh.insert(n, sketch)
        return found

    return match


def _rensa() -> Callable[[int, list[str]], Any]:
    import rensa

    lsh = rensa.RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)

    def match(n: int, shingles: list[str]) -> Any:
        sketch = rensa.RMinHash(num_perm=128, seed=42)
        sketch.update(shingles)
        found = lsh.query(sketch)
        lsh.insert(n, sketch)
        return found

    return match


PEERS: dict[str, Callable[[], Callable[[int, list[str]], Any]]] = {"datasketch": _datasketch, "rensa": _rensa}


def as_peer(name: str) -> int:
    """A library in the place of the product: five-word shingles, 128 hashes, threshold .7."""
    import re
    import unicodedata

    word, match = re.compile(r"\w+"), PEERS[name]()
    for n, line in enumerate(sys.stdin):
        words = word.findall(unicodedata.normalize("NFKC", json.loads(line)["text"]).casefold())
        found = match(n, list({" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}))
        sys.stdout.write(json.dumps({"id": n, "of": [int(f) for f in found]}) + "\n")
    return 0
