"""Clients are closed to the end, also while a fetch waits for its next try because the broker is away."""

from __future__ import annotations

import asyncio
from types import MethodType, SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher

from worker.stream.closing import closed
from worker.stream.consumer import ConsumerThread
from worker.stream.follow import Follower
from worker.view import keeper


def waiting() -> Any:
    """A client with aiokafka's own way of closing a fetch that waits."""
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
    fetcher: Any = SimpleNamespace(_fetch_waiters=(), _fetch_task=asyncio.ensure_future(asyncio.sleep(60)))
    fetcher._pending_tasks = {asyncio.ensure_future(asyncio.sleep(60))}
    fetcher.close = MethodType(Fetcher.close, fetcher)
    consumer._fetcher, consumer._client.close = fetcher, AsyncMock()
    return consumer


async def test_a_fetch_that_waits_is_no_cancellation_of_who_closes() -> None:
    consumer = waiting()
    follower = Follower({}, {})
    follower._consumer = consumer
    await asyncio.sleep(0)
    await follower.__aexit__(None, None, None)
    consumer._client.close.assert_awaited_once()


async def test_nor_of_the_thread_of_the_consumer() -> None:
    consumer = waiting()
    thread: Any = ConsumerThread.__new__(ConsumerThread)
    thread._consumer, thread._method_queue = consumer, None
    await asyncio.sleep(0)
    await thread.on_thread_stop()
    consumer._client.close.assert_awaited_once()


async def test_nor_of_a_view_that_waits_for_the_broker() -> None:
    consumer = waiting()
    await asyncio.sleep(0)
    await keeper._stop(consumer)
    consumer._client.close.assert_awaited_once()


async def test_another_failure_is_told() -> None:
    consumer: Any = SimpleNamespace()

    async def stop() -> None:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        await closed(consumer, stop())
