"""Dead letters: the failed record untouched, with headers that say why, and the limit that protects a topic from them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

from worker.errors import ConfigError
from worker.stream.record import Dead, Headers, Record, Send

PREFIX = "dlq-"
_FIRST, _ATTEMPTS = "dlq-first-failed-at", "dlq-attempts"
_MESSAGE_CHARS = 500
_DIGITS = 9  # of attempts
_HEADER_LENGTHS = 10  # bytes at most that say how long a header's name and value are
_ROOM = 4096  # bytes left for our headers where a record itself is as large as a request may be


def letter(topic: str, record: Record, dead: Dead, stage: str, now: datetime, most: int) -> Send:
    """The dead letter of ``record``: its key, value and headers, and the ``dlq-`` headers of the contract.

    Of a record that failed before, the time of the first failure stays and the attempts go up by one. What does not fit into
    ``most`` bytes (the input topic allows more than this worker) is cut, the value first, then headers are left out from the
    last, then the key is cut; ``dlq-cut`` gives the length that the value had.
    """
    # Anybody may send headers by these names: null, or digits without end.
    before = {key: value or b"" for key, value in record.headers if key.startswith(PREFIX)}
    attempts = int(tried) + 1 if (tried := before.get(_ATTEMPTS, b"")[:_DIGITS]).isdigit() else 1
    headers: Headers = [(key, value) for key, value in record.headers if not key.startswith(PREFIX)]
    key, value = record.key, record.value
    room = most - _ROOM - len(key or b"") - sum(map(_header_size, headers))
    cut = room < len(value or b"")
    while room < 0 and headers:
        room += _header_size(headers.pop())
    if key is not None and room < 0:
        key = key[:room]
    said = {
        "dlq-code": dead.code,
        "dlq-stage": stage,
        "dlq-message": dead.message[:_MESSAGE_CHARS],
        "dlq-topic": record.topic,
        "dlq-partition": str(record.partition),
        "dlq-offset": str(record.offset),
        "dlq-timestamp": str(record.timestamp),
        _FIRST: before[_FIRST].decode("utf-8", "replace") if _FIRST in before else _rfc3339(now),
        _ATTEMPTS: str(attempts),
    }
    if cut:
        said["dlq-cut"] = str(len(value or b""))
        value = value and value[: max(0, room)]
    headers += [(name, text.encode()) for name, text in said.items()]
    return Send(topic, key, value, headers)


def _header_size(header: tuple[str, bytes | None]) -> int:
    name, value = header
    return len(name.encode()) + len(value or b"") + _HEADER_LENGTHS


def is_retry(record: Record) -> bool:
    """Whether the record came back from the dead letters."""
    return any(key == _ATTEMPTS for key, _ in record.headers)


def unmarked(send: Send) -> Send:
    """The output of a record that came back, without the marks of its failure: the next stage begins anew."""
    return replace(send, headers=[(key, value) for key, value in send.headers if not key.startswith(PREFIX)])


def _rfc3339(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Limit:
    """Stops a worker that would empty its topic into the dead letters.

    Raises ConfigError when ``run`` records failed in a row, or more than ``share`` of the last ``window``. Records that came
    back from the dead letters do not count: that most of them fail again is no news.
    """

    def __init__(self, run: int = 500, share: float = 0.5, window: int = 5000) -> None:
        self._run_limit, self._share, self._window = run, share, window
        self._run = 0
        self._recent: deque[bool] = deque()
        self._failed = 0

    def count(self, failed: list[bool], stage: str, codes: list[str]) -> None:
        """Count the outcome of records in their order; ``codes`` are those of the failed ones, for the message."""
        for each in failed:
            self._run = self._run + 1 if each else 0
            self._recent.append(each)
            self._failed += each
            if len(self._recent) > self._window:
                self._failed -= self._recent.popleft()
            if self._run >= self._run_limit:
                raise self._stop(f"{self._run} records in a row failed", stage, codes)
            if len(self._recent) == self._window and self._failed > self._share * self._window:
                raise self._stop(f"{self._failed} of the last {self._window} records failed", stage, codes)

    @staticmethod
    def _stop(what: str, stage: str, codes: list[str]) -> ConfigError:
        common = max(set(codes), key=codes.count) if codes else "unknown"
        return ConfigError(
            f"{what} in {stage!r} (most often {common}): stopped instead of emptying the topic into the dead letters. "
            "Look at them with `news-worker dlq list`; when the input is right, start the worker again"
        )
