import gzip
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.kafka.log import Log
from worker.broker import free_port
from worker.cli.feed import find, read
from worker.cli.item import Item
from worker.errors import ConfigError
from worker.feeds import FeedError
from worker.messages import parse, parse_ms


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


def _warc(*pages: tuple[str, str, bytes]) -> bytes:
    """An archive of (url, status and headers, body)."""
    out = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    for n, (url, answer, body) in enumerate(pages, 1):
        http = f"HTTP/1.1 {answer}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        out += (
            (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nWARC-Target-URI: {url}\r\n"
                f"WARC-Date: 2024-03-12T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(http)}\r\n\r\n"
            ).encode()
            + http
            + b"\r\n\r\n"
        )
    return out


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_an_archive_gives_its_pages(tmp_path: Path, packed: str) -> None:
    page = b"<!doctype html><h1>Quay opens</h1><p>The quay of Selmouth opened on Tuesday."
    html = "200 OK\r\nContent-Type: text/html; charset=utf-8"
    data = _warc(
        ("https://example.org/1", html, page),
        ("https://example.org/2", "404 Not Found\r\nContent-Type: text/html", b"<p>no"),
        ("https://example.org/3", "200 OK\r\nContent-Type: image/png", b"png"),
        ("https://example.org/4", html, b"x" * 5000),
        ("https://example.org/5", html + "\r\nContent-Encoding: gzip", gzip.compress(page)),
    )
    if packed == ".gz":
        data = gzip.compress(data)
    elif packed:
        data = pytest.importorskip("zstandard", reason="the extra 'archives' is not installed").compress(data)
    path = tmp_path / f"crawl.warc{packed}"
    path.write_bytes(data)
    items = list(read(path, most=1000))
    assert [each.key for each in items] == [f"https://example.org/{n}".encode() for n in (1, 4, 5)]
    assert items[0].value == items[2].value == page and len(items[1].value) == 1001
    message = parse(items[0].value, key=items[0].key, headers=items[0].headers)
    assert message.raw is not None and message.raw.html and message.raw.url == "https://example.org/1"
    assert message.fetched_ms == parse_ms("2024-03-12T10:00:00Z")


def test_an_archive_without_pages_or_broken_is_said(tmp_path: Path) -> None:
    for data in (_warc(), b"no archive", b""):
        (tmp_path / "x.warc").write_bytes(data)
        with pytest.raises(OSError, match=r"no HTML page|WARC"):
            list(read(tmp_path / "x.warc"))


def test_an_archive_that_ends_within_a_page_gives_the_whole_ones(tmp_path: Path) -> None:
    html = "200 OK\r\nContent-Type: text/html"
    data = _warc(("https://example.org/1", html, b"x" * 900), ("https://example.org/2", html, b"y" * 900))
    (tmp_path / "x.warc").write_bytes(data[:-300])
    pages = read(tmp_path / "x.warc")
    assert next(pages).value == b"x" * 900
    with pytest.raises(OSError, match="ends within page 2"):
        next(pages)


def test_broken_zstd_is_said(tmp_path: Path) -> None:
    packed = pytest.importorskip("zstandard", reason="the extra 'archives' is not installed").compress(b"a text " * 99)
    for data in (b"none at all", packed[:4] + b"\xff" * 20):
        (tmp_path / "x.txt.zst").write_bytes(data)
        with pytest.raises(OSError, match="zstd"):
            list(read(tmp_path / "x.txt.zst"))
    for size in (1, 5, len(packed) // 2, len(packed) - 1):
        (tmp_path / "x.txt.zst").write_bytes(packed + packed[:size])
        with pytest.raises(EOFError):
            list(read(tmp_path / "x.txt.zst"))
    (tmp_path / "x.txt.zst").write_bytes(packed + packed)
    assert [item.value for item in read(tmp_path / "x.txt.zst")] == [b"a text " * 198]


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
    assert run().returncode == 2


def test_no_broker_exits_75(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    done = run(str(tmp_path / "a.txt"), broker=f"127.0.0.1:{free_port()}")
    assert done.returncode == 75
    assert "no broker answers" in done.stderr and "Traceback" not in done.stderr


def test_samples_come_once(kafka: str, log: Log, prefix: str) -> None:
    log.create(f"{prefix}.raw", 2)
    assert "27 messages sent" in run("--samples", "--if-empty", broker=kafka, prefix=prefix).stderr
    again = run("--samples", "--if-empty", broker=kafka, prefix=prefix)
    assert again.returncode == 0 and "has had messages already: nothing is sent" in again.stderr
    assert len(log.read(f"{prefix}.raw")) == 27
