"""A page's main content as lines: `read_page` for messages with `html`.

The page is read in one pass (`worker.clean.scan`), the container of the article is found by where its paragraphs
stand, and what class names, links and neighbours tell to be something else is left out or marked. What is
suspiciously short takes a second way.
"""

import html as entities
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from worker.clean import marks
from worker.clean.charset import repair_mojibake
from worker.clean.dates import find_date, is_date_line
from worker.clean.kinds import kind_of_page
from worker.clean.lines import Line, plain
from worker.clean.metadata import Metadata, read_metadata
from worker.clean.notices import is_biography
from worker.clean.pictures import find_pictures
from worker.clean.scan import Block, Scan, reduce, scan
from worker.clean.second import is_wide, second_way
from worker.clean.stray_dates import only_day

MAX_HTML = 32_000_000
"""Characters of a page that are looked at."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEXT_TAGS = frozenset(
    ("p", "blockquote", "pre", "dd", "td", "li", "div", "section", "article", "main", "center", "body", "html")
)
_GOOD = 60  # characters from which a block may count as a paragraph
_PART = 3  # blocks below a heading from which a box is a part of a story rather than a link to another
_FEW = 200  # blocks of a box that is compared with another
_INVITATION = 250  # characters
_TOLD, _ENOUGH = 20_000, 2500  # characters of an article that are compared with another paragraph, at most and at least
_KIN = 0.2  # of the longer words of a paragraph, those that an article has too
_MANY_LONG = 6  # longer words of a paragraph that can be told by them
_LONGER = re.compile(r"[^\W\d_]{6,40}")
_PART_MASS = 150  # characters of prose from which a box beside the core is a part of the story
_LISTED = frozenset(("h2", "h3", "h4", "li", "tr", "dt", "dd", "blockquote", "pre"))
_NO_PART = frozenset(("p", "li", "article", "aside", "footer", "nav", "form", "figcaption", "figure"))
_SHARE = 0.72  # of the paragraphs that a container must hold to be entered


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
    tree = _Tree(page)
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
    """`text` without control, zero-width and direction characters. Soft hyphens stay: they are the publisher's spelling."""
    parts = text.split("\u00ad")
    return " ".join("\u00ad".join(plain(part) for part in parts).split())


def _weight(block: Block) -> int:
    text, links = block.text, block.links
    size = len(text)
    if size < 20 or links * 5 > size * 2:
        return 0
    if not text.isascii() and is_wide(text):
        return (size - links) * 3
    return size - links if size >= _GOOD else 0


_INHERITED = marks.JUNK | marks.CAPTION | marks.META | marks.GALLERY | marks.LEAD
_WEAK = marks.NAV | marks.ASIDE | marks.HIDDEN | marks.WIDGET | marks.SHARE | marks.FOOTER | marks.OFFER
_WEAK |= marks.TEASER | marks.OVERLAY
_LEAD_TAGS = frozenset(("p", "div", "section")) | _HEADINGS
_BOX_TAGS = frozenset(("div", "section", "article", "header", "main"))
_NO_HEADING = 150  # characters from which a heading is a paragraph in large letters
_MAY_LINK = frozenset(("p", "h1", "h2", "h3", "h4", "li"))  # a paragraph of links may be one of the article's
_SURE_TAGS = frozenset(("nav", "aside", "footer", "figcaption", "dialog"))
_FIGURES = frozenset(("table", "pre"))  # what a figure may hold beside a picture and its caption
_LEAF_TAGS = frozenset(("p", "li", "blockquote", "tr", "td", "dd", "h1", "h2", "h3", "h4", "h5", "h6"))


