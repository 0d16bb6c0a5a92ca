"""What goes into an agent's work and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

Headers = list[tuple[str, bytes]]


@dataclass(slots=True)
class Record:
    """One record of a topic, as bytes. ``timestamp`` is milliseconds since the epoch, UTC."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int

    def header(self, name: str) -> bytes | None:
        """The last header of this name, None without one."""
        for key, value in reversed(self.headers):
            if key == name:
                return value
        return None


@dataclass(slots=True)
class Send:
    """One record to write. Without ``partition`` Kafka's default partitioner over the key chooses."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)
    partition: int | None = None
    timestamp: int | None = None


@dataclass(slots=True)
class Dead:
    """The answer to a record that failed for good: it goes to the dead letters.

    ``code`` is short and stable (``json-invalid``), ``message`` one sentence without text of the record.
    """

    code: str
    message: str


Answer = list[Send] | Dead
