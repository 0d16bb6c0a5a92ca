"""A page's main content as lines: `read_page` for messages with `html`.

The page is read in one pass (`worker.clean.scan`), the container of the article is found by where its paragraphs
stand, and what class names, links and neighbours tell to be something else is left out or marked. What is
suspiciously short takes a second way.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from worker.clean import marks
from worker.clean.beside import beside_core, is_kin, longer_words, runs_on, tells_again
from worker.clean.captioned import picture_boxes, spoken_for
from worker.clean.charset import repair_mojibake
from worker.clean.dates import find_date, is_date_line
from worker.clean.kinds import kind_of_page
from worker.clean.lines import Line, plain
from worker.clean.link_lists import dense_in, heads_prose, in_prose
from worker.clean.metadata import Metadata, read_metadata
from worker.clean.notices import is_biography
from worker.clean.pictures import find_pictures
from worker.clean.scan import Scan, reduce, scan
from worker.clean.second import second_way
from worker.clean.stray_dates import only_day
from worker.clean.tree import HEADINGS, Tree

MAX_HTML = 32_000_000
"""Characters of a page that are looked at."""

_LISTED = frozenset(("h2", "h3", "h4", "li", "tr", "dt", "dd", "blockquote", "pre"))


@dataclass(slots=True)
class Page:
    """What a page says: its first cut, its metadata, and what was noticed on the way."""

    lines: list[Line]
    meta: Metadata
    flags: list[str] = field(default_factory=list)
    content_type: str | None = None
    pictures: dict[str, str | None] = field(default_factory=dict)
    """The lines that stand with a picture, by their text, and the address of each picture, where one is given."""


def read_page(
    html: str, url: str | None = None, *, fetched_at: datetime | None = None, zone: str | None = None
) -> Page:
    """The first cut of the main content of a page in reading order, with hints, and the page's metadata.

    `url` is the message's; `fetched_at` (aware) and `zone` (IANA, stated for the source) help to read the page's dates.
    """
    flags: list[str] = []
    if len(html) > MAX_HTML:
        html = html[:MAX_HTML]
        flags.append("page-cut")
    reduced = reduce(html)
    page = scan(reduced.html)
    if page.cut and "page-cut" not in flags:
        flags.append("page-cut")
    meta = read_metadata(reduced, page, url, fetched_at=fetched_at, zone=zone)
    tree = Tree(page)
    lines, captions = _cut(tree, meta)
    pictures = find_pictures(page, captions, url)
    if (better := second_way(reduced, page, tree.junk, lines, meta.body)) is not None:
        lines = better
        flags.append("second-way")
    if meta.published is None:
        stated = [line.text for line in lines if line.hint == "date"]
        host = _host(url)
        found = find_date(stated, language=meta.language, fetched_at=fetched_at, zone=zone, host=host)
        meta.published = (
            replace(found, source="page")
            if found
            else only_day(html, reduced.html, language=meta.language, fetched_at=fetched_at, zone=zone, host=host)
        )
    meta.title = _visible(meta.title) or None if meta.title else None
    content_type, noticed = kind_of_page(page, lines, meta, url)
    if _mend(lines, meta):
        flags.append("mojibake-repaired")
    return Page(lines, meta, flags + noticed, content_type, pictures)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def _mend(lines: list[Line], meta: Metadata) -> bool:
    """Repair UTF-8 that was read as another charset, in all texts at once: each alone is too short to tell. True when changed."""
    texts = [line.text for line in lines] + [meta.title or "", meta.section or "", *meta.authors]
    mended, changed = repair_mojibake("\n".join(texts))
    if changed:
        parts = mended.split("\n")
        if len(parts) != len(texts):
            return False
        for line, text in zip(lines, parts, strict=False):
            line.text = text
        rest = parts[len(lines) :]
        meta.title, meta.section, meta.authors = rest[0] or None, rest[1] or None, rest[2:]
    return changed


def _visible(text: str) -> str:
    """`text` without control, zero-width and direction characters, its white space squeezed."""
    return " ".join(plain(text).split())


_LEAD_TAGS = frozenset(("p", "div", "section")) | HEADINGS
_BOX_TAGS = frozenset(("div", "section", "article", "header", "main"))
_NO_HEADING = 150  # characters from which a heading is a paragraph in large letters


def _cut(tree: Tree, meta: Metadata) -> tuple[list[Line], list[tuple[Line, int]]]:
    """The lines of the article, in reading order, with hints; and those that may be captions, each with its node."""
    page = tree.page
    title = _key(meta.title or "")
    core = tree.core(_headline(page, title))
    article = tree.enclosing(core)
    alts = spoken_for(page)
    boxes = picture_boxes(tree)
    lines: list[Line] = []
    captions: list[tuple[Line, int]] = []
    seen: set[str] = set()
    copies: list[int] = []  # boxes that hold the article's text once more
    places: dict[int, int] = {}  # where the line of a block stands
    first_said: dict[str, tuple[Line, int]] = {}  # paragraphs by their beginning, each with its box: pages repeat some
    start, end = tree.first[core], tree.last[core]
    if end < 0:
        return lines, captions
    title_at = _title_at(tree, title, start)
    part, reach = beside_core(tree, core, title_at)
    dense = dense_in(tree, article, core)
    known: frozenset[str] | None = None  # the longer words of the article, where they are asked for
    told = False  # prose of a part ahead of the core is past
    opened = False  # the first paragraph of the core is past, be it a lead
    begun = False  # the first paragraph of the body is past
    outer_first, outer_last = tree.first[article], tree.last[article]
    begin = min(outer_first, title_at) if title_at >= 0 else min(outer_first, start - 25)
    for i in range(max(0, begin), max(end, outer_last, reach) + 1):
        block = page.blocks[i]
        node = block.node
        text = block.text if block.text.isprintable() else _visible(block.text)
        size = len(text)
        if not size or (text[0] in "<h{[#" and block.tag != "pre" and _NO_PROSE.match(text)):
            continue
        inline = block.marks if size < 150 else block.marks & (marks.CAPTION | marks.COMMENT)
        junk = tree.junk[node] | (inline & (marks.JUNK | marks.CAPTION | marks.META))
        share = block.links / size if size else 0.0
        weight = tree.weights[i]
        in_core = start <= i <= end
        hint: str | None = None
        if (
            block.tag in HEADINGS
            and (block.tag == "h1" or not begun)
            and ((title and _same(_key(text), title)) or (block.tag == "h1" and not lines))
        ):
            lines.append(Line(text, block.tag, share, "title"))
            continue
        if not in_core and i < start:
            # between the headline and the core: a standfirst, or the first paragraphs in a box of their own
            if i > title_at and not junk & marks.JUNK and (junk & marks.CAPTION or text in alts) and text not in seen:
                seen.add(text)
                lines.append(Line(text, block.tag, share, "caption"))
                captions.append((lines[-1], node))
                continue
            if (
                i <= title_at
                or (size < 30 and not told)
                or share > 0.4
                or dense.get(node)
                or text in alts
                or node in boxes
            ):
                continue
            if told and i in part and block.tag in _LISTED and not junk and not block.links:
                hint = "subheading" if block.tag in HEADINGS else "body"
            elif _is_lead(tree, i, junk, near=i >= start - 2, inside=title_at >= 0 or i >= outer_first):
                hint = "byline" if _is_about(text, meta.authors) else "lead"
                told = told or i in part
            else:
                continue
        elif not in_core:
            if (
                block.tag in HEADINGS
                and size > 3
                and not (junk or block.links or dense.get(node))
                and runs_on(tree, i, start)
            ):
                lines.append(Line(text, block.tag, share, "subheading"))
                continue
            if not weight or junk or dense.get(node) or size < 100 or not runs_on(tree, i, start):
                continue
            if i <= reach:
                hint = "body"
            else:
                known = longer_words(lines) if known is None else known
                if not is_kin(text, known):
                    continue
        elif (
            junk & marks.CAPTION
            or (junk & (marks.GALLERY | marks.JUNK) == marks.GALLERY)
            or (size > 15 and text in alts)
            or (
                node in boxes
                and size < 300
                and block.tag not in ("li", "tr")
                and not (junk & marks.JUNK or tree.bits[node] & marks.BODY)
            )
        ):
            hint = "caption"
        elif dense.get(node):
            continue
        elif junk & marks.JUNK:
            if begun or junk & marks.JUNK != marks.TEASER or weight < 80 or block.links:
                continue
            hint = "lead"  # a standfirst in a box that is called a teaser
        elif block.tag in HEADINGS:
            if share > 0.6 and not heads_prose(tree, i, end):
                continue
            hint = "subheading"
        elif share > 0.6 and not (block.tag == "li" and in_prose(tree, node)):
            continue
        elif size < 60 and block.tag not in HEADINGS and (is_date_line(text) or _CLOCK.match(text)):
            hint = "date"
        elif junk & marks.META and (size < 120 or (junk & marks.BYLINE and i > start + (end - start) * 0.7)):
            hint = "byline" if junk & marks.BYLINE else "date" if junk & marks.DATE else "section"
        elif weight:
            hint = "lead" if junk & marks.LEAD and not begun else "body"
            begun = begun or hint == "body"
            opened = True
        elif share <= 0.6 or block.tag == "li":
            tool = not opened and size < 40 and (block.tag in _BOX_TAGS or share > 0.25) and text[-1] not in ".!?:;"
            hint = None if tool and block.tag != "li" else "body"
        if size > 40 and hint != "caption":
            if size > 1500 and sum(1 for said in islice(first_said, 40) if said[:50] in text) > 2:
                copies.append(page.parents[node])  # the whole article once more, for machines
                continue
            earlier, box = first_said.get(text[:100], (None, -1))
            if earlier is not None and (earlier is lines[-1] or not tells_again(tree, page.parents[node], box)):
                if block.tag in HEADINGS and earlier.tag == "li":
                    earlier.hint = "nav"  # an entry of the contents
                elif size <= len(earlier.text) + 20:
                    continue  # once more, for other screens
                else:
                    earlier.hint = "teaser"  # a pull quote ahead of its paragraph
        lines.append(Line(text, block.tag, share, hint))
        places[i] = len(lines) - 1
        if hint == "caption":
            captions.append((lines[-1], node))
        elif size > 40:
            first_said[text[:100]] = lines[-1], page.parents[node]
    for box in copies:
        first = tree.first[box]
        if any(at < first for at in places):  # the box is not the one around all
            for at in range(first, tree.last[box] + 1):
                if at in places:
                    lines[places[at]].hint = "teaser"
    headings = {line.text for line in lines if line.hint == "subheading"}
    for line in lines:
        if line.tag == "li" and line.text in headings:
            line.hint = "nav"  # an entry of the contents
    for line in reversed(lines):
        if line.hint == "subheading":
            line.hint = "nav"  # a heading with nothing below it
        elif line.hint in (None, "body", "lead"):
            break
    return lines, captions


def _is_lead(tree: Tree, i: int, junk: int, *, near: bool, inside: bool) -> bool:
    """Whether a block between headline and core belongs to the article.

    `near`: right before the core; `inside`: behind a headline, or in the element that is the article.
    """
    block = tree.page.blocks[i]
    if junk & (marks.JUNK & ~marks.TEASER) or junk & marks.CAPTION:
        return False
    if (tree.bits[block.node] | tree.bits[tree.page.parents[block.node]]) & marks.LEAD:
        return True
    if junk & marks.GALLERY or not inside:
        return False
    if junk & marks.LEAD:
        return not junk & marks.META
    if block.tag in HEADINGS and len(block.text) < _NO_HEADING:
        return near and not junk and not tree.page.marks[block.node] & (marks.TITLE | marks.HEADER)
    if not tree.weights[i] or block.tag not in _LEAD_TAGS:
        return False
    # some call the standfirst a teaser
    return not block.links if junk & marks.TEASER else not junk & marks.META


def _is_about(text: str, authors: list[str]) -> bool:
    """Whether a text ahead of the article presents its author."""
    first = text.split(" ", 1)[0]
    return any(name.startswith(first + " ") for name in authors) and is_biography(text)


def _same(a: str, b: str) -> bool:
    return a == b or (
        len(a) > 20 and len(b) > 20 and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))
    )


def _title_at(tree: Tree, title: str, start: int) -> int:
    """The block of the headline before the core, -1 where there is none."""
    found = -1
    for i in range(start - 1, max(-1, start - 120), -1):
        block = tree.page.blocks[i]
        if block.tag in ("h1", "h2") and (block.tag == "h1" or (title and _same(_key(block.text), title))):
            found = i
            if block.tag == "h1" or not title:
                break
    return found


def _headline(page: Scan, title: str) -> int:
    """The block of the headline: the first-level heading that says the title, else the only one; -1."""
    first, count = -1, 0
    for i, block in enumerate(page.blocks):
        if block.tag == "h1":
            count += 1
            if first < 0:
                first = i
            if title and _same(_key(block.text), title):
                return i
    return first if count == 1 else -1


#: An address alone, left-over mark-up, JSON, topics.
_NO_PROSE = re.compile(
    r"""https?://\S+(?:\s\d+){0,3}$|<[a-z]+\s[^>]{0,2000}=|[\[{]{1,3}\s?"[\w@$-]{1,60}"\s?[:,]|(?:#\w{2,60}\s?){3,60}$"""
)
#: A time of day alone, or one that runs into a name or a label: each is an element of its own.
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:(?: ?(?:[aApP]\.?[mM]\.?|Uhr|h|Z|GMT|[A-Z]{3,4}))?$|[A-Z][^.!?]{2,40}$)")
_WORD = re.compile(r"\w{1,60}")


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
