import socket

import aiohttp
import pytest

from worker.errors import ConfigError
from worker.web import health


async def test_the_small_web_answers_on_any_free_port() -> None:
    state = {"live": True, "ready": False, "partitions": {0: 5}}
    site = await health.start("127.0.0.1", 0, lambda: state)
    try:
        async with aiohttp.ClientSession(site.url) as session:
            async with session.get("/healthz") as answer:
                assert (answer.status, await answer.json()) == (
                    200,
                    {"live": True, "ready": False, "partitions": {"0": 5}},
                )
            async with session.get("/readyz") as answer:
                assert answer.status == 503
            async with session.get("/metrics") as answer:
                assert "news_worker_records" in await answer.text()
    finally:
        await site.stop()


async def test_a_taken_port_is_a_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot listen on"):
            await health.start("127.0.0.1", taken.getsockname()[1], dict)
