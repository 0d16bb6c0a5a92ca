"""The OpenAPI file against the running service: same routes, same parameters, answers of the form it states."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from referencing import Registry, Resource

from tests.view import made
from worker.schemas import load
from worker.web.app import make_app
from worker.web.readers import Readers

DOCUMENT = load("openapi")
_BASE = "urn:openapi/openapi.json"
REGISTRY: Registry[Any] = Registry().with_resources(
    (f"urn:openapi/{name}.json", Resource.from_contents(load(name) | {"$id": f"urn:openapi/{name}.json"}))
    for name in ("article",)
)


def resolve(node: Any) -> Any:
    while "$ref" in node:
        node = _at(node["$ref"])
    return node


def _at(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def check(schema: dict[str, Any], body: Any) -> None:
    """`body` against a schema of the document, references to article.json included."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DOCUMENT["components"], **schema}
    text = orjson.dumps(whole).replace(b'"article.json"', b'"urn:openapi/article.json"')
    jsonschema.Draft202012Validator(orjson.loads(text), registry=REGISTRY).validate(body)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    writer = made.writer(tmp_path)
    writer.apply([*(made.full(n) for n in range(1, 4)), made.full(9, of=2), made.dead()])
    writer.apply([made.tombstone(made.ARTICLES, 5, 1, "taken-down"), made.full(3, revision=2, title="Changed")])
    readers = Readers(writer.path)
    state = {
        "live": True,
        "ready": False,
        "caught_up": False,
        "lag": None,
        "broker": "down",
        "broker_down_seconds": 1.5,
    }
    client = TestClient(TestServer(make_app(readers, lambda: state)))
    await client.start_server()
    yield client
    await client.close()
    readers.close()


async def test_routes_are_the_documented_ones(client: TestClient[Any, Any]) -> None:
    served = {route.resource.canonical for route in client.app.router.routes() if route.resource is not None}  # type: ignore[union-attr]
    pages = {"/", "/page.css", "/page.js"}
    names = next(p for p in DOCUMENT["paths"]["/schemas/{name}"]["get"]["parameters"])["schema"]["enum"]
    documented = (set(DOCUMENT["paths"]) - {"/schemas/{name}"}) | {f"/schemas/{name}" for name in names}
    assert served - pages == documented


@pytest.mark.parametrize(
    "path",
    [
        "/articles",
        "/articles/{id}",
        "/articles/{id}/copies",
        "/articles/{id}/versions",
        "/articles/{id}/difference",
        "/dlq",
        "/stats",
        "/stream",
        "/sources",
    ],
)
async def test_parameters_are_the_documented_ones(client: TestClient[Any, Any], path: str) -> None:
    answer = await client.get(path.format(id=made.ident(1)) + "?no_such_parameter=1")
    assert answer.status == 400
    taken = (await answer.json())["error"]["message"].rpartition("takes: ")[2]
    given = [resolve(each) for each in DOCUMENT["paths"][path]["get"].get("parameters", [])]
    documented = sorted(each["name"] for each in given if each["in"] == "query")
    assert taken == (", ".join(documented) or "none")


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/articles", "?limit=2", 200),
        ("/articles", "?fields=id,copies", 200),
        ("/articles", "?copies=1", 200),
        ("/articles", "?limit=0", 400),
        ("/articles/{id}", made.ident(1), 200),
        ("/articles/{id}", made.ident(77), 404),
        ("/articles/{id}", made.ident(5), 410),
        ("/articles/{id}/copies", made.ident(2), 200),
        ("/articles/{id}/versions", made.ident(3), 200),
        ("/articles/{id}/versions", made.ident(77), 404),
        ("/articles/{id}/difference", made.ident(9), 200),
        ("/articles/{id}/difference", made.ident(1), 400),
        ("/articles/{id}/difference", made.ident(5), 404),
        ("/dlq", "", 200),
        ("/stats", "", 200),
        ("/sources", "", 200),
        ("/healthz", "", 200),
        ("/readyz", "", 503),
        ("/schemas/{name}", "openapi.json", 200),
    ],
)
async def test_answers_have_the_documented_form(
    client: TestClient[Any, Any], path: str, asked: str, status: int
) -> None:
    url = path.replace("{id}", asked).replace("{name}", asked) if "{" in path else path + asked
    answer = await client.get(url)
    assert answer.status == status
    documented = resolve(DOCUMENT["paths"][path]["get"]["responses"][str(status)])
    check(documented["content"]["application/json"]["schema"], await answer.json())


def test_a_wrong_answer_is_refused() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"$ref": "#/components/schemas/Article"}, {"id": "x"})
    with pytest.raises(jsonschema.ValidationError):
        check({"$ref": "#/components/schemas/Error"}, {"error": "x"})
