"""What belongs to an article beside the element that holds most of its paragraphs, and what is another's."""

import re

from worker.clean import marks
from worker.clean.lines import Line
from worker.clean.tree import INHERITED, Tree

_PART_MASS = 150  # characters of prose from which a box beside the core is a part of the story
_NO_PART = frozenset(("p", "li", "article", "aside", "footer", "nav", "form", "figcaption", "figure"))
_FEW = 200  # blocks of a box that is compared with another
_TOLD, _ENOUGH = 20_000, 2500  # characters of an article that are compared with another paragraph, at most and at least
_KIN = 0.2  # of the longer words of a paragraph, those that an article has too
_MANY_LONG = 6  # longer words of a paragraph that can be told by them
_LONGER = re.compile(r"[^\W\d_]{6,40}")


def beside_core(tree: Tree, core: int, title_at: int) -> tuple[range, int]:
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


def longer_words(lines: list[Line]) -> frozenset[str]:
    """The longer words of an article, with which `is_kin` compares; none of a short one, which would tell nothing."""
    told = " ".join(line.text for line in lines if line.hint in ("body", "lead", None))[:_TOLD]
    return frozenset(_LONGER.findall(told.casefold())) if len(told) >= _ENOUGH else frozenset()


def is_kin(text: str, known: frozenset[str]) -> bool:
    """Whether a paragraph far behind the core shares its longer words with the article: else the site speaks of itself.

    A text of few such words, or without spaces, tells nothing either way.
    """
    if not known or text.count(" ") * 12 < len(text):
        return True
    words = set(_LONGER.findall(text.casefold()))
    return len(words) < _MANY_LONG or len(words & known) >= _KIN * len(words)


def _continues(tree: Tree, i: int, core: int) -> bool:
    """Whether a block behind the core is one more paragraph: of an element that holds the core too."""
    node = tree.page.blocks[i].node
    up = tree.page.parents[node] if tree.page.tags[node] == "p" else node
    return bool(tree.weights[i]) and tree.first[up] <= tree.first[core] and not tree.junk[node] & INHERITED


def _is_part(tree: Tree, box: int) -> bool:
    """Whether a box between the headline and the core is a part of the story rather than a list of others."""
    return (
        tree.mass[box] >= _PART_MASS
        and tree.shown_links[box] * 4 < tree.shown[box]
        and not tree.junk[box] & (INHERITED & ~marks.LEAD)
        and tree.page.tags[box] not in _NO_PART
    )


def runs_on(tree: Tree, i: int, start: int) -> bool:
    """Whether a paragraph behind the core belongs to the article: its box is one of prose, and no list of other stories."""
    node = tree.page.blocks[i].node
    while node and tree.first[node] > start:
        if tree.page.tags[node] in ("li", "article", "aside", "footer", "td", "form"):
            return False
        if tree.shown_links[node] * 4 > tree.shown[node]:
            return False
        node = tree.page.parents[node]
    return True


def tells_again(tree: Tree, up: int, box: int) -> bool:
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
