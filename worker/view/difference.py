"""What changed between two texts, by paragraphs and, inside those that changed, by words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["equal", "removed", "added"]
Change = tuple[Op, str]

# A comparison takes time with the product of both lengths: longer ones are said to be replaced as a whole.
_MOST_WORK = 1_000_000
_PIECE = re.compile(r"\s+|\S+")
_PARAGRAPH = re.compile(r"\n+|[^\n]+")


def difference(old: str, new: str) -> list[Change]:
    """How `old` becomes `new`: stretches in reading order. Equal and removed ones together are `old`, equal and added `new`."""
    found = _Stretches()
    for op, before, after in _compared(_PARAGRAPH.findall(old), _PARAGRAPH.findall(new)):
        if op == "equal":
            found.same(before)
        else:
            for inner, gone, come in _compared(_PIECE.findall(before), _PIECE.findall(after)):
                if inner == "equal":
                    found.same(gone)
                else:
                    found.change(gone, come)
    found.end()
    return found.out


class _Stretches:
    """Joins what belongs together: white space between two changes is no stretch of its own."""

    def __init__(self) -> None:
        self.out: list[Change] = []
        self._gone = self._come = self._space = ""

    def change(self, gone: str, come: str) -> None:
        self._gone += self._space + gone
        self._come += self._space + come
        self._space = ""

    def same(self, text: str) -> None:
        if (self._gone or self._come) and text.isspace() and not self._space and "\n" not in text:
            self._space = text
            return
        self.end()
        self._add("equal", text)

    def end(self) -> None:
        self._add("removed", self._gone)
        self._add("added", self._come)
        self._add("equal", self._space)
        self._gone = self._come = self._space = ""

    def _add(self, op: Op, text: str) -> None:
        if not text:
            return
        if self.out and self.out[-1][0] == op:
            self.out[-1] = (op, self.out[-1][1] + text)
        else:
            self.out.append((op, text))


def _compared(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str, str]]:
    if len(old) * len(new) > _MOST_WORK:
        return [("replace", "".join(old), "".join(new))]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(op, "".join(old[a:b]), "".join(new[c:d])) for op, a, b, c, d in steps]
