"""Lines: what both roads into cleaning, the dump of a page and the page itself, are cut into.

Use `split` for a dump of text; the HTML road builds its `Line`s from the page. Everything after that is the same for both.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

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
    """`caption`, `credit`, `byline`, `date`, `teaser`, `nav`, `title`, `lead`, `subheading`; None where unknown."""
    gap: bool = False
    """An empty line stands before it in a dump."""


_BREAKS = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]{0,30}(?:\s[^<>]{0,4000})?/?>|<!--[^<>]{0,4000}-->")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def plain(text: str) -> str:
    """`text` without invisible, control and bidi characters (zero-width joiners stay: Indic scripts and emoji need them)."""
    if text.isascii() and text.isprintable():
        return text
    return _DROPPED.sub("", text)


def has_markup(text: str) -> bool:
    """Whether tags or character references are left over in `text`, as written or escaped."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def without_markup(text: str) -> str:
    """`text` with left-over tags removed and character references resolved; twice, for escaped mark-up."""
    for _ in range(2):
        if "<" in text:
            text = _TAG.sub("", text)
        if "&" not in text:
            break
        text = html.unescape(text)
    return _TAG.sub("", text) if "<" in text else text


def split(text: str) -> tuple[list[Line], bool]:
    """The lines of a dump, empty ones left out but remembered as `gap`; and whether the text was cut at the limits."""
    cut = len(text) > MAX_CHARS
    if cut:
        text = text[:MAX_CHARS]
    text = plain(_BREAKS.sub("\n", text))
    lines: list[Line] = []
    gap = True
    for raw in text.split("\n"):
        squeezed = " ".join(raw.split())
        if not squeezed:
            gap = True
            continue
        lines.append(Line(squeezed, gap=gap))
        gap = False
        if len(lines) >= MAX_LINES:
            cut = True
            break
    return lines, cut
