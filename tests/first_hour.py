"""A stranger's first hour, in the README's order, with the README's commands.

    python -m tests.first_hour [--broker host:port|kafka] [--within SECONDS]

The demo, a file of one's own, looking it up, its copy, following the output, a record that breaks, finding it among the
dead letters, sending it back (it fails again, and says so), mending it. Exit status 1 at the first promise that is not
kept. Without ``--broker`` on the embedded broker; 60 seconds is what a quiet machine may take (``--within``, default: no
limit, since a busy one says nothing of the product).
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import orjson

from worker.identity import article_id

_PATIENCE = 120.0
# A proxy of the machine must not come between.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

OURS, THEIRS, BROKEN = (
    "https://selmouth-post.example/harbour/quay-opens",
    "https://coastdaily.example/news/selmouth-quay",
    "https://selmouth-post.example/harbour/ferry-delay",
)
_BODY = (
    "SELMOUTH - The port of Selmouth opened its new northern quay on Tuesday after four years of work that cost the town "
    "38 million pounds. Two freighters from Rotterdam were the first to berth, watched by some 600 people in the rain.\n"
    "Harbour master Ellen Markby said the quay doubles the number of containers that the port can handle in a day. "
    '"We had to send ships away every week, and now we can take them," she said at the ceremony.\n'
    "Fishermen had gone to court against the plan because the dredging moved the sandbank off the eastern pier. The parties "
    "settled in March; the town pays for a new ice house and for buoys along the channel."
)
_AGAIN = _BODY.replace("watched by some 600 people in the rain", "watched by a crowd of about 600 in pouring rain")
ARTICLES = (
    {"url": OURS, "title": "Selmouth opens northern quay after four years", "text": _BODY},
    {"url": THEIRS, "title": "New quay for Selmouth after court fight", "text": _AGAIN + "\nShare this article"},
)
FERRY = {
    "url": BROKEN,
    "title": "Ferry to Selmouth late again",
    "text": "SELMOUTH - The morning ferry from Hallow Isle reached Selmouth two hours late on Wednesday. The operator spoke "
    "of fog in the strait and promised to pay back the fares of about 200 passengers who missed their trains.",
}


class Broken(AssertionError):
    """A promise of the README that is not kept."""


class Demo:
    """`news-worker demo`, as long as the `with` lasts; `web` and `settings` are read from what it prints."""

    def __init__(self, broker: str | None) -> None:
        self._options = ["--broker", broker, "--prefix", f"first-{os.getpid()}"] if broker else []
        self.said = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "worker", "demo", *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_plain(),
        )
        self._errors: list[str] = []
        assert self._process.stdout is not None and self._process.stderr is not None
        threading.Thread(target=self._errors.extend, args=(self._process.stderr,), daemon=True).start()
        for line in self._process.stdout:
            self.said += line
            if "Ctrl-C ends everything" in line:
                break
        else:
            raise Broken(f"the demo ended with status {self._process.wait()}: {''.join(self._errors)[-2000:]}")
        found = re.search(r"look: +(http://\S+?)/?\n", self.said)
        exports = re.search(r"export (.+)", self.said)
        if not found or not exports:
            raise Broken(f"the demo does not say where to look and what to set: {self.said[-800:]}")
        self.web = found[1]
        self.settings = dict(pair.split("=", 1) for pair in exports[1].split())
        if self._options:
            self.settings["NEWS_WORKER_PREFIX"] = self._options[-1]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self.status: int | None = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.status = None

    def run(self, *arguments: str) -> tuple[int, str]:
        """A command of ours in another terminal: exit status and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "worker", *arguments],
            env=_plain() | self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE,
        )
        if "Traceback" in done.stdout:
            raise Broken(f"{arguments[0]} showed a traceback: {done.stdout[-2000:]}")
        return done.returncode, done.stdout

    def get(self, path: str) -> tuple[int, Any]:
        """Ask the API."""
        try:
            with _open(self.web + path, timeout=10) as answer:
                return answer.status, orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, orjson.loads(error.read())

    def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for what takes its way through the worker."""
        end = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Broken(f"not within {_PATIENCE:.0f} s: {what}")
            time.sleep(0.1)


def _plain() -> dict[str, str]:
    """The environment of a stranger: none of our settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NEWS_WORKER_")}


def _ident(url: str) -> str:
    ident = article_id(url, None, None, None)
    assert ident is not None
    return ident


def _expect(condition: bool, words: str, seen: object = "") -> None:
    if not condition:
        raise Broken(f"{words}: {str(seen)[-1500:]}")


