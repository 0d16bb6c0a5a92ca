from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from tests.view import made
from worker.view.place import token
from worker.view.reader import Page, Reader, TooSlow


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    writer = made.writer(tmp_path)
    writer.apply([made.original(n) for n in range(1, 8)])
    writer.apply([made.copy(20, of=3, body="Der Bürgermeister kam zur Brücke."), made.copy(21, of=3)])
    return Reader(writer.path)


def numbers(page: Page) -> list[int]:
    return [int(orjson.loads(item)["id"], 16) for item in page.items]


def walk(ask: object, limit: int) -> list[int]:
    found, cursor = [], None
    while True:
        page = ask(limit, cursor)  # type: ignore[operator]
        found += numbers(page)
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_paging_gives_each_article_once_newest_first(reader: Reader, limit: int) -> None:
    assert walk(reader.articles, limit) == [7, 6, 5, 4, 3, 2, 1]
    assert walk(lambda n, c: reader.articles(n, c, copies=True), limit) == [21, 20, 7, 6, 5, 4, 3, 2, 1]
    assert walk(lambda n, c: reader.articles(n, c, filters={"country": "DE"}), limit) == [7, 6, 5, 4, 3, 2, 1]
    assert walk(lambda n, c: reader.copies(made.ident(3), n, c), limit) == [20, 21]


def test_same_time_is_ordered_by_id(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    at = "2024-03-12T08:00:00Z"
    for n in (5, 1, 9, 3):
        ident = f"{n}{'0' * 31}"
        writer.apply([made.record(made.ARTICLES, ident, made.document(n, id=ident, first_seen_at=at), 1)])
    assert [n >> 124 for n in walk(Reader(writer.path).articles, 2)] == [9, 5, 3, 1]


def test_ids_that_share_a_number_are_all_there(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    at = "2024-03-12T08:00:00Z"
    writer.apply([made.original(n, first_seen_at=at) for n in range(40)])  # ids that differ in their last digits only
    writer.apply([made.original(7, 2, first_seen_at=at, title="Again")])
    reader = Reader(writer.path)
    assert sorted(walk(reader.articles, 3)) == list(range(40))
    assert numbers(reader.articles(9, q="again")) == [7]


def test_new_articles_do_not_shift_the_pages(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(n) for n in range(1, 5)])
    reader = Reader(writer.path)
    first = reader.articles(2)
    writer.apply([made.original(9)])
    assert numbers(first) + numbers(reader.articles(9, first.next)) == [4, 3, 2, 1]


def test_copies_of_a_copy_are_those_of_its_cluster(reader: Reader) -> None:
    page = reader.copies(made.ident(20), 10)
    assert page is not None and numbers(page) == [20, 21]
    assert reader.copies(made.ident(99), 10) is None


def test_since(reader: Reader) -> None:
    assert numbers(reader.articles(10, since=1_710_219_600_000)) == [7, 6, 5]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("burgermeister", [20]),
        ("Brück*", [20]),
        ('"mayor cut"', [21, 7, 6, 5, 4, 3, 2, 1]),
        ('"cut mayor"', []),
        ("bridge -number", []),
        ("opens -bürgermeister", [21, 7, 6, 5, 4, 3, 2, 1]),
        ("title:bridge", []),
        ('" OR bridge', []),
    ],
)
def test_search(reader: Reader, words: str, found: list[int]) -> None:
    assert numbers(reader.articles(50, copies=True, q=words)) == found


def test_soft_hyphens_part_no_words(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(1, body="Der Bürger\u00admeister kam zur Drehbrücke."), made.original(2)])
    reader = Reader(writer.path)
    for words in ("bürgermeister drehbrücke", "bürger\u00admeister drehbrücke"):
        assert numbers(reader.articles(10, q=words)) == [1]


