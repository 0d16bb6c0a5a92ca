"""Closing an aiokafka client that reads, also while the broker is away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer


async def closed(consumer: AIOKafkaConsumer, stop: Coroutine[Any, Any, None]) -> None:
    """Await ``stop``, which stops ``consumer``, to its end.

    A fetch that waits for its next try, since the broker is away, is cancelled by aiokafka 0.14, which then raises its
    CancelledError as if it were the caller's (consumer/fetcher.py:457). The hooks of a rebalance and the steps of stopping
    broke off there, and the worker ended with status 1 in place of 75.
    """
    stopping = asyncio.ensure_future(stop)
    await asyncio.wait([stopping])
    if stopping.cancelled():
        await consumer._client.close()  # what would have come next
    else:
        stopping.result()
