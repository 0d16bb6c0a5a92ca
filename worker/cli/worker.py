"""``news-worker worker``: the Kafka worker. Raw news in, finished articles out; health and metrics on the side."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path
from typing import Any

from worker import heap, metrics, telemetry
from worker.app import build
from worker.logs import fields
from worker.settings import Settings
from worker.stream import folder
from worker.stream.app import App
from worker.stream.runner import run as run_app
from worker.telemetry import Telemetry
from worker.web import health
from worker.web.site import Site

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1:8081"


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    subparsers.add_parser("worker", help="the Kafka worker", description=__doc__)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C (0), a failure for good (1) or one that a restart may mend (75)."""
    heap.settle()
    host, port = settings.address(ADDRESS)
    app = build(settings, folder.claim(Path(settings.data)))
    site: list[Site] = []
    exporting: list[Telemetry] = []

    async def before() -> None:
        site.append(await health.start(host, port, lambda: _health(app), token=""))
        log.info("health and metrics are served", extra=fields(url=site[0].url))
        if (begun := await telemetry.start("worker")) is not None:
            exporting.append(begun)

    async def after() -> None:
        for begun in exporting:
            await begun.stop()
        for each in site:
            await each.stop()

    metrics.REGISTRY.register(metrics.StreamCollector(app))
    status = run_app(app, before=before, after=after)
    # All is written and committed; taking the models apart costs the interpreter a second or more on a busy machine.
    logging.shutdown()
    os._exit(status)


def _health(app: App) -> dict[str, Any]:
    live, alive = app.health.live()
    ready, phase = app.health.ready()
    return {"live": live, "ready": ready, **alive, **phase}
