"""State: what agents keep by key, partition by partition. One faust table with a changelog, and its local storage.

Use `State(app, name, partitions=…)` beside the agents, `state.partition(p)` inside their work. Differences from a table as
faust 0.15.3 brings it, each with its reason:

  * the partition is named, not taken from a "current event" (inside a batch that is another event, and the row goes to the
    wrong changelog partition or raises);
  * a changelog row is awaited before the batch that wrote it is confirmed (faust sends it unawaited, through a buffer that
    a commit may overtake: transport/producer.py:78);
  * rows of a key are merged when the changelog is read, so that what a zombie wrote last does not hide what the owner wrote;
  * how far the changelog is known locally is kept in memory too, so a rebalance reads only what is new;
  * all databases of RocksDB share one small cache (faust's default is a block cache of 2 GiB a partition).
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faust
from faust.types import TP

from worker.errors import ConfigError, TransientError
from worker.stream.record import Record

if TYPE_CHECKING:
    from worker.stream.app import App

log = logging.getLogger(__name__)

Merge = Callable[[bytes, bytes], bytes]

_OFFSET = b"\0offset"  # next changelog offset to read; keys that begin with NUL are ours
_VERSION = "\0version"  # the version of the rows, itself a row of the changelog
# A worker has a database for each partition of each state: what one may keep in memory counts dozens of times.
_OPEN_FILES = 64
_WRITE_BUFFER = 1 << 20  # bytes, two of them
_FILE = 16 << 20  # bytes
_BLOOM_BITS = 10.0  # a key
# Of all databases together. Caches of their own fill one by one over weeks of articles: what a worker holds on its third day
# would say nothing about its twelfth. This one is full within hours.
_BLOCK_CACHE = 8 << 20  # bytes


class NotOwned(LookupError):
    """The partition is not, or no longer, assigned to this worker: what was to be done with it is another's work now."""


