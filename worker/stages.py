"""The text stages as the agents know them: what goes to the pool, what comes back, and what to call there.

Import it where the stages do not run: it loads none of them. The functions load `worker.pipeline` where they are called,
which is in the processes of the pool; the worker itself never needs lexicons and models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from worker.settings import Settings

STAGES = ("clean", "tag", "dedup")


@dataclass(slots=True, frozen=True)
class TextOptions:
    """What the text stages need of the settings; it travels to the processes of the pool once."""

    stages: tuple[str, ...] = STAGES
    explain: bool = False
    max_message: int = 8 << 20
    timezones: Mapping[str, str] | None = None
    topic_model: str = ""
    lexicons: str = ""
    ner: str = ""

    @classmethod
    def of(cls, settings: Settings, stages: Sequence[str] = STAGES) -> Self:
        """Those of ``settings``."""
        return cls(
            tuple(stages),
            settings.explain,
            settings.max_message,
            settings.timezones,
            settings.topic_model,
            settings.lexicons,
            settings.ner,
        )


@dataclass(slots=True, frozen=True)
class RawRecord:
    """A raw record on its way to the pool. ``src`` is (topic, partition, offset).

    ``ahead`` is what `read_ahead` or `text_ahead` found out for a chunk of records at once, in the process that cleans
    them.
    """

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp_ms: int | None = None
    src: tuple[str | None, int | None, int] = (None, None, 0)
    ahead: Any = None


@dataclass(slots=True, frozen=True)
class CleanedRecord:
    """A cleaned article as JSON, with what `tag_ahead` found out for a chunk of them, in the process that tags them."""

    value: bytes
    ahead: Any = None


@dataclass(slots=True, frozen=True)
class Staged:
    """What the text stages made of one record: the article as JSON, None for a takedown of ``id``.

    ``parsed`` is the article where it was made in this process, so that nothing need parse it again.
    """

    id: str
    fetched_ms: int | None
    raw_hash: str
    article: bytes | None
    labels: bytes = b"{}"
    src: tuple[str | None, int | None, int] = (None, None, 0)
    parsed: dict[str, Any] | None = None


def setup(options: TextOptions) -> None:
    """`worker.pipeline.setup`: load what the stages need."""
    from worker import pipeline

    pipeline.setup(options)


def clean_record(record: RawRecord) -> Staged:
    """`worker.pipeline.clean_record`: parse and clean one raw record. Raises RecordError."""
    from worker import pipeline

    return pipeline.clean_record(record)


def read_ahead(records: Sequence[RawRecord]) -> list[RawRecord]:
    """`worker.pipeline.read_ahead`: do for a chunk of raw records at once what costs less so."""
    from worker import pipeline

    return pipeline.read_ahead(records)


def tag_record(record: CleanedRecord) -> bytes:
    """`worker.pipeline.tag_record`: an article as JSON with the tags added. Raises RecordError."""
    from worker import pipeline

    return pipeline.tag_record(record)


def tag_ahead(records: Sequence[CleanedRecord]) -> list[CleanedRecord]:
    """`worker.pipeline.tag_ahead`: do for a chunk of articles at once what costs less so."""
    from worker import pipeline

    return pipeline.tag_ahead(records)


def text_stages(record: RawRecord) -> Staged:
    """`worker.pipeline.text_stages`: clean and tag one raw record in one call. Raises RecordError."""
    from worker import pipeline

    return pipeline.text_stages(record)


def text_ahead(records: Sequence[RawRecord]) -> list[RawRecord]:
    """`worker.pipeline.text_ahead`: do for a chunk of raw records at once what costs less so."""
    from worker import pipeline

    return pipeline.text_ahead(records)


def parsed_record(record: RawRecord) -> Staged:
    """`worker.pipeline.parsed_record`: one raw record without a text stage, its article at hand. Raises RecordError."""
    from worker import pipeline

    return pipeline.parsed_record(record)
