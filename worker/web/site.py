"""Starts and stops a web application on an address."""

from __future__ import annotations

from aiohttp import web

from worker.errors import ConfigError


class Site:
    """A running web server; `port` is the real one where any free one was asked for."""

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        self._runner = runner
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(
            self.host, f"[{self.host}]" if ":" in self.host else self.host
        )
        return f"http://{host}:{self.port}"

    async def stop(self) -> None:
        """Close the listener, give open answers a second."""
        await self._runner.cleanup()


async def start(app: web.Application, host: str, port: int) -> Site:
    """Serve `app` at `host:port` (0: any free port). Raises ConfigError where the address cannot be had."""
    # Whoever goes takes the stream that is written for them along; without this each would be read for until a write fails.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigError(f"cannot listen on {host}:{port} ({error.strerror or error}); set NEWS_WORKER_WEB") from None
    return Site(runner, host, int(runner.addresses[0][1]))
