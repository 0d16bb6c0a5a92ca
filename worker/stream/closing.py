"""Closing an aiokafka client that reads, also while the broker is away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer


async def closed(consumer: AIOKafkaConsumer, stop: Coroutine[Any, Any, None] | None = None) -> None:
    """Stop ``consumer`` to the end, by ``stop`` where that does more than the client's own.

    aiokafka 0.14 cancels a fetch that waits for its next try, since the broker is away, and lets the CancelledError of that
    fetch out as if the caller had been cancelled (consumer/fetcher.py:457; aiokafka issue 647, open, as is its mend #1000).
    The hooks of a rebalance and the steps of stopping broke off there, and the worker ended with status 1 in place of 75.
    A caller that is cancelled itself goes at once; the client is closed without it.
    """
    stopping = asyncio.ensure_future(stop or consumer.stop())
    await asyncio.wait([stopping])
    if stopping.cancelled():
        await consumer._client.close()  # what would have come next
    else:
        stopping.result()
