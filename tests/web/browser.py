"""A headless Chromium driven over the DevTools protocol: as much as the tests of the page need."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Self

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of one browser. `errors` collects what the page complains of: exceptions, refused resources."""

    def __init__(self, binary: str, profile: Path) -> None:
        self._binary = binary
        self._profile = profile
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.errors: list[str] = []

    async def __aenter__(self) -> Self:
        self._process = subprocess.Popen(
            [
                self._binary,
                "--headless=new",
                "--no-sandbox",  # CI runs as root
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                f"--user-data-dir={self._profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = self._profile / "DevToolsActivePort"
        async with asyncio.timeout(60):
            while not port_file.exists() or "\n" not in port_file.read_text():
                await asyncio.sleep(0.1)
            port = port_file.read_text().split("\n")[0]
            self._session = aiohttp.ClientSession()
            while not (pages := [p for p in await self._targets(port) if p["type"] == "page"]):
                await asyncio.sleep(0.1)
        self._socket = await self._session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=1 << 26)
        self._reading = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self._socket.close()
        await self._session.close()
        self._process.terminate()
        self._process.wait(10)

    async def call(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(self._waiting[number], 30)

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.call("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str, wanted: Callable[[Any], bool] = bool, seconds: float = 30) -> Any:
        """The value of an expression once it is `wanted`."""
        end = asyncio.get_running_loop().time() + seconds
        while not wanted(value := await self.run(script)):
            assert asyncio.get_running_loop().time() < end, (script, value, self.errors)
            await asyncio.sleep(0.1)
        return value

    async def _targets(self, port: str) -> list[dict[str, Any]]:
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as answer:
            return list(await answer.json())

    async def _read(self) -> None:
        async for message in self._socket:
            body = message.json()
            if "id" in body:
                future = self._waiting.pop(body["id"])
                if not future.done():
                    if "error" in body:
                        future.set_exception(RuntimeError(str(body["error"])))
                    else:
                        future.set_result(body["result"])
            elif body["method"] == "Runtime.exceptionThrown":
                self.errors.append(str(body["params"]["exceptionDetails"])[:500])
            elif body["method"] == "Log.entryAdded" and body["params"]["entry"]["level"] == "error":
                self.errors.append(body["params"]["entry"]["text"] + " " + body["params"]["entry"].get("url", ""))
