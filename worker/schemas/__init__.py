"""JSON Schemas (2020-12) of the messages: `load("raw")`, `load("article")`, `load("dead-letter")`."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson


def load(name: str) -> dict[str, Any]:
    """The schema of a message as a mapping."""
    schema: dict[str, Any] = orjson.loads(files("worker.schemas").joinpath(f"{name}.json").read_bytes())
    return schema
