"""The API over the view: one handler a route, all of them read. worker/schemas/openapi.json describes it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from heapq import nlargest
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web

from worker import __version__, metrics
from worker.identity import is_id
from worker.messages import parse_ms
from worker.view.difference import difference
from worker.view.reader import FILTERS, Page, Reader, TooSlow
from worker.web import export, health, stream
from worker.web.guard import Problem, json_answer, middlewares
from worker.web.readers import Readers

_LIMIT, _MOST = 50, 200
# Sources that metrics name, of each kind: their number must not grow with the world's.
_NAMED = 100
_SOURCES_SECONDS = 1.0
_OUTCOMES = {"original": "originals", "copy": "copies", "dateless": "dateless", "dead": "dead_letters"}
_LIST = frozenset({"limit", "cursor", "copies", "since", "q", "fields", *FILTERS})
_COMPARED = ("title", "lead", "body")
_VERSION = ("version", "status", "published", "fetched_at", *_COMPARED)
_SCHEMAS = ("openapi.json", "article.json", "raw.json", "dead-letter.json")
# Sets the metrics of the sources: whoever reads the registry otherwise than by /metrics calls it before.
COUNT_SOURCES: web.AppKey[Callable[[], Awaitable[None]]] = web.AppKey("count_sources")
_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}


def make_app(
    readers: Readers, state: health.Health, *, token: str = "", bell: stream.Bell | None = None
) -> web.Application:
    """The web application of `serve`. `state` answers /healthz and /readyz; a `token` guards all that holds news.

    Whoever writes the view rings `bell`, so that open streams look.
    """
    metrics.of_serve()
    app = web.Application(middlewares=middlewares(token))
    api = _Api(readers, state, bell or stream.Bell())
    app.router.add_get("/articles", api.articles)
    app.router.add_get("/articles/{id}", api.article)
    app.router.add_get("/articles/{id}/copies", api.copies)
    app.router.add_get("/articles/{id}/versions", api.versions)
    app.router.add_get("/articles/{id}/difference", api.difference)
    app.router.add_get("/dlq", api.dead)
    app.router.add_get("/stream", api.stream)
    app.router.add_get("/sources", api.sources)
    app.router.add_get("/stats", api.stats)
    health.add_routes(app, state, before_metrics=api.count_sources)
    app[COUNT_SOURCES] = api.count_sources
    for path, (name, content_type) in _FILES.items():
        app.router.add_get(path, _file("page", name, content_type))
    for name in _SCHEMAS:
        app.router.add_get(f"/schemas/{name}", _file("schemas", name, "application/json"))
    return app


class _Api:
    def __init__(self, readers: Readers, state: health.Health, bell: stream.Bell) -> None:
        self._readers = readers
        self._state = state
        self._bell = bell
        self._sources: list[dict[str, Any]] = []
        self._sources_at = -math.inf
        self._counting = asyncio.Lock()

    async def article(self, request: web.Request) -> web.Response:
        _only(request, {"fields", "format"})
        ident, form = _id(request), request.query.get("format")
        if form is not None and (form not in export.FORMATS or "fields" in request.query):
            raise Problem(400, "parameter-invalid", f"format is one of {', '.join(export.FORMATS)}, without fields")
        found = await self._readers.ask(lambda reader: reader.article(ident))
        if found is None:
            raise Problem(404, "not-found", "no article of this id has been seen", id=ident)
        if found.document is None:
            raise Problem(410, "gone", "this article was taken down", id=ident)
        if form is not None:
            write, content_type = export.FORMATS[form]
            answer = json_answer(request, orjson.dumps(write(orjson.loads(found.document))))
            if answer.status == 200:
                answer.content_type = content_type
            return answer
        fields = _fields(request)
        tag = None if fields else found.revision or None
        return json_answer(request, _cut(found.document, fields), tag=tag)

    async def articles(self, request: web.Request) -> web.Response:
        _only(request, _LIST)
        query = request.query
        limit, cursor, fields = _limit(request), query.get("cursor"), _fields(request)
        copies, since, q = _flag(request, "copies"), _since(request), query.get("q")
        filters = _filters(request)
        count = fields is not None and "copies" in fields
        page = await self._asked(
            lambda reader: reader.articles(
                limit, cursor, copies=copies, since=since, filters=filters, q=q or None, count_copies=count
            )
        )
        return _list(request, "articles", page, fields)

    async def copies(self, request: web.Request) -> web.Response:
        _only(request, {"limit", "cursor", "fields"})
        ident, limit, cursor = _id(request), _limit(request), request.query.get("cursor")
        page = await self._asked(lambda reader: reader.copies(ident, limit, cursor))
        if page is None:
            raise Problem(404, "not-found", "no article of this id is there", id=ident)
        return _list(request, "copies", page, _fields(request))

    async def versions(self, request: web.Request) -> web.Response:
        _only(request, set())
        ident = _id(request)
        body = await self._readers.ask(lambda reader: _versions(reader.versions(ident)))
        if body is None:
            raise Problem(404, "not-found", "no article of this id is there", id=ident)
        return json_answer(request, body)

    async def difference(self, request: web.Request) -> web.Response:
        _only(request, {"from"})
        ident, other = _id(request), request.query.get("from", "").lower()
        if other and not is_id(other):
            raise Problem(400, "parameter-invalid", "from is an article id: 32 hexadecimal digits")

        def ask(reader: Reader) -> bytes | str:
            article = _document(reader, ident)
            if article is None:
                return ident
            if not (old := other or str((article.get("dedup") or {}).get("of") or "")):
                raise ValueError("this article is no copy: name the one to compare it with, from=<id>")
            before = _document(reader, old)
            return (
                old
                if before is None
                else orjson.dumps({"from": old, "to": ident, "changes": _changes(before, article)})
            )

        answer = await self._asked(ask)
        if isinstance(answer, str):
            raise Problem(404, "not-found", "no article of this id is there", id=answer)
        return json_answer(request, answer)

    async def dead(self, request: web.Request) -> web.Response:
        _only(request, {"limit", "cursor", "code", "stage"})
        limit, query = _limit(request), request.query
        page = await self._asked(
            lambda reader: reader.dead(limit, query.get("cursor"), code=query.get("code"), stage=query.get("stage"))
        )
        return _list(request, "dead_letters", page, None)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        _only(request, {"copies", "dead", "fields", "last_event_id", *FILTERS})
        last = request.headers.get("Last-Event-ID") or request.query.get("last_event_id")
        try:
            since = stream.unpack_positions(last) if last else None
        except ValueError as error:
            raise Problem(400, "parameter-invalid", str(error)) from None
        copies, dead = _flag(request, "copies", "1"), _flag(request, "dead", "0")
        return await stream.follow(
            request,
            self._readers,
            self._bell,
            since,
            _filters(request),
            copies=copies,
            dead=dead,
            fields=_fields(request),
        )

    async def sources(self, request: web.Request) -> web.Response:
        _only(request, set())
        return json_answer(request, orjson.dumps({"sources": await self._known_sources()}))

    async def _known_sources(self) -> list[dict[str, Any]]:
        """All sources, as they were a second ago at most: judging thousands takes a while, and changes by the hour."""
        async with self._counting:
            if time.monotonic() - self._sources_at > _SOURCES_SECONDS:
                now = int(time.time() * 1000)
                self._sources = await self._readers.ask(lambda reader: reader.sources(now))
                self._sources_at = time.monotonic()
            return self._sources

    async def count_sources(self) -> None:
        """Sets the gauges of sources; names only of the largest and of the longest silent ones, so that they stay few."""
        now, sources = int(time.time() * 1000), await self._known_sources()
        silent = sorted(
            (parse_ms(each["last_seen_at"] or "") or now, each["source"]) for each in sources if each["silent"]
        )
        metrics.SOURCES.set(len(sources))
        metrics.SOURCES_SILENT.set(len(silent))
        metrics.SOURCE_RECORDS.clear()
        for each in nlargest(
            _NAMED, sources, key=lambda each: (each["articles"] + each["dead_letters"], each["source"])
        ):
            for outcome, kind in _OUTCOMES.items():
                metrics.SOURCE_RECORDS.labels(each["source"], outcome).set(each[kind])
        metrics.SOURCE_SILENT.clear()
        for last, name in silent[:_NAMED]:
            metrics.SOURCE_SILENT.labels(name).set((now - last) / 1000)

    async def stats(self, request: web.Request) -> web.Response:
        _only(request, set())
        tally = await self._readers.ask(lambda reader: reader.tally())
        state, verdict, dead = tally.pop("state"), tally.pop("verdict"), tally.pop("dead")
        body = {
            "articles": {
                "originals": state.get("original", 0),
                "copies": state.get("copy", 0),
                "exact_copies": verdict.get("exact", 0),
                "near_copies": verdict.get("near", 0),
                "taken_down": state.get("gone", 0),
            },
            "dead_letters": {"total": sum(dead.values()), "by_code": dead},
            "by": tally,
            "view": self._state(),
            "version": __version__,
        }
        return json_answer(request, orjson.dumps(body, default=str))

    async def _asked(self, question: Any) -> Any:
        try:
            return await self._readers.ask(question)
        except ValueError as error:
            raise Problem(400, "parameter-invalid", str(error)) from None
        except TooSlow as error:
            raise Problem(503, "too-slow", f"{error}: ask for longer words, a filter or a later since") from None


def _file(folder: str, name: str, content_type: str) -> Any:
    body = files("worker.web" if folder == "page" else "worker").joinpath(folder, name).read_bytes()

    async def answer(request: web.Request) -> web.Response:
        response = json_answer(request, body)
        if response.status == 200:
            response.content_type, response.charset = content_type, "utf-8"
        return response

    return answer


def _list(request: web.Request, name: str, page: Page, fields: list[str] | None) -> web.Response:
    counts: Sequence[int | None] = page.copies or [None] * len(page.items)
    items = b",".join(_cut(item, fields, n) for item, n in zip(page.items, counts, strict=True))
    body = b'{"' + name.encode() + b'":[' + items + b'],"next":' + orjson.dumps(page.next) + b"}"
    response = json_answer(request, body)
    if page.next:
        response.headers["Link"] = f'<{request.rel_url.update_query(cursor=page.next)}>; rel="next"'
    return response


def _cut(document: bytes, fields: list[str] | None, copies: int | None = None) -> bytes:
    if fields is None:
        return document
    article = orjson.loads(document) | ({} if copies is None else {"copies": copies})
    return stream.cut(article, fields)


def _versions(documents: list[bytes] | None) -> bytes | None:
    """The answer: each version with what it changed in the one before, as far as that one was seen."""
    if documents is None:
        return None
    versions = [orjson.loads(document) for document in documents]
    items = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        item = {name: version.get(name) for name in _VERSION}
        item["changes"] = None if before is None else _changes(before, version)
        items.append(item)
    return orjson.dumps({"versions": items})


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [{"op": op, "text": text} for op, text in difference(old, new)]
        for name in _COMPARED
        if (old := before.get(name) or "") != (new := after.get(name) or "")
    }


def _document(reader: Reader, ident: str) -> dict[str, Any] | None:
    found = reader.article(ident)
    document = None if found is None or found.document is None else orjson.loads(found.document)
    return document if isinstance(document, dict) else None


def _only(request: web.Request, known: set[str] | frozenset[str]) -> None:
    if unknown := sorted(set(request.query) - known):
        takes = ", ".join(sorted(known)) or "none"
        raise Problem(400, "parameter-unknown", f"unknown parameter {unknown[0][:40]!r}; this address takes: {takes}")


def _id(request: web.Request) -> str:
    ident = request.match_info["id"].lower()
    if not is_id(ident):
        raise Problem(404, "not-found", "an article id is 32 hexadecimal digits")
    return ident


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= _MOST):
        raise Problem(400, "parameter-invalid", f"limit is a number from 1 to {_MOST}")
    return int(text)


def _filters(request: web.Request) -> dict[str, str]:
    return {name: request.query[name] for name in FILTERS if request.query.get(name)}


def _flag(request: web.Request, name: str, default: str = "0") -> bool:
    text = request.query.get(name, default)
    if text not in ("0", "1"):
        raise Problem(400, "parameter-invalid", f"{name} is 0 or 1")
    return text == "1"


def _since(request: web.Request) -> int | None:
    text = request.query.get("since")
    if not text:
        return None
    # A plus sign that was not escaped arrives as a space.
    if (moment := parse_ms(text.replace(" ", "+"))) is None:
        raise Problem(400, "parameter-invalid", "since is a time such as 2024-03-12T08:00:00Z")
    return moment


def _fields(request: web.Request) -> list[str] | None:
    text = request.query.get("fields")
    return [name.strip() for name in text.split(",") if name.strip()][:50] if text else None
