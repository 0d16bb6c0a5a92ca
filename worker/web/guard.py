"""What every answer goes through: errors as JSON, the token, headers that tie a browser's hands, timing."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

from worker import metrics

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# No inline script or style, nothing from elsewhere, no frames, no forms: what an article smuggles in cannot act.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Probes, schemas and the empty page carry no news; whoever orchestrates the process has no token.
_OPEN = frozenset({"/", "/page.css", "/page.js", "/healthz", "/readyz"})


class Problem(Exception):
    """An answer that is an error: HTTP status, a short stable code, one sentence."""

    def __init__(self, status: int, code: str, message: str, **beside: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}, **beside}


def json_answer(request: web.Request, body: bytes, *, status: int = 200, tag: str | None = None) -> web.Response:
    """`body` as JSON with an ETag (`tag`, else a hash of it), or 304 where the caller has it already."""
    etag = tag or hashlib.blake2b(body, digest_size=12).hexdigest()
    headers = {"ETag": f'"{etag}"', "Cache-Control": "no-cache"}
    asked = request.if_none_match
    if status == 200 and asked and any(each.value in (etag, "*") for each in asked):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def middlewares(token: str) -> Iterable[Middleware]:
    """In the order they wrap a handler. An empty `token` means that none is asked for."""
    return [_outermost, _errors, _bearer(token)] if token else [_outermost, _errors]


@web.middleware
async def _outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
    begin = time.monotonic()
    response = await handler(request)
    if not response.prepared:
        response.headers.update(HEADERS)
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "unknown"
    metrics.HTTP_SECONDS.labels(route, str(response.status)).observe(time.monotonic() - begin)
    return response


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return _problem(problem.status, problem.body)
    except web.HTTPException as error:
        codes = {404: "not-found", 405: "method-not-allowed"}
        message = {404: "there is no such address", 405: "this API only reads: GET and HEAD"}.get(error.status)
        code = codes.get(error.status, "request-invalid")
        response = _problem(error.status, {"error": {"code": code, "message": message or error.reason}})
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except Exception:
        log.exception("an answer failed")
        return _problem(500, {"error": {"code": "internal", "message": "this answer failed; the log says why"}})


def _bearer(token: str) -> Middleware:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        is_open = request.path in _OPEN or request.path.startswith("/schemas/")
        if not is_open and not hmac.compare_digest(given, expected):
            response = _problem(
                401, {"error": {"code": "unauthorised", "message": "send the header Authorization: Bearer <token>"}}
            )
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return await handler(request)

    return check


def _problem(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
