import gzip
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.kafka.log import Log
from worker.broker import free_port
from worker.cli.feed import Item, find, read
from worker.errors import ConfigError
from worker.feeds import FeedError


def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {f"NEWS_WORKER_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "worker", "feed", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def write(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "a.txt").write_text("Ein Text.\n")
    (folder / "b.html").write_text("<!doctype html><p>Eine Seite.")
    (folder / "deep" / "c.json").write_bytes(orjson.dumps({"url": "https://example.org/c", "text": "c"}))
    (folder / "d.json.gz").write_bytes(gzip.compress(orjson.dumps([{"id": "d1", "text": "d"}, 5, {"text": "d3"}])))
    (folder / "e.JSONL").write_bytes(b'{"url": "https://example.org/e1", "text": "e"}\n\n{"cut\n  {"id": 7}  \nnull\n')
    (folder / "notes.md").write_text("not for us")


def test_reads_every_kind(tmp_path: Path) -> None:
    write(tmp_path)
    items = [item for path in find([str(tmp_path)]) for item in read(path)]
    by_value = {item.value: item for item in items}
    assert by_value[b"Ein Text.\n"].headers == (("content-type", b"text/plain"),)
    assert by_value[b"<!doctype html><p>Eine Seite."].headers == (("content-type", b"text/html"),)
    keys = {item.value: item.key for item in items if not item.headers}
    assert keys == {
        b'{"url":"https://example.org/c","text":"c"}': b"https://example.org/c",
        b'{"id":"d1","text":"d"}': b"d1",
        b"5": None,
        b'{"text":"d3"}': None,
        b'{"url": "https://example.org/e1", "text": "e"}': b"https://example.org/e1",
        b'{"cut': None,
        b'{"id": 7}': None,
        b"null": None,
    }
    assert [item.where.rpartition("/")[2] for item in items if b"cut" in item.value] == ["e.JSONL line 3"]


def test_a_feed_gives_its_items(tmp_path: Path) -> None:
    item = "<item><title>T</title><link>https://example.org/%d</link><description>Text.</description></item>"
    (tmp_path / "f.rss").write_text(f"<rss><channel><title>F</title>{item % 1}{item % 2}</channel></rss>")
    items = list(read(tmp_path / "f.rss"))
    assert [each.key for each in items] == [b"https://example.org/1", b"https://example.org/2"]
    assert orjson.loads(items[1].value)["description"] == "Text." and items[1].where.endswith("f.rss item 2")
    (tmp_path / "sitemap.xml").write_text("<urlset><url/></urlset>")
    with pytest.raises(FeedError, match="no RSS or Atom"):
        list(read(tmp_path / "sitemap.xml"))


def test_a_json_file_that_does_not_parse_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'[{"cut": ')
    assert list(read(path)) == [Item(str(path), None, b'[{"cut": ')]


@pytest.mark.parametrize("name", ["missing.jsonl", "notes.md", "empty"])
def test_what_cannot_be_fed_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=name):
        find([str(tmp_path / name)])


def test_sends_all_but_what_is_too_large(kafka: str, log: Log, prefix: str, tmp_path: Path) -> None:
    log.create(f"{prefix}.raw", 2)
    write(tmp_path)
    (tmp_path / "large.txt").write_text("x" * 5000)
    (tmp_path / "torn.txt.gz").write_bytes(gzip.compress(b"x" * 5000)[:-12])
    done = run(str(tmp_path), broker=kafka, prefix=prefix, max_message="4k")
    assert done.returncode == 1
    assert "large.txt: 5000 bytes" in done.stderr and "torn.txt.gz" in done.stderr and "Traceback" not in done.stderr
    assert "10 messages sent, 2 refused" in done.stderr
    rows = log.read(f"{prefix}.raw")
    assert len(rows) == 10
    assert {row.key for row in rows} >= {b"https://example.org/c", b"https://example.org/e1", b"d1", None}
    assert next(row for row in rows if row.value == b"Ein Text.\n").headers == {"content-type": b"text/plain"}


def test_nothing_to_send_is_wrong_use() -> None:
    assert run().returncode == 1


def test_no_broker_exits_75(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    done = run(str(tmp_path / "a.txt"), broker=f"127.0.0.1:{free_port()}")
    assert done.returncode == 75
    assert "no broker answers" in done.stderr and "Traceback" not in done.stderr
