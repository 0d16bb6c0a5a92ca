import itertools
import sqlite3
from pathlib import Path

import pytest

from tests.view import made
from worker.view.reader import Reader
from worker.view.schema import open_reader
from worker.view.writer import Writer


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return made.writer(tmp_path)


def state(writer: Writer, n: int) -> str | None:
    reader = Reader(writer.path)
    found = reader.article(made.ident(n))
    reader.close()
    return None if found is None else found.state


def test_the_highest_revision_wins_in_any_order_of_arrival(tmp_path: Path) -> None:
    # an original that became a copy: its new place first, then the tombstone with the same revision
    story = [
        made.original(1, revision=1),
        made.copy(1, of=2, revision=5),
        made.tombstone(made.ARTICLES, 1, 5, "copy"),
    ]
    for number, order in enumerate(itertools.permutations(story)):
        writer = made.writer(tmp_path / str(number))
        writer.apply(order)
        assert state(writer, 1) == "copy", [record.topic for record in order]


def test_takedown_ends_an_article_and_a_later_message_revives_it(writer: Writer) -> None:
    writer.apply([made.original(1, 1), made.tombstone(made.ARTICLES, 1, 2, "taken-down")])
    assert state(writer, 1) == "gone"
    writer.apply([made.original(1, 1)])
    assert state(writer, 1) == "gone"
    writer.apply([made.original(1, 3)])
    assert state(writer, 1) == "original"


def test_takedown_of_an_unknown_id_is_remembered(writer: Writer) -> None:
    writer.apply([made.tombstone(made.DUPLICATES, 1, 2, "taken-down")])
    assert state(writer, 1) == "gone"


def test_tombstone_of_a_left_place_says_nothing_by_itself(writer: Writer) -> None:
    writer.apply([made.original(1, 1), made.tombstone(made.ARTICLES, 1, 2, "copy")])
    assert state(writer, 1) == "original"


def test_position_and_rows_stand_or_fall_together(writer: Writer) -> None:
    class Broken:
        topic, partition, offset, key, value, timestamp = made.ARTICLES, 0, 9, b"x", b"{}", 0

        @property
        def headers(self) -> list[tuple[str, bytes]]:
            raise RuntimeError("a crash in the middle")

    with pytest.raises(RuntimeError):
        writer.apply([made.original(1), Broken()])  # type: ignore[list-item]
    assert state(writer, 1) is None
    assert writer.positions() == {}
    first = made.original(1)
    writer.apply([first])
    assert writer.positions() == {(made.ARTICLES, 0): first.offset + 1}


def test_records_read_twice_change_nothing(writer: Writer) -> None:
    records = [made.original(1), made.copy(2, of=1), made.dead()]
    writer.apply(records)
    before = dump(writer)
    assert writer.apply(records) == []
    assert dump(writer) == before


def test_position_goes_over_holes_when_it_is_given(writer: Writer) -> None:
    first = made.original(1)
    writer.apply([first], {(made.ARTICLES, 0): first.offset + 7})
    assert writer.positions()[made.ARTICLES, 0] == first.offset + 7


def test_tallies_and_tags_follow_every_change(writer: Writer) -> None:
    writer.apply([made.original(1), made.original(2, countries=["AT"]), made.copy(3, of=1)])
    writer.apply([made.original(1, 2, countries=["FR"], language={"code": "fr", "confidence": 1.0})])
    writer.apply([made.tombstone(made.ARTICLES, 2, 4, "taken-down")])
    reader = Reader(writer.path)
    tally = reader.tally()
    assert tally["state"] == {"original": 1, "copy": 1, "gone": 1}
    assert tally["country"] == {"DE": 1, "FR": 1}
    assert tally["language"] == {"en": 1, "fr": 1}
    assert reader.articles(10, filters={"country": "AT"}).items == []
    assert len(reader.articles(10, filters={"country": "FR"}).items) == 1


def test_a_value_that_is_no_article_is_passed_over(writer: Writer) -> None:
    strange = made.original(1)
    broken = type(strange)(**{**as_dict(strange), "value": b"{broken"})
    keyless = type(strange)(**{**as_dict(strange), "key": None})
    assert writer.apply([broken, keyless]) == []
    assert state(writer, 1) is None


def test_clear_forgets_everything(writer: Writer) -> None:
    writer.apply([made.original(1), made.dead()])
    writer.set_note("followed_at", "1")
    writer.clear()
    assert (writer.positions(), writer.note("followed_at"), state(writer, 1)) == ({}, None, None)
    reader = Reader(writer.path)
    assert reader.articles(10, q="bridge").items == []
    assert not any(reader.tally().values())


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "view" / "view.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    writer = made.writer(tmp_path)
    writer.apply([made.original(1)])
    assert state(writer, 1) == "original"


def test_a_view_of_another_schema_is_made_anew(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(1)])
    writer.close()
    with sqlite3.connect(writer.path) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    assert made.writer(tmp_path).positions() == {}


def test_a_reader_cannot_write(writer: Writer) -> None:
    db = open_reader(writer.path)
    with pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM article")


def test_old_dead_letters_are_forgotten(writer: Writer) -> None:
    writer.apply([made.dead(at=1_000), made.dead(at=2_000), made.dead("field-type", at=1_500)])
    assert writer.purge(2_000) == 2
    assert Reader(writer.path).tally()["dead"] == {"json-invalid": 1}


def as_dict(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in type(record).__slots__}  # type: ignore[attr-defined]


def dump(writer: Writer) -> list[str]:
    with sqlite3.connect(writer.path) as db:
        return [line for line in db.iterdump() if not line.startswith("INSERT INTO sqlite")]
