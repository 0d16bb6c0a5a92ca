"""Records that end in a dead letter, one of each kind: name -> (key, value, code of the dead letter)."""

from __future__ import annotations

import orjson

from tests.agents import planted
from tests.texts import START, raw, story

LIMIT = 6 << 20  # bytes; NEWS_WORKER_MAX_MESSAGE that makes the large one too large

Kinds = dict[str, tuple[bytes | None, bytes | None, str]]

# The worker itself as it is, and where its first stage is `planted`.
DEAD: Kinds = {
    "not JSON where a brace begins": (b"k", b"{never JSON", "json-invalid"),
    "cut JSON": (b"k", b'{"text": "A text that was cu', "json-invalid"),
    "an array": (b"k", b"[1, 2, 3]", "not-an-object"),
    "empty": (b"k", b"", "empty-message"),
    "JSON null without key": (None, b"null", "takedown-without-key"),
    "null with a strange key": (b"strange", None, "takedown-unknown-key"),
    "text is a number": (b"k", b'{"text": 7}', "field-type"),
    "op is a list": (b"k", b'{"text": "x", "op": ["delete"]}', "field-type"),
    "no text at all": (b"k", b'{"url": "https://e.example/1", "title": "t"}', "content-missing"),
    "binary garbage": (b"k", bytes(range(256)) * 40, "not-text"),
    "deeper than JSON may be": (b"k", b'{"text": ' + b"[" * 100_000, "json-invalid"),
    "larger than the limit": (b"k", b'{"text": "' + b"word " * (LIMIT // 5) + b'"}', "message-too-large"),
    "kills its process": (b"k", orjson.dumps({"text": planted.KILL.decode()}), "process-died"),
    "never ends": (b"k", orjson.dumps({"text": planted.HANG.decode()}), "deadline-exceeded"),
    "raises": (b"k", orjson.dumps({"text": planted.RAISE.decode()}), "internal-error"),
}


def _article(mark: bytes) -> bytes:
    name = mark.decode()
    return orjson.dumps(raw(story(7, "en"), f"https://odd.example/{name[9:]}", START, 2, title=name))


# Faults elsewhere: in a call that Python cannot interrupt, in the agent itself, in the stages after the first.
ELSEWHERE: Kinds = {
    "never ends, in C": (b"k", orjson.dumps({"text": planted.SPIN.decode()}), "deadline-exceeded"),
    "raises in the agent": (b"k", orjson.dumps({"text": planted.AGENT.decode()}), "internal-error"),
    "raises when tagged": (b"k", _article(planted.TAG), "internal-error"),
    "raises when deduplicated": (b"k", _article(planted.DEDUP), "internal-error"),
}
