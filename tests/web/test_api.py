from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.view import made
from worker import metrics
from worker.view.reader import TooSlow
from worker.web.app import make_app
from worker.web.readers import Readers

EVIL = "<script>alert(1)</script>"
STATE: dict[str, Any] = {"live": True, "ready": True, "broker": "up", "lag": 0}


async def client_of(
    folder: Path, token: str = "", state: dict[str, Any] = STATE
) -> tuple[TestClient[Any, Any], Readers]:
    writer = made.writer(folder)
    writer.apply([made.original(n) for n in range(1, 6)])
    writer.apply([made.copy(20, of=3), made.tombstone(made.ARTICLES, 9, 1, "taken-down")])
    writer.apply([made.dead(), made.dead("field-type", EVIL.encode())])
    writer.apply([made.original(30, title=EVIL, url="javascript:alert(1)", first_seen_at="2024-03-11T00:00:00Z")])
    readers = Readers(writer.path)
    client = TestClient(TestServer(make_app(readers, lambda: state, token=token)))
    await client.start_server()
    return client, readers


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    client, readers = await client_of(tmp_path)
    yield client
    await client.close()
    readers.close()


async def get(client: TestClient[Any, Any], path: str, **kwargs: Any) -> tuple[int, Any]:
    answer = await client.get(path, **kwargs)
    return answer.status, await answer.json() if answer.content_type == "application/json" else await answer.text()


async def test_article_answers_originals_copies_takedowns_and_unknown_ones(client: TestClient[Any, Any]) -> None:
    assert (await get(client, f"/articles/{made.ident(1)}"))[1] == made.document(1)
    status, copy = await get(client, f"/articles/{made.ident(20)}")
    assert (status, copy["dedup"]["of"]) == (200, made.ident(3))
    status, gone = await get(client, f"/articles/{made.ident(9)}")
    assert (status, gone["error"]["code"]) == (410, "gone")
    for unknown in (made.ident(99), "nonsense", "0" * 33):
        status, error = await get(client, f"/articles/{unknown}")
        assert (status, error["error"]["code"]) == (404, "not-found")


async def test_list_goes_on_by_cursor_and_link(client: TestClient[Any, Any]) -> None:
    seen, path = [], "/articles?limit=2"
    while path:
        answer = await client.get(path)
        body = await answer.json()
        seen += [int(article["id"], 16) for article in body["articles"]]
        path = str(answer.links["next"]["url"].relative()) if body["next"] else ""
    assert seen == [5, 4, 3, 2, 1, 30]


async def test_copies_filters_and_fields(client: TestClient[Any, Any]) -> None:
    assert len((await get(client, "/articles?copies=1"))[1]["articles"]) == 7
    _, body = await get(client, "/articles?country=DE&q=bridge&since=2024-03-12T04:00:00%2B00:00&fields=id,title")
    assert body == {
        "articles": [{"id": made.ident(n), "title": f"Bridge number {n} opens"} for n in (5, 4)],
        "next": None,
    }
    assert (await get(client, "/articles?language=fr"))[1]["articles"] == []
    _, body = await get(client, f"/articles/{made.ident(3)}/copies")
    assert [article["id"] for article in body["copies"]] == [made.ident(20)]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "limit=²", "cursor=zzz", "copies=yes", "since=yesterday", "q=%22", "lang=de"],
)
async def test_wrong_parameters_are_named(client: TestClient[Any, Any], query: str) -> None:
    status, body = await get(client, f"/articles?{query}")
    assert status == 400
    assert body["error"]["code"] in ("parameter-invalid", "parameter-unknown")
    assert query.partition("=")[0] in body["error"]["message"]


async def test_dead_letters_say_why(client: TestClient[Any, Any]) -> None:
    _, body = await get(client, "/dlq?code=json-invalid")
    (letter,) = body["dead_letters"]
    assert (letter["code"], letter["stage"], letter["message"], letter["preview"]) == (
        "json-invalid",
        "clean",
        "no JSON",
        "{no",
    )
    assert letter["source"]["topic"] == "news.raw"
    assert len((await get(client, "/dlq"))[1]["dead_letters"]) == 2


async def test_stats_count(client: TestClient[Any, Any]) -> None:
    _, body = await get(client, "/stats")
    assert body["articles"] == {"originals": 6, "copies": 1, "exact_copies": 0, "near_copies": 1, "taken_down": 1}
    assert body["dead_letters"] == {"total": 2, "by_code": {"field-type": 1, "json-invalid": 1}}
    assert body["by"]["language"] == {"en": 7}


async def test_etag_saves_the_body(client: TestClient[Any, Any]) -> None:
    for path in (f"/articles/{made.ident(1)}", "/articles", "/", "/page.js"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status, again.status, await again.read()) == (200, 304, b"")


async def test_only_reading_is_possible(client: TestClient[Any, Any]) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await client.request(method, "/articles")
        assert (answer.status, (await answer.json())["error"]["code"]) == (405, "method-not-allowed")
    assert (await get(client, "/nowhere"))[1]["error"]["code"] == "not-found"
    assert (await client.head("/articles")).status == 200


