"""What the worker keeps: four states, their keys, how rows of a key are merged, and the version they were made under.

| state | key | row | partitions |
| --- | --- | --- | --- |
| rows | article id | the messages of the id (`dedup.row.Row`) | by id |
| contents | article id / message | the article of a message that is or may be shown | by id |
| published | article id | what stands in the output topics, the verdicts (`dedup.publish.Published`) | by id |
| sketches | article id | the sketch with the highest n (`dedup.match.ShardRow`) | by shard |

Keys that begin with `#` are notes of a partition: numbers that only grow.
"""

from __future__ import annotations

from collections.abc import Callable

from worker.dedup.match import ShardRow
from worker.dedup.pair import RULE
from worker.dedup.publish import Published
from worker.dedup.row import Row
from worker.settings import Settings
from worker.stream.app import App
from worker.stream.state import Merge, State

SCHEMA = 1
_NUMBER = frozenset((b"-", *(b"%d" % digit for digit in range(10))))
_ADVICE = "Go on with `news-worker replay --into PREFIX`, which makes the state anew from the raw topic."


def version(settings: Settings) -> str:
    """Schema and rule of the state, with every setting that its rows depend on."""
    return (
        f"schema={SCHEMA} rule={RULE} window={settings.window:g}s partitions={settings.partitions} "
        f"shards={settings.shards}"
    )


class Tables:
    """The states of one worker."""

    def __init__(self, app: App, settings: Settings) -> None:
        made_under = version(settings)

        def state(name: str, partitions: int, merge: Merge | None) -> State:
            return State(app, name, partitions=partitions, merge=merge, version=made_under, advice=_ADVICE)

        self.rows = state("rows", settings.partitions, _merge(lambda a, b: Row.unpack(a).merge(Row.unpack(b)).pack()))
        self.contents = state("contents", settings.partitions, None)
        self.published = state(
            "published",
            settings.partitions,
            _merge(lambda a, b: Published.unpack(a).merge(Published.unpack(b)).pack()),
        )
        self.sketches = state(
            "sketches", settings.shards, _merge(lambda a, b: ShardRow.unpack(a).merge(ShardRow.unpack(b)).pack())
        )


def _merge(rows: Callable[[bytes, bytes], bytes]) -> Merge:
    def merge(old: bytes, new: bytes) -> bytes:
        # A packed row begins with its schema, far below any digit; a note is a number written out.
        if new[:1] in _NUMBER:
            return max(old, new, key=int)
        return rows(old, new)

    return merge
