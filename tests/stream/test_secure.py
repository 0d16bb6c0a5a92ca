"""TLS and a password to the broker: every client of the stream uses them, and a wrong one is said clearly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kafka.broker import NoKafka, required
from tests.kafka.log import Log
from tests.kafka.secure import PASSWORD, USER, Secure, secure
from tests.stream.apps import Running, options, until
from tests.stream.test_on_kafka import echo
from worker.settings import Settings
from worker.stream.app import App
from worker.stream.state import State


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    try:
        made = secure(tmp_path_factory.mktemp("secure"))
    except NoKafka as error:
        if required():
            pytest.fail(f"Apache Kafka is required in CI: {error}")
        pytest.skip(f"no Apache Kafka: {error}")
    yield made
    made.broker.stop()


def test_a_worker_speaks_sasl_ssl(broker: Secure, prefix: str, tmp_path: Path) -> None:
    settings = Settings(
        broker=broker.address,
        security="SASL_SSL",
        sasl_username=USER,
        sasl_password=PASSWORD,
        ssl_ca=str(broker.authority),
    )

    def build(password: str = PASSWORD) -> App:
        kafka = replace(settings, sasl_password=password).kafka_options()
        app = App(options("", prefix, tmp_path, kafka=kafka, watchdog=3.0))
        echo(app, prefix, state=State(app, "kept", partitions=2))
        return app

    plain = Log(broker.broker.address)
    with Running(build) as running:
        until(lambda: running.app is not None and running.app.owned)
        plain.write(f"{prefix}.in", [(b"%d" % i, b"%d" % i) for i in range(50)])
        until(lambda: plain.caught_up(f"{prefix}-worker", [f"{prefix}.in"]))
    assert running.status == 0
    assert len(plain.read(f"{prefix}.out")) == len(plain.read(f"{prefix}-worker-kept-changelog")) == 50
    with Running(lambda: build("wrong")) as refused:
        assert refused.ended(30) == 1
    assert "_SASL_PASSWORD" in str(refused.app and refused.app.failure)
