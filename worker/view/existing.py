"""Which topics there are. Asking a broker for one by name may create it; this asks for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient


async def existing(kafka: Mapping[str, Any], topics: Iterable[str]) -> dict[str, list[int]]:
    """Those of `topics` that exist, with their partitions. `kafka` are the arguments of an aiokafka client.

    Raises KafkaError or OSError where no broker answers.
    """
    admin = AIOKafkaAdminClient(**kafka, client_id="news-worker")
    await admin.start()
    try:
        there = set(await admin.list_topics()).intersection(topics)
        if not there:
            return {}
        described = await admin.describe_topics(sorted(there))
        found = {each["topic"]: sorted(p["partition"] for p in each["partitions"]) for each in described}
        # Just made, not yet led by a broker: not there yet.
        return {topic: partitions for topic, partitions in found.items() if partitions}
    finally:
        await admin.close()
