"""news.raw -> clean -> news.cleaned, keyed by the article's id; what fails goes to the dead letters."""

from __future__ import annotations

from collections.abc import Sequence

from worker.errors import RecordError
from worker.pool import Pool
from worker.settings import Settings
from worker.stages import RawRecord, Staged, clean_record, read_ahead
from worker.stream.app import App
from worker.stream.batch import attach as attach_batch
from worker.stream.record import Dead, Record, Send


def attach(app: App, settings: Settings, pool: Pool) -> None:
    """Clean every raw record in ``pool`` and send it on."""
    cleaned = settings.topic("cleaned")

    async def work(records: Sequence[Record]) -> Sequence[list[Send] | Dead]:
        results = await pool.map(clean_record, [_raw(r) for r in records], "clean", _weight, read_ahead)
        return [_answer(r, result, cleaned) for r, result in zip(records, results, strict=True)]

    attach_batch(app, topic=settings.raw_topic, name="clean", work=work, take=pool.batch)


def _raw(record: Record) -> RawRecord:
    return RawRecord(
        record.value,
        record.key,
        tuple(record.headers),
        record.timestamp,
        (record.topic, record.partition, record.offset),
    )


def _weight(record: RawRecord) -> int:
    return len(record.value or b"")


def _answer(record: Record, result: Staged | RecordError, topic: str) -> list[Send] | Dead:
    if isinstance(result, RecordError):
        return Dead(result.code, result.message)
    headers = [
        ("src", f"{record.topic}:{record.partition}:{record.offset}".encode()),
        ("fetched-at", str(result.fetched_ms).encode()),
        ("raw-hash", result.raw_hash.encode()),
    ]
    return [Send(topic, result.id.encode(), result.article, headers)]
