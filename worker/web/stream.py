"""/stream: what changes, as server-sent events, resumable at any instance.

Nothing is queued for a client: each reads from the view at its own pace, a little at a time, so a slow one costs hardly any
memory and misses no article, only what was changed again before it looked. An event's id is the list of topic positions
after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from worker.view.reader import Event, Positions, Reader
from worker.view.writer import labels_of
from worker.web.guard import HEADERS
from worker.web.readers import Readers

_TAKE = 100
# What is read at once stays in memory until the client has taken it.
_TAKE_BYTES = 256 << 10
# Proxies close what is silent; a comment line keeps the connection and finds out whether it is still there.
_HEARTBEAT_SECONDS = 15.0
# A stream of hundreds of articles a second is read in gulps instead of one look each.
_PAUSE_SECONDS = 0.1
_PLACE = re.compile(r"([a-zA-Z0-9._-]{1,249}):(\d{1,6})=(\d{1,18})")
_MOST_PLACES = 10_000


class Bell:
    """Rung when the view has changed; whoever waits looks then. `rings` counts."""

    def __init__(self) -> None:
        self.rings = 0
        self._event = asyncio.Event()

    def ring(self, *_: object) -> None:
        """The view has changed."""
        self.rings += 1
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, rings: int, seconds: float) -> None:
        """Until it has rung more often than `rings`, at most `seconds`."""
        if self.rings == rings:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._event.wait(), seconds)


def pack_positions(positions: Positions) -> str:
    """Positions as an event id: `news.articles:0=12,news.articles:1=7`; `-` where nothing has been read."""
    return ",".join(f"{topic}:{partition}={n}" for (topic, partition), n in sorted(positions.items())) or "-"


def unpack_positions(text: str) -> Positions:
    """The positions of an event id. Raises ValueError where it is none."""
    out: Positions = {}
    if text == "-":
        return out
    for place in text.split(",", _MOST_PLACES):
        match = _PLACE.fullmatch(place)
        if match is None:
            raise ValueError("Last-Event-ID is not one that this API has given out")
        out[match[1], int(match[2])] = int(match[3])
    return out


async def follow(
    request: web.Request,
    readers: Readers,
    bell: Bell,
    since: Positions | None,
    filters: Mapping[str, str],
    *,
    copies: bool,
    dead: bool,
    fields: list[str] | None = None,
) -> web.StreamResponse:
    """Answer `request` until the client goes. `since` None: what comes from now on. `fields`: these keys of articles alone."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    response.headers.update(HEADERS)
    await response.prepare(request)
    # Whoever asks goes at some time; that is no failure of an answer.
    with contextlib.suppress(ConnectionError):
        await _write(response, readers, bell, since, filters, copies=copies, dead=dead, fields=fields)
    return response


async def _write(
    response: web.StreamResponse,
    readers: Readers,
    bell: Bell,
    since: Positions | None,
    filters: Mapping[str, str],
    *,
    copies: bool,
    dead: bool,
    fields: list[str] | None,
) -> None:
    at = await readers.ask(lambda reader: reader.positions()) if since is None else since
    # The first event's id lets a client resume that has seen no article yet.
    await response.write(b"retry: 2000\n" + _hello(at))
    wrote = time.monotonic()
    look = partial(_look, filters=filters, copies=copies, dead=dead, fields=fields)
    while True:
        rings = bell.rings  # before the look: what changes during it is seen by the next one
        lines, at, whole = await readers.ask(partial(look, at))
        # Silence gets a sign of life with the position, so that what was filtered out need not be read again.
        if not lines and time.monotonic() - wrote > _HEARTBEAT_SECONDS:
            lines = _hello(at)
        if lines:
            await response.write(lines)
            wrote = time.monotonic()
        if whole:
            await bell.wait(rings, _HEARTBEAT_SECONDS)
            await asyncio.sleep(_PAUSE_SECONDS)


def _look(
    at: Positions,
    reader: Reader,
    *,
    filters: Mapping[str, str],
    copies: bool,
    dead: bool,
    fields: list[str] | None,
) -> tuple[bytes, Positions, bool]:
    """The lines of what came after `at`, the positions after them, and whether there is no more."""
    events, at, whole = reader.events(at, _TAKE, _TAKE_BYTES)
    wanted = (event for event in events if _wanted(event, filters, copies=copies, dead=dead))
    return b"".join(_format(event, fields) for event in wanted), at, whole


def _hello(at: Positions) -> bytes:
    return f"id: {pack_positions(at)}\nevent: hello\ndata: {{}}\n\n".encode()


def _wanted(event: Event, filters: Mapping[str, str], *, copies: bool, dead: bool) -> bool:
    if event.kind == "dead-letter":
        return dead
    if event.document is None:
        # A takedown names no source or topic any more: everybody must hear of it.
        return True
    if event.kind == "copy" and not copies:
        return False
    return not filters or set(filters.items()) <= set(labels_of(orjson.loads(event.document)))


def cut(article: Mapping[str, Any], fields: list[str]) -> bytes:
    """An article's JSON with these keys alone."""
    return orjson.dumps({name: article[name] for name in fields if name in article})


def _format(event: Event, fields: list[str] | None) -> bytes:
    if event.document is None:
        data = orjson.dumps({"id": event.id, "status": "canceled"})
    elif fields is None or event.kind == "dead-letter":
        data = event.document
    else:
        data = cut(orjson.loads(event.document), fields)
    # JSON as the worker writes it has no line break; one from elsewhere may.
    if b"\n" in data or b"\r" in data:
        data = orjson.dumps(orjson.loads(data))
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (pack_positions(event.at).encode(), event.kind.encode(), data)
