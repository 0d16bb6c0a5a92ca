"""news.cleaned -> tag -> news.tagged; a takedown passes through."""

from __future__ import annotations

from collections.abc import Sequence

from worker.errors import RecordError
from worker.pool import Pool
from worker.settings import Settings
from worker.stages import CleanedRecord, tag_ahead, tag_record
from worker.stream.app import App
from worker.stream.batch import attach as attach_batch
from worker.stream.record import Dead, Record, Send


def attach(app: App, settings: Settings, pool: Pool) -> None:
    """Tag every cleaned article in ``pool`` and send it on with its headers."""
    tagged = settings.topic("tagged")

    async def work(records: Sequence[Record]) -> Sequence[list[Send] | Dead]:
        articles = [CleanedRecord(r.value) for r in records if r.value is not None]
        results = iter(await pool.map(tag_record, articles, "tag", _weight, tag_ahead))
        return [_answer(r, None if r.value is None else next(results), tagged) for r in records]

    attach_batch(app, topic=settings.topic("cleaned"), name="tag", work=work, take=pool.batch)


def _weight(record: CleanedRecord) -> int:
    return len(record.value)


def _answer(record: Record, result: bytes | RecordError | None, topic: str) -> list[Send] | Dead:
    if isinstance(result, RecordError):
        return Dead(result.code, result.message)
    # Both topics are partitioned by the id, in the same number of partitions.
    return [Send(topic, record.key, result, list(record.headers), record.partition)]
