"""When a view can be continued and when it must be built anew."""

import time
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from tests.view import made
from worker.settings import Settings
from worker.view.keeper import Keeper
from worker.view.writer import Writer

PLACES = [TopicPartition(topic, 0) for topic in (made.ARTICLES, made.DUPLICATES, made.DEAD)]


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    writer = made.writer(tmp_path)
    writer.apply([made.record(made.ARTICLES, made.ident(1), made.document(1), 1, offset=4)])
    writer.set_note("followed_at", str(time.time()))
    return writer


def ends(articles: int = 5) -> dict[TopicPartition, int]:
    return dict(zip(PLACES, (articles, 0, 0), strict=True))


def test_goes_on_where_it_stood(writer: Writer) -> None:
    keeper = Keeper(writer, Settings())
    assert keeper._start(ends()) == {(made.ARTICLES, 0): 5}
    assert keeper.rebuilt_because is None


def test_a_log_that_became_shorter_is_another_one(writer: Writer) -> None:
    keeper = Keeper(writer, Settings())
    assert keeper._start(ends(articles=3)) == {}
    assert "made anew" in str(keeper.rebuilt_because)
    assert writer.positions() == {}


def test_other_topics_are_another_view(writer: Writer) -> None:
    keeper = Keeper(writer, Settings(prefix="other"))
    assert keeper._start({TopicPartition("other.articles", 0): 9}) == {}
    assert "other topics" in str(keeper.rebuilt_because)


def test_tombstones_may_have_come_and_gone_in_a_long_absence(writer: Writer) -> None:
    writer.set_note("followed_at", str(time.time() - 8 * 86_400))
    assert Keeper(writer, Settings(keep=9 * 86_400))._start(ends()) == {(made.ARTICLES, 0): 5}
    keeper = Keeper(writer, Settings())
    assert keeper._start(ends()) == {}
    assert "tombstones" in str(keeper.rebuilt_because)