async def test_every_answer_ties_the_browsers_hands(client: TestClient[Any, Any]) -> None:
    for path in ("/", "/page.js", "/articles", f"/articles/{made.ident(30)}", "/nowhere", "/dlq", "/articles?limit=0"):
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_mark_up_of_an_article_is_never_served_as_html(client: TestClient[Any, Any]) -> None:
    for path in ("/articles", f"/articles/{made.ident(30)}", "/dlq", f"/articles/{EVIL}", f"/articles?cursor={EVIL}"):
        assert (await client.get(path)).content_type == "application/json"


async def test_page_has_no_inline_code_and_no_outside_resources(client: TestClient[Any, Any]) -> None:
    _, page = await get(client, "/")
    assert "<style" not in page and "style=" not in page and " onclick" not in page
    assert page.count("<script") == page.count('<script src="page.js"') == 1
    _, script = await get(client, "/page.js")
    for text in (page, script, (await get(client, "/page.css"))[1]):
        assert "http://" not in text and "https://" not in text
    assert "innerHTML" not in script and "insertAdjacentHTML" not in script and "eval(" not in script


async def test_health_and_metrics(client: TestClient[Any, Any], tmp_path: Path) -> None:
    assert await get(client, "/healthz") == (200, STATE)
    assert (await client.get("/readyz")).status == 200
    await client.get("/articles")
    _, text = await get(client, "/metrics")
    assert 'news_worker_http_request_seconds_count{route="/articles",status="200"}' in text
    waiting, readers = await client_of(tmp_path / "b", state={"live": True, "ready": False, "broker": "down"})
    assert ((await waiting.get("/healthz")).status, (await waiting.get("/readyz")).status) == (200, 503)
    assert (await waiting.get("/articles")).status == 200  # what was there stays readable without the broker
    await waiting.close()
    readers.close()


async def test_token_guards_all_that_holds_news(tmp_path: Path) -> None:
    client, readers = await client_of(tmp_path, token="sesame")
    for path in ("/articles", f"/articles/{made.ident(1)}", "/dlq", "/stats", "/metrics", "/nowhere"):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "sesame"}):
            answer = await client.get(path, headers=headers)
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    for path in ("/", "/page.js", "/page.css", "/healthz", "/readyz"):
        assert (await client.get(path)).status == 200
    assert (await client.get("/articles", headers={"Authorization": "Bearer sesame"})).status == 200
    await client.close()
    readers.close()


def test_metric_names_follow_the_habits() -> None:
    for line in metrics.render().decode().splitlines():
        if line.startswith("# TYPE news_worker_"):
            _, _, name, kind = line.split()
            assert kind != "counter" or name.endswith("_total"), name


async def test_versions_say_what_each_changed(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply(
        [
            made.full(1, title="Twelve hurt", body=f"One.\n\n{EVIL}"),
            made.full(1, revision=2, version=2, title="Fourteen hurt", body=f"One.\n\n{EVIL}"),
            made.full(2),
        ]
    )
    readers = Readers(writer.path)
    async with TestClient(TestServer(make_app(readers, lambda: STATE))) as client:
        _, body = await get(client, f"/articles/{made.ident(1)}/versions")
        new, old = body["versions"]
        assert (new["version"], new["title"], old["version"], old["title"]) == (2, "Fourteen hurt", 1, "Twelve hurt")
        assert old["changes"] is None and old["body"].endswith(EVIL)
        assert new["changes"] == {
            "title": [
                {"op": "removed", "text": "Twelve"},
                {"op": "added", "text": "Fourteen"},
                {"op": "equal", "text": " hurt"},
            ]
        }
        (only,) = (await get(client, f"/articles/{made.ident(2)}/versions"))[1]["versions"]
        assert only["changes"] is None
        assert (await get(client, f"/articles/{made.ident(9)}/versions"))[0] == 404
    readers.close()


async def test_a_search_that_takes_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client, readers = await client_of(tmp_path)

    def too_slow(*_: Any, **__: Any) -> None:
        raise TooSlow("this takes longer than 5 s")

    monkeypatch.setattr("worker.view.reader.Reader.articles", too_slow)
    status, body = await get(client, "/articles?q=a*")
    assert (status, body["error"]["code"]) == (503, "too-slow")
    await client.close()
    readers.close()


async def test_difference_of_a_copy_and_of_any_two(client: TestClient[Any, Any]) -> None:
    _, body = await get(client, f"/articles/{made.ident(20)}/difference")
    assert (body["from"], body["to"]) == (made.ident(3), made.ident(20))
    assert body["changes"]["title"][1:3] == [{"op": "removed", "text": "3"}, {"op": "added", "text": "20"}]
    assert (await get(client, f"/articles/{made.ident(1)}/difference?from={made.ident(1)}"))[1]["changes"] == {}
    for path, status in (
        (f"/articles/{made.ident(1)}/difference", 400),
        (f"/articles/{made.ident(1)}/difference?from=x", 400),
        (f"/articles/{made.ident(1)}/difference?from={made.ident(9)}", 404),
        (f"/articles/{made.ident(9)}/difference", 404),
    ):
        assert (await get(client, path))[0] == status, path