class _Tree:
    """The block elements of a page with the sums that the choice of a container needs."""

    def __init__(self, page: Scan) -> None:
        self.page = page
        blocks, parents = page.blocks, page.parents
        n = len(page.tags)
        self.chars = chars = [0] * n
        self.links = links = [0] * n
        self.first = first = [len(blocks)] * n
        self.last = last = [-1] * n
        mass = [0] * n
        self.weights = weights = [_weight(block) for block in blocks]
        for i, block in enumerate(blocks):
            node = block.node
            chars[node] += len(block.text)
            links[node] += block.links
            mass[node] += weights[i]
            if i < first[node]:
                first[node] = i
            last[node] = i
        filled: list[int] = []  # the nodes with text, from the last: the others count for nothing
        for node in range(n - 1, 0, -1):
            if last[node] < 0:
                continue
            filled.append(node)
            up = parents[node]
            chars[up] += chars[node]
            links[up] += links[node]
            mass[up] += mass[node]
            if first[node] < first[up]:
                first[up] = first[node]
            if last[node] > last[up]:
                last[up] = last[node]
        self.headed = next((i for i, block in enumerate(blocks) if block.tag == "h1"), -1)
        self.bits = bits = [0] * n
        self.junk = junk = [0] * n
        asking = {parents[node] for node, tag in enumerate(page.tags) if tag == "form"}
        for node in reversed(filled):
            own = page.marks[node]
            if node in asking and chars[node] < _INVITATION and mass[node] * 4 < mass[0]:
                own |= marks.OFFER  # what stands beside a form invites to fill it
            if own:
                bits[node] = own = self._believed(node, own, mass)
            junk[node] = junk[parents[node]] | (own & _INHERITED)
            if page.tags[node] in _FIGURES and not own & marks.CAPTION:
                junk[node] &= ~marks.CAPTION
        self.mass = clean = [0] * n
        self.shown = shown = [0] * n
        self.shown_links = shown_links = [0] * n
        for i, block in enumerate(blocks):
            node = block.node
            around = junk[node]
            if not around & marks.JUNK:
                shown[node] += len(block.text)
                if not around & marks.CAPTION:
                    shown_links[node] += block.links
                    clean[node] += weights[i]
        for node in filled:
            if shown[node]:
                up = parents[node]
                clean[up] += clean[node]
                shown[up] += shown[node]
                shown_links[up] += shown_links[node]
        self.children: dict[int, list[int]] = {}
        for node in reversed(filled):
            if clean[node]:
                self.children.setdefault(parents[node], []).append(node)

    def _believed(self, node: int, own: int, mass: list[int]) -> int:
        """The bits of a node without those that its text belies: class names lie more often than prose does."""
        tag = self.page.tags[node]
        if tag in ("body", "html", "main"):
            return own & ~(marks.JUNK | marks.META | marks.CAPTION | marks.GALLERY)
        prose, chars, total = mass[node], self.chars[node], mass[0]
        if tag == "article" or own & marks.BODY:
            own &= marks.BODY | marks.LEAD | marks.TEASER | marks.COMMENT | marks.PAYWALL | marks.LIVE
        if tag in _LEAF_TAGS:
            own &= ~marks.GALLERY
            own &= ~(marks.NAV | marks.WIDGET | marks.ASIDE)
            if own & marks.LEAD:
                own &= ~marks.TEASER
        if own & marks.PAYWALL:
            own &= ~marks.HIDDEN  # text that is shown to those who pay is the article's
        if chars > 300:
            own &= ~(marks.DATE | marks.SECTION)
        if prose < 100 or (tag in ("aside", "footer", "nav") and self._beside(node, prose, total)):
            return own
        if prose > 250 and (prose > 0.85 * total or total - prose < 300):
            return own & ~(marks.JUNK | marks.META | marks.CAPTION | marks.GALLERY)
        if prose > 1200 or prose > 0.4 * total:
            own &= ~(marks.CAPTION | marks.BYLINE)
            if prose > 0.4 * total:
                own &= ~marks.GALLERY
        if tag in _SURE_TAGS:
            return own if prose < 0.5 * total else own & ~(_WEAK & ~marks.TEASER)
        if own & _WEAK and prose * 10 > chars * 6 and self.links[node] * 5 < chars:
            own &= ~(marks.NAV | marks.ASIDE | marks.WIDGET | marks.SHARE)
            if prose > 250 and (not own & marks.GONE or prose > 0.4 * total):
                own &= ~marks.HIDDEN
            if prose > 800 or prose > 0.4 * total:
                own &= ~(marks.OFFER | marks.TEASER | marks.FOOTER | marks.OVERLAY)
        elif prose > 0.5 * total:
            own &= ~(_WEAK & ~marks.TEASER)
        return own

    def _beside(self, node: int, prose: int, total: int) -> bool:
        """Whether an element that is called a side box stands beside an article, be it short: one with headline and text."""
        return prose < total and self.headed >= 0 and not (self.first[node] <= self.headed <= self.last[node])

    def core(self, title_at: int = -1) -> int:
        """The container of the article: down from the page as long as one child holds most of the paragraphs.

        A little more than half is enough where the headline (block `title_at`) stands in it too.
        """
        node = 0
        while True:
            inside = self.children.get(node)
            if not inside:
                break
            best = max(inside, key=lambda child: self.mass[child])
            headed = self.first[best] <= title_at <= self.last[best] and self.mass[best] > 600
            share = 0.5 if headed else _SHARE
            if self.mass[best] < self.mass[node] * share or self.page.tags[best] in _LEAF_TAGS:
                break
            node = best
        while self.page.tags[node] in _LEAF_TAGS and node:
            node = self.page.parents[node]
        return node

    def enclosing(self, core: int) -> int:
        """The widest element around the core that still is the article: `article`, or what is marked as its text."""
        node = core
        best = core
        steps = 0
        while node and steps < 12:
            tag = self.page.tags[node]
            if tag == "article" or self.bits[node] & marks.BODY:
                best = node
            if tag in ("main", "body"):
                break
            node = self.page.parents[node]
            steps += 1
        return best


