"""news.tagged -> rows by id -> news.sketches; and the step of publication that a message alone calls for (a takedown)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from worker import metrics
from worker.agents.publish import Publishing
from worker.agents.sending import guarded, send, tell_commits
from worker.dedup.deduplicate import Deduplicator
from worker.dedup.lists import Lists
from worker.dedup.records import NEVER
from worker.dedup.sweep import sweep as forget
from worker.errors import RecordError
from worker.identity import is_id
from worker.settings import Settings
from worker.stream.app import App, Assignment
from worker.stream.batch import attach as attach_batch
from worker.stream.ledger import Place
from worker.stream.record import Dead, Record, Send
from worker.stream.state import NotOwned
from worker.tables import Tables

log = logging.getLogger(__name__)

_SWEEP_EVERY = 300.0  # s between two looks whether ids may be forgotten
_REMEMBERED = 4  # times the time in which an article may change: its messages, and what stands in the outputs
_SWEEP_STEP = 6 * 3_600_000  # ms of event time that must have passed since the last sweep


def attach(app: App, settings: Settings, tables: Tables, publishing: Publishing, lists: Lists) -> Callable[[], int]:
    """Merge every message into the row of its id and send its sketch. Returns what says the largest time handled, ms."""
    tagged = settings.topic("tagged")
    handlers: dict[int, Deduplicator] = {}
    sweeping: list[asyncio.Task[None]] = []

    @app.on_assigned
    async def take_over(assignment: Assignment) -> None:
        commits = app.consumer.ledger.commits()
        handlers.clear()
        for topic, partition in assignment.owned:
            if topic == tagged:
                handlers[partition] = Deduplicator(
                    partition,
                    tables.rows.partition(partition),
                    tables.contents.partition(partition),
                    shards=settings.shards,
                    lateness=int(settings.lateness * 1000),
                    keep=int(settings.keep * 1000),
                    lists=lists,
                    committed=commits.get(Place(tagged, partition), 0),
                )
        sweeping.append(asyncio.ensure_future(sweep()))

    @app.on_revoked
    async def give_back(_: frozenset[tuple[str, int]]) -> None:
        handlers.clear()
        while sweeping:
            sweeping.pop().cancel()

    async def work(records: Sequence[Record]) -> Sequence[list[Send] | Dead]:
        tell_commits(app, tagged, handlers)
        return [guarded(one, record) for record in records]

    def one(record: Record) -> list[Send] | Dead:
        handler = handlers.get(record.partition)
        if handler is None:
            raise NotOwned(f"partition {record.partition} of {tagged} was given back")
        try:
            ident, fetched, raw = _headers(record)
            src = record.header("src")
            handled = handler.message(ident, record.value, fetched, raw, record.offset, src)
        except RecordError as error:
            return Dead(error.code, error.message)
        metrics.RECORDS.labels("deduplicate", handled.outcome).inc()
        if handled.late:
            metrics.LATE.inc()
        outs = [*handled.outs, *publishing.publisher(record.partition).step(ident, src, handled.row)]
        return [send(settings, out, record.partition) for out in outs]

    async def sweep() -> None:
        done: dict[int, int] = {}
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            for partition, handler in list(handlers.items()):
                lines = publishing.publisher(partition).lines
                if not lines or min(lines.values()) < done.get(partition, NEVER) + _SWEEP_STEP:
                    continue
                done[partition] = min(lines.values())
                try:
                    for _ in forget(handler, publishing.publisher(partition), life=_REMEMBERED * handler.keep):
                        await app.flush()
                    await app.flush()
                except NotOwned:
                    return

    attach_batch(app, topic=tagged, name="deduplicate", work=work)
    return lambda: max((handler.mark for handler in handlers.values()), default=NEVER)


def _headers(record: Record) -> tuple[str, int, bytes]:
    ident = (record.key or b"").decode("utf-8", "replace")
    fetched, raw = record.header("fetched-at") or b"", record.header("raw-hash") or b""
    if not is_id(ident):
        raise RecordError("key-invalid", "the key of the record is no article id", "dedup")
    try:
        if len(raw) != 16:
            raise ValueError
        return ident, int(fetched), bytes.fromhex(raw.decode())
    except ValueError:
        raise RecordError(
            "header-invalid", "the headers fetched-at and raw-hash are missing or broken", "dedup"
        ) from None
