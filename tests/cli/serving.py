"""A `news-worker serve` of its own process, asked over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from worker.broker import free_port

# A proxy of the machine must not come between.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Serving:
    """Starts it; `get` asks it, `kill` and `stop` end it."""

    def __init__(self, broker: str, prefix: str, folder: Path, **settings: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.folder = folder
        self.log = folder / "serve.log"
        given = {"broker": broker, "prefix": prefix, "data": str(folder / "data"), "web": self.address, **settings}
        environment = {f"NEWS_WORKER_{name.upper()}": value for name, value in given.items()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "worker", "serve"], env={**os.environ, **environment}, stdout=log, stderr=log
            )

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with _open(f"http://{self.address}{path}", timeout=5) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def text(self, path: str) -> str:
        with _open(f"http://{self.address}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def ready(self) -> None:
        self.until(lambda: self.get("/readyz")[0] == 200)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)
