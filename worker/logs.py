"""Log lines: standard error, one line each, UTC, ``key=value`` or JSON; never the text of an article."""

from __future__ import annotations

import logging
import sys
import time

import orjson

# Libraries that log every step build records nobody sees (4 % of the time in a measurement); they may only warn.
_QUIET = ("faust", "aiokafka", "mode", "asyncio", "aiohttp.access", "pebble", "kafka")


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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def fields(**values: object) -> dict[str, dict[str, object]]:
    """``log.info("batch done", extra=fields(records=5))`` prints ``records=5`` after the message."""
    return {"fields": values}
