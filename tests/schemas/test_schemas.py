"""The schemas against real messages: the samples, and what the pipeline makes of them."""

import io
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest

from tests.view import made
from worker.cli import feed
from worker.errors import RecordError
from worker.messages import parse
from worker.schemas import load


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(load(name), format_checker=jsonschema.FormatChecker())


def samples() -> Iterator[bytes]:
    for path in feed.find([str(feed.SAMPLES)]):
        for item in feed.read(path):
            yield item.value


@pytest.fixture(scope="module")
def finished() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "worker", "process", "--final", "--explain", "--processes", "0"],
        input=b"\n".join(samples()),
        capture_output=True,
        timeout=120,
        check=True,
    )
    return [orjson.loads(line) for line in io.BytesIO(done.stdout)]


@pytest.mark.parametrize("name", ["raw", "article", "dead-letter"])
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(load(name))


def test_samples_are_raw_articles_unless_broken() -> None:
    check = validator("raw")
    for value in samples():
        try:
            parse(value)
        except RecordError as error:
            if error.code != "json-invalid":
                assert not check.is_valid(orjson.loads(value)), error.code
        else:
            check.validate(orjson.loads(value))


def test_finished_articles_follow_the_schema(finished: list[dict[str, Any]]) -> None:
    check = validator("article")
    checked = 0
    for line in finished:
        if "error" in line or line["status"] == "canceled" or line["dedup"] is None:
            continue
        # the revision is the publishing agent's; `process` has none
        line["provenance"].setdefault("revision", f"{0:010d}-{0:012d}")
        errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in check.iter_errors(line)]
        assert not errors, (line["url"], errors)
        checked += 1
    assert checked >= 20


def test_a_wrong_article_is_refused(finished: list[dict[str, Any]]) -> None:
    check = validator("article")
    good = next(line for line in finished if line.get("status") == "usable")
    for wrong in ({"id": "x"}, {"status": "fine"}, {"countries": ["Germany"]}, {"more": 1}, {"title": 5}):
        assert not check.is_valid(good | wrong), wrong


def test_dead_letters_need_their_headers() -> None:
    check = validator("dead-letter")
    headers = {name: value.decode() for name, value in made.dead().headers}
    assert not check.is_valid(headers)
    more = {
        "partition": "0",
        "offset": "7",
        "timestamp": "1",
        "first-failed-at": "2024-03-12T00:00:00Z",
        "attempts": "1",
    }
    check.validate(headers | {f"dlq-{name}": value for name, value in more.items()})


def test_samples_are_as_many_as_their_readme_says() -> None:
    assert len(list(samples())) == 27
