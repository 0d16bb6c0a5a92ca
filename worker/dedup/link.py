"""The link to a parent whose row is gone. Use it when rows are purged: children keep it, so that no verdict changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Link:
    """What a child durably inherits of a purged parent. It competes with the living by the same rules of order."""

    parent: str
    t: int  # of the parent, ms
    score: float
    root: str
    root_body: bytes  # the root's hash of the normalised body: decides exact or near
    explain: dict[str, Any] = field(default_factory=dict)

    def pack(self) -> bytes:
        """JSON bytes; `unpack` is the inverse."""
        return orjson.dumps([self.parent, self.t, self.score, self.root, self.root_body.hex(), self.explain])

    @classmethod
    def unpack(cls, data: bytes) -> Link:
        """The link that was packed."""
        parent, t, score, root, root_body, explain = orjson.loads(data)
        return cls(parent, t, score, root, bytes.fromhex(root_body), explain)
