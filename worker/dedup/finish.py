"""The finished article: what `process` prints and `publish` writes, made by one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LAST = ("labels", "extra", "provenance")


def alone(id: str) -> dict[str, Any]:
    """The `dedup` of an article that is compared with nothing."""
    return {"verdict": "original", "of": None, "score": None, "cluster": id, "explain": {}}


def finish(
    article: Mapping[str, Any],
    *,
    version: int,
    first_seen_at: str | None,
    dedup: Mapping[str, Any] | None,
    late: bool = False,
) -> dict[str, Any]:
    """The article after the text stages, with what deduplication knows of it; `provenance` stands last.

    `first_seen_at` is RFC 3339, `late` adds the flag of that name.
    """
    out: dict[str, Any] = {"id": article["id"], "version": version}
    for key, value in article.items():
        out[key] = value
        if key == "fetched_at":
            out["first_seen_at"] = first_seen_at
    last = {key: out.pop(key) for key in _LAST if key in out}
    out["first_seen_at"] = first_seen_at
    if late:
        quality = article.get("quality") or {}
        out["quality"] = {**quality, "flags": [*quality.get("flags", ()), "late"]}
    out["dedup"] = dedup
    out.update(last)
    return out
