"""asyncapi.yaml: every reference leads somewhere, topics are those that the worker makes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from worker import schemas
from worker.settings import Settings
from worker.topics import topics

FOLDER = Path(schemas.__file__).parent
DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text("utf-8"))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_references_lead_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert found
    for reference in found:
        name, _, path = reference.partition("#/")
        node: Any = DOCUMENT if not name else schemas.load(name.removesuffix(".json"))
        for part in filter(None, path.split("/")):
            assert part in node, reference
            node = node[part]


def test_channels_are_topics_of_the_worker_with_that_cleanup() -> None:
    made = {topic.name: topic for topic in topics(Settings())}
    for channel in DOCUMENT["channels"].values():
        assert channel["address"] in made
        cleanup = made[channel["address"]].cleanup
        assert f"cleanup.policy {cleanup}" in channel["description"] or channel["address"] == "news.dlq"


def test_operations_use_channels_of_the_document() -> None:
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in DOCUMENT["operations"].values()}
    assert used == set(DOCUMENT["channels"])
