"""``news-worker replay``: run the raw topic again, with the rules of today, into another prefix, beside the live worker."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from worker.app import build
from worker.errors import ConfigError, TransientError
from worker.logs import fields
from worker.messages import parse_ms
from worker.settings import Settings, name
from worker.stream import folder
from worker.stream.app import App
from worker.stream.closing import closed
from worker.stream.follow import partitions_of
from worker.stream.runner import run as run_app

log = logging.getLogger(__name__)

Place = tuple[str, int]

_OFFSETS = re.compile(r"\d{1,9}:\d{1,18}(?:,\d{1,9}:\d{1,18})*")
_STILL = 3.0  # s without lag and without a record sent: the outputs are settled


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "replay",
        help="run the raw topic again under another prefix",
        description="Run the raw topic again, with the rules of today, into the topics of another prefix, beside the live "
        "worker. Ends where the log ended when it began. An interrupted replay goes on where it was. Afterwards `worker "
        "--prefix PREFIX --input TOPIC` goes on from there, and `diff` says what changed.",
    )
    parser.add_argument(
        "--from",
        dest="begin",
        metavar="WHERE",
        required=True,
        help="an RFC 3339 time, or PARTITION:OFFSET,…; 'start' for all",
    )
    parser.add_argument(
        "--to", metavar="WHERE", help="end before this time or these offsets (default: the log's end now)"
    )
    parser.add_argument("--into", metavar="PREFIX", required=True, help="prefix of the topics that are written")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Replay; 0 when everything up to the end is in the outputs, else as `worker` does."""
    if args.into == settings.prefix:
        print("news-worker replay: --into must name another prefix than that of the live worker", file=sys.stderr)
        return 2
    try:
        name(args.into)
    except ValueError as error:
        raise ConfigError(f"--into is {args.into!r}: it must be {error}") from None
    live_topic = settings.raw_topic
    into = dataclasses.replace(settings, prefix=args.into, input=live_topic, group="")
    until = asyncio.run(_prepare(args, into))
    app = build(into, folder.claim(Path(settings.data) / f"replay-{args.into}"), until)
    done: list[bool] = []

    async def watch() -> None:
        asyncio.get_running_loop().create_task(_end_when_done(app, until, done))

    status = run_app(app, before=watch)
    if status == 0 and not done:
        print("news-worker replay: interrupted; the same command goes on where it was", file=sys.stderr)
    elif status == 0:
        print(
            f"news-worker replay: done. `news-worker diff {settings.prefix} {args.into}` says what changed; "
            f"`news-worker worker --prefix {args.into} --input {live_topic}` goes on from here.",
            file=sys.stderr,
        )
    return status


async def _prepare(args: argparse.Namespace, into: Settings) -> dict[Place, int]:
    """Commit the first offsets for the group of the replay, where it has none; where each partition ends."""
    topic = into.raw_topic
    consumer = AIOKafkaConsumer(**into.kafka_options(), group_id=into.group_id, enable_auto_commit=False)
    try:
        partitions = await partitions_of(into.kafka_options(), topic)
        await consumer.start()
        tps = [TopicPartition(topic, partition) for partition in partitions]
        consumer.assign(tps)
        starts, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        begin = await _where(consumer, args.begin, tps, starts, ends)
        end = await _where(consumer, args.to, tps, ends, ends) if args.to else ends
        known = {tp: await consumer.committed(tp) for tp in tps}
        if any(offset is not None for offset in known.values()):
            log.info(
                "the replay goes on where it was interrupted; --from is not looked at", extra=fields(prefix=into.prefix)
            )
        else:
            await consumer.commit({tp: min(max(begin[tp], starts[tp]), ends[tp]) for tp in tps})
        return {(topic, tp.partition): min(end[tp], ends[tp]) for tp in tps}
    except KafkaError as error:
        raise TransientError(f"the broker does not answer as it should: {type(error).__name__}: {error}") from error
    finally:
        await closed(consumer)


async def _where(
    consumer: AIOKafkaConsumer,
    text: str,
    tps: list[TopicPartition],
    otherwise: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
) -> dict[TopicPartition, int]:
    """The offset of each partition that ``text`` means; ``otherwise`` for partitions it does not name."""
    if text == "start":
        return dict(await consumer.beginning_offsets(tps))
    if _OFFSETS.fullmatch(text):
        named = {int(p): int(offset) for p, offset in (pair.split(":") for pair in text.split(","))}
        if unknown := set(named) - {tp.partition for tp in tps}:
            raise ConfigError(f"there is no partition {min(unknown)}; the topic has {len(tps)}")
        return {tp: named.get(tp.partition, otherwise[tp]) for tp in tps}
    if (ms := parse_ms(text)) is None:
        raise ConfigError(f"{text!r} is neither a time such as 2024-03-01T00:00:00Z nor PARTITION:OFFSET,… nor 'start'")
    found = await consumer.offsets_for_times(dict.fromkeys(tps, ms))
    return {tp: at.offset if (at := found.get(tp)) is not None else ends[tp] for tp in tps}


async def _end_when_done(app: App, until: Mapping[Place, int], done: list[bool]) -> None:
    """Stop the app when all partitions are read to their ends and nothing has moved for a while."""
    clock = asyncio.get_running_loop().time
    last, since = None, clock()
    while not app.over.is_set():
        await asyncio.sleep(0.5)
        if not app.health.ready()[0]:
            since = clock()
            continue
        finished = all(
            app.consumer.ledger.commits().get(place, 0) >= end for place, end in until.items() if place in app.owned
        )
        now = (sum(app.lag().values()), sum(app.counters.get(("sent", a.name), 0) for a in app.batch_agents))
        if not finished or now[0] or now != last:
            last, since = now, clock()
        elif clock() - since > _STILL:
            done.append(True)
            app.over.set()