@pytest.mark.parametrize("words", ["", "   ", "***", '"', "-", "-bridge", "()"])
def test_search_for_nothing_is_refused(reader: Reader, words: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        reader.articles(10, q=words)


@pytest.mark.parametrize("words", ["b*", "br*", "bridge -o*"])
def test_short_beginnings_are_refused(reader: Reader, words: str) -> None:
    with pytest.raises(ValueError, match="3 letters"):
        reader.articles(10, q=words)


@pytest.mark.parametrize(
    "words", ["NEAR(a b)", "a AND", "a:b", "^a", "{a}", "a + b", "'; DROP TABLE article; --", "a\x00b"]
)
def test_no_syntax_gets_through_to_the_index(reader: Reader, words: str) -> None:
    assert isinstance(reader.articles(10, q=words), Page)


@pytest.mark.parametrize("cursor", ["x", "????", "YQ", "äö", "MQoyCjM", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_strange_cursors_are_refused(reader: Reader, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        reader.articles(10, cursor)


@pytest.mark.parametrize("q", [None, "bridge"])
@pytest.mark.parametrize("filters", [None, {"topic": "medtop:04000000"}, {"topic": "x", "country": "DE"}])
@pytest.mark.parametrize("copies", [False, True])
def test_lists_walk_along_an_index(reader: Reader, q: str | None, filters: dict[str, str] | None, copies: bool) -> None:
    # a sort of everything would be slow long before a million articles
    statements: list[str] = []
    reader._db.set_trace_callback(statements.append)
    reader.articles(10, reader.articles(1).next, copies=copies, filters=filters, q=q, since=1, count_copies=True)
    reader._db.set_trace_callback(None)
    ours = [each for each in statements if each.startswith("SELECT") and "ORDER BY" in each]
    plan = " ".join(row[3] for row in reader._db.execute("EXPLAIN QUERY PLAN " + ours[-1]))
    assert "TEMP B-TREE" not in plan and "SCAN article" not in plan and "SEARCH" in plan, plan


def test_every_filter_finds_its_own(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(1), made.original(2, agency=["AFP"], source="other.example"), made.copy(3, of=1)])
    reader = Reader(writer.path)
    for filters, found in (
        ({"source": "example.org"}, [1]),
        ({"source": "other.example", "agency": "AFP"}, [2]),
        ({"source": "example.org", "agency": "AFP"}, []),
        ({"language": "en", "type": "article", "topic": "medtop:04000000", "country": "DE"}, [2, 1]),
        ({"source": "AFP"}, []),
    ):
        assert numbers(reader.articles(9, filters=filters)) == found, filters
    # what an article is filtered by is no word of its text
    assert reader.articles(9, q=token("source", "example.org")).items == []


def test_a_search_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(n, body=f"word {n} " * 50) for n in range(400)])
    reader = Reader(writer.path, patience=0.0)
    with pytest.raises(TooSlow):
        reader.articles(200, copies=True, q="word -zzz", count_copies=True)
    assert reader.article(made.ident(1)) is not None  # nothing of it lasts


def test_versions_that_were_replaced(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    reader = Reader(made.writer(tmp_path).path)

    def titles() -> list[str] | None:
        versions = reader.versions(made.ident(1))
        return None if versions is None else [orjson.loads(each)["title"] for each in versions]

    assert titles() is None
    writer.apply([made.original(1, 1, title="One")])
    writer.apply([made.original(1, 2, title="Two"), made.copy(1, 2, 3, title="Two")])  # a move is no new text
    writer.apply([made.original(1, 3, title="Late")])  # an older revision says nothing
    assert titles() == ["Two", "One"]
    writer.apply([made.original(1, n, title=str(n)) for n in range(10, 60)])
    assert titles() == [str(n) for n in range(59, 38, -1)]
    writer.apply([made.tombstone(made.ARTICLES, 1, 99, "taken-down")])
    assert titles() is None
    writer.apply([made.original(1, 100, title="Back")])
    assert titles() == ["Back"]


def test_replaced_versions_are_forgotten_in_time(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(1, 1, title="One"), made.original(1, 2, title="Two")])
    reader = Reader(writer.path)
    writer.purge(1_710_200_000_000)
    assert len(reader.versions(made.ident(1)) or ()) == 2
    writer.purge(1_710_200_000_001)
    assert len(reader.versions(made.ident(1)) or ()) == 1


@pytest.mark.parametrize(("limit", "most_bytes", "most"), [(20, 1 << 30, 32), (1000, 20_000, 6)])
def test_a_look_at_what_changed_is_small_however_many_partitions_there_are(
    tmp_path: Path, limit: int, most_bytes: int, most: int
) -> None:
    writer = made.writer(tmp_path)
    records = [replace(made.original(n, body="wind " * 1000), partition=n % 12) for n in range(240)]
    writer.apply(records, {(made.ARTICLES, n): 1 << 40 for n in range(12)})
    reader, at, seen, whole = Reader(writer.path), {}, [], False
    while not whole:
        events, at, whole = reader.events(at, limit, most_bytes)
        assert len(events) <= most
        seen += [int(event.id, 16) for event in events]
    assert sorted(seen) == list(range(240))
    assert reader.events(at, limit, most_bytes) == ([], at, True)
