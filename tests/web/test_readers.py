import sqlite3
from pathlib import Path

import pytest

from tests.view import made
from worker.view.schema import damaged
from worker.web.readers import Readers


async def test_damage_that_a_reader_meets_is_told(tmp_path: Path) -> None:
    writer = made.writer(tmp_path)
    writer.apply([made.original(1)])
    writer.close()
    whole = writer.path.read_bytes()
    writer.path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    told: list[sqlite3.Error] = []
    readers = Readers(writer.path, failed=told.append)
    try:
        with pytest.raises(sqlite3.DatabaseError):
            await readers.ask(lambda reader: reader.article(made.ident(1)))
    finally:
        readers.close()
    assert [damaged(error) for error in told] == [True]
