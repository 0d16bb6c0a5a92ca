"""The three steps by themselves: what each sends, and what it says nothing about."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from tests.simulation.bus import Store
from worker.dedup.deduplicate import Deduplicator
from worker.dedup.entry import make_entry
from worker.dedup.match import Matcher
from worker.dedup.publish import Publisher, format_revision, parse_revision
from worker.dedup.records import ARTICLES, DUPLICATES, NEVER, Judged, Out, Sketch, shard_of
from worker.dedup.row import NEW, TAKEDOWN, UNCHANGED
from worker.dedup.sweep import sweep
from worker.errors import RecordError

HOUR = 3_600_000
A, B = "a" * 32, "b" * 32
_RNG = random.Random(5)
WORDS = ["".join(_RNG.choices("abcdefghiklmnoprstu", k=6)) for _ in range(400)]
TEXT, OTHER = " ".join(WORDS[:80]), " ".join(WORDS[200:280])


def article(id: str, body: str = TEXT, language: str = "de", status: str = "usable") -> dict[str, Any]:
    return {
        "id": id,
        "status": status,
        "fetched_at": "2026-01-01T00:00:00Z",
        "title": "Six words stand in this title",
        "body": body,
        "language": {"code": language, "confidence": 1.0},
        "quality": {"flags": [], "removed_chars": 0},
        "labels": {},
        "extra": {},
        "provenance": {"raw": {"topic": "news.raw", "partition": 0, "offset": 1}, "rules": "r"},
    }


class Ids:
    """One partition of ids, its outputs read back at once or when asked."""

    def __init__(self, shards: int = 1, term: int = 1) -> None:
        self.rows, self.contents, self.published = Store(), Store(), Store()
        self.deduplicator = Deduplicator(
            0, self.rows, self.contents, shards=shards, lateness=24 * HOUR, keep=168 * HOUR, committed=0
        )
        self.shards, self.offset, self.read = shards, 0, 0
        self.log: list[Out] = []
        self.take_over(term)

    def take_over(self, term: int) -> None:
        self.publisher = Publisher(self.published, self.rows, self.contents, term=term, shards=self.shards)

    def message(self, id: str, body: dict[str, Any] | None, fetched: int, raw: bytes = b"12345678") -> list[Out]:
        value = orjson.dumps(body) if body is not None else None
        handled = self.deduplicator.message(id, value, fetched, raw, self.offset)
        self.offset += 1
        self.outcome = handled.outcome
        self.log += self.publisher.step(id)
        return handled.outs

    def verdict(self, out: Out) -> None:
        assert out.value is not None
        self.log += self.publisher.verdict(out.key.decode(), out.value)

    def read_back(self) -> None:
        while self.read < len(self.log):
            out = self.log[self.read]
            self.log += self.publisher.read_back(out.topic, out.key.decode(), out.value, out.headers, self.read)
            self.read += 1

    def outputs(self, id: str) -> list[tuple[str, str | None]]:
        return [
            (out.topic, dict(out.headers).get("reason", b"").decode() if out.value is None else None)
            for out in self.log
            if out.key.decode() == id
        ]


def matcher(rows: Store, **more: Any) -> Matcher:
    options = {"term": 1, "partitions": 1, "window": 48 * HOUR, "retention": 240 * HOUR, **more}
    return Matcher(0, rows, **options)


def sketches(outs: list[Out]) -> list[Sketch]:
    return [Sketch.unpack(out.value or b"") for out in outs]


def feed(match: Matcher, outs: list[Out], offset: int = 0) -> dict[str, Judged]:
    said = [out for k, s in enumerate(outs) for out in match.record(s.value or b"", offset + k)]
    return {out.key.decode(): Judged.unpack(out.value or b"") for out in said}


# -- deduplicate


def test_a_repeated_message_sends_again_until_its_row_is_below_the_commit() -> None:
    ids = Ids()
    assert len(ids.message(A, article(A), 1000)) == 1
    assert len(ids.message(A, article(A), 1000)) == 1
    assert ids.outcome == UNCHANGED
    ids.deduplicator.committed(2)
    assert ids.message(A, article(A), 1000) == []


def test_a_changed_language_is_gone_from_the_other_shard_first() -> None:
    shards = 3
    assert shard_of("de", shards) != shard_of("en", shards)
    ids = Ids(shards)
    ids.message(A, article(A), 1000)
    gone, new = sketches(ids.message(A, article(A, OTHER, "en"), 2000))
    assert (gone.entry, gone.n) == (None, 2)
    assert new.entry is not None and (new.entry.language, new.n) == ("en", 2)


def test_a_takedown_and_a_withheld_article_are_gone_from_their_shard() -> None:
    ids = Ids()
    assert ids.message(A, None, 500) == []
    assert ids.outcome == TAKEDOWN
    ids.message(A, article(A), 1000)
    assert ids.outcome == NEW
    assert [s.entry for s in sketches(ids.message(A, article(A, "", status="withheld"), 2000))] == [None]
    assert [s.entry for s in sketches(ids.message(A, None, 3000))] == [None]


def test_only_articles_that_may_be_shown_are_kept() -> None:
    ids = Ids()
    ids.message(A, article(A), 1000)
    ids.message(A, article(A), 2000)
    assert len(ids.contents.rows) == 2
    ids.message(A, article(A, OTHER), 3000)
    assert len(ids.contents.rows) == 1
    ids.message(A, None, 4000)
    assert not ids.contents.rows


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"id": "x"}', orjson.dumps({**article(A), "body": 1})])
def test_what_is_no_article_is_refused_before_anything_is_written(value: bytes) -> None:
    ids = Ids()
    with pytest.raises(RecordError):
        ids.deduplicator.message(A, value, 1000, b"12345678", 0)
    assert not ids.rows.rows and not ids.contents.rows


def test_a_message_later_than_the_lateness_is_flagged() -> None:
    ids = Ids()
    ids.message(A, article(A), 100 * HOUR)
    for out in feed_all(ids, ids.message(B, article(B, OTHER), 10 * HOUR)):
        ids.verdict(out)
    assert orjson.loads(ids.log[-1].value or b"")["quality"]["flags"] == ["late"]


def feed_all(ids: Ids, outs: list[Out]) -> list[Out]:
    match = matcher(Store())
    return [out for k, s in enumerate(outs) for out in match.record(s.value or b"", k)]


# -- match


def test_who_came_too_early_is_amended() -> None:
    match = matcher(Store())
    ids = Ids()
    assert feed(match, ids.message(B, article(B), 2000))[B].verdict == "original"
    said = feed(match, ids.message(A, article(A), 1000), 1)
    assert (said[A].verdict, said[B].verdict, said[B].of) == ("original", "exact", A)


def test_an_older_sketch_and_a_repeated_one_say_nothing() -> None:
    match, ids = matcher(Store()), Ids()
    first = ids.message(A, article(A), 1000)
    second = ids.message(A, article(A, OTHER), 2000)
    assert list(feed(match, second)) == [A]
    assert feed(match, first + second, 1) == {}


def test_a_takeover_says_every_verdict_once_under_the_new_term() -> None:
    rows = Store()
    ids, match = Ids(), matcher(rows)
    feed(match, ids.message(A, article(A), 1000) + ids.message(B, article(B), 2000))
    new = matcher(rows, term=5)
    said = {out.key.decode(): Judged.unpack(out.value or b"") for out in new.takeover()}
    assert {id: (j.verdict, j.term) for id, j in said.items()} == {A: ("original", 5), B: ("exact", 5)}
    assert feed(new, ids.message(A, article(A), 1000), 2) == {}


def test_a_term_is_above_all_kept_ones_even_when_the_group_counts_anew() -> None:
    rows = Store()
    list(matcher(rows, term=9).takeover())
    assert matcher(rows, term=1).term == 10


def sketch_of(id: str, t: int, n: int = 1, mark: int = NEVER, body: str = TEXT) -> bytes:
    return Sketch(id, n, t, 0, mark, make_entry(id, t, article(id, body))).pack()


def test_a_purged_root_stays_the_original_of_its_copies() -> None:
    rows, step = Store(), HOUR
    match = matcher(rows, step=step)
    offset = 0

    def take(value: bytes) -> list[Out]:
        nonlocal offset
        offset += 1
        return match.record(value, offset - 1)

    take(sketch_of(A, 0))
    take(sketch_of(B, 40 * HOUR))
    mark = 240 * HOUR + 20 * HOUR
    for k in range(4):  # each step waits for a commit beyond the one before
        take(sketch_of(f"{k:032x}", mark, mark=mark, body=f"{OTHER} {k}"))
        match.committed(offset)
    assert A not in match.clusters and rows.get(A) is None
    again = matcher(rows, term=2)
    said = {out.key.decode(): Judged.unpack(out.value or b"") for out in again.takeover()}
    assert (said[B].verdict, said[B].of, said[B].explain["parent"]) == ("exact", A, A)
    assert A not in said
    assert again.record(sketch_of(A, 0), 99) == []  # a former owner says again what was purged


# -- publish


def publish_all(ids: Ids, match: Matcher, outs: list[Out], offset: int = 0) -> None:
    for k, sketch in enumerate(outs):
        for out in match.record(sketch.value or b"", offset + k):
            ids.verdict(out)


def test_an_original_that_becomes_a_copy_is_written_there_before_its_tombstone() -> None:
    ids, match = Ids(), matcher(Store())
    publish_all(ids, match, ids.message(B, article(B), 2000))
    ids.read_back()
    publish_all(ids, match, ids.message(A, article(A), 1000), 1)
    assert ids.outputs(B) == [(ARTICLES, None), (DUPLICATES, None)]
    ids.read_back()
    assert ids.outputs(B) == [(ARTICLES, None), (DUPLICATES, None), (ARTICLES, "copy")]
    revisions = [dict(out.headers)["revision"] for out in ids.log if out.key.decode() == B]
    assert revisions[0] < revisions[1] == revisions[2]
    assert ids.publisher.settled(B)


def test_a_takedown_writes_both_tombstones_also_for_an_unknown_id() -> None:
    ids = Ids()
    ids.message(A, None, 1000)
    ids.read_back()
    assert ids.outputs(A) == [(ARTICLES, "taken-down"), (DUPLICATES, "taken-down")]


def test_a_verdict_on_another_content_is_not_used() -> None:
    ids, match = Ids(), matcher(Store())
    old = ids.message(A, article(A), 1000)
    ids.message(A, article(A, OTHER), 2000)
    publish_all(ids, match, old)
    assert ids.log == []


def test_a_withheld_article_needs_no_verdict() -> None:
    ids = Ids()
    ids.message(A, article(A, "", status="withheld"), 1000)
    (out,) = ids.log
    assert (out.topic, orjson.loads(out.value or b"")["dedup"]["verdict"]) == (ARTICLES, "original")


def test_what_a_former_owner_writes_is_put_right_once() -> None:
    ids, match = Ids(term=3), matcher(Store())
    publish_all(ids, match, ids.message(A, article(A), 1000))
    ids.read_back()
    stale = Out(DUPLICATES, A.encode(), b'{"x":1}', [("revision", format_revision((2, 7)).encode())])
    ids.log.append(stale)
    ids.read_back()
    assert ids.outputs(A)[-1] == (DUPLICATES, "original")
    assert ids.publisher.settled(A)


def test_a_former_owner_that_reads_a_higher_term_is_silent() -> None:
    ids = Ids(term=1)
    ids.log.append(Out(ARTICLES, B.encode(), b"{}", [("revision", format_revision((2, 1)).encode())]))
    ids.read_back()
    ids.message(A, None, 1000)
    assert ids.outputs(A) == []


def test_a_new_owner_reads_back_and_writes_only_what_does_not_stand() -> None:
    ids, match = Ids(), matcher(Store())
    publish_all(ids, match, ids.message(A, article(A), 1000))
    ids.read_back()
    publish_all(ids, match, ids.message(B, article(B), 2000), 1)
    ids.take_over(term=2)
    for offset in range(ids.publisher.position(ARTICLES), len(ids.log)):
        out = ids.log[offset]
        ids.publisher.read_back(out.topic, out.key.decode(), out.value, out.headers, offset, live=False)
    assert list(ids.publisher.begin()) == [[]]
    assert ids.publisher.settled(A) and ids.publisher.settled(B)


def test_revisions_compare_as_text() -> None:
    assert format_revision((2, 10)) > format_revision((2, 9)) > format_revision((1, 99))
    assert parse_revision(format_revision((2, 10)).encode()) == (2, 10)
    assert parse_revision(None) == parse_revision(b"x") == (0, 0)


# -- sweep


def swept(ids: Ids, line: int, life: int = 1000 * HOUR) -> None:
    ids.publisher.lines[0] = line
    for _ in sweep(ids.deduplicator, ids.publisher, life=life):
        pass


def test_an_id_is_forgotten_a_lateness_below_the_line_once_its_outputs_stand() -> None:
    ids, match = Ids(), matcher(Store())
    publish_all(ids, match, ids.message(A, article(A), 1000))
    swept(ids, 30 * HOUR)
    assert A in ids.rows.rows  # sent, not read back yet
    ids.read_back()
    swept(ids, 24 * HOUR)
    assert A in ids.rows.rows  # not a lateness below
    swept(ids, 30 * HOUR)
    assert not ids.contents.rows
    assert A in ids.rows.rows and A in ids.published.rows
    swept(ids, 2000 * HOUR)
    assert A not in ids.rows.rows and A not in ids.published.rows


@pytest.mark.parametrize("body", [TEXT, OTHER])
def test_an_address_fetched_again_after_weeks_goes_on_and_leaves_its_old_place(body: str) -> None:
    ids, match = Ids(), matcher(Store())
    publish_all(ids, match, ids.message(A, article(A), 1000) + ids.message(B, article(B), 2000))
    ids.read_back()
    assert ids.outputs(B) == [(DUPLICATES, None)]
    swept(ids, 30 * HOUR)
    assert not ids.contents.rows
    publish_all(ids, matcher(Store(), term=2), ids.message(B, article(B, body), 500 * HOUR))
    ids.read_back()
    assert ids.outputs(B) == [(DUPLICATES, None), (ARTICLES, None), (DUPLICATES, "original")]
    value = orjson.loads(next(out.value for out in reversed(ids.log) if out.value is not None))
    assert value["version"] == (1 if body == TEXT else 2)
    assert value["first_seen_at"] == "1970-01-01T00:00:02Z"
    assert value["quality"]["flags"] == ["late"]
