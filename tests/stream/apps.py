"""Small apps for tests: run one in this process, in a thread's event loop, against a broker."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from worker.stream import runner
from worker.stream.app import App, Options
from worker.stream.topics import Topic


def options(address: str, prefix: str, data: Path, *, partitions: int = 2, **more: Any) -> Options:
    """Options of a test app: topics ``in``, ``out`` and ``dlq`` below the prefix."""
    given: dict[str, Any] = {
        "kafka": {"bootstrap_servers": address},
        "group": f"{prefix}-worker",
        "data": data,
        "dead_letters": f"{prefix}.dlq",
        "topics": [Topic(f"{prefix}.{name}", partitions, max_bytes=1 << 20) for name in ("in", "out", "dlq")],
        "max_request": 1 << 20,
        "watchdog": 20.0,
    }
    return Options(**{**given, **more})


class Running:
    """An app in a thread, until the end of the block; ``status`` is what the process would exit with."""

    def __init__(self, build: Callable[[], App]) -> None:
        self._build = build
        self.app: App | None = None
        self.status: int | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        async def main() -> int:
            self.app = self._build()
            return await runner.run_here(self.app)

        self.status = asyncio.run(main())

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> int | None:
        """End it as SIGTERM would."""
        if self.app is not None and self._thread.is_alive():
            self.app.loop.call_soon_threadsafe(self.app.over.set)
        self._thread.join(15)
        assert not self._thread.is_alive(), "the app does not stop"
        return self.status

    def ended(self, within: float = 20.0) -> int | None:
        """Wait until it ends by itself; its status."""
        self._thread.join(within)
        return self.status


def until(check: Callable[[], Any], within: float = 30.0) -> None:
    """Wait for ``check`` to be true; fail after ``within`` seconds."""
    end = time.monotonic() + within
    while not check():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.1)
