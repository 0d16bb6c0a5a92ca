"""Tables of the view and how a connection to it is opened. A file of another schema is thrown away and built again."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

SCHEMA_VERSION = 1

# `seen` is first_seen_at in milliseconds since the epoch, 0 where it is null: integers sort as the times do.
# `topic`, `partition`, `offset` are the record that a row is made of: what changed since a position is one walk.
# `document` is the message as it came; a taken-down article keeps its id and revision alone.
# `tag` repeats `seen` and `id` so that a filtered list is one walk along its index, newest first.
# `rhythm` counts articles by source and hour since the epoch of first_seen_at.
# `search` holds no text of its own: the old text for its deletions comes from `document`.
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE article (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('original', 'copy', 'gone')),
  seen INTEGER NOT NULL, cluster TEXT, document BLOB,
  topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL
);
CREATE INDEX article_by_time ON article (seen DESC, id DESC) WHERE state != 'gone';
CREATE INDEX original_by_time ON article (seen DESC, id DESC) WHERE state = 'original';
CREATE INDEX article_by_cluster ON article (cluster, seen, id) WHERE state = 'copy';
CREATE INDEX article_by_place ON article (topic, partition, offset);
CREATE TABLE tag (
  kind TEXT NOT NULL, value TEXT NOT NULL, seen INTEGER NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (kind, value, seen DESC, id DESC)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5(title, body, content='', tokenize='unicode61 remove_diacritics 2');
CREATE TABLE tally (
  kind TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, value)
) WITHOUT ROWID;
CREATE TABLE source (
  name TEXT PRIMARY KEY, originals INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 0,
  dateless INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE rhythm (
  source TEXT NOT NULL, hour INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (source, hour)
) WITHOUT ROWID;
CREATE TABLE dead (
  at INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  code TEXT NOT NULL, stage TEXT NOT NULL, document BLOB NOT NULL,
  PRIMARY KEY (at DESC, partition DESC, offset DESC)
) WITHOUT ROWID;
CREATE INDEX dead_by_place ON dead (partition, offset);
"""


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
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. It sees whole transactions only."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = 1")
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA mmap_size = 268435456")
    return connection


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
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
