import io
import os
import subprocess
import sys

import orjson

from tests.kafka.log import Log
from tests.view import made
from worker.cli.tail import Printer
from worker.settings import Settings
from worker.terminal import fit, plain


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_json_lines(kafka: str, log: Log, prefix: str) -> None:
    for name, partitions in (("articles", 2), ("duplicates", 2), ("dlq", 1)):
        log.create(f"{prefix}.{name}", partitions)
    for record in (
        made.original(1),
        made.copy(2, of=1),
        made.tombstone(made.ARTICLES, 2, 1, "copy"),
        made.tombstone(made.ARTICLES, 3, 1, "taken-down"),
        made.dead(),
    ):
        topic = record.topic.replace("news", prefix)
        log.write(topic, [{"value": record.value, "key": record.key, "headers": record.headers}])
    done = subprocess.run(
        [sys.executable, "-m", "worker", "tail", "--once", "--broker", kafka, "--prefix", prefix],
        capture_output=True,
        timeout=60,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert {line["id"]: line.get("dedup", {}).get("verdict", line["status"]) for line in lines if "id" in line} == {
        made.ident(1): "original",
        made.ident(2): "near",
        made.ident(3): "canceled",
    }
    assert [line["error"]["code"] for line in lines if "error" in line] == ["json-invalid"]


def test_a_terminal_gets_one_readable_line_each() -> None:
    out = Terminal()
    Printer(out, Settings(), as_json=False).records([made.original(1, title="Two\nlines\x1b[2J\u202e"), made.dead()])
    first, second = out.getvalue().splitlines()
    assert "Two lines" in first and "economy, business and finance" in first and "DE" in first
    assert "\x1b[2J" not in first and "\u202e" not in first
    assert "json-invalid" in second


def test_text_fits_its_column() -> None:
    assert fit("abc", 5) == "abc  "
    assert fit("abcdef", 5) == "abcd…"
    assert fit("日本語新聞", 6) == "日本… "
    assert plain("a\tb\r\nc\x9b") == "a b  c "