def _cut(tree: _Tree, meta: Metadata) -> tuple[list[Line], list[tuple[Line, int]]]:
    """The lines of the article, in reading order, with hints; and those that may be captions, each with its node."""
    page = tree.page
    title = _key(meta.title or "")
    core = tree.core(_headline(page, title))
    article = tree.enclosing(core)
    alts = _alts(page)
    boxes = _boxes(tree)
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
    part, reach = _reach(tree, core, title_at)
    dense = _dense(tree, article, core)
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
            block.tag in _HEADINGS
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
                hint = "subheading" if block.tag in _HEADINGS else "body"
            elif _is_lead(tree, i, junk, near=i >= start - 2, inside=title_at >= 0 or i >= outer_first):
                hint = "byline" if _is_about(text, meta.authors) else "lead"
                told = told or i in part
            else:
                continue
        elif not in_core:
            if (
                block.tag in _HEADINGS
                and size > 3
                and not (junk or block.links or dense.get(node))
                and _runs_on(tree, i, start)
            ):
                lines.append(Line(text, block.tag, share, "subheading"))
                continue
            if not weight or junk or dense.get(node) or size < 100 or not _runs_on(tree, i, start):
                continue
            if i <= reach:
                hint = "body"
            elif not _is_kin(text, lines):
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
        elif block.tag in _HEADINGS:
            if share > 0.6 and not _heads_prose(tree, i, end):
                continue
            hint = "subheading"
        elif share > 0.6 and not (block.tag == "li" and _in_prose(tree, node)):
            continue
        elif size < 60 and block.tag not in _HEADINGS and (is_date_line(text) or _CLOCK.match(text)):
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
            if earlier is not None and (earlier is lines[-1] or not _tells_again(tree, page.parents[node], box)):
                if block.tag in _HEADINGS and earlier.tag == "li":
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


def _reach(tree: _Tree, core: int, title_at: int) -> tuple[range, int]:
    """The blocks of a part of the story that stands before the core, and the last block that may belong to it.

    The core holds most paragraphs, not all: prose in boxes beside it, below the headline, is of the article too.
    """
    start, end = tree.first[core], tree.last[core]
    part = range(start, start)
    node = core
    while title_at >= 0 and node and tree.first[node] > title_at:
        node = tree.page.parents[node]
        for box in tree.children.get(node, ()):
            if title_at <= tree.first[box] and tree.last[box] < part.start and _is_part(tree, box):
                part = range(tree.first[box], part.stop)
                break
    while end + 1 < len(tree.page.blocks) and _continues(tree, end + 1, core):
        end += 1
    return part, end


