"""Headers of a dead letter and the limit that stops a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import ConfigError
from worker.stream.deadletters import Limit, is_retry, letter
from worker.stream.letters import parse
from worker.stream.record import Dead, Record
from worker.stream.transport import wire_size

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def record(value: bytes | None = b"v", **headers: bytes) -> Record:
    return Record("news.raw", 3, 77, b"k", value, list(headers.items()), 1234)


def test_a_letter_is_the_record_and_why() -> None:
    sent = letter("news.dlq", record(url=b"u"), Dead("json-invalid", "no JSON"), "clean", NOW, 1 << 20)
    assert (sent.topic, sent.key, sent.value) == ("news.dlq", b"k", b"v")
    assert dict(sent.headers) == {
        "url": b"u",
        "dlq-code": b"json-invalid",
        "dlq-stage": b"clean",
        "dlq-message": b"no JSON",
        "dlq-topic": b"news.raw",
        "dlq-partition": b"3",
        "dlq-offset": b"77",
        "dlq-timestamp": b"1234",
        "dlq-first-failed-at": b"2026-03-01T12:00:00.000Z",
        "dlq-attempts": b"1",
    }


def test_a_second_failure_overwrites_all_but_the_first_time() -> None:
    first = letter("news.dlq", record(url=b"u"), Dead("a", "b"), "clean", NOW, 1 << 20)
    back = Record("news.raw", 1, 99, first.key, first.value, first.headers, 1234)
    assert is_retry(back) and not is_retry(record())
    second = letter("news.dlq", back, Dead("c", "d"), "clean", NOW + timedelta(days=1), 1 << 20)
    said = dict(second.headers)
    assert len(said) == len(second.headers) == 10
    assert said["dlq-code"] == b"c" and said["dlq-offset"] == b"99"
    assert said["dlq-first-failed-at"] == b"2026-03-01T12:00:00.000Z"
    assert said["dlq-attempts"] == b"2"


def test_a_value_larger_than_a_letter_is_cut_and_says_so() -> None:
    sent = letter("news.dlq", record(b"x" * 10_000), Dead("message-too-large", "m"), "clean", NOW, 8000)
    assert sent.value is not None and len(sent.value) < 8000
    assert dict(sent.headers)["dlq-cut"] == b"10000"


def test_null_stays_null() -> None:
    sent = letter("news.dlq", record(None), Dead("takedown-without-key", "m"), "clean", NOW, 8000)
    assert sent.value is None


@pytest.mark.parametrize(
    "strange",
    [
        {"dlq-attempts": None},
        {"dlq-attempts": b"9" * 5000},  # more digits than Python makes a number of
        {"dlq-first-failed-at": None},
        {"url": None},
    ],
)
def test_headers_that_anybody_may_send_stop_no_worker(strange: dict[str, bytes | None]) -> None:
    sent = letter("news.dlq", record(**strange), Dead("json-invalid", "m"), "clean", NOW, 8000)  # type: ignore[arg-type]
    made = Record("news.dlq", 0, 5, sent.key, sent.value, sent.headers, 1234)
    assert parse(made) is not None
    sent.headers[0:0] = [("dlq-code", None)]  # type: ignore[list-item]
    assert parse(made) is not None


@pytest.mark.parametrize("part", ["key", "headers", "both"])
def test_no_letter_is_larger_than_a_request(part: str) -> None:
    large = record(b"v" * 100, a=b"1")
    if part != "headers":
        large.key = b"k" * 20_000
    if part != "key":
        large.headers += [("b", b"x" * 15_000), ("c", b"")]
    sent = letter("news.dlq", large, Dead("message-too-large", "m"), "clean", NOW, 8000)
    assert wire_size(sent) <= 8000
    assert dict(sent.headers)["dlq-cut"] == b"100" and dict(sent.headers)["dlq-code"] == b"message-too-large"
    assert (dict(sent.headers).get("a") == b"1") == (part == "headers")


def test_many_failures_in_a_row_stop_the_worker() -> None:
    limit = Limit(run=5)
    limit.count([True] * 4 + [False] + [True] * 4, "clean", ["json-invalid"])
    with pytest.raises(ConfigError, match="json-invalid"):
        limit.count([True], "clean", ["json-invalid"])


def test_too_large_a_share_stops_the_worker() -> None:
    limit = Limit(run=100, share=0.5, window=20)
    limit.count([True, False] * 30, "clean", ["x"])
    with pytest.raises(ConfigError):
        limit.count([True, True, False] * 10, "clean", ["x"])
