"""/healthz, /readyz, /metrics: what a supervisor and Prometheus ask any process of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from worker import metrics
from worker.web import site
from worker.web.guard import middlewares

# Of the dict: `live` and `ready` decide the status, all else is for people.
Health = Callable[[], dict[str, Any]]


def add_routes(
    app: web.Application, health: Health, *, before_metrics: Callable[[], Awaitable[None]] | None = None
) -> None:
    """/healthz (503: restart me), /readyz (503: wait), both with the whole dict; /metrics for Prometheus.

    `before_metrics` sets what is only known by asking.
    """

    async def healthz(_: web.Request) -> web.Response:
        return _answer(health(), "live")

    async def readyz(_: web.Request) -> web.Response:
        return _answer(health(), "ready")

    async def prometheus(_: web.Request) -> web.Response:
        if before_metrics is not None:
            await before_metrics()
        return web.Response(body=metrics.render(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", prometheus)


async def start(host: str, port: int, health: Health, *, token: str = "") -> site.Site:
    """The small web of a worker process. Raises ConfigError where the address cannot be had."""
    app = web.Application(middlewares=middlewares(token))
    add_routes(app, health)
    return await site.start(app, host, port)


def _answer(state: dict[str, Any], key: str) -> web.Response:
    return web.Response(
        body=orjson.dumps(state, default=str, option=orjson.OPT_NON_STR_KEYS),
        status=200 if state.get(key) else 503,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
