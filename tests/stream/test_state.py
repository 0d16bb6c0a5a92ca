"""State by partition: own writes, recovery that merges, and a local storage that never knows more than the changelog."""

from __future__ import annotations

from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from worker.errors import TransientError
from worker.stream.record import Record
from worker.stream.state import DiskRows, MemoryRows, NotOwned, PartitionState, Rows, rocksdb_installed

KINDS = ["memory", pytest.param("disk", marks=pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb"))]


@pytest.fixture(params=KINDS)
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Rows:
    return MemoryRows() if request.param == "memory" else DiskRows(tmp_path / "state" / "0")


def row(offset: int, key: str, value: bytes | None) -> Record:
    return Record("changelog", 0, offset, key.encode(), value, [], 0)


def union(old: bytes, new: bytes) -> bytes:
    return b",".join(sorted({*old.split(b","), *new.split(b",")}))


def test_reads_its_own_writes(rows: Rows) -> None:
    part = PartitionState(rows)
    part.put("a", b"1")
    part.put("b", b"2")
    part.delete("a")
    assert part.get("a") is None and part.get("b") == b"2" and part.get("c") is None
    assert "b" in part and "a" not in part
    assert dict(part.items()) == {"b": b"2"} and len(part) == 1 and list(part.keys()) == ["b"]


def test_one_row_a_key_is_sent(rows: Rows) -> None:
    part = PartitionState(rows)
    part.put("a", b"1")
    part.put("a", b"2")
    part.delete("b")
    assert part.take_unsent() == {"a": b"2", "b": None}
    assert part.take_unsent() == {}
    assert part.get("a") == b"2"


def test_the_storage_gets_a_row_only_when_the_changelog_has_it(rows: Rows) -> None:
    part = PartitionState(rows)
    part.put("a", b"1")
    sent = part.take_unsent()
    assert rows.get(b"a") is None and rows.offset == 0
    part.put("a", b"2")  # while the first is on its way
    part.written(sent.items(), 0, 1)
    assert rows.get(b"a") == b"1" and rows.offset == 1
    assert part.get("a") == b"2"
    assert part.take_unsent() == {"a": b"2"}


def test_behind_a_row_of_somebody_else_the_offset_stays(rows: Rows) -> None:
    part = PartitionState(rows)
    part.put("a", b"1")
    part.written(part.take_unsent().items(), 3, 1)  # offsets 0 to 2 are a zombie's
    assert part.offset == 0 and part.get("a") == b"1"


def test_recovery_merges_the_rows_of_a_key(rows: Rows) -> None:
    part = PartitionState(rows)
    part.apply([row(0, "a", b"1"), row(1, "b", b"9"), row(2, "a", b"2")], union)
    part.apply([row(3, "a", b"3"), row(4, "b", None)], union)
    assert part.get("a") == b"1,2,3" and part.get("b") is None
    assert part.offset == 5


def test_recovery_without_a_merge_takes_the_last(rows: Rows) -> None:
    part = PartitionState(rows)
    part.apply([row(0, "a", b"1"), row(7, "a", b"2")], None)
    assert part.get("a") == b"2" and part.offset == 8


def test_a_hole_at_the_end_of_the_changelog_is_passed(rows: Rows) -> None:
    part = PartitionState(rows)
    part.passed(4)
    assert part.offset == 4
    part.passed(2)
    assert part.offset == 4


def test_a_lost_partition_refuses(rows: Rows) -> None:
    part = PartitionState(rows)
    part.put("a", b"1")
    sent = part.take_unsent()
    part.lose()
    part.written(sent.items(), 0, 1)
    for use in (
        lambda: part.get("a"),
        lambda: part.put("a", b"2"),
        lambda: part.delete("a"),
        lambda: list(part.items()),
    ):
        with pytest.raises(NotOwned):
            use()


@pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb")
def test_rows_on_disk_come_back_with_their_offset(tmp_path: Path) -> None:
    part = PartitionState(DiskRows(tmp_path / "0"))
    part.apply([row(0, "a", b"1")], None)
    part.put("b", b"never in the changelog")
    part.lose()
    again = PartitionState(DiskRows(tmp_path / "0"))
    assert again.offset == 1 and dict(again.items()) == {"a": b"1"}
    again.lose()


@pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb")
def test_all_databases_share_one_cache_and_a_walk_leaves_it_alone(tmp_path: Path) -> None:
    def held(rows: DiskRows) -> int:
        return int(rows._db.property_int_value("rocksdb.block-cache-usage") or 0)

    DiskRows(tmp_path / "0").write(((b"%d" % i, bytes([i % 251]) * 4000) for i in range(3000)), 1)
    rows, other = DiskRows(tmp_path / "0"), DiskRows(tmp_path / "1")
    before = held(rows)
    assert len(list(rows.items())) == len(list(rows.keys())) == 3000
    assert held(rows) == before
    for i in range(3000):
        assert rows.get(b"%d" % i)
    assert before < held(rows) == held(other) < 9 << 20


def filled(path: Path) -> None:
    """Rows in several files; random, so that a block holds few."""
    made, random = DiskRows(path), Random(1)
    for i in range(300):
        made.write([(b"%d %d" % (i, j), random.randbytes(300)) for j in range(40)], i + 1)
    made.close()


def harm(path: Path) -> None:
    """Turn bits in the middle of a file, as a failing disk does: the database opens, and a block cannot be read."""
    file = sorted(path.glob("*.sst"))[0]
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(b ^ 0xFF for b in data[middle : middle + 3000])
    file.write_bytes(data)


@pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb")
@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_database_that_does_not_open_is_read_anew(tmp_path: Path, name: str) -> None:
    filled(tmp_path / "0")
    for file in (tmp_path / "0").glob(name):
        file.unlink() if name == "*.sst" else file.write_bytes(b"")
    rows = DiskRows(tmp_path / "0")
    assert rows.offset == 0 and list(rows.items()) == []


@pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb")
@pytest.mark.parametrize("walk", ["items", "keys"])
def test_a_walk_that_meets_damage_never_passes_for_whole(tmp_path: Path, walk: str) -> None:
    filled(tmp_path / "0")
    assert len(list(DiskRows(tmp_path / "0").items())) == 12_000
    harm(tmp_path / "0")
    rows = DiskRows(tmp_path / "0")
    with pytest.raises(TransientError, match="cannot be read"):
        list(getattr(rows, walk)())
    rows.close()
    assert DiskRows(tmp_path / "0").offset == 0  # after the restart the changelog is read anew


@pytest.mark.skipif(not rocksdb_installed(), reason="extra rocksdb")
def test_a_full_disk_is_no_fault_of_a_record(tmp_path: Path) -> None:
    rows = DiskRows(tmp_path / "0")
    rows.write([(b"a", b"1")], 1)

    def full(*_: object) -> None:
        raise Exception("IO error: No space left on device")  # rocksdict has no type of its own

    rows._db = SimpleNamespace(get=full, write=full)
    for use in (lambda: rows.get(b"a"), lambda: rows.write([(b"a", b"2")], 2)):
        with pytest.raises(TransientError, match=r"NEWS_WORKER_DATA.*No space left"):
            use()
    assert rows.offset == 1 and not (tmp_path / "0.damaged").exists()
