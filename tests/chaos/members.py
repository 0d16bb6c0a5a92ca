"""Worker processes that a scenario starts, stops, kills and freezes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class Member:
    """One worker process, its log in a file."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        clean = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_WORKER_")}
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env={**clean, **env})
        self.ended = False  # whether the scenario ended it

    @property
    def alive(self) -> bool:
        """Whether it runs (a frozen one does)."""
        return self.process.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self.process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; harmless where it has gone."""
        if number in (signal.SIGTERM, signal.SIGKILL):
            self.ended = True
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, and wait."""
        self.signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self, within: float = 15.0) -> float:
        """SIGTERM, and wait; after ``within`` seconds kill. Returns the seconds it took."""
        started = time.monotonic()
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - started

    def said(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace")


class Members:
    """All members of a run, started by name; ends what is left."""

    def __init__(self, folder: Path, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.folder, self._command, self._env = folder, command, env
        self.all: list[Member] = []

    def start(self, **env: str) -> Member:
        """Start one more."""
        name = f"m{len(self.all)}"
        member = Member(name, self._command, {**self._env, **env}, self.folder / f"{name}.log")
        self.all.append(member)
        return member

    @property
    def alive(self) -> list[Member]:
        """Those that run."""
        return [m for m in self.all if m.alive]

    def fell(self) -> list[Member]:
        """Those that ended without the scenario's doing."""
        return [m for m in self.all if not m.alive and not m.ended]

    def stop(self) -> float:
        """SIGTERM to all; the seconds of the slowest."""
        living = self.alive
        for member in living:
            member.signal(signal.SIGCONT)
            member.signal(signal.SIGTERM)
        return max((member.stop() for member in living), default=0.0)
