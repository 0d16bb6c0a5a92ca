"""The worker with planted faults: a text that asks for it kills its process, never ends, or raises where it says.

    python -m tests.agents.planted worker

PLANTED_TAKE in the environment is the most records that a batch of any agent takes.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from worker.agents import clean, tag
from worker.cli import main
from worker.dedup.deduplicate import Deduplicator
from worker.stages import CleanedRecord, RawRecord, Staged
from worker.stages import clean_record as real_clean
from worker.stages import tag_record as real_tag
from worker.stream import batch

KILL, HANG, RAISE = b"planted: kill", b"planted: hang", b"planted: raise"
SPIN, AGENT, TAG, DEDUP = b"planted: spin", b"planted: agent", b"planted: tag", b"planted: dedup"


def clean_record(record: RawRecord) -> Staged:
    """The clean stage, unless the record asks for trouble."""
    value = record.value or b""
    if KILL in value:
        os.kill(os.getpid(), signal.SIGKILL)
    if HANG in value:
        time.sleep(600)
    if SPIN in value:
        sum(range(10**12))  # a call in C that no signal handler of Python interrupts
    if RAISE in value:
        raise ZeroDivisionError("planted")
    return real_clean(record)


def tag_record(record: CleanedRecord) -> bytes:
    """The tag stage, unless the article asks for trouble."""
    if TAG in record.value:
        raise ZeroDivisionError("planted")
    return real_tag(record)


def raising(function: Callable[..., Any], mark: bytes, argument: int) -> Callable[..., Any]:
    """``function``, raising where the bytes of its ``argument`` hold ``mark``."""

    @wraps(function)
    def call(*args: Any) -> Any:
        given = args[argument]
        if mark in (getattr(given, "value", given) or b""):
            raise ZeroDivisionError("planted")
        return function(*args)

    return call


def small_batches(most: int) -> None:
    """Let no agent take more than ``most`` records at a time."""
    real: Callable[..., None] = batch.Agent.__init__

    def init(self: batch.Agent, *args: Any) -> None:
        app, topic, name, work, take, within = args
        real(self, app, topic, name, work, min(take, most), within)

    batch.Agent.__init__ = init  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    # The pool finds it again by the name of its module, not as part of __main__.
    from tests.agents import planted

    clean.clean_record, tag.tag_record = planted.clean_record, planted.tag_record
    clean._raw = raising(clean._raw, AGENT, 0)
    Deduplicator.message = raising(Deduplicator.message, DEDUP, 2)  # type: ignore[method-assign]
    if "PLANTED_TAKE" in os.environ:
        small_batches(int(os.environ["PLANTED_TAKE"]))
    sys.exit(main())
