"""The Apache Kafka of the tests: a given one (NEWS_WORKER_TEST_KAFKA=host:port) or one of our own for the whole run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from worker.broker import Broker, GivenBroker, KafkaBroker
from worker.errors import ConfigError, TransientError

GIVEN = "NEWS_WORKER_TEST_KAFKA"
# A test run needs few coordinators; the broker's 50 partitions each cost seconds at its start.
SMALL = {"offsets.topic.num.partitions": "4", "transaction.state.log.num.partitions": "4", "log.cleaner.threads": "1"}


class NoKafka(Exception):
    """No Apache Kafka can be had here; the message says why."""


def start(folder: Path | None = None, port: int = 0, properties: Mapping[str, str] | None = None) -> KafkaBroker:
    """A broker of our own, with ``properties`` laid over its server.properties. It can be stopped, killed, frozen.

    Raises NoKafka with the reason where Java or the jars cannot be had.
    """
    broker = KafkaBroker(folder, port, properties={**SMALL, **(properties or {})})
    try:
        broker.start(90)
    except (ConfigError, TransientError) as error:
        broker.stop()
        raise NoKafka(str(error)) from None
    return broker


def any_broker() -> Broker:
    """The given broker, else one of our own. Raises NoKafka."""
    if address := os.environ.get(GIVEN):
        given = GivenBroker(address)
        try:
            given.start(20)
        except TransientError as error:
            raise NoKafka(f"{GIVEN}: {error}") from None
        return given
    return start()


def required() -> bool:
    """Whether a missing Kafka is a failure: in CI it is."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
