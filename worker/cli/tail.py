"""`news-worker tail`: follow the output topics; lines for a person on a terminal, JSON lines in a pipe."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import orjson

from worker.errors import TransientError
from worker.settings import Settings
from worker.terminal import Style, plain

_TOPICS = ("articles", "duplicates", "dlq")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "tail",
        help="follow the output topics",
        description="Print finished articles, copies, takedowns and dead letters as they come: readable on a terminal, "
        "JSON lines in a pipe (an article as it stands in its topic; a takedown has the status 'canceled').",
    )
    parser.add_argument("--from-start", action="store_true", help="everything the topics hold, then what comes")
    parser.add_argument("--once", action="store_true", help="end where the topics end now (implies --from-start)")
    parser.add_argument(
        "--only", choices=_TOPICS, action="append", metavar="TOPIC", help="articles, duplicates or dlq; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="JSON lines on a terminal too")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Follow until Ctrl-C, or to the end with `--once`."""
    printer = Printer(sys.stdout, settings, as_json=args.json or not sys.stdout.isatty())
    topics = [settings.topic(name) for name in args.only or _TOPICS]
    asyncio.run(_follow(settings, topics, printer, from_start=args.from_start or args.once, once=args.once))
    return 0


async def _follow(settings: Settings, topics: list[str], printer: Printer, *, from_start: bool, once: bool) -> None:
    from aiokafka import AIOKafkaConsumer, TopicPartition
    from aiokafka.errors import KafkaError

    from worker.stream.closing import closed
    from worker.view.existing import existing

    consumer = AIOKafkaConsumer(
        **settings.kafka_options(), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        known = await existing(settings.kafka_options(), topics)
        if missing := [topic for topic in topics if topic not in known]:
            raise TransientError(f"there is no topic {missing[0]} yet: start the worker, it makes its topics")
        partitions = [TopicPartition(topic, p) for topic in topics for p in known[topic]]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for tp in partitions:
            if from_start:
                await consumer.seek_to_beginning(tp)
            else:
                consumer.seek(tp, ends[tp])
        quiet = 0
        while not once or quiet < 3:
            batch = await consumer.getmany(timeout_ms=500)
            # The end of a compacted log may hold no record: a few empty looks are its end too.
            quiet = 0 if batch else quiet + 1
            for records in batch.values():
                printer.records(records)
            if once and all([await consumer.position(tp) >= ends[tp] for tp in partitions]):
                return
    except (KafkaError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise TransientError(f"no broker answers at {settings.broker} ({type(error).__name__})") from None
    finally:
        await closed(consumer)


class Printer:
    """Turns records of the output topics into lines."""

    def __init__(self, out: TextIO, settings: Settings, *, as_json: bool) -> None:
        self._out = out
        self._dead = settings.topic("dlq")
        self._as_json = as_json
        self._style = Style(out)

    def records(self, records: Iterable[Any]) -> None:
        """Print what there is to say of each; tombstones of a mere move between the topics say nothing."""
        for record in records:
            headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
            if record.topic == self._dead:
                self._say(_dead(record, headers), f"{headers.get('dlq-code')}: {headers.get('dlq-message')}", "dead")
            elif record.value is None:
                if headers.get("reason") == "taken-down":
                    ident = (record.key or b"").decode("utf-8", "replace")
                    self._say({"id": ident, "status": "canceled"}, ident, "taken down")
            else:
                try:
                    article = orjson.loads(record.value)
                except orjson.JSONDecodeError:
                    continue
                self._say(article, _line(article), _verdict(article))
        self._out.flush()

    def _say(self, body: dict[str, Any], line: str, kind: str) -> None:
        if self._as_json:
            self._out.write(orjson.dumps(body).decode() + "\n")
        else:
            colour = {"dead": "red", "taken down": "red", "original": "green"}.get(kind, "yellow")
            self._out.write(f"{self._style(f'{kind:<10}', colour)} {plain(line)}\n")


def _line(article: dict[str, Any]) -> str:
    topics = ", ".join(topic["name"] for topic in article.get("topics") or ())
    parts = [
        (article.get("language") or {}).get("code") or "und",
        article.get("source") or "?",
        article.get("title") or article.get("id") or "?",
        f"[{'; '.join(filter(None, (topics, ' '.join(article.get('countries') or ()))))}]",
    ]
    return "  ".join(parts)


def _verdict(article: dict[str, Any]) -> str:
    dedup = article.get("dedup") or {}
    if article.get("status") == "withheld":
        return "withheld"
    return "original" if dedup.get("verdict") == "original" else f"{dedup.get('verdict')} copy"


def _dead(record: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "error": {
            "code": headers.get("dlq-code"),
            "stage": headers.get("dlq-stage"),
            "message": headers.get("dlq-message"),
        },
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "source": {name: headers.get(f"dlq-{name}") for name in ("topic", "partition", "offset")},
    }
