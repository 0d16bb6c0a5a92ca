"""The kinds of failure. Which one is raised decides what happens: dead letter, restart, or stop."""

from __future__ import annotations


class RecordError(Exception):
    """A permanent failure of one record: it goes to the dead letters, the next record is processed.

    ``code`` is short and stable (``json-invalid``), ``stage`` is ``clean``, ``tag`` or ``dedup``; ``message`` is one
    sentence for a person and never holds text of the article.
    """

    def __init__(self, code: str, message: str, stage: str = "clean") -> None:
        super().__init__(code, message, stage)
        self.code = code
        self.message = message
        self.stage = stage

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class TransientError(Exception):
    """A failure that a restart may mend (broker gone, delivery failed): the process exits with status 75."""


class ConfigError(Exception):
    """A failure that a restart does not mend (configuration, topic that does not fit): exit status 1."""
