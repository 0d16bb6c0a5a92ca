from pathlib import Path

import orjson
import pytest

from tests.view import made
from worker.view.reader import Page, Reader


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
    writer.apply([made.original(n, first_seen_at="2024-03-12T08:00:00Z") for n in (5, 1, 9, 3)])
    assert walk(Reader(writer.path).articles, 2) == [9, 5, 3, 1]


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


@pytest.mark.parametrize("words", ["", "   ", "***", '"', "-", "-bridge", "()"])
def test_search_for_nothing_is_refused(reader: Reader, words: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        reader.articles(10, q=words)


@pytest.mark.parametrize(
    "words", ["NEAR(a b)", "a AND", "a:b", "^a", "{a}", "a + b", "'; DROP TABLE article; --", "a\x00b"]
)
def test_no_syntax_gets_through_to_the_index(reader: Reader, words: str) -> None:
    assert isinstance(reader.articles(10, q=words), Page)


@pytest.mark.parametrize("cursor", ["x", "????", "YQ", "äö", "MQoyCjM", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5CmE"])
def test_strange_cursors_are_refused(reader: Reader, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        reader.articles(10, cursor)


def test_lists_walk_along_an_index(reader: Reader) -> None:
    # a sort of everything would be slow long before a million articles
    for ask in (
        {},
        {"copies": True},
        {"filters": {"topic": "medtop:04000000"}},
        {"filters": {"topic": "x", "country": "DE"}},
    ):
        statements: list[str] = []
        reader._db.set_trace_callback(statements.append)
        reader.articles(10, **ask)  # type: ignore[arg-type]
        reader._db.set_trace_callback(None)
        plan = " ".join(row[3] for row in reader._db.execute("EXPLAIN QUERY PLAN " + statements[0]))
        assert "TEMP B-TREE" not in plan and "SCAN tag" not in plan, plan
