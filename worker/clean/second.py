"""A second way to an article's text, for pages whose first cut is suspiciously short.

Use `second_way` behind the first cut. It reads what the page states of itself (JSON-LD's `articleBody`), then all its
paragraphs wherever they stand, then what it keeps for readers without scripts and for its own scripts.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from worker.clean import marks
from worker.clean.lines import Line, plain, without_markup
from worker.clean.scan import Block, Reduced, Scan, reduce, scan

SHORT = 250
"""Characters below which a first cut is suspicious; the shortest pieces of news have 300."""
LEAST = 200
"""Characters that another way must find to be believed."""

_NO_BODY = frozenset(("title", "byline", "date", "caption", "credit", "teaser", "nav", "section"))
_NEVER = marks.NAV | marks.FOOTER | marks.HIDDEN | marks.NOTICE | marks.OVERLAY | marks.OFFER | marks.SHARE
_FOREIGN = marks.TEASER | marks.COMMENT | marks.ASIDE
_LONGEST_STATE = 4_000_000  # characters of one script's data
_MOST_VALUES = 200_000
_MOST_PARAGRAPHS = 2000
_PARAGRAPH = 60  # characters from which a text counts as prose


_WIDE = re.compile("[\u2e80-\uffff]")
"""A character of a script without spaces, or what stands behind those scripts: most texts have none, and need no count."""


def is_wide(text: str) -> bool:
    """Whether a text is of a script without spaces, where a character says as much as three letters."""
    sample = text[:40]
    if sample.isascii() or _WIDE.search(sample) is None:
        return False
    return sum(1 for c in sample if "\u2e80" <= c <= "\uffdc") * 2 > len(sample)


def prose(lines: list[Line]) -> int:
    """The characters of the lines that may be body; those of scripts without spaces count thrice."""
    texts = [line.text for line in lines if line.hint not in _NO_BODY]
    return sum(len(text) * 3 if is_wide(text) else len(text) for text in texts)


def second_way(
    reduced: Reduced, page: Scan, junk: list[int], lines: list[Line], stated: str | None
) -> list[Line] | None:
    """Better lines than the first cut's, or None: the first way that finds twice as much, and `LEAST` characters at least.

    `junk` holds the marks of each node and of those around it, `stated` is JSON-LD's text of the article. Only a first
    cut below `SHORT` characters, or below half of what is stated, is questioned.
    """
    size = prose(lines)
    enough = max(LEAST, 2 * size)
    head = [line for line in lines if line.hint in _NO_BODY and line.hint != "nav"]
    known = {line.text for line in lines if line.hint not in _NO_BODY and len(line.text) >= _PARAGRAPH}
    if stated and len(stated) >= enough:
        found = _from_text(stated)
        if prose(found) >= enough:
            return head + found
    if size >= SHORT:
        return None
    for ways in (_all_paragraphs(page, junk, forgiving=not size), _for_no_scripts(reduced), _from_state(reduced)):
        found = list(ways)
        # what the first cut found is of the article: another text without it is another story's
        if prose(found) >= enough and known.issubset(line.text for line in found):
            return head + found
    return None


def _from_text(text: str) -> list[Line]:
    parts = (plain(without_markup(part)) for part in text.splitlines())
    return [Line(squeezed, "p", 0.0, "body") for part in parts if (squeezed := " ".join(part.split()))]


def _all_paragraphs(page: Scan, junk: list[int], *, forgiving: bool) -> Iterator[Line]:
    """The page's paragraphs below its headline; those of teasers, comments and side boxes too, where nothing else is there."""
    never = _NEVER if forgiving else _NEVER | _FOREIGN
    begin = next((i + 1 for i, block in enumerate(page.blocks) if block.tag == "h1"), 0)
    for block in page.blocks[begin:]:
        if not junk[block.node] & never and _is_prose(block):
            yield Line(block.text, block.tag, block.links / len(block.text), None if block.text.isascii() else "body")


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PARAGRAPH and block.links * 3 < len(block.text)


def _for_no_scripts(reduced: Reduced) -> Iterator[Line]:
    for part in reduced.noscript:
        if len(part) > LEAST:
            yield from _paragraphs(part)


def _paragraphs(html: str) -> Iterator[Line]:
    for block in scan(reduce(html).html).blocks:
        if _is_prose(block):
            yield Line(block.text, "p", block.links / len(block.text), "body")


def _from_state(reduced: Reduced) -> Iterator[Line]:
    """The paragraphs among the texts that a page keeps for its own scripts, each once."""
    seen: set[str] = set()
    for text in reduced.state:
        for value in _texts(text):
            for line in _paragraphs(value) if "<" in value else _from_text(value):
                if len(line.text) >= _PARAGRAPH and line.text not in seen and len(seen) < _MOST_PARAGRAPHS:
                    seen.add(line.text)
                    yield line


def _texts(state: str) -> Iterator[str]:
    """The values of some JSON that read like sentences, in their order."""
    if len(state) > _LONGEST_STATE:
        return
    try:
        root: Any = orjson.loads(state)
    except (orjson.JSONDecodeError, RecursionError):
        return
    open_values: list[Any] = [root]
    for _ in range(_MOST_VALUES):
        if not open_values:
            return
        value = open_values.pop()
        if isinstance(value, dict):
            open_values.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            open_values.extend(reversed(value))
        elif isinstance(value, str) and len(value) >= _PARAGRAPH and value.count(" ") * 12 > len(value):
            yield value