def walk(broker: str | None, folder: Path, say: Callable[[str], None]) -> None:
    """All of it. Raises Broken at the first promise that is not kept."""
    with Demo(broker) as demo:
        say("demo: samples through, the page answers")
        _expect(
            "near copy" in demo.said and "Dead letters" in demo.said, "the table lacks copies or letters", demo.said
        )
        _expect(demo.get("/stats")[1]["articles"]["originals"] > 10, "the samples are not in the view")

        own = folder / "own.jsonl"
        own.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in ARTICLES))
        status, out = demo.run("feed", str(own))
        _expect(status == 0 and "2 messages sent" in out, "feed does not send a file", out)
        say("feed: two articles sent")

        quay, copy = _ident(OURS), _ident(THEIRS)
        demo.until(
            "both articles are in the view", lambda: all(demo.get(f"/articles/{i}")[0] == 200 for i in (quay, copy))
        )
        _, article = demo.get(f"/articles/{quay}")
        _expect(
            article["title"] == ARTICLES[0]["title"] and "Harbour master" in article["body"], "title or body", article
        )
        _expect(article["language"]["code"] == "en" and article["topics"], "language or topics", article)
        _, found = demo.get("/articles?q=selmouth+quay")
        _expect(quay in [each["id"] for each in found["articles"]], "the search does not find it", found)
        say(f"look it up: {article['title']}")

        # Which of the two is the original follows from their times alone: they were sent in one go.
        demo.until("one is a copy of the other", lambda: any(_copies(demo, each) for each in (quay, copy)))
        original, other = (quay, copy) if _copies(demo, quay) else (copy, quay)
        _, twin = demo.get(f"/articles/{other}")
        _expect(_copies(demo, original) == [other], "the list of copies is another", _copies(demo, original))
        _expect(twin["dedup"]["of"] == original and twin["dedup"]["verdict"] == "near", "no near copy", twin["dedup"])
        _expect("Share this article" not in demo.get(f"/articles/{copy}")[1]["body"], "page noise in the body")
        say(f"find its copy: near, {twin['dedup']['score']:.0%}")

        broken = folder / "broken.jsonl"
        cut = orjson.dumps(FERRY)[:-20]
        broken.write_bytes(cut + b"\n")
        _expect(demo.run("feed", str(broken))[0] == 0, "feed does not send what is broken")
        demo.until("the dead letter is listed", lambda: len(_letters(demo, cut)) == 1)
        letter = _letters(demo, cut)[0]
        status, out = demo.run("dlq", "list")
        _expect(status == 0 and "json-invalid" in out, "dlq list does not show it", out)
        _expect(letter["code"] == "json-invalid" and letter["attempts"] == 1, "another code", letter)
        say(f"break a record: {letter['code']}: {letter['message']}")

        status, out = demo.run("dlq", "replay", "--code", "json-invalid", "--since", "10m")
        _expect(status == 1 and "failed again" in out, "a replay of what is still broken must say so", out)
        demo.until("the second failure is counted", lambda: _attempts(demo, cut) == 2)
        say("replay it: failed again, as it must; attempt 2")

        mended = folder / "mended.jsonl"
        mended.write_bytes(orjson.dumps(FERRY) + b"\n")
        _expect(demo.run("feed", str(mended))[0] == 0, "feed does not send what was mended")
        demo.until("the mended article is there", lambda: demo.get(f"/articles/{_ident(BROKEN)}")[0] == 200)
        say("mend it: the article is there")
    _expect(demo.status == 0, "Ctrl-C does not end the demo with 0", demo.status)
    say("Ctrl-C: ended with status 0")


def _copies(demo: Demo, ident: str) -> list[str]:
    status, answer = demo.get(f"/articles/{ident}/copies")
    return [each["id"] for each in answer["copies"]] if status == 200 else []


def _letters(demo: Demo, value: bytes) -> list[dict[str, Any]]:
    status, out = demo.run("dlq", "list", "--json")
    _expect(status == 0, "dlq list fails", out)
    letters = [orjson.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [letter for letter in letters if letter["bytes"] == len(value)]


def _attempts(demo: Demo, value: bytes) -> int:
    return max((letter["attempts"] for letter in _letters(demo, value)), default=0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 where everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.first_hour", description=__doc__)
    parser.add_argument("--broker", help="host:port, or kafka; default: the embedded one")
    parser.add_argument("--within", type=float, help="seconds that all of it may take")
    args = parser.parse_args(arguments)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="news-worker-first-") as folder:
        try:
            walk(args.broker, Path(folder), say)
        except Broken as error:
            say(f"NOT KEPT: {error}")
            return 1
    if args.within is not None and time.monotonic() - began > args.within:
        say(f"NOT KEPT: longer than {args.within:.0f} s")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
