"""Times as they are written out."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)
def format_ms(ms: int | None) -> str | None:
    """RFC 3339 in UTC, with milliseconds only where they are not zero; None for what is no time."""
    if ms is None:
        return None
    try:
        text = datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]
    except (ValueError, OverflowError, OSError):
        return None
    return f"{text}.{ms % 1000:03d}Z" if ms % 1000 else text + "Z"
