"""``news-worker learn``: lists of template shingles from an archive or from the output topic."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from worker.cli.newest import newest
from worker.dedup.learner import Learner
from worker.dedup.lists import DAY, StopList
from worker.errors import ConfigError, RecordError, TransientError
from worker.messages import parse_ms
from worker.settings import Settings
from worker.stages import RawRecord, TextOptions, clean_record, setup


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "learn",
        help="learn lists of template shingles from an archive or a topic",
        description="Learn which four-word phrases recur from day to day (weather, markets, house texts), so that they "
        "count for nothing when articles are compared. One list for each day, each from earlier days only. Input: JSON "
        "lines of finished articles, or of raw messages, which are cleaned first.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="JSON lines; - is standard input")
    parser.add_argument("--topic", action="store_true", help="read the topic of finished articles to its end instead")
    parser.add_argument("--out", metavar="FILE", help="write all lists to this file (process --templates FILE)")
    parser.add_argument(
        "--publish", action="store_true", help="send the newest list to the workers, for the next day on"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Learn and write or publish; 0 when done, 2 on wrong use."""
    if bool(args.files) == args.topic or bool(args.out) == args.publish:
        print("news-worker learn: give files or --topic, and --out FILE or --publish", file=sys.stderr)
        return 2
    learner = Learner(int(settings.window * 1000))
    archive = _Archive(learner, settings)
    if args.topic:
        asyncio.run(_read_topic(archive, settings))
    else:
        for name in args.files:
            for line in _lines(name):
                archive.line(line)
    lists = list(learner.lists())
    print(f"news-worker learn: {len(learner)} articles, {archive.left_out} lines left out", file=sys.stderr)
    if not lists:
        print("news-worker learn: no article in it to learn from, nothing was written", file=sys.stderr)
        return 1
    if args.out:
        try:
            Path(args.out).write_bytes(b"".join(version.dump() + b"\n" for version in lists))
        except OSError as error:
            raise ConfigError(f"--out {args.out} cannot be written: {error}") from None
    else:
        asyncio.run(_publish(lists[-1], settings))
    last = lists[-1]
    print(f"news-worker learn: {len(lists)} lists; {last.name} on: {len(last.hashes)} shingles", file=sys.stderr)
    return 0


class _Archive:
    """Lines of either kind, handed to the learner."""

    def __init__(self, learner: Learner, settings: Settings) -> None:
        self.learner = learner
        self.left_out = 0
        setup(TextOptions(("clean",), False, settings.max_message, settings.timezones))

    def line(self, value: bytes) -> None:
        """Take in one finished article or raw message; what is neither, or has no time, is left out and counted."""
        if not value.strip():
            return
        found = self._finished(value) or self._raw(value)
        if found is None:
            self.left_out += 1
        else:
            self.learner.add(*found)

    @staticmethod
    def _finished(value: bytes) -> tuple[str, int, dict[str, Any]] | None:
        try:
            article = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
        if (
            not isinstance(article, dict)
            or article.get("status") != "usable"
            or not isinstance(article.get("body"), str)
        ):
            return None
        t = parse_ms(str(article.get("first_seen_at") or article.get("fetched_at")))
        return None if t is None else (str(article.get("id")), t, article)

    @staticmethod
    def _raw(value: bytes) -> tuple[str, int, dict[str, Any]] | None:
        try:
            staged = clean_record(RawRecord(value))
        except RecordError:
            return None
        if staged.article is None or staged.fetched_ms is None:
            return None
        article = orjson.loads(staged.article)
        return (staged.id, staged.fetched_ms, article) if article.get("status") == "usable" else None


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        if sys.stdin is None:
            raise ConfigError("standard input is closed")
        yield from sys.stdin.buffer
        return
    try:
        with open(name, "rb") as file:
            yield from file
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error}") from None


async def _read_topic(archive: _Archive, settings: Settings) -> None:
    from worker.stream.follow import Follower, partitions_of
    from worker.stream.record import Record

    def take(records: list[Record]) -> None:
        for record in records:
            if record.value is not None:
                archive.line(record.value)

    topic, kafka = settings.topic("articles"), settings.kafka_options()
    places = {(topic, p): 0 for p in await partitions_of(kafka, topic)}
    async with Follower(kafka, places) as follower:
        await follower.read_to_end(take)


async def _refuse_late(version: StopList, settings: Settings) -> None:
    """Raise ConfigError unless the list begins after every article so far and its day has no list yet.

    Checked here, by the one who publishes: every worker takes what stands on the topic, so all answer alike.
    """
    from worker.stream.follow import Follower
    from worker.stream.record import Record

    kafka = settings.kafka_options()
    days: set[bytes | None] = set()

    def known(records: list[Record]) -> None:
        days.update(record.key for record in records if record.value is not None)

    async with Follower(kafka, {(settings.topic("lists"), 0): 0}) as follower:
        await follower.read_to_end(known)
    if version.name.encode() in days:
        raise ConfigError(f"there is a list for {version.name} on {settings.topic('lists')} already; it stays")
    if version.valid_from <= (await newest(settings) or 0) // DAY:
        raise ConfigError(
            f"the list of {version.name} comes too late: articles of that day have come already. "
            "Learn again from an archive that includes them"
        )


async def _publish(version: StopList, settings: Settings) -> None:
    from aiokafka import AIOKafkaProducer
    from aiokafka.errors import KafkaError

    await _refuse_late(version, settings)
    value = version.dump()
    if len(value) > settings.max_message:
        raise ConfigError(f"the list has {len(value)} bytes; NEWS_WORKER_MAX_MESSAGE allows {settings.max_message}")
    producer = AIOKafkaProducer(
        **settings.kafka_options(),
        acks="all",
        enable_idempotence=settings.idempotent,
        max_request_size=len(value) + 4096,
    )
    try:
        await producer.start()
        await producer.send_and_wait(settings.topic("lists"), value, key=version.name.encode())
    except KafkaError as error:
        raise TransientError(f"the list was not delivered: {type(error).__name__}: {error}") from error
    finally:
        await producer.stop()
