"""Threads that read the view, each with a connection of its own."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from worker.view.reader import Reader

T = TypeVar("T")


class Readers:
    """`await readers.ask(lambda reader: reader.article(id))`: the event loop stays free while SQLite works.

    `failed` hears of every error of SQLite, before whoever asked does.
    """

    def __init__(
        self, path: Path, threads: int = 4, *, failed: Callable[[sqlite3.Error], None] = lambda error: None
    ) -> None:
        self._path = path
        self._failed = failed
        self._local = threading.local()
        self._all: list[Reader] = []
        self._pool = ThreadPoolExecutor(threads, "view-reader")

    async def ask(self, question: Callable[[Reader], T]) -> T:
        """The answer of one reader."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, question)
        except sqlite3.Error as error:
            self._failed(error)
            raise

    def close(self) -> None:
        """End the threads and close their connections."""
        self._pool.shutdown()
        for reader in self._all:
            reader.close()

    def _ask(self, question: Callable[[Reader], T]) -> T:
        if not hasattr(self._local, "reader"):
            self._local.reader = Reader(self._path)
            self._all.append(self._local.reader)
        return question(self._local.reader)
