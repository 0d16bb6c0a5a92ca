import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer

from tests.view import made
from worker.stream.record import Record
from worker.view.writer import Writer
from worker.web import site
from worker.web.app import make_app
from worker.web.readers import Readers
from worker.web.stream import Bell, pack_positions, unpack_positions


@dataclass
class Service:
    writer: Writer
    bell: Bell
    client: TestClient[Any, Any]

    def write(self, *records: Record) -> None:
        self.writer.apply(records)
        self.bell.ring()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    writer, bell = made.writer(tmp_path), Bell()
    readers = Readers(writer.path)
    client = TestClient(TestServer(make_app(readers, lambda: {"live": True, "ready": True}, bell=bell)))
    await client.start_server()
    yield Service(writer, bell, client)
    await client.close()
    readers.close()


async def event(answer: ClientResponse, *, hello: bool = False) -> tuple[str, str, Any]:
    """The next event: kind, id, data."""
    while True:
        fields: dict[str, str] = {}
        while line := (await asyncio.wait_for(answer.content.readline(), 10)).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        if hello or fields.get("event") != "hello":
            return fields["event"], fields["id"], orjson.loads(fields["data"])


async def test_brings_the_fields_asked_for(service: Service) -> None:
    async with service.client.get("/stream?fields=id,title&dead=1") as answer:
        await event(answer, hello=True)
        service.write(made.original(3))
        assert (await event(answer))[2] == {"id": made.ident(3), "title": "Bridge number 3 opens"}
        service.write(made.dead())
        assert (await event(answer))[2]["code"] == "json-invalid"
        service.write(made.tombstone(made.ARTICLES, 3, 2, "taken-down"))
        assert (await event(answer))[2] == {"id": made.ident(3), "status": "canceled"}


async def test_tells_what_comes_from_now_on(service: Service) -> None:
    service.write(made.original(1))
    async with service.client.get("/stream?dead=1") as answer:
        assert answer.content_type == "text/event-stream"
        assert "Content-Security-Policy" in answer.headers
        await event(answer, hello=True)
        service.write(made.original(3))
        kind, _, data = await event(answer)
        assert (kind, data) == ("article", made.document(3))
        service.write(made.copy(4, of=3))
        assert (await event(answer))[0] == "copy"
        service.write(made.tombstone(made.ARTICLES, 3, 9, "taken-down"))
        kind, _, data = await event(answer)
        assert (kind, data) == ("gone", {"id": made.ident(3), "status": "canceled"})
        service.write(made.dead())
        kind, _, data = await event(answer)
        assert (kind, data["code"]) == ("dead-letter", "json-invalid")


async def test_goes_on_where_it_was_left(service: Service) -> None:
    async with service.client.get("/stream") as answer:
        _, start, _ = await event(answer, hello=True)
    service.write(*(made.original(n, partition=n % 3) for n in range(1, 10)))
    seen: set[str] = set()
    last = start
    for _ in range(9):  # a connection for each event
        async with service.client.get("/stream", headers={"Last-Event-ID": last}) as answer:
            _, last, data = await event(answer)
            assert data["id"] not in seen
            seen.add(data["id"])
    assert seen == {made.ident(n) for n in range(1, 10)}


async def test_more_than_one_gulp_comes_whole(service: Service) -> None:
    service.write(*(made.original(n) for n in range(1, 351)))
    async with service.client.get("/stream?last_event_id=news.articles:0=0") as answer:
        seen = [(await event(answer))[2]["id"] for _ in range(350)]
    assert sorted(seen) == [made.ident(n) for n in range(1, 351)]


async def test_filters(service: Service) -> None:
    async with service.client.get("/stream?country=AT&copies=0") as answer:
        await event(answer, hello=True)
        service.write(
            made.original(1),
            made.copy(2, of=1, countries=["AT"]),
            made.dead(),
            made.original(3, countries=["AT", "DE"]),
        )
        assert (await event(answer))[2]["id"] == made.ident(3)


@pytest.mark.parametrize("last", ["x", "a:b=c", "news.articles:0", "a:1=2,,", "a:1=99999999999999999999"])
async def test_a_strange_event_id_is_refused(service: Service, last: str) -> None:
    async with service.client.get("/stream", headers={"Last-Event-ID": last}) as answer:
        assert answer.status == 400
        assert "Last-Event-ID" in (await answer.json())["error"]["message"]


def test_positions_survive_packing() -> None:
    positions = {("news.articles", 3): 17, ("my-own_prefix.dlq", 0): 0}
    assert unpack_positions(pack_positions(positions)) == positions


async def test_a_client_that_goes_is_no_failure(
    service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise ConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr("aiohttp.web.StreamResponse.write", gone)
    async with service.client.get("/stream") as answer:
        await answer.read()
    assert "an answer failed" not in caplog.text


async def test_a_stream_ends_with_its_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def write(*_: Any, **__: Any) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    monkeypatch.setattr("worker.web.stream._write", write)
    readers = Readers(made.writer(tmp_path).path)
    web = await site.start(make_app(readers, lambda: {"live": True}), "127.0.0.1", 0)
    try:
        async with ClientSession() as session:
            answer = await session.get(f"{web.url}/stream")
            await begun.wait()
            answer.close()
            await asyncio.wait_for(ended.wait(), 20)
    finally:
        await web.stop()
        readers.close()
