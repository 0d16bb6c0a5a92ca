"""Header names that are no UTF-8, in the bytes of a fetch."""

from __future__ import annotations

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from worker.stream.headers import Records

NAME, STRANGE = b"strange-name", b"str\xe4nge-name"


def fetched() -> bytes:
    """Two batches; in the first the second record of three has a header whose name is Latin-1."""
    out = b""
    for first in (0, 3):
        builder = DefaultRecordBatchBuilder(
            2, 0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=1 << 20
        )
        for n in range(3):
            headers = [(NAME.decode(), b"h"), ("null", None)] if (first, n) == (0, 1) else []
            builder.append(n, 1000 + n, b"k%d" % n, b"v%d" % n, headers)
        batch = bytearray(builder.build().replace(NAME, STRANGE))
        batch[:8] = first.to_bytes(8, "big")
        out += bytes(batch)
    return out


def test_the_record_and_those_around_it_are_read() -> None:
    records = Records(fetched())
    read = []
    while records.has_next():
        read += list(records.next_batch())
    assert [(r.offset, r.key, r.value, r.timestamp) for r in read] == [
        (n, b"k%d" % (n % 3), b"v%d" % (n % 3), 1000 + n % 3) for n in range(6)
    ]
    assert list(read[1].headers) == [("str\\xe4nge-name", b"h"), ("null", None)]


def test_what_is_known_of_a_batch_is_known() -> None:
    batch = Records(fetched()).next_batch()
    assert (batch.base_offset, batch.next_offset, batch.is_control_batch, batch.is_transactional) == (
        0,
        3,
        False,
        False,
    )
    assert isinstance(batch._batch, DefaultRecordBatch)  # the fast one, until it gives up


def test_the_parser_as_it_comes_gives_up() -> None:
    with pytest.raises(UnicodeDecodeError):
        list(DefaultRecordBatch(fetched()))
