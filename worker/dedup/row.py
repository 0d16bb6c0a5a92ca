"""The messages of one id as a set: version, time, the message shown. Use it wherever messages of an article meet.

What the row says is a function of the set alone: in any order, with any repeats, the same messages give the same row.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

SCHEMA = 1

# schema, offset, floor, folded, runs before, folded t; how many languages, contents, messages
_HEAD = struct.Struct("<BqqIIqBHI")
_MESSAGE = struct.Struct("<qHBB8s")  # fetched, content (or _TAKEDOWN), language, withheld, raw
_TAKEDOWN = 0xFFFF
_NONE = -(1 << 63)
_FOLD_ABOVE = 64  # messages: an ordinary article never has so many, a page that is fetched every minute does

NEW, NEW_VERSION, OLDER_VERSION, UNCHANGED, TAKEDOWN = "new", "new-version", "older-version", "unchanged", "takedown"
OUTCOMES = (NEW, NEW_VERSION, OLDER_VERSION, UNCHANGED, TAKEDOWN)


class Message(NamedTuple):
    """One message of an id. Its first four fields are its identity and its order; a takedown is last on ties."""

    fetched: int  # ms since the epoch
    takedown: bool
    content: bytes  # 16; empty for a takedown
    raw: bytes  # 8: hash of the raw bytes
    language: str = ""
    withheld: bool = False

    @property
    def identity(self) -> tuple[int, bool, bytes, bytes]:
        """What makes two messages the same one."""
        return self[:4]

    @property
    def name(self) -> str:
        """A short text that tells this message from the others of its id."""
        return f"{self.fetched:x}.{self.raw.hex()}{self.content[:4].hex()}"


class Row:
    """The set of an id's messages.

    A run is a stretch of equal consecutive contents; `version` counts the runs. A takedown ends a run and is none.
    What is shown is the smallest message of the last run; nothing when the last message is a takedown.

    Where an id has more than 64 messages, those further than the lateness behind its newest are folded into counts:
    whatever could still part them would be late. A message that comes below the fold changes nothing.
    """

    __slots__ = ("floor", "folded", "folded_languages", "folded_runs", "folded_t", "messages", "offset")

    def __init__(self) -> None:
        self.offset = -1  # of the record that last added a message
        self.floor = _NONE  # messages fetched before it are folded, save the first of `messages`
        self.folded = 0
        self.folded_runs = 0  # runs before that of the first of `messages`
        self.folded_t: int | None = None
        self.folded_languages: tuple[str, ...] = ()
        self.messages: list[Message] = []

    @property
    def n(self) -> int:
        """How many distinct messages the id has."""
        return self.folded + len(self.messages)

    @property
    def version(self) -> int:
        """Number of runs; 0 for a row of takedowns alone."""
        runs, last = self.folded_runs, b""
        for message in self.messages:
            if message.content != last:
                last = message.content
                runs += not message.takedown
        return runs

    @property
    def t(self) -> int | None:
        """The smallest `fetched` of what is no takedown, None where there is nothing else."""
        messages = self.messages
        if messages and not messages[0].takedown:  # most rows; this is asked often
            first: int | None = messages[0].fetched
        else:
            first = next((m.fetched for m in messages if not m.takedown), None)
        if self.folded_t is None or first is None:
            return first if self.folded_t is None else self.folded_t
        return min(first, self.folded_t)

    @property
    def newest(self) -> int:
        """The largest `fetched`, takedowns too."""
        return self.messages[-1].fetched

    @property
    def gone(self) -> bool:
        """Whether the last message is a takedown."""
        return self.messages[-1].takedown

    @property
    def shown(self) -> Message | None:
        """The smallest message of the last run, None when the article is gone."""
        run = self.last_run()
        return run[0] if run else None

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages that messages of the id ever had, sorted."""
        return tuple(sorted({m.language for m in self.messages if m.language}.union(self.folded_languages)))

    def last_run(self) -> Sequence[Message]:
        """The messages to keep in full: each of them may be the one shown once a late message parts the run."""
        messages = self.messages
        if not messages or messages[-1].takedown:
            return ()
        start = len(messages) - 1
        while start and messages[start - 1].content == messages[-1].content:
            start -= 1
        return messages[start:] if start else messages

    def __contains__(self, message: Message) -> bool:
        at = bisect_left(self.messages, message.identity)
        if at < len(self.messages) and self.messages[at].identity == message.identity:
            return True
        return message.fetched < self.floor

    def add(self, message: Message, lateness: int) -> str:
        """Take a message in and say which of OUTCOMES it is. `lateness` in ms."""
        if not self.messages and self.floor == _NONE:  # most messages are the first of their id
            self.messages.append(message)
            return TAKEDOWN if message.takedown else NEW
        if message in self:
            return TAKEDOWN if message.takedown else UNCHANGED
        if message.takedown:
            insort(self.messages, message)
            self._fold(lateness)
            return TAKEDOWN
        first, version = self.t is None, self.version
        insort(self.messages, message)
        if first:
            outcome = NEW
        elif self.version == version:
            outcome = UNCHANGED
        else:
            outcome = NEW_VERSION if self.shown == message else OLDER_VERSION
        self._fold(lateness)
        return outcome

    def _fold(self, lateness: int) -> None:
        messages = self.messages
        if len(messages) <= _FOLD_ABOVE:
            return
        floor = max(self.floor, self.newest - lateness)
        end = bisect_left(messages, (floor,))
        # The first message of the run that reaches the floor stays: it may be the one shown.
        anchor = end - 1
        while anchor > 0 and messages[anchor - 1].content == messages[anchor].content:
            anchor -= 1
        if anchor < 0 or end - 1 == 0:
            return
        before, dropped = messages[:anchor], [*messages[:anchor], *messages[anchor + 1 : end]]
        t, languages = self.t, self.languages
        head = Row()
        head.folded_runs, head.messages = self.folded_runs, before
        self.folded_runs = head.version
        self.folded += len(dropped)
        self.folded_t, self.folded_languages = t, languages
        self.messages = [messages[anchor], *messages[end:]]
        self.floor = floor

    def merge(self, other: Row) -> Row:
        """The row of both sets: idempotent, commutative, associative. Below the higher fold, who folded knows."""
        low, high = sorted((self, other), key=lambda row: (row.floor, row.folded, row.n))
        merged = Row()
        merged.floor, merged.folded, merged.folded_runs = high.floor, high.folded, high.folded_runs
        merged.folded_t, merged.folded_languages = high.folded_t, high.folded_languages
        own = {m.identity: m for m in high.messages}
        for message in low.messages:
            known = own.get(message.identity)
            if known is not None:
                own[message.identity] = min(known, message)
            elif message.fetched >= high.floor:
                own[message.identity] = message
        merged.messages = sorted(own.values())
        merged.offset = max(self.offset, other.offset)
        return merged

    def pack(self) -> bytes:
        """Bytes for a table; `unpack` is the inverse."""
        languages = self.languages
        contents: dict[bytes, int] = {}
        packed = []
        for m in self.messages:
            content = _TAKEDOWN if m.takedown else contents.setdefault(m.content, len(contents))
            language = languages.index(m.language) if m.language else 255
            packed.append(_MESSAGE.pack(m.fetched, content, language, m.withheld, m.raw))
        folded_t = _NONE if self.folded_t is None else self.folded_t
        names = [bytes((len(name),)) + name for name in (language.encode() for language in languages)]
        sizes = len(names), len(contents), len(packed)
        head = _HEAD.pack(SCHEMA, self.offset, self.floor, self.folded, self.folded_runs, folded_t, *sizes)
        return b"".join((head, *names, *contents, *packed))

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """The row that was packed. Raises ValueError on bytes of another schema."""
        if not data or data[0] != SCHEMA:
            raise ValueError(f"not a row of schema {SCHEMA}")
        row = cls()
        _, row.offset, row.floor, row.folded, row.folded_runs, folded_t, *sizes = _HEAD.unpack_from(data)
        names, contents, count = sizes
        row.folded_t = None if folded_t == _NONE else folded_t
        at, languages = _HEAD.size, []
        for _ in range(names):
            end = at + 1 + data[at]
            languages.append(data[at + 1 : end].decode())
            at = end
        if row.folded:
            row.folded_languages = tuple(languages)
        table = [data[at + 16 * i : at + 16 * i + 16] for i in range(contents)]
        at += 16 * contents
        for fetched, content, language, withheld, raw in _MESSAGE.iter_unpack(data[at : at + _MESSAGE.size * count]):
            takedown = content == _TAKEDOWN
            row.messages.append(
                Message(
                    fetched,
                    takedown,
                    b"" if takedown else table[content],
                    raw,
                    "" if language == 255 else languages[language],
                    bool(withheld),
                )
            )
        return row


def row_of(messages: Iterable[Message], lateness: int) -> Row:
    """The row of these messages, whatever their order. `lateness` in ms."""
    row = Row()
    for message in messages:
        row.add(message, lateness)
    return row
