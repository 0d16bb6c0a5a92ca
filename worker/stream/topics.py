"""Topics before the first start: created as they should be, and what exists is checked instead of believed.

A topic that the framework makes by the way is unknown to its own consumer for a while, has a default number of partitions
and no size; one that somebody else made may fit or not. Who does not fit is named with what to do.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError, for_code

from worker.errors import ConfigError, TransientError

log = logging.getLogger(__name__)

_EXISTS = 36  # TOPIC_ALREADY_EXISTS: another worker was faster
_TIMEOUT_MS = 20_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be. ``ours=False``: made where it is missing, but otherwise somebody else's affair."""

    name: str
    partitions: int
    cleanup: str = "delete"  # or "compact"
    retention_ms: int | None = None  # at least so long; -1 for ever
    delete_retention_ms: int | None = None  # how long tombstones stay in a compacted topic, at least
    compaction_lag_ms: int | None = None  # how long no record is compacted away, at least
    max_bytes: int | None = None  # of the largest record, at least
    log_append_time: bool = False
    ours: bool = True

    def config(self) -> dict[str, str]:
        """Kafka's names and values."""
        out = {"cleanup.policy": self.cleanup}
        if self.retention_ms is not None:
            out["retention.ms"] = str(self.retention_ms)
        if self.delete_retention_ms is not None:
            out["delete.retention.ms"] = str(self.delete_retention_ms)
        if self.compaction_lag_ms is not None:
            out["min.compaction.lag.ms"] = str(self.compaction_lag_ms)
        if self.max_bytes is not None:
            out["max.message.bytes"] = str(self.max_bytes)
        if self.log_append_time:
            out["message.timestamp.type"] = "LogAppendTime"
        return out

    def misfits(self, partitions: int, config: Mapping[str, str]) -> list[str]:
        """What of an existing topic does not fit, each with the command that mends it where one can."""
        if not self.ours:
            return []
        out = []
        if partitions != self.partitions:
            out.append(
                f"topic {self.name} has {partitions} partitions and must have {self.partitions}: the number is fixed at the "
                "first start; set NEWS_WORKER_PARTITIONS (or _SHARDS) to what it was, or use another prefix"
            )
        for key, want in self.config().items():
            have = config.get(key)
            if have is not None and not _fits(key, have, want):
                out.append(
                    f"topic {self.name} has {key}={have} and needs {_needs(key, want)}: kafka-configs.sh --alter "
                    f"--entity-type topics --entity-name {self.name} --add-config {key}={want}"
                )
        return out


_AT_LEAST = ("retention.ms", "delete.retention.ms", "min.compaction.lag.ms", "max.message.bytes")


def _fits(key: str, have: str, want: str) -> bool:
    if key in _AT_LEAST:
        return int(have) == -1 or (int(want) != -1 and int(have) >= int(want))
    return {part.strip() for part in have.split(",")} == {want}


def _needs(key: str, want: str) -> str:
    return f"at least {want}" if key in _AT_LEAST else want


async def prepare(
    kafka: Mapping[str, Any], topics: Sequence[Topic], *, replication: int, embedded: bool = False, within: float = 30.0
) -> None:
    """Create what is missing, check what exists. ``within`` seconds the broker may stay silent.

    Raises ConfigError with everything that does not fit, TransientError when the broker does not answer. On the embedded
    broker neither sizes nor times are set or checked: it does not know them.
    """
    admin = await _connect(kafka, within)
    try:
        if embedded:
            log.info("sizes and times of topics are not checked on the embedded broker")
        unseen = list(topics)
        while unseen:
            known = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics() if not t["error_code"]}
            if not embedded:
                await _check(admin, [topic for topic in unseen if topic.name in known], known)
            unseen = [topic for topic in unseen if topic.name not in known]
            if unseen:
                # Metadata may lag behind: what another worker has just made is looked at in the next round.
                unseen = await _create(admin, unseen, replication, embedded)
                await asyncio.sleep(0.2 if unseen else 0)
    except KafkaError as error:
        raise TransientError(f"the broker does not answer as it should: {type(error).__name__}: {error}") from error
    finally:
        await admin.close()