def _is_kin(text: str, lines: list[Line]) -> bool:
    """Whether a paragraph far behind the core shares its longer words with the article: else the site speaks of itself.

    An article of few words tells nothing either way, and neither does a text without spaces.
    """
    if text.count(" ") * 12 < len(text):
        return True
    told = " ".join(line.text for line in lines if line.hint in ("body", "lead", None))[:_TOLD]
    if len(told) < _ENOUGH:
        return True
    known = set(_LONGER.findall(told.casefold()))
    words = set(_LONGER.findall(text.casefold()))
    return len(words) < _MANY_LONG or len(words & known) >= _KIN * len(words)


def _continues(tree: _Tree, i: int, core: int) -> bool:
    """Whether a block behind the core is one more paragraph: of an element that holds the core too."""
    node = tree.page.blocks[i].node
    up = tree.page.parents[node] if tree.page.tags[node] == "p" else node
    return bool(tree.weights[i]) and tree.first[up] <= tree.first[core] and not tree.junk[node] & _INHERITED


def _is_part(tree: _Tree, box: int) -> bool:
    """Whether a box between the headline and the core is a part of the story rather than a list of others."""
    return (
        tree.mass[box] >= _PART_MASS
        and tree.shown_links[box] * 4 < tree.shown[box]
        and not tree.junk[box] & (_INHERITED & ~marks.LEAD)
        and tree.page.tags[box] not in _NO_PART
    )


def _is_lead(tree: _Tree, i: int, junk: int, *, near: bool, inside: bool) -> bool:
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
    if block.tag in _HEADINGS and len(block.text) < _NO_HEADING:
        return near and not junk and not tree.page.marks[block.node] & (marks.TITLE | marks.HEADER)
    if not tree.weights[i] or block.tag not in _LEAD_TAGS:
        return False
    # some call the standfirst a teaser
    return not block.links if junk & marks.TEASER else not junk & marks.META


def _tells_again(tree: _Tree, up: int, box: int) -> bool:
    """Whether a paragraph in `up` that stands in `box` too is a repetition of the author's rather than a copy of the page's.

    So it is within one box, and in boxes side by side of which each says something else besides.
    """
    if up == box:
        return True
    page = tree.page
    if page.tags[up] != page.tags[box] or page.parents[up] != page.parents[box]:
        return False
    if tree.last[up] - tree.first[up] > _FEW or tree.last[box] - tree.first[box] > _FEW:
        return False
    ours, theirs = (
        {block.text for block in page.blocks[tree.first[node] : tree.last[node] + 1] if block.tag == "p"}
        for node in (up, box)
    )
    return not (ours <= theirs or theirs <= ours)


def _is_about(text: str, authors: list[str]) -> bool:
    """Whether a text ahead of the article presents its author."""
    first = text.split(" ", 1)[0]
    return any(name.startswith(first + " ") for name in authors) and is_biography(text)


def _heads_prose(tree: _Tree, i: int, end: int) -> bool:
    """Whether a linked heading opens a part of the article rather than being the title of another story."""
    box = tree.page.parents[tree.page.blocks[i].node]
    follows = any(tree.weights[k] for k in range(i + 1, min(i + 5, end + 1)))
    return follows and tree.mass[box] > 300 and tree.links[box] * 3 < tree.chars[box]


def _alts(page: Scan) -> set[str]:
    """The texts that stand for pictures: a line that says the same is a caption."""
    found = {block.text for block in page.blocks if block.tag == "figcaption" and len(block.text) > 15}
    for attributes, _ in page.images:
        at = attributes.find("alt=")
        if at >= 0 and len(attributes) > at + 24:
            quote = attributes[at + 4]
            if quote in "\"'":
                text = attributes[at + 5 : attributes.find(quote, at + 5)]
                if len(text) > 15:
                    found.add(" ".join(entities.unescape(text).split()))
    return found


def _boxes(tree: _Tree) -> set[int]:
    """The elements that hold a picture and little text: what stands in them is its caption."""
    page = tree.page
    captioned = {page.parents[block.node] for block in page.blocks if block.tag == "figcaption"}
    small: set[int] = set()
    for _, node in page.images:
        steps = 0
        while node and steps < 5 and page.tags[node] not in _LEAF_TAGS and tree.chars[node] <= 250:
            if node in captioned:
                break
            small.add(node)
            node = page.parents[node]
            steps += 1
    if not small:
        return small
    inside: set[int] = set()
    for node in range(1, len(page.tags)):
        if node in small or (page.parents[node] in inside and page.tags[node] not in _HEADINGS):
            inside.add(node)
    return inside


