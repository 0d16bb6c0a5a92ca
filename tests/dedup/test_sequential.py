"""One process, one message after the other, in any order: the answer by its definition."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.simulation.corpus import KEEP, LATENESS, WINDOW, Raw, arrival, make
from tests.simulation.reference import reference
from worker.dedup.pair import RULE
from worker.dedup.row import OUTCOMES
from worker.dedup.sequential import Deduplication
from worker.dedup.shelf import Shelf
from worker.times import format_ms


def feed(dedup: Deduplication, messages: list[Raw]) -> dict[str, dict[str, Any] | None]:
    return {m.id: dedup.message(m.id, m.article, m.fetched, m.raw.hex()) for m in messages}


def fresh() -> Deduplication:
    return Deduplication(window_ms=WINDOW, lateness_ms=LATENESS, keep_ms=KEEP)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("order", ["ordered", "shuffled"])
@pytest.mark.parametrize("days", [3, 12])
def test_final_state_is_the_reference(seed: int, order: str, days: int) -> None:
    corpus = make(seed, days=days)
    dedup = Deduplication(window_ms=WINDOW, lateness_ms=LATENESS, keep_ms=KEEP, lists=corpus.lists)
    last = feed(dedup, arrival(corpus, order, random.Random(seed)))
    for id, expected in reference(corpus).items():
        article, verdict = last[id], dedup.final(id)
        if expected.place is None:
            assert article is None and verdict is None
            continue
        assert article is not None and verdict is not None
        assert (article["version"], article["first_seen_at"]) == (expected.version, format_ms(expected.t))
        assert article["labels"]["message"] == expected.message
        assert (verdict["verdict"], verdict["of"], verdict["cluster"], verdict["score"]) == (
            expected.verdict,
            expected.of,
            expected.cluster,
            expected.score,
        )


def test_every_message_is_counted_once() -> None:
    corpus = make(1)
    dedup = fresh()
    messages = arrival(corpus, "shuffled", random.Random(1))
    feed(dedup, messages)
    assert sum(dedup.counters[outcome] for outcome in OUTCOMES) == len(messages)
    assert dedup.counters["late"] == 0


def test_what_cannot_change_any_more_leaves_the_index() -> None:
    corpus = make(2, articles=120, days=60)
    dedup = fresh()
    feed(dedup, arrival(corpus, "ordered", random.Random(2)))
    assert len(dedup._rows) < 30
    assert len(dedup._contents) < 30
    assert len(dedup._clusters) < 30
    assert {id for id in corpus.ids if dedup.final(id) is not None} == {
        id for id, answer in reference(corpus).items() if answer.place is not None
    }


def test_an_archive_runs_through_in_bounded_memory_with_the_same_answers() -> None:
    corpus = make(2, articles=120, days=120)
    messages = arrival(corpus, "ordered", random.Random(2))
    all_held, some = fresh(), Deduplication(
        window_ms=WINDOW, lateness_ms=LATENESS, keep_ms=KEEP, shelf=Shelf(segment=2000), remember=False
    )  # fmt: skip
    for m in messages:
        one, other = (d.message(m.id, m.article, m.fetched, m.raw.hex()) for d in (all_held, some))
        assert one == other
    assert len(all_held._packed) > 80
    assert len(some._packed) + len(some._rows) < 40
    assert len(some._packed_by_hour) < 40
    kept = [item for segment in some._shelf._segments.values() for item in segment.items if item is not None]
    assert len(kept) < 60


@pytest.mark.parametrize("body", ["Other words", "Two words"])
def test_an_address_fetched_again_after_weeks_goes_on(body: str) -> None:
    dedup, hour = fresh(), 3_600_000
    article = {"id": "a" * 32, "status": "usable", "fetched_at": None, "title": "One", "body": "Two words"}
    other = {**article, "id": "b" * 32, "body": "Third"}
    dedup.message("a" * 32, article, hour, "00" * 8)
    dedup.message("b" * 32, other, 900 * hour, "01" * 8)
    assert "a" * 32 not in dedup._rows
    assert dedup.final("a" * 32) == {
        "verdict": "original", "of": None, "score": None, "cluster": "a" * 32, "explain": {"rule": RULE},
    }  # fmt: skip
    older = dedup.message("a" * 32, {**article, "body": "Before"}, 0, "02" * 8)
    assert older is not None and (older["version"], older["body"]) == (2, "Two words")
    again = dedup.message("a" * 32, {**article, "body": body}, 901 * hour, "03" * 8)
    assert again is not None
    assert (again["version"], again["body"]) == ((2, body) if body == "Two words" else (3, body))
    assert again["first_seen_at"] == "1970-01-01T00:00:00Z"
    assert again["dedup"]["explain"] == {"rule": RULE}  # it is in the index again


def test_without_a_time_the_logical_clock_counts_and_is_not_shown() -> None:
    dedup = fresh()
    article = {"id": "a" * 32, "status": "usable", "fetched_at": None, "title": "One", "body": "Two words"}
    first = dedup.message("a" * 32, article, None, "00" * 8)
    again = dedup.message("a" * 32, {**article, "body": "Three more words"}, None, "01" * 8)
    assert first is not None and again is not None
    assert (first["version"], again["version"]) == (1, 2)
    assert first["first_seen_at"] is None


def test_a_takedown_older_than_what_is_shown_leaves_the_article() -> None:
    dedup = fresh()
    article = {"id": "a" * 32, "status": "usable", "fetched_at": None, "title": "One", "body": "Two words"}
    dedup.message("a" * 32, article, 2000, "00" * 8)
    assert dedup.message("a" * 32, None, 1000, "01" * 8) is not None
    assert dedup.final("a" * 32) is not None
    assert dedup.message("a" * 32, None, 3000, "02" * 8) is None
    assert dedup.final("a" * 32) is None
