"""Lists of links to other stories in or beside an article. Use `dense_in` for all of them at once."""

from worker.clean.tree import HEADINGS, Tree

_PART = 3  # blocks below a heading from which a box is a part of a story rather than a link to another
_MAY_LINK = frozenset(("p", "h1", "h2", "h3", "h4", "li"))  # a paragraph of links may be one of the article's


def dense_in(tree: Tree, root: int, core: int) -> dict[int, bool]:
    """The elements inside `root` that are lists of links, and what stands in them.

    Never one around the core, nor one that holds most of its paragraphs.
    """
    page = tree.page
    most = tree.mass[core] / 2
    dense: dict[int, bool] = {node: True for node in _cards(tree, root) if tree.mass[node] <= most}
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
        elif tree.mass[node] <= most and (tree.first[node] > start or tree.last[node] < end):
            dense[node] = True
    return dense


def _cards(tree: Tree, root: int) -> list[int]:
    """Elements that stand in a row of three or more, each with a linked title and little text: other stories."""
    page = tree.page
    titled: set[int] = set()
    headed: dict[int, int] = {}  # boxes with a heading of their own, and how many blocks without a link stand below it
    for block in page.blocks[tree.first[root] : tree.last[root] + 1]:
        size = len(block.text)
        if block.tag in HEADINGS and size >= 15 and not block.links:
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


def in_prose(tree: Tree, node: int) -> bool:
    """Whether a linked item stands in a list that is more text than links."""
    up = tree.page.parents[node]
    return tree.page.tags[up] in ("ul", "ol") and tree.shown_links[up] * 2 < tree.shown[up] > 300


def _mixed(tree: Tree, up: int, row: list[int]) -> bool:
    """Whether the items of a list that are links stand among as much text that is none: then the list is the story's."""
    if tree.page.tags[row[0]] != "li":
        return False
    return sum(tree.chars[node] for node in row) * 2 < tree.chars[up]


def heads_prose(tree: Tree, i: int, end: int) -> bool:
    """Whether a linked heading opens a part of the article rather than being the title of another story."""
    box = tree.page.parents[tree.page.blocks[i].node]
    follows = any(tree.weights[k] for k in range(i + 1, min(i + 5, end + 1)))
    return follows and tree.mass[box] > 300 and tree.links[box] * 3 < tree.chars[box]
