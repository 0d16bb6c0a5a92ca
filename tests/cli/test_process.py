"""``news-worker process`` as its users call it: a child process, lines in, lines out."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

URL = "https://news.example/harbour"
TEXT = (
    "Harbour reopens after storm\n\nThe harbour of Westhaven reopened on Monday after a storm had closed it for three days, "
    "the port authority said.\n\nShips had waited outside the breakwater since Friday, and two ferries were sent to the "
    "neighbouring port.\n\nThe mayor thanked the crews who cleared the sand from the entrance during the night."
)


def message(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "url": URL, "title": "Harbour reopens", "fetched_at": "2024-03-02T10:00:00Z", **more}


def process(*arguments: str, lines: list[Any], env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    data = b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "worker", "process", *arguments], input=data, capture_output=True, env=env, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_every_line_is_answered_in_order_and_failures_say_why() -> None:
    bad = [b"{", b"", b"[1]", {"text": 5, "labels": {"n": 1}}, b"null", b"\x00\x01\x02\x03" * 9]
    lines: list[Any] = [message(labels={"n": 0}), *bad, message(labels={"n": 9})]
    out = process("--stages", "clean", lines=lines)
    codes = [o.get("error", {}).get("code") for o in out]
    assert codes == [
        None, "json-invalid", "empty-message", "not-an-object", "field-type", "takedown-without-key", "not-text", None,
    ]  # fmt: skip
    assert [out[0]["labels"], out[-1]["labels"], out[4]["labels"]] == [{"n": 0}, {"n": 9}, {"n": 1}]
    assert all(o["error"]["stage"] == "clean" and o["error"]["message"] for o in out[1:-1])
    assert out[4]["raw"] == {"text": 5, "labels": {"n": 1}}
    assert base64.b64decode(out[1]["raw"]) == b"{" and out[1]["raw_encoding"] == "base64"


def test_keys_of_a_stage_that_did_not_run_are_absent() -> None:
    always = {
        "id",
        "status",
        "url",
        "source",
        "fetched_at",
        "labels",
        "extra",
        "provenance",
        "title",
        "body",
        "language",
    }
    (clean,) = process("--stages", "clean", lines=[message()])
    assert "topics" not in clean and "dedup" not in clean and "quality" in clean
    (tags,) = process("--stages", "tag", lines=[message(language="en")])
    assert (
        tags["body"] == TEXT
        and tags["title"] == "Harbour reopens"
        and tags["language"] == {"code": "en", "confidence": None}
    )
    assert "quality" not in tags and "countries" in tags and always <= set(tags)
    (verdict,) = process("--stages", "dedup", lines=[message()])
    assert verdict["language"] == {"code": "und", "confidence": None}
    assert (verdict["version"], verdict["dedup"]["verdict"]) == (1, "original") and "topics" not in verdict


def test_a_finished_article_has_every_key_of_the_contract() -> None:
    (article,) = process(lines=[message()])
    assert set(article) == {
        "id", "version", "status", "url", "canonical_url", "source", "title", "lead", "body", "section", "authors", "agency",
        "dateline", "images", "language", "published", "fetched_at", "first_seen_at", "content_type", "topics", "countries",
        "people", "organisations", "places", "keywords", "dedup", "quality", "labels", "extra", "provenance",
    }  # fmt: skip
    assert article["first_seen_at"] == "2024-03-02T10:00:00Z"
    assert set(article["dedup"]) == {"verdict", "of", "score", "cluster", "explain"}
    assert article["dedup"]["cluster"] == article["id"] and article["dedup"]["of"] is None


def test_copies_recrawls_updates_and_takedowns() -> None:
    changed = TEXT.replace("three days", "four days") + "\n\nThe ferries return on Wednesday, according to the company."
    lines = [
        message(labels={"n": 0}),
        message(url="https://other.example/a", fetched_at="2024-03-02T11:00:00Z"),
        message(fetched_at="2024-03-02T12:00:00Z", labels={"n": 2}),
        message(text=changed, fetched_at="2024-03-02T13:00:00Z"),
        {"op": "delete", "url": URL, "fetched_at": "2024-03-02T14:00:00Z"},
    ]
    first, copy, recrawl, update, gone = process(lines=lines)
    assert (copy["dedup"]["verdict"], copy["dedup"]["of"], copy["dedup"]["cluster"]) == (
        "exact",
        first["id"],
        first["id"],
    )
    assert (recrawl["version"], recrawl["labels"], recrawl["fetched_at"]) == (1, {"n": 2}, first["fetched_at"])
    assert update["id"] == first["id"] and update["version"] == 2 and update["dedup"]["verdict"] == "original"
    assert gone == {"id": first["id"], "status": "canceled", "dedup": None}

    final = process("--final", lines=lines)
    assert [line["dedup"] for line in final][0::2] == [None, None, None]
    assert final[1]["dedup"]["verdict"] == "original"
    assert {k: v for k, v in final[0].items() if k != "dedup"} == {k: v for k, v in first.items() if k != "dedup"}


def test_a_takedown_that_came_late_takes_nothing_down() -> None:
    late = {"op": "delete", "url": URL, "fetched_at": "2024-03-02T09:00:00Z", "labels": {"n": 1}}
    first, answer = process("--final", lines=[message(labels={"n": 0}), late])
    assert (answer["labels"], answer["provenance"]["raw"]["offset"]) == ({"n": 1}, 1)
    own = ("labels", "extra", "provenance")
    assert {k: v for k, v in answer.items() if k not in own} == {k: v for k, v in first.items() if k not in own}


def test_without_fetch_times_a_logical_clock_orders_the_lines() -> None:
    lines = [message(fetched_at=None), message(fetched_at=None, url="https://other.example/a")]
    first, copy = process(lines=lines)
    assert copy["dedup"]["of"] == first["id"]
    assert first["first_seen_at"] is None and first["fetched_at"] is None


def test_a_line_above_the_limit_is_refused_and_the_next_is_answered() -> None:
    big = message(text="word " * 60_000)
    out = process("--stages", "clean", "--max-message", "200k", lines=[big, message()])
    assert out[0]["error"]["code"] == "message-too-large" and len(out[0]["raw"]) <= 90_000
    assert out[1]["id"]


def test_each_answer_comes_as_soon_as_it_is_ready() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "worker", "process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        for n in range(3):
            child.stdin.write(orjson.dumps(message(labels={"n": n})) + b"\n")
            child.stdin.flush()
            assert orjson.loads(child.stdout.readline())["labels"] == {"n": n}
            time.sleep(0.05)
    finally:
        child.stdin.close()
        assert child.wait(30) == 0


@pytest.mark.parametrize("arguments", [["--stages", "clean,polish"], ["--templates", "missing.json"]])
def test_wrong_use_is_named(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worker", "process", *arguments],
        input=b"",
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert done.returncode in (1, 2) and b"Traceback" not in done.stderr
    assert b"polish" in done.stderr or b"missing.json" in done.stderr
