from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from tests.texts import START, page, raw, story
from worker import pipeline
from worker.errors import RecordError
from worker.pipeline import (
    CleanedRecord,
    RawRecord,
    TextOptions,
    clean_record,
    read_ahead,
    setup,
    tag_ahead,
    tag_record,
    text_ahead,
    text_stages,
)

REPORT = story(11, "en")
MESSAGE = raw(REPORT, "https://outlet.example/11", START, 1, labels={"desk": "night"}, mine=[1])


@pytest.fixture(autouse=True)
def options() -> Iterator[None]:
    setup(TextOptions(explain=True))
    yield
    setup(TextOptions())


def record(message: object, **more: object) -> RawRecord:
    return RawRecord(orjson.dumps(message), src=("news.raw", 3, 17), timestamp_ms=1_800_000_000_000, **more)  # type: ignore[arg-type]


def test_an_article_goes_through_both_text_stages() -> None:
    staged = text_stages(record(MESSAGE))
    assert staged.article is not None
    article = orjson.loads(staged.article)
    assert article["id"] == staged.id and article["title"] == REPORT.title
    assert article["body"].split("\n\n") == list(REPORT.paragraphs)
    assert article["labels"] == {"desk": "night"} and article["extra"] == {"mine": [1]}
    assert article["provenance"]["raw"] == {"topic": "news.raw", "partition": 3, "offset": 17}
    assert article["fetched_at"] == "2024-03-04T06:00:00Z" and staged.fetched_ms == int(START.timestamp() * 1000)
    assert set(article["explain"]) == {"removed", "tags"}


def test_the_two_agents_do_what_process_does() -> None:
    whole = text_stages(record(MESSAGE))
    cleaned = clean_record(record(MESSAGE))
    assert cleaned.article is not None and tag_record(CleanedRecord(cleaned.article)) == whole.article


def test_a_takedown_has_no_article() -> None:
    staged = text_stages(record({"op": "delete", "url": MESSAGE["url"]}))
    assert staged.article is None and staged.id == clean_record(record(MESSAGE)).id


def test_explanations_are_cut_at_16_kib() -> None:
    noisy = page(REPORT, 1).replace(
        "</main>", "".join(f"<p>Share this article now {n}</p>" for n in range(3000)) + "</main>"
    )
    staged = text_stages(record({**MESSAGE, "html": noisy}))
    assert staged.article is not None
    assert len(orjson.dumps(orjson.loads(staged.article)["explain"])) <= 16 << 10
    long = {"removed": [{"text": "x" * 100, "why": "share"}] * 500, "tags": {"topics": "because"}}
    cut = pipeline._within_limit(long)
    assert cut["tags"] == long["tags"] and 100 < len(cut["removed"]) < 200 and cut["cut"]


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"{}", b'{"id": 5}', b"\xff\xfe"])
def test_what_is_no_article_is_refused_by_tag(value: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        tag_record(CleanedRecord(value))
    assert caught.value.stage == "tag"


def test_labels_nested_too_deeply_are_an_error_not_a_crash() -> None:
    value = b'{"text": "x", "url": "https://e.example/", "labels": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}"
    with pytest.raises(RecordError) as caught:
        clean_record(RawRecord(value))
    assert caught.value.code in ("not-serialisable", "json-invalid")


RECORDS = [
    record(MESSAGE),
    RawRecord(b"{ no json"),
    record({"op": "delete", "url": MESSAGE["url"]}),
    record({"id": "page", "html": "<p>Die Fähre nach Cuxhaven fährt am Montag nicht, sagte die Reederei.</p>"}),
    record({"id": "2", "text": "Menü\n\nDie Fähre fährt am Montag nicht, sagte Reeder Jonas Gruber in Cuxhaven."}),
]


def test_records_read_ahead_give_the_same_articles() -> None:
    ahead = read_ahead(RECORDS)
    assert [r.ahead is None for r in ahead] == [False, True, False, False, False]
    for plain, told in zip(RECORDS, ahead, strict=True):
        if told.ahead is None:
            assert told is plain
        else:
            assert clean_record(told) == clean_record(plain)


@pytest.mark.parametrize("stages", [("clean", "tag"), ("clean",), ("tag",)])
def test_both_text_stages_ahead_give_the_same_articles(stages: tuple[str, ...]) -> None:
    setup(TextOptions(stages, explain=True))
    ahead = text_ahead(RECORDS)
    assert ahead[1] is RECORDS[1]
    for plain, told in zip(RECORDS, ahead, strict=True):
        if told is not plain:
            assert text_stages(told) == text_stages(plain)


def test_articles_tagged_ahead_get_the_same_tags() -> None:
    values = [clean_record(one).article for one in RECORDS if one is not RECORDS[1]]
    records = [CleanedRecord(value) for value in [*values, b"[]"] if value is not None]
    ahead = tag_ahead(records)
    assert [told.ahead is None for told in ahead] == [False, False, False, True]
    for plain, told in zip(records[:-1], ahead[:-1], strict=True):
        assert tag_record(told) == tag_record(plain)
