from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from worker.errors import ConfigError
from worker.settings import Settings, add_options, load


def test_defaults_follow_the_prefix() -> None:
    settings, warnings = load({"NEWS_WORKER_PREFIX": "press"})
    assert (settings.raw_topic, settings.group_id, settings.topic("cleaned")) == (
        "press.raw",
        "press-worker",
        "press.cleaned",
    )
    assert not warnings


def test_values_are_read_with_their_units() -> None:
    settings, _ = load({
        "NEWS_WORKER_WINDOW": "36h", "NEWS_WORKER_DEADLINE": "500ms", "NEWS_WORKER_MAX_MESSAGE": "2MiB", "NEWS_WORKER_EXPLAIN": "yes",
        "NEWS_WORKER_TIMEZONES": "www.heute.example=Europe/Vienna, b.example=UTC",
    })  # fmt: skip
    assert (settings.window, settings.deadline, settings.max_message, settings.explain) == (
        129_600.0,
        0.5,
        2 << 20,
        True,
    )
    assert settings.timezones == {"heute.example": "Europe/Vienna", "b.example": "UTC"}


def test_an_option_wins_over_the_environment() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    args = parser.parse_args(["--partitions", "3", "--explain"])
    settings, _ = load({"NEWS_WORKER_PARTITIONS": "5"}, args)
    assert settings.partitions == 3 and settings.explain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARTITIONS", "0"),
        ("WINDOW", "two days"),
        ("EXPLAIN", "perhaps"),
        ("TIMEZONES", "a=Mars/Base"),
        ("SECURITY", "TLS"),
        ("MAX_MESSAGE", "8 parsecs"),
        ("LEXICONS", "missing-folder"),
        ("BROKER", ""),
        ("BROKER", ","),
        ("BROKER", "localhost:kafka"),
        ("BROKER", "kafka:9092,localhost:70000"),
        ("BROKER", "kafka://localhost:9092"),
        ("PREFIX", ""),
        ("PREFIX", "my news/2"),
        ("PROCESSES", "²"),
        ("KEEP", "99999999d"),
        ("WATCHDOG", "0"),
        ("DEADLINE", "0s"),
        ("MAX_MESSAGE", "0"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"NEWS_WORKER_{name} is '?{value}'?: it must be"):
        load({"NEWS_WORKER_" + name: value})


@pytest.mark.parametrize("broker", ["localhost", "kafka-0.kafka.svc:9092, kafka-1.kafka.svc:9092", "[::1]:9092"])
def test_brokers_are_hosts_with_or_without_a_port(broker: str) -> None:
    assert load({"NEWS_WORKER_BROKER": broker})[0].broker == broker


@pytest.mark.parametrize("address", ["localhost", "localhost:99999", ":", "127.0.0.1:²"])
def test_an_address_that_cannot_be_listened_on_is_named(address: str) -> None:
    with pytest.raises(ConfigError, match=r"NEWS_WORKER_WEB is .*: it must be host:port"):
        Settings(web=address).address("127.0.0.1:0")


def test_a_tls_file_that_cannot_be_used_is_named() -> None:
    with pytest.raises(ConfigError, match=r"NEWS_WORKER_SSL_CA: missing\.pem"):
        Settings(security="SSL", ssl_ca="missing.pem").kafka_options()
    with pytest.raises(ConfigError, match=r"NEWS_WORKER_SSL_CERT, _KEY: missing\.crt and missing\.key"):
        Settings(security="SSL", ssl_cert="missing.crt", ssl_key="missing.key").kafka_options()


def test_unknown_variables_are_warned_about_with_the_nearest_name() -> None:
    _, warnings = load({"NEWS_WORKER_PARTITION": "3", "NEWS_WORKER_TEST_KAFKA": "x", "OTHER": "1"})
    assert warnings == [
        "NEWS_WORKER_PARTITION is not a setting and has no effect; did you mean NEWS_WORKER_PARTITIONS?"
    ]


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    settings, warnings = load({
        "NEWS_WORKER_SASL_PASSWORD_FILE": str(tmp_path / "password"), "NEWS_WORKER_SASL_USERNAME": "u", "NEWS_WORKER_SECURITY": "sasl_plaintext",
    })  # fmt: skip
    assert settings.kafka_options()["sasl_plain_password"] == "s3cret"
    assert "s3cret" not in repr(settings) and not warnings
    with pytest.raises(ConfigError, match="TOKEN_FILE cannot be read"):
        load({"NEWS_WORKER_TOKEN_FILE": str(tmp_path / "missing")})


def test_children_get_the_same_settings() -> None:
    settings, _ = load(
        {"NEWS_WORKER_PREFIX": "p", "NEWS_WORKER_EXPLAIN": "1", "NEWS_WORKER_TIMEZONES": "a.example=UTC"}
    )
    assert load(settings.environment())[0] == settings
    assert Settings().environment() == {}


def test_sasl_without_a_user_is_refused() -> None:
    with pytest.raises(ConfigError, match="SASL_USERNAME"):
        Settings(security="SASL_SSL").kafka_options()