class Rows(ABC):
    """Rows of one partition on this machine, bytes by bytes, complete up to ``offset`` of the changelog."""

    offset: int

    @abstractmethod
    def get(self, key: bytes) -> bytes | None:
        """The row of a key."""

    @abstractmethod
    def write(self, rows: Iterable[tuple[bytes, bytes | None]], offset: int) -> None:
        """Put or delete (None) rows and keep the offset, all or nothing."""

    @abstractmethod
    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All rows, in no order."""

    @abstractmethod
    def keys(self) -> Iterator[bytes]:
        """All keys as they are now, in no order; writes may go between."""

    @abstractmethod
    def about(self) -> int:
        """How many rows, at no cost: on disk an estimate."""

    def close(self) -> None:
        """Give the storage free for the next owner."""
        return


class MemoryRows(Rows):
    """Rows in a dictionary; gone with the process, read again from the changelog."""

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}
        self.offset = 0

    def get(self, key: bytes) -> bytes | None:
        return self._rows.get(key)

    def write(self, rows: Iterable[tuple[bytes, bytes | None]], offset: int) -> None:
        for key, value in rows:
            if value is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = value
        self.offset = offset

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(self._rows.items())

    def keys(self) -> Iterator[bytes]:
        return iter(list(self._rows))

    def about(self) -> int:
        return len(self._rows)


class DiskRows(Rows):
    """Rows in RocksDB, one database a partition."""

    def __init__(self, path: Path) -> None:
        from rocksdict import ReadOptions, WriteBatch  # the extra `rocksdb`

        self._path, self._damaged = path, path.with_name(f"{path.name}.damaged")
        self._new_batch = WriteBatch
        try:
            self._db = self._open()
        except Exception as error:
            raise self._failed(error) from None
        self._walk = ReadOptions()  # over all rows: it must not push out of the cache what is read again
        self._walk.fill_cache(False)
        self.offset = int(self.get(_OFFSET) or 0)

    def _open(self) -> Any:
        """Open what is there; damaged rows are thrown away, for the changelog has them all."""
        from rocksdict import Rdict

        self._path.parent.mkdir(parents=True, exist_ok=True)
        options = _options()
        # Named for the rows too: of a database that stands rocksdict takes what it was made with, and 8 MiB of cache for each.
        opened = {"options": options, "column_families": {"default": options}}
        try:
            if not self._damaged.exists():
                return Rdict(str(self._path), **opened)
            damage = "found while they were read"
        except Exception as error:
            if not _is_damage(error):
                raise
            damage = str(error)
        log.error(
            "local rows are damaged and are read anew from the changelog",
            extra={"fields": {"path": self._path, "error": damage}},
        )
        shutil.rmtree(self._path, ignore_errors=True)
        self._damaged.unlink(missing_ok=True)
        return Rdict(str(self._path), **opened)

    def _failed(self, error: Exception) -> TransientError:
        """What to raise: nothing is wrong with the record at work. Damage is noted for the next start."""
        if _is_damage(error):
            with contextlib.suppress(OSError):
                self._damaged.touch()
        return TransientError(f"the state in {self._path} (NEWS_WORKER_DATA) cannot be read or written: {error}")

    def get(self, key: bytes) -> bytes | None:
        try:
            value: bytes | None = self._db.get(key)
        except Exception as error:
            raise self._failed(error) from None
        return value

    def write(self, rows: Iterable[tuple[bytes, bytes | None]], offset: int) -> None:
        batch = self._new_batch(raw_mode=True)
        for key, value in rows:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(_OFFSET, str(offset).encode())
        try:
            self._db.write(batch)
        except Exception as error:
            raise self._failed(error) from None
        self.offset = offset

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        last = None
        for key, value in self._db.items(read_opt=self._walk):
            last = key
            if key != _OFFSET:
                yield key, value
        self._ended(last)

    def keys(self) -> Iterator[bytes]:
        last = None
        for key in self._db.keys(read_opt=self._walk):
            last = key
            if key != _OFFSET:
                yield key
        self._ended(last)

    def _ended(self, last: bytes | None) -> None:
        """Whether a walk ended at the end: at a damaged block rocksdict's iterators (0.3.29) end as if nothing followed."""
        rest = self._db.iter(self._walk)
        try:
            if last is None:
                rest.seek_to_first()
            else:
                rest.seek(last)
                if rest.valid():
                    rest.next()
            rest.status()
        except Exception as error:
            raise self._failed(error) from None

    def about(self) -> int:
        return int(self._db.property_int_value("rocksdb.estimate-num-keys") or 0)

    def close(self) -> None:
        try:
            self._db.close()
        except Exception as error:
            # Whoever opens it next goes on from its log of writes, or reads it anew.
            log.warning("local rows were not closed well: %s", self._failed(error))


def _is_damage(error: Exception) -> bool:
    # rocksdict knows one type of exception; the text begins with RocksDB's own kind of status.
    return str(error).startswith("Corruption") or "No such file or directory" in str(error)


@cache
def _block_cache() -> Any:
    from rocksdict import Cache

    return Cache(_BLOCK_CACHE)


def _options() -> Any:
    from rocksdict import BlockBasedOptions, Options

    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_max_open_files(_OPEN_FILES)
    options.set_write_buffer_size(_WRITE_BUFFER)
    options.set_max_write_buffer_number(2)
    options.set_target_file_size_base(_FILE)
    table = BlockBasedOptions()
    table.set_bloom_filter(_BLOOM_BITS, block_based=False)
    table.set_block_cache(_block_cache())
    options.set_block_based_table_factory(table)
    return options


