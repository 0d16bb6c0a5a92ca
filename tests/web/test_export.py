"""The exports hold what the article holds, in the words of ninjs 3.1 and schema.org."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from tests.view import made
from worker.messages import parse
from worker.schemas import load
from worker.web.app import make_app
from worker.web.export import ninjs, schema_org
from worker.web.readers import Readers


def _validators() -> list[jsonschema.Draft202012Validator]:
    paths = [Path(__file__).with_name("ninjs.json")]
    if published := os.environ.get("NEWS_WORKER_TEST_NINJS"):
        paths.append(Path(published))
    checker = jsonschema.FormatChecker()
    return [jsonschema.Draft202012Validator(orjson.loads(p.read_bytes()), format_checker=checker) for p in paths]


VALIDATORS = _validators()


def full(**changes: Any) -> dict[str, Any]:
    rich = {
        "lead": "A ribbon was cut.",
        "section": "Local",
        "dateline": "SELMOUTH",
        "agency": ["AFP"],
        "organisations": [{"name": "Port of Selmouth", "count": 1}],
        "places": [{"name": "Selmouth", "count": 3}],
        "images": [
            {"url": "https://example.org/quay.jpg", "caption": "The quay.", "credit": "A. Bee"},
            {"url": None, "caption": "A crane.", "credit": None},
        ],
    }
    value = made.full(1, **(rich | changes)).value
    assert value is not None
    article: dict[str, Any] = orjson.loads(value) | rich | changes
    jsonschema.validate(article, load("article"))
    return article


def valid(item: dict[str, Any]) -> dict[str, Any]:
    for validator in VALIDATORS:
        validator.validate(item)
    return item


def test_ninjs_holds_the_article() -> None:
    article = full()
    item = valid(ninjs(article))
    assert item["uri"] == article["url"] and item["pubStatus"] == "usable" and item["by"] == "Ada Example"
    assert item["headlines"][0]["value"] == article["title"] and item["bodies"][0]["value"] == article["body"]
    assert item["contentCreated"] == article["published"]["at"] and item["language"] == "en"
    assert item["subjects"][0]["uri"].endswith("/mediatopic/04000000") and item["subjects"][0]["relevance"] == 80
    assert {"name": "AFP", "role": "agency"} in item["infoSources"]
    assert [each["uri"] for each in item["associations"]] == ["https://example.org/quay.jpg"]
    assert {"literal": "DE", "rel": "about", "uri": "http://cv.iptc.org/newscodes/iso3166-1a2/DE"} in item["places"]


def test_schema_org_holds_the_article() -> None:
    item = schema_org(full(content_type="opinion"))
    assert (item["@type"], item["headline"], item["inLanguage"]) == (
        "OpinionNewsArticle",
        "Bridge number 1 opens",
        "en",
    )
    assert item["author"] == [{"@type": "Person", "name": "Ada Example"}] and item["dateline"] == "SELMOUTH"
    assert {"@type": "Place", "name": "Selmouth"} in item["mentions"] and "isBasedOn" not in item


def test_a_copy_names_its_original() -> None:
    value = made.full(9, of=2).value
    assert value is not None
    assert schema_org(orjson.loads(value))["isBasedOn"] == f"urn:news-worker:{made.ident(2)}"


def test_what_is_not_stated_is_left_out() -> None:
    bare = {"id": made.ident(3), "status": "withheld", "url": None, "source": None, "fetched_at": None}
    item = valid(ninjs(bare))
    assert set(item) == {"uri", "type", "representationType", "pubStatus", "altIds"}
    assert item["uri"] == f"urn:news-worker:{made.ident(3)}"
    assert set(schema_org(bare)) == {"@context", "@type", "@id", "identifier"}


@given(st.text(max_size=40), st.text(max_size=40), st.none() | st.text(max_size=20))
def test_odd_addresses_and_texts_stay_valid(address: str, title: str, when: str | None) -> None:
    published = {"at": when, "precision": "day", "from": "text"}
    article = full() | {"url": f"https://example.org/{address}", "title": title, "published": published}
    valid(ninjs(article))
    orjson.dumps(schema_org(article))


@pytest.mark.parametrize("write", [ninjs, schema_org])
def test_an_export_comes_back_as_the_same_article(write: Any) -> None:
    article = full()
    message = parse(orjson.dumps(write(article)))
    assert message.raw is not None and message.id == parse(orjson.dumps({"url": article["url"], "text": "x"})).id
    assert (message.raw.title, message.raw.text) == (article["title"], article["body"])
    assert message.raw.published_at == article["published"]["at"] or write is ninjs


async def test_the_route_serves_both_and_refuses_others(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.full(1), made.tombstone(made.ARTICLES, 5, 1, "taken-down")])
    readers = Readers(writer.path)
    async with TestClient(TestServer(make_app(readers, lambda: {"live": True}))) as client:
        path = f"/articles/{made.ident(1)}?format="
        answer = await client.get(path + "ninjs")
        assert answer.status == 200 and answer.content_type == "application/json"
        valid(await answer.json())
        again = await client.get(path + "ninjs", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
        answer = await client.get(path + "schemaorg")
        assert answer.content_type == "application/ld+json"
        assert (await answer.json(content_type=None))["@type"] == "NewsArticle"
        for wrong in ("rss", "", "ninjs&fields=id"):
            assert (await client.get(path + wrong)).status == 400
        assert (await client.get(f"/articles/{made.ident(5)}?format=ninjs")).status == 410
    readers.close()


def test_a_wrong_item_is_refused() -> None:
    for wrong in ({"headlines": []}, ninjs(full()) | {"x": 1}, ninjs(full()) | {"version": 1}):
        with pytest.raises(jsonschema.ValidationError):
            valid(wrong)
