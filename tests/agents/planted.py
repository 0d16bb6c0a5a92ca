"""The worker with a planted stage: a text that asks for it kills its process, hangs, or raises.

python -m tests.agents.planted worker
"""

from __future__ import annotations

import os
import signal
import sys
import time

from worker.agents import clean
from worker.cli import main
from worker.stages import RawRecord, Staged
from worker.stages import clean_record as real

KILL, HANG, RAISE = b"planted: kill", b"planted: hang", b"planted: raise"


def clean_record(record: RawRecord) -> Staged:
    """The clean stage, unless the record asks for trouble."""
    value = record.value or b""
    if KILL in value:
        os.kill(os.getpid(), signal.SIGKILL)
    if HANG in value:
        time.sleep(600)
    if RAISE in value:
        raise ZeroDivisionError("planted")
    return real(record)


if __name__ == "__main__":
    # The pool finds it again by the name of its module, not as part of __main__.
    from tests.agents import planted

    clean.clean_record = planted.clean_record
    sys.exit(main())
