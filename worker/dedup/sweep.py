"""Forgetting ids: when their shards have dropped them, and no message may come any more that the answer depends on."""

from __future__ import annotations

from collections.abc import Iterator

from worker.dedup.deduplicate import Deduplicator, content_key
from worker.dedup.publish import Publisher
from worker.dedup.records import NEVER
from worker.dedup.row import Row

_SLICE = 200  # rows looked at between two breaths


def sweep(deduplicator: Deduplicator, publisher: Publisher, *, life: int) -> Iterator[None]:
    """Forget the articles of ids whose newest message is a lateness below the lines of all their shards.

    Only where the outputs are as they should be. The names of the messages and what stands in the outputs are small;
    they are remembered for `life` ms more: an address that is fetched again after weeks goes on with its version, and
    its old place is found. Yields every few rows, so that other work may go between.
    """
    rows, contents = deduplicator.rows, deduplicator.contents
    for i, id in enumerate(rows.keys()):
        if i % _SLICE == _SLICE - 1:
            yield
        packed = rows.get(id)
        if packed is None or id.startswith("#"):
            continue
        row = Row.unpack(packed)
        shards = {deduplicator.shard_of(language) for language in row.languages} or range(deduplicator.shards)
        line = min(publisher.lines.get(shard, NEVER) for shard in shards)
        if row.newest >= line - deduplicator.lateness:
            continue
        names = [name for m in row.last_run() if contents.get(name := content_key(id, m)) is not None]
        swept = publisher.swept(id)
        if names or swept == NEVER:
            if publisher.settled(id):
                for name in names:
                    contents.delete(name)
                publisher.forget(id, line)
        elif swept < line - life:
            rows.delete(id)
            publisher.published.delete(id)
    for i, name in enumerate(contents.keys()):
        if i % _SLICE == _SLICE - 1:
            yield
        id = name.partition("/")[0]
        packed = rows.get(id)
        # What a crash has brought back: articles that are not of the last run (any more).
        if packed is None or name not in {content_key(id, m) for m in Row.unpack(packed).last_run()}:
            contents.delete(name)
