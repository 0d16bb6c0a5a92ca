"""The block elements of a page with sums of their text: where its paragraphs stand, and which of them is the article's.

Class names lie more often than prose does: what they say of an element is believed only as far as its text allows.
"""

from worker.clean import marks
from worker.clean.scan import Block, Scan
from worker.clean.second import is_wide

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LEAF_TAGS = frozenset(("p", "li", "blockquote", "tr", "td", "dd", "h1", "h2", "h3", "h4", "h5", "h6"))
INHERITED = marks.JUNK | marks.CAPTION | marks.META | marks.GALLERY | marks.LEAD
"""Marks that hold for all that stands in an element."""
_GOOD = 60  # characters from which a block may count as a paragraph
_SHARE = 0.72  # of the paragraphs that a container must hold to be entered
_INVITATION = 250  # characters
_WEAK = marks.NAV | marks.ASIDE | marks.HIDDEN | marks.WIDGET | marks.SHARE | marks.FOOTER | marks.OFFER
_WEAK |= marks.TEASER | marks.OVERLAY
_SURE_TAGS = frozenset(("nav", "aside", "footer", "figcaption", "dialog"))
_FIGURES = frozenset(("table", "pre"))  # what a figure may hold beside a picture and its caption


def _weight(block: Block) -> int:
    text, links = block.text, block.links
    size = len(text)
    if size < 20 or links * 5 > size * 2:
        return 0
    if not text.isascii() and is_wide(text):
        return (size - links) * 3
    return size - links if size >= _GOOD else 0


class Tree:
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
            junk[node] = junk[parents[node]] | (own & INHERITED)
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
        if tag in LEAF_TAGS:
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
            if self.mass[best] < self.mass[node] * share or self.page.tags[best] in LEAF_TAGS:
                break
            node = best
        while self.page.tags[node] in LEAF_TAGS and node:
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
