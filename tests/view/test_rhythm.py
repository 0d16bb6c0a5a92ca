from collections import Counter
from pathlib import Path

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from tests.view import made
from worker.times import format_ms
from worker.view.reader import Reader
from worker.view.rhythm import EMPTY, HOUR_MS, Rhythms, counted
from worker.view.writer import source_of

START = 1_709_251_200_000  # 2024-03-01T00:00Z


def day_source(tmp_path: Path, days: int) -> Reader:
    """A source that brings three articles an hour from 8 to 18, and one that never sleeps."""
    writer = made.writer(tmp_path)
    records = []
    for hour in range(days * 24):
        at = format_ms(START + hour * HOUR_MS)
        if 8 <= hour % 24 < 18:
            records += [made.original(hour * 10 + n, source="day.example", first_seen_at=at) for n in range(3)]
        records.append(made.original(hour * 10 + 9, source="round.example", first_seen_at=at))
    writer.apply(records)
    return Reader(writer.path)


def silent(reader: Reader, now: int) -> dict[str, bool]:
    return {each["source"]: each["silent"] for each in reader.sources(now)}


def test_night_is_no_silence_and_a_missing_morning_is(tmp_path: Path) -> None:
    reader = day_source(tmp_path, days=7)
    end = START + 7 * 24 * HOUR_MS
    # at 7 in the morning, 13 hours after its last article, the day paper is as usual; the other missed 8 of its own
    assert silent(reader, end + 7 * HOUR_MS) == {"day.example": False, "round.example": True}
    assert silent(reader, end + 11 * HOUR_MS)["day.example"] is True


def test_an_archive_is_judged_by_its_own_end(tmp_path: Path) -> None:
    reader = day_source(tmp_path, days=3)
    assert silent(reader, START + 900 * 24 * HOUR_MS) == {"day.example": False, "round.example": False}


def test_rates_and_shares(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply(
        [made.original(1), made.full(2), made.full(3, of=2), made.dead(), made.dead(value=b"no source at all")]
    )
    (source,) = Reader(writer.path).sources(0)
    assert (source["originals"], source["copies"], source["dateless"], source["dead_letters"]) == (2, 1, 1, 2)
    writer.apply([made.tombstone(made.DUPLICATES, 3, 5, "taken-down")])
    (source,) = Reader(writer.path).sources(0)
    assert (source["articles"], source["copies"], source["dead_share"]) == (2, 0, 0.5)


def test_expectation_counts_whole_days_and_hours() -> None:
    by_hour = np.zeros((1, 24), np.int64)
    by_hour[0, 8:10] = 14, 28
    last = 14 * 24 - 1  # the last hour of day 14
    rhythms = Rhythms(by_hour, first=np.array([0]), last=np.array([last]))
    assert [float(rhythms.expected(last + hours)[0]) for hours in (9, 24, 58)] == [1, 3, 9]
    assert float(rhythms.per_day()[0]) == 3


def plain(hours: list[int], end: int) -> tuple[list[int], int]:
    """What a ring should say, by lists."""
    kept = [hour for hour in hours if hour > end - 14 * 24]
    return [sum(hour % 24 == each for hour in kept) for each in range(24)], min(kept, default=max(hours))


@given(st.lists(st.lists(st.integers(0, 1000), min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_ring_remembers_the_days_that_count(batches: list[list[int]]) -> None:
    ring, newest, seen = EMPTY, max(batches[0]), list[int]()
    for batch in batches:
        ring, newest = counted(ring, newest, Counter(batch))
        seen += batch
    assert newest == max(seen)
    # What came when the ring had moved on two days past the fortnight is not in it, nor does it count.
    rhythms = Rhythms.read([ring], [newest], [newest], newest)
    assert (rhythms.by_hour[0].tolist(), int(rhythms.first[0])) == plain(seen, newest)


def test_what_is_taken_back_is_forgotten() -> None:
    ring, newest = counted(EMPTY, 0, {5: 3, 6: 1})
    ring, newest = counted(ring, newest, {5: -3, 6: -9})
    assert ring == EMPTY and newest == 6


def test_the_source_of_a_broken_record() -> None:
    def of(value: bytes, key: bytes | None = None) -> str | None:
        record = made.dead(value=value)
        record.key = key
        return source_of(record, {})

    assert of(orjson.dumps({"source": "a.example", "text": 5})) == "a.example"
    assert of(orjson.dumps({"url": "https://www.b.example/x", "text": 5})) == "b.example"
    assert of(b'{"url": "https://c.example/x", "text": "cut') == "c.example"
    assert of(b"\x00\x01", b"https://d.example/") == "d.example"
    assert of(b"\x00\x01") is None
