"""Health by progress: alive is who moves on, ready is who hands records on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from worker.stream.app import App


class Health:
    """What /healthz and /readyz say. Fed by the watchdog about once a second."""

    def __init__(self, app: App, limit: float) -> None:
        self._app, self._limit = app, limit
        self._step: object = None
        self._done: object = None
        self.lag = 0
        self.reset()

    def reset(self) -> None:
        """Start the clocks now."""
        now = time.monotonic()
        self._answered = now  # the broker answered and the loop runs
        self._moved = now  # a rebalance or recovery made a step, or none is under way
        self._progressed = now  # records were confirmed, or there is nothing to do

    def answered(self) -> None:
        """The broker answered through the event loop."""
        self._answered = time.monotonic()

    def observe(self) -> None:
        """Look at the app: does it move?"""
        app, now = self._app, time.monotonic()
        settling = app.rebalancing or app.in_recovery or not app.consumer.gate_open
        step = (app.term, app.restored, app.steps, len(app.consumer.assignment())) if settling else None
        if step is None or step != self._step:
            self._moved = now
        self._step = step
        self.lag = 0 if settling else sum(app.lag().values())
        done = None if settling or not self.lag else (sum(app.consumer.ledger.done().values()), app.steps)
        if done is None or done != self._done:
            self._progressed = now
        self._done = done

    def trouble(self) -> str | None:
        """Why the process should end, None when it should not."""
        now, limit = time.monotonic(), self._limit
        if now - self._answered > limit:
            return f"the broker or the event loop has not answered for {limit:.0f} s"
        if now - self._moved > limit:
            return f"a rebalance or the recovery of state has made no step for {limit:.0f} s"
        if now - self._progressed > limit:
            return f"{self.lag} records wait and none was finished for {limit:.0f} s"
        return None

    def live(self) -> tuple[bool, dict[str, Any]]:
        """The answer of /healthz: false while nothing moves."""
        trouble = self.trouble()
        return trouble is None, {"status": "ok" if trouble is None else "stalled", "trouble": trouble, "lag": self.lag}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """The answer of /readyz: false while recovering, rebalancing, shutting down, or cut off from the broker."""
        app = self._app
        if app.stopping:
            phase = "stopping"
        elif app.in_recovery:
            phase = "recovering"
        elif app.rebalancing or app._consumer is None or not app.consumer.gate_open:
            phase = "rebalancing"
        elif time.monotonic() - self._answered > 10:
            phase = "broker-silent"
        else:
            phase = "ready"
        return phase == "ready", {"status": phase, "term": app.term, "partitions": len(app.owned), "lag": self.lag}
