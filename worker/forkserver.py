"""Imported once, by the process that the processes of the pool are forked from: it loads what they need. See `worker.pool`."""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the process that has the pool

from worker.pool import preload  # noqa: E402 (the signal comes first: importing takes its time)

preload()