def _same(a: str, b: str) -> bool:
    return a == b or (
        len(a) > 20 and len(b) > 20 and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))
    )


def _title_at(tree: _Tree, title: str, start: int) -> int:
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


def _dense(tree: _Tree, root: int, core: int) -> dict[int, bool]:
    """The elements inside `root` that are lists of links, and what stands in them; never one around the core."""
    page = tree.page
    dense: dict[int, bool] = dict.fromkeys(_cards(tree, root), True)
    start, end = tree.first[core], tree.last[core]
    for node in range(root + 1, len(page.tags)):
        up = page.parents[node]
        if up < root:
            break
        chars = tree.shown[node]
        if dense.get(up) or node in dense:
            dense[node] = True
        elif not chars or tree.shown_links[node] * 2 <= chars or page.tags[node] in _MAY_LINK:
            continue
        elif tree.first[node] > start or tree.last[node] < end:
            dense[node] = True
    return dense


def _cards(tree: _Tree, root: int) -> list[int]:
    """Elements that stand in a row of three or more, each with a linked title and little text: other stories."""
    page = tree.page
    titled: set[int] = set()
    headed: dict[int, int] = {}  # boxes with a heading of their own, and how many blocks without a link stand below it
    for block in page.blocks[tree.first[root] : tree.last[root] + 1]:
        size = len(block.text)
        if block.tag in _HEADINGS and size >= 15 and not block.links:
            node = block.node
            while node > root and tree.chars[node] < 700 and node not in headed:
                headed[node] = 0
                node = page.parents[node]
        elif headed and not block.links:
            node = block.node
            while node > root and tree.chars[node] < 700:
                if node in headed:
                    headed[node] += 1
                node = page.parents[node]
        if size >= 15 and block.links * 10 > size * 8:
            node, steps = block.node, 0
            while node > root and steps < 6 and tree.chars[node] < 700 and node not in titled:
                titled.add(node)
                node = page.parents[node]
                steps += 1
    rows: dict[int, list[int]] = {}
    for node in titled:
        if headed.get(node, 0) >= _PART:
            continue  # a part of this story, as of a list of products
        if page.tags[node] in ("div", "li", "article", "section") and tree.chars[node] - tree.links[node] < 500:
            rows.setdefault(page.parents[node], []).append(node)
    return [node for up, row in rows.items() if len(row) >= 3 and not _mixed(tree, up, row) for node in row]


def _in_prose(tree: _Tree, node: int) -> bool:
    """Whether a linked item stands in a list that is more text than links."""
    up = tree.page.parents[node]
    return tree.page.tags[up] in ("ul", "ol") and tree.shown_links[up] * 2 < tree.shown[up] > 300


def _mixed(tree: _Tree, up: int, row: list[int]) -> bool:
    """Whether the items of a list that are links stand among as much text that is none: then the list is the story's."""
    if tree.page.tags[row[0]] != "li":
        return False
    return sum(tree.chars[node] for node in row) * 2 < tree.chars[up]


def _runs_on(tree: _Tree, i: int, start: int) -> bool:
    """Whether a paragraph behind the core belongs to the article: its box is one of prose, and no list of other stories."""
    node = tree.page.blocks[i].node
    while node and tree.first[node] > start:
        if tree.page.tags[node] in ("li", "article", "aside", "footer", "td", "form"):
            return False
        if tree.shown_links[node] * 4 > tree.shown[node]:
            return False
        node = tree.page.parents[node]
    return True


#: An address alone, left-over mark-up, JSON, topics.
_NO_PROSE = re.compile(
    r"""https?://\S+(?:\s\d+){0,3}$|<[a-z]+\s[^>]{0,2000}=|[\[{]{1,3}\s?"[\w@$-]{1,60}"\s?[:,]|(?:#\w{2,60}\s?){3,60}$"""
)
#: A time of day alone, or one that runs into a name or a label: each is an element of its own.
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:(?: ?(?:[aApP]\.?[mM]\.?|Uhr|h|Z|GMT|[A-Z]{3,4}))?$|[A-Z][^.!?]{2,40}$)")
_WORD = re.compile(r"\w{1,60}")


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