async def _connect(kafka: Mapping[str, Any], within: float) -> AIOKafkaAdminClient:
    end = asyncio.get_running_loop().time() + within
    while True:
        admin = AIOKafkaAdminClient(**kafka, request_timeout_ms=_TIMEOUT_MS)
        try:
            await asyncio.wait_for(admin.start(), max(1.0, end - asyncio.get_running_loop().time()))
            return admin
        except (TimeoutError, KafkaError, OSError) as error:
            await admin.close()
            if (refusal := await _refusal(kafka)) is not None:
                raise ConfigError(
                    f"the broker at {_servers(kafka)} refuses this worker ({refusal}): look at NEWS_WORKER_SECURITY, "
                    "_SASL_MECHANISM, _SASL_USERNAME, _SASL_PASSWORD and _SSL_CA"
                ) from error
            if asyncio.get_running_loop().time() > end:
                said = f"{type(error).__name__}: {error}".rstrip(": ")
                raise TransientError(f"no broker answers at {_servers(kafka)} for {within:.0f} s ({said})") from error
            await asyncio.sleep(0.5)


async def _refusal(kafka: Mapping[str, Any]) -> str | None:
    """Why the broker does not let us in; aiokafka only logs it and says that it cannot connect."""
    how = {key: value for key, value in kafka.items() if key != "bootstrap_servers"}
    for server in _servers(kafka).split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            connection = await create_conn(host.strip("[]"), int(port), request_timeout_ms=5000, **how)
            connection.close()
        except (SaslAuthenticationFailed, UnsupportedSaslMechanismError, ssl.SSLError) as error:
            return str(error)
        except (KafkaError, OSError, TimeoutError, ValueError):
            continue
    return None


def _servers(kafka: Mapping[str, Any]) -> str:
    servers = kafka["bootstrap_servers"]
    return servers if isinstance(servers, str) else ",".join(servers)


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[Topic], replication: int, embedded: bool) -> list[Topic]:
    """Create topics; returns those that are there already."""
    # The embedded broker refuses times; what it cannot do is said once, above.
    new = [
        NewTopic(
            t.name, t.partitions, replication, topic_configs={"cleanup.policy": t.cleanup} if embedded else t.config()
        )
        for t in topics
    ]
    answer = await admin.create_topics(new, timeout_ms=_TIMEOUT_MS)
    failed = []
    there = {name for name, code, *_ in answer.topic_errors if code == _EXISTS}
    for name, code, *said in answer.topic_errors:
        _again(name, code)
        if code not in (0, _EXISTS):
            failed.append(
                f"topic {name} cannot be created: {for_code(code).__name__}{f': {said[0]}' if said and said[0] else ''}"
            )
    if failed:
        raise ConfigError("; ".join(failed))
    if made := [topic.name for topic in topics if topic.name not in there]:
        log.info("topics created", extra={"fields": {"topics": ",".join(made), "replication": replication}})
    return [topic for topic in topics if topic.name in there]


async def _check(admin: AIOKafkaAdminClient, topics: Sequence[Topic], partitions: Mapping[str, int]) -> None:
    if not topics:
        return
    configs = await _configs(admin, [topic.name for topic in topics])
    if misfits := [m for topic in topics for m in topic.misfits(partitions[topic.name], configs.get(topic.name, {}))]:
        raise ConfigError("; ".join(misfits))


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names]):
        for code, message, _, name, entries in response.resources:
            _again(name, code)
            if code:
                raise ConfigError(
                    f"topic {name} cannot be examined: {for_code(code).__name__} {message or ''}".rstrip()
                )
            out[name] = {entry[0]: entry[1] for entry in entries}
    return out


def _again(topic: str, code: int) -> None:
    """Raise what a later try may mend, a broker that is late or not yet in charge: no reason to end for good."""
    if (error := for_code(code)).retriable:
        raise error(f"topic {topic}")
