from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MESSAGE = b'{"url": "https://a.example/1", "text": "Der Rat hat entschieden. Die Bibliothek bleibt offen."}\n'


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`news-worker` as a shell starts it, in `folder`, which holds one message and an empty file."""
    (folder / "one.jsonl").write_bytes(MESSAGE)
    (folder / "empty.jsonl").write_bytes(b"")
    line = f"set -o pipefail; {command.replace('news-worker', f'{sys.executable} -m worker')}"
    # The code beside these tests, whatever is installed.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ("news-worker process <&-", 1, "news-worker process: standard input or output is closed"),
        ("news-worker process >&- < one.jsonl", 1, "news-worker process: standard input or output is closed"),
        ("news-worker process 0> other", 1, "standard input cannot be read any further: [Errno 9]"),
        ("news-worker process > /dev/full < one.jsonl", 1, "reading or writing failed: [Errno 28] No space left"),
        ("news-worker process --final > /dev/full < one.jsonl", 1, "failed: [Errno 28] No space left"),
        ("news-worker process --templates empty.jsonl < one.jsonl", 1, "empty.jsonl cannot be used: there is no list"),
        ("news-worker process --topic-model missing < one.jsonl", 1, "the topic model missing cannot be read"),
        ("news-worker process --broker localhost:abc", 1, "--broker is 'localhost:abc': it must be host:port"),
        ("news-worker serve --data one.jsonl", 1, "the folder of the view (NEWS_WORKER_DATA) cannot be used"),
        ("news-worker serve --web 127.0.0.1:99999 --data data", 1, "it must be host:port"),
        ("news-worker replay --from start --into ../other", 1, "--into is '../other': it must be"),
        ("news-worker dlq list --since 9999999d", 1, "--since is '9999999d': it must be"),
        ("news-worker dlq list --samples many", 2, "argument --samples: invalid int value: 'many'"),
        ("news-worker feed", 2, "news-worker feed: name a file, a folder, - or --samples"),
        ("news-worker learn - --out lists <&-", 1, "news-worker learn: standard input is closed"),
        ("news-worker polish", 2, "invalid choice: 'polish'"),
        ("news-worker", 2, "COMMAND"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_or_two(command: str, status: int, says: str, tmp_path: Path) -> None:
    done = shell(command, tmp_path)
    assert done.returncode == status, done
    assert says in done.stderr
    assert "fault of ours" not in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2, done.stderr


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_bytes(MESSAGE * 2000)
    done = shell("news-worker process < many.jsonl | head -1", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_ctrl_c_while_a_command_is_imported_just_ends_it() -> None:
    code = (
        "import os, signal; from worker import cli; "
        "cli.importlib.import_module = lambda name: os.kill(os.getpid(), signal.SIGINT); cli.main(['tail'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
