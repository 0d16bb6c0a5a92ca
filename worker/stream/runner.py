"""Runs an app in this process, from the check of the framework to the exit status."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
from collections.abc import Awaitable, Callable

from worker.errors import ConfigError, TransientError
from worker.stream import check, topics
from worker.stream.app import App
from worker.stream.topics import Topic
from worker.stream.watchdog import Watchdog

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[None]]


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it is installed, else asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


_MANY_FILES = 1 << 16


def allow_files() -> None:
    """Raise the limit of open files to what the system allows: a partition's databases keep up to 200 open.

    What a login or systemd sets is 1,024 with a far higher bound, meant for programs that ask.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def run(app: App, *, before: Step | None = None, after: Step | None = None) -> int:
    """Run until SIGTERM, SIGINT or a failure. Returns the exit status: 0, 1 (ConfigError), 75 (TransientError).

    ``before`` is awaited in the loop before the app starts (a web server), ``after`` when it has stopped. What failed, and
    what to do, is said on the log; no traceback reaches the user.
    """
    watchdogs: list[Watchdog] = []
    allow_files()
    try:
        check.framework()
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_main(app, watchdogs, before, after))
    except (ConfigError, TransientError) as error:
        app.fail(error)
        log.error("%s", error)
        return app.exit_status()
    finally:
        # The deadline of stopping holds for the hooks too: they may wait for a child process.
        app.run_exit_hooks()
        for watchdog in watchdogs:
            watchdog.end()


# A former owner may write for as long as its session lasts. Until long after, its row of a key must not have compacted the
# owner's away: recovery merges both.
_ZOMBIE_MS = 3_600_000


def changelogs(app: App) -> list[Topic]:
    """The changelog topics of the app's states."""
    most = app.options.max_request
    return [
        Topic(s.changelog, s.partitions, cleanup="compact", compaction_lag_ms=_ZOMBIE_MS, max_bytes=most)
        for s in app.states
    ]


async def _main(app: App, watchdogs: list[Watchdog], before: Step | None, after: Step | None) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.over.set)
    watchdogs.append(Watchdog(app, app.health, loop))
    return await _run(app, watchdogs[0], before, after)


async def run_here(app: App) -> int:
    """Run ``app`` in the loop that runs, until ``app.over`` is set or it fails. Returns the exit status."""
    watchdog = Watchdog(app, app.health, asyncio.get_running_loop())
    try:
        return await _run(app, watchdog, None, None)
    finally:
        watchdog.end()


async def _run(app: App, watchdog: Watchdog, before: Step | None, after: Step | None) -> int:
    options = app.options
    needed = [*options.topics, *changelogs(app)]
    preparing = topics.prepare(
        options.kafka,
        needed,
        replication=options.replication,
        embedded=options.embedded,
        within=options.watchdog,
    )
    if not await _unless_over(app, _all(preparing, *(hook() for hook in app.start_hooks))):
        return _status(app)
    app.health.reset()
    watchdog.start(needed)
    if before is None or await _unless_over(app, before()):
        app.finalize()
        await _unless_over(app, app.start())
        waiting = [asyncio.ensure_future(each) for each in (_end(app), app.wait_until_stopped())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        if app.crash_reason is not None:
            app.fail(app.crash_reason)
    status = _status(app)
    await _stop(app, watchdog, status)
    if after is not None:
        await after()
    return status


async def _all(*steps: Awaitable[None]) -> None:
    await asyncio.gather(*steps)


async def _unless_over(app: App, step: Awaitable[None]) -> bool:
    """Wait for ``step`` or the end of the app; whether the step was done."""
    working, over = asyncio.ensure_future(step), asyncio.ensure_future(_end(app))
    await asyncio.wait([working, over], return_when=asyncio.FIRST_COMPLETED)
    over.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait([working], timeout=1.0)
        return False
    if (error := working.exception()) is not None:
        app.fail(error)
    return error is None


def _status(app: App) -> int:
    if app.failure is not None:
        _explain(app.failure)
    return app.exit_status()


async def _stop(app: App, watchdog: Watchdog, status: int) -> None:
    """Finish the batches at work, commit, leave the group: all steps share one deadline, the watchdog's."""
    app.stopping = True
    watchdog.stopping(app.options.stop_within, status)
    within = app.options.stop_within
    if app._consumer is not None and app.consumer.gate_open and app.failure is None:
        await app.consumer.settle(within / 2)
    await app.partitions_revoked()
    await app.stop()
    for state in app.states:
        state.close()


async def _end(app: App) -> None:
    await app.over.wait()


def _explain(error: BaseException) -> None:
    if isinstance(error, (ConfigError, TransientError)):
        log.error("%s", error)
        return
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "unknown"
    log.error("the worker failed: %s at %s. This is a fault of the program; please report it", type(error).__name__, at)
