"""What the broker answers when topics are made and examined: which answers end the worker for good."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import InvalidReplicationFactorError, RequestTimedOutError, UnknownTopicOrPartitionError

from worker.errors import ConfigError, TransientError
from worker.stream import topics
from worker.stream.topics import Topic


class Admin:
    """A broker that knows ``known`` and answers with the error codes ``made`` and ``seen``."""

    def __init__(self, known: list[str], made: int = 0, seen: int = 0) -> None:
        self._known, self._made, self._seen = known, made, seen

    async def describe_topics(self) -> list[dict[str, Any]]:
        return [{"topic": name, "partitions": [0], "error_code": 0} for name in self._known]

    async def create_topics(self, new: list[Any], **_: Any) -> Any:
        return SimpleNamespace(topic_errors=[(topic.name, self._made, "why") for topic in new])

    async def describe_configs(self, resources: list[Any]) -> list[Any]:
        return [SimpleNamespace(resources=[(self._seen, "why", 2, each.name, []) for each in resources])]

    async def close(self) -> None: ...


async def prepare(monkeypatch: pytest.MonkeyPatch, admin: Admin) -> None:
    async def connect(*_: Any) -> Admin:
        return admin

    monkeypatch.setattr(topics, "_connect", connect)
    await topics.prepare({}, [Topic("a", 1)], replication=1)


@pytest.mark.parametrize(
    "admin",
    [Admin([], made=RequestTimedOutError.errno), Admin(["a"], seen=UnknownTopicOrPartitionError.errno)],
    ids=["made", "examined"],
)
async def test_a_broker_that_is_late_is_no_fault_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch, admin: Admin
) -> None:
    with pytest.raises(TransientError, match="topic a"):
        await prepare(monkeypatch, admin)


async def test_what_it_refuses_for_good_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="cannot be created: InvalidReplicationFactorError: why"):
        await prepare(monkeypatch, Admin([], made=InvalidReplicationFactorError.errno))
