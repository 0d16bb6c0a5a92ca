"""Child processes of `demo`: started together, watched, ended together; none is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from worker.broker import die_with_parent
from worker.errors import TransientError
from worker.settings import PREFIX

_GRACE_SECONDS = 8.0


@dataclass
class Child:
    """One `news-worker` command as a process of its own; what it says goes to `log`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").strip().splitlines()[-lines:])
        return ""


class Children:
    """Start with `start`, look after them with `check`, end them all with `stop`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        # `environment` is complete: what it leaves out has its default, whatever our own environment says.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = inherited | dict(environment)
        self._all: list[Child] = []

    def start(self, *command: str, **settings: str) -> Child:
        """Run `news-worker COMMAND…` with further settings (`web="127.0.0.1:0"` is NEWS_WORKER_WEB)."""
        name = command[0]
        log = self._folder / f"{name}.log"
        environment = self._environment | {f"{PREFIX}{key.upper()}": value for key, value in settings.items()}
        with log.open("ab") as out:
            # A session of its own: Ctrl-C reaches this process alone, which then ends them in the right order.
            process = subprocess.Popen(
                [sys.executable, "-m", "worker", *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        child = Child(name, process, log)
        self._all.append(child)
        return child

    def check(self) -> None:
        """Raises TransientError, with its last words, where one has ended with an error or should not have ended at all."""
        for child in self._all:
            status = child.process.poll()
            if status is not None and (status != 0 or child.name != "feed"):
                raise TransientError(f"{child.name} ended with status {status}\n{child.last_words()}")

    def last_words(self) -> str:
        """What each of them said last."""
        return "\n".join(f"{child.name}: {words}" for child in self._all if (words := child.last_words(1)))

    def stop(self) -> None:
        """End them, the last started first: SIGTERM, after a grace SIGKILL, then whatever is left of their sessions."""
        alive = [child for child in reversed(self._all) if child.process.poll() is None]
        for child in alive:
            child.process.terminate()
        end = time.monotonic() + _GRACE_SECONDS
        for child in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, end - time.monotonic()))
        for child in self._all:
            # The session's number is that of its first process; a pool that outlived its parent is still in it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._all.clear()
