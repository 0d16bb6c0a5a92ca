"""The texts and the elements that belong to a picture: a line among them is a caption."""

from worker.clean.scan import Scan
from worker.clean.tree import HEADINGS, LEAF_TAGS, Tree
from worker.references import resolve


def spoken_for(page: Scan) -> set[str]:
    """The texts that stand for pictures: a line that says the same is a caption."""
    found = {block.text for block in page.blocks if block.tag == "figcaption" and len(block.text) > 15}
    for attributes, _ in page.images:
        at = attributes.find("alt=")
        if at >= 0 and len(attributes) > at + 24:
            quote = attributes[at + 4]
            if quote in "\"'":
                text = attributes[at + 5 : attributes.find(quote, at + 5)]
                if len(text) > 15:
                    found.add(" ".join(resolve(text).split()))
    return found


def picture_boxes(tree: Tree) -> set[int]:
    """The elements that hold a picture and little text: what stands in them is its caption."""
    page = tree.page
    captioned = {page.parents[block.node] for block in page.blocks if block.tag == "figcaption"}
    small: set[int] = set()
    for _, node in page.images:
        steps = 0
        while node and steps < 5 and page.tags[node] not in LEAF_TAGS and tree.chars[node] <= 250:
            if node in captioned:
                break
            small.add(node)
            node = page.parents[node]
            steps += 1
    if not small:
        return small
    inside: set[int] = set()
    for node in range(1, len(page.tags)):
        if node in small or (page.parents[node] in inside and page.tags[node] not in HEADINGS):
            inside.add(node)
    return inside
