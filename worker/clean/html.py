"""A page's main content as lines: `read_page` for messages with `html`.

The page is read in one pass (`worker.clean.scan`), the container of the article is found by where its paragraphs
stand, and what class names, links and neighbours tell to be something else is left out or marked. What is
suspiciously short takes a second way.
"""

import re
from dataclasses import dataclass, field

from worker.clean import marks
from worker.clean.lines import Line
from worker.clean.metadata import Image, Metadata, read_metadata
from worker.clean.scan import Block, Scan, reduce, scan

MAX_HTML = 32_000_000
"""Characters of a page that are looked at."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEXT_TAGS = frozenset(
    ("p", "blockquote", "pre", "dd", "td", "li", "div", "section", "article", "main", "center", "body", "html")
)
_GOOD = 60  # characters from which a block may count as a paragraph
_SHARE = 0.72  # of the paragraphs that a container must hold to be entered


@dataclass(slots=True)
class Page:
    """What a page says: its first cut, its metadata, and what was noticed on the way."""

    lines: list[Line]
    meta: Metadata
    flags: list[str] = field(default_factory=list)
    content_type: str | None = None


def read_page(html: str, url: str | None = None) -> Page:
    """The first cut of the main content of a page in reading order, with hints, and the page's metadata."""
    flags: list[str] = []
    if len(html) > MAX_HTML:
        html = html[:MAX_HTML]
        flags.append("page-cut")
    reduced = reduce(html)
    page = scan(reduced.html)
    if page.cut and "page-cut" not in flags:
        flags.append("page-cut")
    meta = read_metadata(reduced, page, url)
    tree = _Tree(page)
    root = tree.root(meta)
    lines, images = tree.lines(root, meta)
    if images:
        meta.images = images
    return Page(lines, meta, flags, None)


def _is_wide(text: str) -> bool:
    """Whether a text is of a script without spaces, where a character says as much as three letters."""
    sample = text[:40]
    return sum(1 for c in sample if "\u2e80" <= c <= "\uffdc") * 2 > len(sample)


def _weight(block: Block) -> int:
    size = len(block.text)
    if block.links * 5 > size * 2:
        return 0
    if size < _GOOD and not (size >= 20 and _is_wide(block.text)):
        return 0
    return size - block.links


class _Tree:
    """The block elements of a page with the sums that the choice of a container needs."""

    def __init__(self, page: Scan) -> None:
        self.page = page
        n = len(page.tags)
        parents = page.parents
        self.chars = chars = [0] * n
        self.links = links = [0] * n
        self.first = [len(page.blocks)] * n
        self.last = [-1] * n
        mass = [0] * n
        for i, block in enumerate(page.blocks):
            node = block.node
            chars[node] += len(block.text)
            links[node] += block.links
            mass[node] += _weight(block)
            if i < self.first[node]:
                self.first[node] = i
            self.last[node] = i
        for node in range(n - 1, 0, -1):
            up = parents[node]
            chars[up] += chars[node]
            links[up] += links[node]
            mass[up] += mass[node]
            if self.first[node] < self.first[up]:
                self.first[up] = self.first[node]
            if self.last[node] > self.last[up]:
                self.last[up] = self.last[node]
        # a word in a class name does not make junk of most of a page's text
        limit = mass[0] * 0.4
        self.bits = bits = [0] * n
        junk = [0] * n
        for node in range(1, n):
            own = page.marks[node]
            if own and mass[node] > 400:
                if mass[node] > limit or page.tags[node] == "body":
                    own &= ~(marks.JUNK | marks.META | marks.CAPTION)
                elif mass[node] > 1200:
                    own &= ~(marks.META | marks.CAPTION)
            bits[node] = own
            junk[node] = junk[parents[node]] | (own & (marks.JUNK | marks.CAPTION | marks.META))
        self.junk = junk
        self.mass = clean = [0] * n
        for block in page.blocks:
            if not junk[block.node] & (marks.JUNK | marks.CAPTION):
                clean[block.node] += _weight(block)
        for node in range(n - 1, 0, -1):
            clean[parents[node]] += clean[node]
        self.children: dict[int, list[int]] = {}
        for node in range(1, n):
            if clean[node]:
                self.children.setdefault(parents[node], []).append(node)

    def root(self, meta: Metadata) -> int:
        """The container of the article: down from the page as long as one child holds most of the paragraphs."""
        node = 0
        while True:
            inside = self.children.get(node)
            if not inside:
                return node
            best = max(inside, key=lambda child: self.mass[child])
            if self.mass[best] < self.mass[node] * _SHARE or self.page.tags[best] in ("p", "li", "blockquote"):
                return node
            node = best

    def lines(self, root: int, meta: Metadata) -> tuple[list[Line], list[Image]]:
        page = self.page
        lines: list[Line] = []
        images: list[Image] = []
        dense = [False] * len(page.tags)
        for node in range(root + 1, len(page.tags)):
            chars = self.chars[node]
            up = page.parents[node]
            if up < root:
                break
            dense[node] = dense[up] or (
                chars > 0 and self.links[node] > chars * 0.5 and page.tags[node] not in ("p", "h2", "h3", "h4")
            )
        start, end = self.first[root], self.last[root]
        title = _key(meta.title or "")
        for block in page.blocks[start : end + 1]:
            node = block.node
            junk = self.junk[node] | (block.marks & (marks.JUNK | marks.CAPTION))
            text = block.text
            size = len(text)
            share = block.links / size if size else 0.0
            hint: str | None = None
            if junk & marks.CAPTION:
                hint = "caption"
            elif junk & marks.JUNK or dense[node]:
                continue
            elif block.tag in _HEADINGS:
                hint = "title" if title and _key(text) == title else "subheading"
                if share > 0.6:
                    continue
            elif share > 0.6:
                continue
            elif junk & marks.META and size < 120:
                hint = "byline" if junk & marks.BYLINE else "date" if junk & marks.DATE else "section"
            elif size >= _GOOD:
                hint = "body"
            lines.append(Line(text, block.tag, share, hint))
        while lines and lines[-1].hint in ("subheading", "caption", "byline", "date"):
            lines.pop()
        return lines, images


_WORD = re.compile(r"\w{1,60}")


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
