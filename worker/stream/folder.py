"""One data folder for each worker on a machine: the first free `worker-N`, locked as long as the process lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from worker.errors import ConfigError

_held: list[IO[str]] = []  # open files hold the locks until the process ends
_MOST = 1000


def claim(root: Path) -> Path:
    """Lock and return the first free ``worker-N`` below ``root``. Raises ConfigError when the folder cannot be used."""
    for n in range(_MOST):
        folder = root / f"worker-{n}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("a")
        except OSError as error:
            raise ConfigError(f"the data folder {root} (NEWS_WORKER_DATA) cannot be used: {error}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        _held.append(lock)
        return folder
    raise ConfigError(f"{_MOST} workers use {root} already")
