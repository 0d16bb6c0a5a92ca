"""Tables of the view and how a connection to it is opened. A file of another schema is thrown away and built again."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

SCHEMA_VERSION = 3

# `number` is the article's place in time (`place.py`): lists, newest first, and the full-text index walk along it, no sort.
# `topic`, `partition`, `offset` are the record that a row is made of: what changed since a position is one walk.
# `document` is the message as it came; a taken-down article keeps its id and revision alone.
# `search` holds no text of its own: the old text for its deletions comes from `document`. Its `tags` are what an article
# can be filtered by (`place.token`), so filters and words in any combination are one walk through one index.
# `version` keeps the texts that an update has replaced while this view looked on.
# `rhythm` of a source: how many articles an hour, in a ring (`rhythm.py`); `hour` is the newest in it.
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE article (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('original', 'copy', 'gone')), cluster TEXT,
  topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, document BLOB
);
CREATE INDEX article_alive ON article (number) WHERE state != 'gone';
CREATE INDEX original ON article (number) WHERE state = 'original';
CREATE INDEX copy_by_cluster ON article (cluster, number) WHERE state = 'copy';
CREATE INDEX article_by_place ON article (topic, partition, offset);
CREATE VIRTUAL TABLE search USING fts5(
  title, body, tags, content='', prefix='3', tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE version (
  id TEXT NOT NULL, revision TEXT NOT NULL, at INTEGER NOT NULL, document BLOB NOT NULL, PRIMARY KEY (id, revision)
) WITHOUT ROWID;
CREATE INDEX version_by_time ON version (at);
CREATE TABLE tally (
  kind TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, value)
) WITHOUT ROWID;
CREATE TABLE source (
  name TEXT PRIMARY KEY, originals INTEGER NOT NULL, copies INTEGER NOT NULL, dateless INTEGER NOT NULL,
  dead INTEGER NOT NULL, last INTEGER NOT NULL, hour INTEGER NOT NULL, rhythm BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE dead (
  at INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  code TEXT NOT NULL, stage TEXT NOT NULL, document BLOB NOT NULL,
  PRIMARY KEY (at DESC, partition DESC, offset DESC)
) WITHOUT ROWID;
CREATE INDEX dead_by_place ON dead (partition, offset);
CREATE INDEX dead_by_code ON dead (code, at DESC, partition DESC, offset DESC);
CREATE INDEX dead_by_stage ON dead (stage, at DESC, partition DESC, offset DESC);
"""
TABLES = ("meta", "position", "article", "version", "tally", "source", "dead")
# What FTS5 gathers in memory before it writes a segment: the more, the fewer merges while a view is built.
_GATHERED_BYTES = 16 << 20
_CHECKPOINT_PAGES = 8192


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection that may write. Makes the view, anew where its schema is not ours or the file is damaged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(path)
    try:
        if _version(connection) == SCHEMA_VERSION:
            return connection
    except sqlite3.DatabaseError:
        pass
    connection.close()
    remove(path)
    connection = _connect(path)
    connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    connection.execute("INSERT INTO search (search, rank) VALUES ('hashsize', ?)", (_GATHERED_BYTES,))
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. It sees whole transactions only."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = 1")
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA mmap_size = 268435456")
    return connection


def damaged(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is broken, so that it must be built again."""
    return _primary(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def hindered(error: sqlite3.Error) -> bool:
    """Whether an error comes of the disc or of another process, and may be gone at the next try."""
    return _primary(error) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY)


def _primary(error: sqlite3.Error) -> int:
    # The higher bits of an extended code say more than is asked; Python's own errors have none at all.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def remove(path: Path) -> None:
    """Delete the view's files."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.DatabaseError:
        connection.close()
        remove(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
    # The topics are the truth: what a power cut takes away is read again, so no fsync for each transaction.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