class PartitionState:
    """The rows of one partition as its owner sees them.

    What is written is kept aside until the changelog has it, then it goes to the local storage: the storage never knows
    more than the changelog, or a row could be on this disk alone after a crash, and be missing where the partition goes next.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lost = False
        self._fresh: dict[str, bytes | None] = {}  # not yet in the changelog, as far as we know
        self._unsent: dict[str, bytes | None] = {}  # those of them that no request carries yet

    def get(self, key: str) -> bytes | None:
        """The row of this key, None without one."""
        self._check()
        if key in self._fresh:
            return self._fresh[key]
        return self._rows.get(key.encode())

    def put(self, key: str, value: bytes) -> None:
        """Keep the row; its changelog row is on the broker before the batch is confirmed."""
        self._check()
        self._fresh[key] = self._unsent[key] = value

    def delete(self, key: str) -> None:
        """Remove the row, here and in the changelog."""
        self._check()
        self._fresh[key] = self._unsent[key] = None

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All rows, in no order. Do not write while iterating."""
        self._check()
        fresh = self._fresh
        for raw, value in self._rows.items():
            if raw[:1] != b"\0" and (key := raw.decode()) not in fresh:
                yield key, value
        for key, kept in fresh.items():
            if kept is not None and key[:1] != "\0":
                yield key, kept

    def keys(self) -> Iterator[str]:
        """All keys, in no order. Writes may go between; whether a key met later still stands, `get` knows."""
        self._check()
        fresh = list(self._fresh)
        for raw in self._rows.keys():  # noqa: SIM118 (no dict)
            if raw[:1] != b"\0" and (key := raw.decode()) not in self._fresh:
                yield key
        for key in fresh:
            if key[:1] != "\0" and self._fresh.get(key) is not None:
                yield key

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __len__(self) -> int:
        """How many rows there are; walks over all of them."""
        return sum(1 for _ in self.items())

    def about(self) -> int:
        """How many rows there are, roughly and at no cost: for metrics."""
        return self._rows.about()

    @property
    def offset(self) -> int:
        """The next changelog offset to read."""
        return self._rows.offset

    def apply(self, records: Iterable[Record], merge: Merge | None) -> None:
        """Take rows over from the changelog, each merged with what is known of its key."""
        found: dict[bytes, bytes | None] = {}
        offset = self._rows.offset
        for record in records:
            offset = record.offset + 1
            key, value = record.key, record.value
            if key is None:
                continue
            if value is not None and merge is not None and key[:1] != b"\0":
                old = found[key] if key in found else self._rows.get(key)
                if old is not None:
                    value = merge(old, value)
            found[key] = value
        self._rows.write(found.items(), offset)

    def passed(self, offset: int) -> None:
        """The changelog is read up to ``offset``, be it over holes at its end."""
        if offset > self._rows.offset:
            self._rows.write((), offset)

    def take_unsent(self) -> dict[str, bytes | None]:
        """The rows that no request carries yet; the caller sends them and calls `written`."""
        unsent, self._unsent = self._unsent, {}
        return unsent

    def written(self, rows: Iterable[tuple[str, bytes | None]], first: int, count: int) -> None:
        """These rows stand in the changelog, ``count`` from offset ``first`` on.

        Behind a row of somebody else (a zombie's) the own offset stays, so that the next recovery reads it.
        """
        if self._lost:
            return
        rows = list(rows)
        offset = self._rows.offset
        self._rows.write(((key.encode(), value) for key, value in rows), first + count if first == offset else offset)
        for key, value in rows:
            if key in self._fresh and self._fresh[key] is value:
                del self._fresh[key]

    def lose(self) -> None:
        """The partition went to another worker: later use raises NotOwned."""
        self._lost = True
        self._fresh, self._unsent = {}, {}
        self._rows.close()

    def _check(self) -> None:
        if self._lost:
            raise NotOwned("this partition was given back")


class _Table(faust.Table):
    """The faust table behind a State: gives it a changelog topic and a place among the tables of the app."""

    logger = logging.getLogger("faust")
    owner: State

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        topic = self.owner.changelog
        self.owner.own({tp.partition for tp in assigned if tp.topic == topic}, self.app.lineage)


