"""`news-worker serve`: the SQLite view of the output topics, the API and the page over it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from worker.errors import ConfigError, TransientError
from worker.logs import fields
from worker.settings import Settings

log = logging.getLogger(__name__)

DEFAULT_WEB = "127.0.0.1:8080"
_VIEW = "view.sqlite"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "serve",
        help="the HTTP API and the page over the finished articles",
        description="Follow the output topics into a SQLite view (folder 'view' in --data), serve it over HTTP.",
    )
    parser.add_argument("--rebuild", action="store_true", help="throw the view away and build it from the topics")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 75 where there is neither a view nor a broker at the start.

    75 also where the view is damaged, which the next start builds again, or its disc is full.
    """
    from worker.view import schema

    path = Path(settings.data) / "view" / _VIEW
    try:
        asyncio.run(_serve(settings, path, bool(args.rebuild)))
    except sqlite3.Error as error:
        if schema.damaged(error):
            schema.remove(path)
            raise TransientError(f"the view was damaged ({error}): the next start builds it from the topics") from None
        if schema.hindered(error):
            raise TransientError(f"the view {path} cannot be read or written: {error}") from None
        raise
    return 0


async def _serve(settings: Settings, path: Path, rebuild: bool) -> None:
    from worker import telemetry
    from worker.view import Keeper, Writer
    from worker.view.schema import damaged, remove
    from worker.web import site
    from worker.web.app import COUNT_SOURCES, make_app
    from worker.web.readers import Readers
    from worker.web.stream import Bell

    settings.kafka_options()  # a wrong one is said now, not in a loop
    topics = {name: settings.topic(topic) for name, topic in _TOPICS.items()}
    lock = _Lock(path.parent)
    try:
        if rebuild:
            remove(path)
        writer = Writer(path, **topics)
        had_view = bool(writer.positions())
        bell = Bell()
        keeper = Keeper(writer, settings, changed=bell.ring)
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def failed(error: sqlite3.Error) -> None:
            if damaged(error) and not broken.done():
                broken.set_exception(error)

        readers = Readers(path, failed=failed)

        def state() -> dict[str, Any]:
            return {"live": keeper.alive, "ready": keeper.alive and keeper.caught_up, **keeper.state()}

        app = make_app(readers, state, token=settings.token, bell=bell)
        try:
            web = await site.start(app, *settings.address(DEFAULT_WEB))
            log.info("serving", extra=fields(url=web.url, view=path))
            exporting = await telemetry.start("serve", before=app[COUNT_SOURCES])
            try:
                await _until_told([keeper.start(), broken], keeper, None if had_view else settings.watchdog)
            finally:
                if exporting is not None:
                    await exporting.stop()
                await web.stop()
        finally:
            readers.close()
            await keeper.stop()
    finally:
        lock.release()


_TOPICS = {"articles": "articles", "duplicates": "duplicates", "dead": "dlq"}


async def _until_told(failing: Sequence[asyncio.Future[Any]], keeper: Any, patience: float | None) -> None:
    """Until a signal; `failing` never end by themselves: what ends one of them is passed on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told: asyncio.Future[Any] = asyncio.create_task(stop.wait())
    if patience is not None:
        # Neither a view nor, after a while, a broker: nothing to answer with. A supervisor may try again.
        done, _ = await asyncio.wait({told, *failing}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if not keeper.ever_connected and not done:
            told.cancel()
            raise TransientError("no broker answers and there is no view to serve; is NEWS_WORKER_BROKER right?")
    done, _ = await asyncio.wait({told, *failing}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    for each in done & set(failing):
        each.result()


class _Lock:
    """One `serve` a view: a second one would write the same file."""

    def __init__(self, folder: Path) -> None:
        import fcntl

        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / "lock").open("w")
        except OSError as error:
            raise ConfigError(f"the folder of the view (NEWS_WORKER_DATA) cannot be used: {error}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise ConfigError(
                f"another serve uses {folder}: give this one a folder of its own (NEWS_WORKER_DATA)"
            ) from None

    def release(self) -> None:
        self._file.close()
