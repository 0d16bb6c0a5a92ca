"""The record in and out that the README shows is what comes out today."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

README = (Path(__file__).resolve().parent.parent.parent / "README.md").read_text("utf-8")


def block(name: str) -> Any:
    match = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", README, re.S)
    assert match is not None, name
    return json.loads(match[1])


def test_the_record_is_real() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worker", "process", "--processes", "0"],
        input=json.dumps(block("in"), ensure_ascii=False).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    came, shown = json.loads(done.stdout), block("out")
    # scores, tags and the rules version move with every improvement; the rest is the promise
    for moving in ("topics", "keywords", "people", "organisations", "places", "provenance", "language", "quality"):
        assert type(came.pop(moving)) is type(shown.pop(moving)), moving
    assert came == shown
