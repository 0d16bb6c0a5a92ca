"""Checks records of a real run against what the schemas say of values, keys and headers."""

from __future__ import annotations

from collections.abc import Iterable

import jsonschema
import orjson

from tests.kafka.log import Row
from tests.schemas.test_asyncapi import DOCUMENT
from worker.schemas import load


def check_outputs(rows: Iterable[Row]) -> int:
    """Every record of news.articles or news.duplicates; returns how many tombstones there were."""
    value = jsonschema.Draft202012Validator(load("article"), format_checker=jsonschema.FormatChecker())
    parts = DOCUMENT["components"]["schemas"]
    key, header = parts["id"], jsonschema.Draft202012Validator(parts["outputHeaders"])
    reasons = DOCUMENT["components"]["messages"]["tombstone"]["headers"]["allOf"][1]
    tombstones = 0
    for row in rows:
        headers = {name: text.decode() for name, text in row.headers.items()}
        jsonschema.validate((row.key or b"").decode(), key)
        header.validate(headers)
        if row.value is None:
            jsonschema.validate(headers, reasons)
            tombstones += 1
        else:
            value.validate(orjson.loads(row.value))
    return tombstones


def check_dead_letters(rows: Iterable[Row]) -> None:
    """Every record of news.dlq."""
    for row in rows:
        jsonschema.validate({name: text.decode() for name, text in row.headers.items()}, load("dead-letter"))
