"""``news-worker dlq list|replay``: what failed and why, and sending it back once the reason is mended."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from worker.errors import ConfigError
from worker.settings import Settings, duration
from worker.stream import letters
from worker.stream.letters import Letter
from worker.terminal import plain

_ROOM = 128 << 10  # bytes for headers beyond the largest message


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("dlq", help="list or replay dead letters", description=__doc__)
    parser.add_argument("action", choices=("list", "replay"))
    parser.add_argument("--code", action="append", metavar="CODE", help="only letters of this code; may be repeated")
    parser.add_argument("--since", metavar="TIME", help="only letters since then: 2h, 7d, or 2026-03-01T12:00Z")
    parser.add_argument("--samples", type=int, default=3, help="letters shown for each code (default: 3)")
    parser.add_argument("--json", action="store_true", help="list: one JSON object a letter")
    parser.add_argument("--dry-run", action="store_true", help="replay: only say what would be sent back")
    parser.add_argument(
        "--wait",
        type=duration,
        default=60.0,
        metavar="TIME",
        help="replay: how long the worker may take (default: 60s)",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List (0), or replay: 0 when all passed, 1 when some failed again or were not processed in time."""
    since = _since(args.since, datetime.now(UTC))
    return asyncio.run(_list(args, settings, since) if args.action == "list" else _replay(args, settings, since))


def _since(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return now - timedelta(seconds=duration(text))
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--since is {text!r}: it must be a duration such as 2h, or a time such as 2026-03-01T12:00Z"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


async def _chosen(args: argparse.Namespace, settings: Settings, since: datetime | None) -> list[Letter]:
    def asked(letter: Letter) -> bool:
        return (not args.code or letter.code in args.code) and (since is None or letter.failed_at >= since)

    def whole(letter: Letter) -> bool:
        return args.action == "replay" and not args.dry_run and asked(letter)

    found = letters.latest(await letters.read(settings.kafka_options(), settings.topic("dlq"), whole=whole))
    return [letter for letter in found if asked(letter)]


async def _list(args: argparse.Namespace, settings: Settings, since: datetime | None) -> int:
    chosen = await _chosen(args, settings, since)
    if args.json:
        for letter in chosen:
            sys.stdout.buffer.write(orjson.dumps(_as_json(letter)) + b"\n")
        return 0
    print(f"{len(chosen)} dead letters in {settings.topic('dlq')}")
    for code, count in Counter(letter.code for letter in chosen).most_common():
        print(f"{count:>7}  {code}")
        for letter in [each for each in chosen if each.code == code][: args.samples]:
            print(f"         {_line(letter)}")
    return 0


async def _replay(args: argparse.Namespace, settings: Settings, since: datetime | None) -> int:
    chosen = await _chosen(args, settings, since)
    cut = [letter for letter in chosen if letter.cut]
    whole = [letter for letter in chosen if not letter.cut]
    if cut:
        print(f"{len(cut)} letters hold only a part of their record (it was larger than a letter) and stay")
    targets = Counter(letter.topic for letter in whole)
    what = ", ".join(f"{count} to {topic}" for topic, count in targets.items()) or "nothing"
    if args.dry_run:
        print(f"would send back: {what}")
        return 0
    if not whole:
        print("nothing to send back")
        return 0
    kafka, dead = settings.kafka_options(), settings.topic("dlq")
    start = await letters.ends(kafka, dead)
    landed = await letters.send_back(kafka, whole, most=settings.max_message + _ROOM)
    print(f"sent back: {what}")
    began = time.monotonic()
    done = await letters.processed(kafka, settings.group_id, landed, within=args.wait)
    again = {(x.topic, x.partition, x.offset): x for x in await letters.read(kafka, dead, start)}
    return report(landed, again, done, time.monotonic() - began)


def report(
    landed: Mapping[tuple[str, int, int], Letter],
    again: Mapping[tuple[str, int, int], Letter],
    done: bool,
    seconds: float,
) -> int:
    """Say what passed and what failed again, by the code before and after; the exit status."""
    failed = [(landed[place], again[place]) for place in landed.keys() & again.keys()]
    if not done:
        print(f"not all were processed after {seconds:.0f} s: is the worker running? {len(failed)} failed again so far")
        return 1
    passed = Counter(letter.code for place, letter in landed.items() if place not in again)
    print(f"passed now: {passed.total()}{_by_code(passed)}")
    print(f"failed again: {len(failed)}")
    for (before, after), count in Counter((old.code, new.code) for old, new in failed).most_common():
        print(f"{count:>7}  {before}" + ("" if before == after else f" -> {after}"))
    return 1 if failed else 0


def _by_code(codes: Counter[str]) -> str:
    return f" ({', '.join(f'{count} {code}' for code, count in codes.most_common())})" if codes else ""


def _line(letter: Letter) -> str:
    key = plain((letter.record.key or b"-").decode("utf-8", "replace"))[:60]
    where = f"{letter.topic}:{letter.partition}:{letter.offset}"
    tries = "" if letter.attempts == 1 else f", attempt {letter.attempts}"
    return f"{letter.failed_at:%Y-%m-%dT%H:%M:%SZ}  {where}  key {key}{tries}: {plain(letter.message)}"


def _as_json(letter: Letter) -> dict[str, Any]:
    return {
        "code": letter.code,
        "stage": letter.stage,
        "message": letter.message,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "key": None if letter.record.key is None else letter.record.key.decode("utf-8", "replace"),
        "failed_at": letter.failed_at.isoformat().replace("+00:00", "Z"),
        "first_failed_at": letter.first_failed_at,
        "attempts": letter.attempts,
        "bytes": letter.size,
    }
