"""Log lines: standard error, one line each, UTC, ``key=value`` or JSON; never the text of an article."""

from __future__ import annotations

import logging
import re
import sys
import time

import orjson

# Libraries that log every step build records nobody sees (4 % of the time in a measurement); they may only warn.
_QUIET = ("faust", "aiokafka", "mode", "asyncio", "aiohttp.access", "pebble", "kafka")
# While a broker is away its clients say so many times a second, each connection and partition for itself.
_CALM_SECONDS = 30.0
_CALM_MOST = 500
_DIGITS = re.compile(r"[0-9]+")


class Calm(logging.Filter):
    """Lets a line of a library pass once in 30 seconds; the next one says how many were `left_out`. Ours always pass.

    Lines are the same by logger, level and template: names and numbers that a library wrote into the template itself do
    not make another line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, str], tuple[float | None, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is to be written."""
        if not record.name.startswith(_QUIET):
            return True
        key = (record.name, record.levelno, _DIGITS.sub("#", str(record.msg)[:80]))
        last, left_out = self._seen.get(key, (None, 0))
        if last is not None and 0 <= record.created - last < _CALM_SECONDS:
            self._seen[key] = (last, left_out + 1)
            return False
        if len(self._seen) >= _CALM_MOST:
            self._seen.clear()
        self._seen[key] = (record.created, 0)
        if left_out:
            record.fields = {**getattr(record, "fields", {}), "left_out": left_out}
        return True


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        message = record.getMessage().replace("\n", " ")
        line = (
            f'at={stamp}.{int(record.msecs):03d}Z level={record.levelname.lower()} from={record.name} msg="{message}"'
        )
        for key, value in getattr(record, "fields", {}).items():
            text = str(value)
            line += f" {key}={text}" if text and not any(c in text for c in ' "=\n') else f" {key}={text!r}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" error={type(record.exc_info[1]).__name__!r} detail={str(record.exc_info[1])[:300]!r}"
        return line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "msg": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry |= {"error": type(record.exc_info[1]).__name__, "detail": str(record.exc_info[1])[:300]}
        return orjson.dumps(entry, default=str).decode()


def configure(form: str = "text", level: str = "INFO") -> None:
    """Send all log lines to standard error. ``form`` is ``text`` or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    handler.addFilter(Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def fields(**values: object) -> dict[str, dict[str, object]]:
    """``log.info("batch done", extra=fields(records=5))`` prints ``records=5`` after the message."""
    return {"fields": values}
