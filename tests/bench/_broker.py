"""The broker of a measurement: a given one or one of our own."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator

from tests.kafka import broker as kafka_broker


def add_option(parser: argparse.ArgumentParser) -> None:
    """``--broker``."""
    parser.add_argument("--broker", help="host:port of a running Apache Kafka; default: one of our own")


@contextlib.contextmanager
def address(given: str | None) -> Iterator[str]:
    """``host:port`` for the block."""
    if given:
        yield given
        return
    broker = kafka_broker.start()
    try:
        yield broker.address
    finally:
        broker.stop()
