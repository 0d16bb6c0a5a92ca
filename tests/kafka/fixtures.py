"""Fixtures for tests on Apache Kafka: ``kafka`` (one broker a run), ``prefix`` (fresh topic names a test), ``topics``."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.kafka import broker as kafka_broker
from tests.kafka.log import Log


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """``host:port`` of an Apache Kafka that lives for the whole run. Skips with the reason where none can be had; in CI fails."""
    try:
        broker = kafka_broker.any_broker()
    except kafka_broker.NoKafka as error:
        if kafka_broker.required():
            pytest.fail(f"Apache Kafka is required in CI: {error}")
        pytest.skip(f"no Apache Kafka: {error}")
    yield broker.address
    broker.stop()


@pytest.fixture
def prefix() -> str:
    """A prefix for topics and groups that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def log(kafka: str, prefix: str) -> Iterator[Log]:
    """Topics on the broker: create, write, read back. What it created is deleted after the test."""
    log = Log(kafka)
    yield log
    log.delete_created(prefix)
