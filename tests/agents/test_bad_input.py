"""Bad input on the topics: each ends in a dead letter with a clear code or in a flagged article, and the next is processed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from tests.agents.bad import DEAD, LIMIT
from tests.harness import Child, Cluster
from tests.kafka.log import Row
from tests.texts import START, raw, story
from worker.identity import article_id

KNOWN = "https://known.example/story"


def _url(name: str) -> str:
    return "https://odd.example/" + name.replace(" ", "-")


# name: a message that must come out as an article
ALIVE: dict[str, bytes] = {
    "five megabytes": orjson.dumps({"text": (story(3, "en").text + "\n\n") * 2600, "url": _url("five megabytes")}),
    "deep page": orjson.dumps({"html": "<div>" * 100_000 + "<p>x</p>", "url": _url("deep page")}),
    "wrong types": orjson.dumps(
        {"text": story(4, "en").text, "url": _url("wrong types"), "title": 5, "labels": 1, "authors": {}, "section": []}
    ),
    "invalid UTF-8": b'{"url": "' + _url("invalid UTF-8").encode() + b'", "text": "'
    + "Der Bürgermeister eröffnete die Brücke über den Fluß, und viele Bürger kamen zur Feier.".encode("cp1252") + b'"}',
}  # fmt: skip


@pytest.fixture(scope="module")
def after(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Child]]:
    """A worker that has seen all of them, each followed by a good article."""
    records: list[tuple[bytes | None, bytes | None]] = [(KNOWN.encode(), orjson.dumps(raw(story(1), KNOWN, START)))]
    bad = [(key, value) for key, value, _ in DEAD.values()] + [(b"k", value) for value in ALIVE.values()]
    for n, record in enumerate(bad):
        url = f"https://good.example/{n}"
        records += [record, (url.encode(), orjson.dumps(raw(story(100 + n), url, START)))]
    records.append((KNOWN.encode(), None))
    folder = tmp_path_factory.mktemp("bad")
    cluster = Cluster(kafka, f"bad{uuid.uuid4().hex[:8]}", folder, partitions=2, max_message=LIMIT, watchdog="120s")
    with cluster:
        cluster.kafka.create(cluster.topic("raw"), 1, max_message_bytes=str(16 << 20))
        cluster.feed(records)
        asyncio.run(_send_nothing(kafka, cluster.topic("raw")))
        worker = cluster.start("worker", module="tests.agents.planted")
        cluster.settle(timeout=240)
        assert worker.alive, worker.tail()
        yield cluster, worker
    cluster.kafka.delete_created(cluster.prefix)


async def _send_nothing(address: str, topic: str) -> None:
    """A record with neither key nor value; aiokafka's `send` refuses it, other clients do not."""
    async with AIOKafkaProducer(bootstrap_servers=address) as producer:
        batch = producer.create_batch()
        batch.append(key=None, value=None, timestamp=None)
        batch.close()
        await (await producer.send_batch(batch, topic, partition=0))


def dead_letters(cluster: Cluster) -> list[Row]:
    return sorted(cluster.kafka.read(cluster.topic("dlq")), key=lambda row: int(row.headers["dlq-offset"]))


def test_each_is_a_dead_letter_with_its_code_and_its_bytes(after: tuple[Cluster, Child]) -> None:
    cluster, _ = after
    *letters, nothing = dead_letters(cluster)
    assert (nothing.headers["dlq-code"], nothing.key, nothing.value) == (b"takedown-without-key", None, None)
    assert [row.headers["dlq-code"].decode() for row in letters] == [code for _, _, code in DEAD.values()]
    for row, (key, value, _) in zip(letters, DEAD.values(), strict=True):
        assert (row.key, row.value) == (key, value)
        assert row.headers["dlq-stage"] == b"clean" and row.headers["dlq-message"]
        assert row.headers["dlq-topic"].decode() == cluster.topic("raw") and row.headers["dlq-attempts"] == b"1"
        assert {"dlq-partition", "dlq-timestamp", "dlq-first-failed-at"} <= set(row.headers)


def test_the_odd_ones_are_articles_that_say_what_was_odd(after: tuple[Cluster, Child]) -> None:
    cluster, _ = after
    final = cluster.final()
    flags = {}
    for name in ALIVE:
        ident = article_id(_url(name), None, None, None)
        assert ident in final, name
        flags[name] = final[ident]["quality"]["flags"]
    assert {f"field-dropped:{key}" for key in ("title", "labels", "authors", "section")} <= set(flags["wrong types"])
    assert flags["invalid UTF-8"]
    assert flags["deep page"] or final[str(article_id(_url("deep page"), None, None, None))]["status"] == "withheld"


def test_the_article_after_each_of_them_is_out(after: tuple[Cluster, Child]) -> None:
    cluster, _ = after
    final = cluster.final()
    for n in range(len(DEAD) + len(ALIVE)):
        assert article_id(f"https://good.example/{n}", None, None, None) in final, n


def test_a_null_with_a_known_url_takes_it_down(after: tuple[Cluster, Child]) -> None:
    cluster, _ = after
    ident = str(article_id(KNOWN, None, None, None))
    assert ident not in cluster.final()
    last = [row for row in cluster.kafka.read(cluster.topic("articles")) if row.key == ident.encode()][-1]
    assert last.value is None and last.headers["reason"] == b"taken-down"


def test_offsets_are_committed_to_the_end(after: tuple[Cluster, Child]) -> None:
    cluster, _ = after
    assert cluster.quiet()
