"""Lines: what both roads into cleaning, the dump of a page and the page itself, are cut into.

Use `split` for a dump of text; the HTML road builds its `Line`s from the page. Everything after that is the same for both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from worker.references import resolve

MAX_CHARS = 2_000_000
"""What is read of one text. The longest articles have 200,000 characters; a longer text is a dump of something else."""

MAX_LINES = 20_000
"""What is read of one page, in lines. Dumps of real pages stay below 3,000."""


@dataclass(slots=True)
class Line:
    """One block of text as a reader sees it, with what is known of its mark-up."""

    text: str
    """White space squeezed, no line break."""
    tag: str | None = None
    """`p`, `h1`..`h6`, `li`, `figcaption`, `blockquote`, `td`, `a`, ...; None in a dump."""
    links: float = 0.0
    """Share of its characters that stand in a link; 0 in a dump."""
    hint: str | None = None
    """`caption`, `credit`, `byline`, `date`, `teaser`, `nav`, `section`, `title`: no body. `lead`, `subheading`, `body`: body
    unless its wording says otherwise. None: undecided."""


@dataclass(slots=True)
class Dump:
    """The lines of a text, none empty, in parallel lists."""

    texts: list[str]
    gaps: list[bool]
    """An empty line stands before it."""
    cut: bool
    """The limits were reached; what lies behind them was not read."""


_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]{0,30}(?:\s[^<>]{0,4000})?/?>|<!--[^<>]{0,4000}-->")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|tr|section|article|blockquote|figcaption)\s?>|<br\s?/?>", re.I)


def plain(text: str) -> str:
    """`text` without invisible, control and bidi characters.

    Joiners stay, for Indic scripts and emoji need them, and soft hyphens, which are the publisher's spelling.
    """
    if text.isprintable():
        return text
    return _DROPPED.sub("", text)


def has_markup(text: str) -> bool:
    """Whether tags or character references are left over in `text`."""
    return _stands(_TAG, "<", text) or _stands(_ENTITY, "&", text)


def _stands(pattern: re.Pattern[str], sign: str, text: str) -> bool:
    """Whether the pattern, which begins with the sign, matches somewhere: signs are rare, and found faster alone."""
    at = text.find(sign)
    while at >= 0:
        if pattern.match(text, at):
            return True
        at = text.find(sign, at + 1)
    return False


def without_markup(text: str) -> str:
    """`text` with left-over tags removed and character references resolved; twice, for escaped mark-up."""
    for _ in range(2):
        if "<" in text:
            text = _TAG.sub("", text)
        if "&" not in text:
            break
        text = resolve(text)
    return _TAG.sub("", text) if "<" in text else text


_JOINERS = "\u200c\u200d"


def _squeezed(line: str) -> str:
    """A line with single spaces; nothing of one that holds joiners alone."""
    line = " ".join(line.split())
    return line if len(line) > 2 or line.strip(_JOINERS) else ""


_NARROW, _WIDE = 40, 120
"""Characters of a line that was broken for its width, at least and at most."""
_FEWEST_BROKEN = 6


def _breaks(lines: list[str]) -> list[int]:
    """The lines that seem to be broken for their width: a sentence goes on in the next one, with a small letter."""
    return [
        i
        for i, (line, following) in enumerate(pairwise(lines))
        if following[:1].islower() and _NARROW <= len(line) <= _WIDE and (line[-1].isalnum() or line[-1] == ",")
    ]


def _unwrapped(lines: list[str]) -> list[str]:
    """The lines, those of a text that was broken for its width joined to paragraphs; `lines` with the empty ones.

    So comes what was taken from mark-up, a mail or a terminal with the line feeds of its source. Two of five longer lines
    must be broken; then a line also goes on in the next one where the first word there would not have fitted.
    """
    broken = _breaks(lines)
    if len(broken) < _FEWEST_BROKEN or 5 * len(broken) < 2 * sum(len(line) >= _NARROW for line in lines):
        return lines
    width = sorted(len(lines[i]) for i in broken)[len(broken) // 2]
    goes_on = set(broken)
    paragraphs: list[list[str]] = []
    for i, line in enumerate(lines):
        before = lines[i - 1] if i else ""
        full = len(before) >= _NARROW and line and len(before) + 1 + len(line.split(" ", 1)[0]) > width
        if i - 1 in goes_on or full:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return list(map(" ".join, paragraphs))


def split(text: str) -> Dump:
    """The lines of a dump, empty ones left out but remembered as gaps."""
    cut = len(text) > MAX_CHARS
    if cut:
        text = text[:MAX_CHARS]
    if len(text.split("\n", 3)) < 4 and ("</" in text or "&lt;" in text):
        text = _BLOCK_END.sub("\n", text)
    lines = list(map(str.strip, text.splitlines()))
    lines = [line if line.isprintable() else _squeezed(_DROPPED.sub("", line)) for line in lines]
    if ("<" in text or "&" in text) and has_markup("\n".join(lines)):
        lines = [_squeezed(without_markup(line)) if has_markup(line) else line for line in lines]
    lines = _unwrapped(lines)
    texts = list(filter(None, lines))
    gaps = [not before for before, line in zip(["", *lines], lines, strict=False) if line]
    if len(texts) > MAX_LINES:
        del texts[MAX_LINES:], gaps[MAX_LINES:]
        cut = True
    return Dump(texts, gaps, cut)
