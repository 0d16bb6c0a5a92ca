"""Forgetting ids: when their shards have dropped them, and no message may come any more that the answer depends on."""

from __future__ import annotations

from collections.abc import Iterator

from worker.dedup.deduplicate import Deduplicator, content_key
from worker.dedup.publish import Published, Publisher
from worker.dedup.records import NEVER
from worker.dedup.row import Row

_SLICE = 200  # rows looked at between two breaths


def sweep(deduplicator: Deduplicator, publisher: Publisher, *, life: int) -> Iterator[None]:
    """Forget the messages of ids whose newest one is a lateness below the lines of all their shards.

    Only where the outputs are as they should be. What stands there is remembered for `life` ms more: an address that is
    fetched again after weeks is a new article, and its old place must still be found. Yields every few rows, so that
    other work may go between.
    """
    rows, contents, published = deduplicator.rows, deduplicator.contents, publisher.published
    lines = publisher.lines
    for i, id in enumerate(rows.keys()):
        if i % _SLICE == _SLICE - 1:
            yield
        packed = rows.get(id)
        if packed is None or id.startswith("#"):
            continue
        row = Row.unpack(packed)
        shards = {deduplicator.shard_of(language) for language in row.languages} or range(deduplicator.shards)
        line = min(lines.get(shard, NEVER) for shard in shards)
        if row.newest < line - deduplicator.lateness and publisher.settled(id):
            for message in row.last_run():
                contents.delete(content_key(id, message))
            rows.delete(id)
            publisher.forget(id, line)
    for i, name in enumerate(contents.keys()):
        if i % _SLICE == _SLICE - 1:
            yield
        if rows.get(name.partition("/")[0]) is None:
            contents.delete(name)
    line = min(lines.values(), default=NEVER)
    for i, id in enumerate(published.keys()):
        if i % _SLICE == _SLICE - 1:
            yield
        packed = published.get(id)
        if packed is None or id.startswith("#"):
            continue
        swept = Published.unpack(packed).swept
        if swept != NEVER and swept < line - life and rows.get(id) is None:
            published.delete(id)