class State:
    """Rows by key in ``partitions`` partitions, the same number as the topic whose agents write them.

    ``merge(old, new)`` joins two rows of a key met in the changelog. ``version`` is kept in every partition; rows of another
    version are refused with ConfigError and ``advice``.
    """

    def __init__(
        self,
        app: App,
        name: str,
        *,
        partitions: int,
        merge: Merge | None = None,
        version: str = "",
        advice: str = "",
    ) -> None:
        self.app, self.name, self.partitions, self.merge = app, name, partitions, merge
        self.version, self.advice = version, advice
        self.changelog = f"{app.options.group}-{name}-changelog"
        self.table = app.tables.add(
            _Table(
                app,
                name=name,
                beacon=app.tables.beacon,
                partitions=partitions,
                key_type=bytes,
                value_type=bytes,
                store="memory://",
            )
        )
        self.table.owner = self
        self._parts: dict[int, PartitionState] = {}
        self._lineage = 0
        app.states.append(self)

    def partition(self, p: int) -> PartitionState:
        """The rows of partition ``p``. Raises NotOwned when it is not assigned to this worker."""
        try:
            return self._parts[p]
        except KeyError:
            raise NotOwned(f"partition {p} of {self.name} is not assigned to this worker") from None

    def owned(self) -> list[int]:
        """The partitions of this worker."""
        return sorted(self._parts)

    def about(self) -> int:
        """How many rows this worker keeps, roughly and at no cost: for metrics."""
        return sum(part.about() for part in list(self._parts.values()))

    def own(self, partitions: set[int], lineage: int) -> None:
        """What is assigned now. What was ours in the assignment just before (`App.joined`) stays as it is."""
        kept = set(self._parts) & partitions if lineage == self._lineage + 1 else set()
        self._lineage = lineage
        for p in set(self._parts) - kept:
            self._parts.pop(p).lose()
        for p in partitions - kept:
            self._parts[p] = PartitionState(self._open(p))

    def positions(self) -> dict[tuple[str, int], int]:
        """Where the reading of the changelog goes on, by (topic, partition)."""
        return {(self.changelog, p): part.offset for p, part in self._parts.items()}

    def forget(self, p: int) -> None:
        """Throw the local rows of a partition away: its changelog is another one than they came from."""
        log.warning(
            "local rows are ahead of their changelog and are read anew",
            extra={"fields": {"state": self.name, "partition": p}},
        )
        self._parts.pop(p).lose()
        if (path := self._path(p)) is not None:
            shutil.rmtree(path, ignore_errors=True)
        self._parts[p] = PartitionState(self._open(p))

    def check_version(self) -> None:
        """Compare the version of every partition with ours; an empty one gets it. Raises ConfigError."""
        if not self.version:
            return
        for p, part in self._parts.items():
            kept = part.get(_VERSION)
            if kept is None and next(part.items(), None) is None:
                part.put(_VERSION, self.version.encode())
            elif kept != self.version.encode():
                found = kept.decode("utf-8", "replace") if kept else "unknown"
                raise ConfigError(
                    f"the state {self.name!r} (topic {self.changelog}, partition {p}) was written by version {found}, "
                    f"this is version {self.version}. {self.advice}".rstrip()
                )

    def take_unsent(self) -> dict[int, dict[str, bytes | None]]:
        """The changelog rows not yet sent, by partition."""
        return {p: rows for p, part in self._parts.items() if (rows := part.take_unsent())}

    def part_or_none(self, p: int) -> PartitionState | None:
        """The partition if it is owned."""
        return self._parts.get(p)

    def close(self) -> None:
        """Close the storage at the end of the process."""
        for p in list(self._parts):
            self._parts.pop(p).lose()

    def _open(self, p: int) -> Rows:
        path = self._path(p)
        return MemoryRows() if path is None else DiskRows(path)

    def _path(self, p: int) -> Path | None:
        return self.app.options.data / "state" / self.changelog / str(p) if self.app.options.on_disk else None


def rocksdb_installed() -> bool:
    """Whether state can be kept on disk: the extra `rocksdb`."""
    try:
        import rocksdict  # noqa: F401
    except ImportError:
        return False
    return True
