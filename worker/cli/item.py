"""One message on its way from a file to the topic of raw articles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One message on its way: `where` names it to a person."""

    where: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
