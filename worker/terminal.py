"""Text for a terminal: colours where there is one, and nothing in an article's text that could steer it."""

from __future__ import annotations

import os
import unicodedata
from typing import TextIO

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "bold": "1", "dim": "2"}


class Style:
    """`style("text", "red")`: coloured where `out` is a terminal that wants colours (NO_COLOR: no-color.org)."""

    def __init__(self, out: TextIO) -> None:
        self._on = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def __call__(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._on else text


def plain(text: str) -> str:
    """One line without control or formatting characters: a title must not move the cursor or turn the text around."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in text)


def fit(text: str, width: int) -> str:
    """`text` as `plain`, cut or padded to `width` columns; wide characters (East Asian) count as two."""
    out: list[str] = []
    used = 0
    for c in plain(text):
        columns = 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if used + columns > width:
            while out and used + 1 > width:
                last = out.pop()
                used -= 2 if unicodedata.east_asian_width(last) in "WF" else 1
            out.append("…")
            used += 1
            break
        out.append(c)
        used += columns
    return "".join(out) + " " * (width - used)
