"""Captions and credits: which belong together, each once, and on a page to which picture.

`pair` is for a dump; `find_pictures` and `of_page` are for a page.
"""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from worker.clean.cues import is_credit
from worker.clean.lines import Line
from worker.clean.metadata import Image, absolute
from worker.clean.scan import Scan
from worker.references import resolve

_LABEL = re.compile(
    r"^[(\[]?\s?(?:(?:foto|fotos|bild|bilder|photo|photos|image|picture|photograph|quelle|bildquelle|fotocredit|bildrechte|credit|photo credit|source|image source|crédit photo|crédits?|grafik|illustration)"
    r"\s?(?:by|von|:|©|,)\s?|©\s?|\(c\)\s?)",
    re.I,
)
_TAIL = re.compile(
    r"\s?(?:[(\[|–-]\s?)?\b(?:foto|fotos|bild|photo|photos|image|picture|photograph|quelle|bildquelle|fotocredit|bildrechte|credit|credits|©|\(c\))\s?(?:by|von|:|©)\s?([^:]{2,80}?)[)\]]?$|\s?©\s?([^:©]{2,80})$|\s\(([^()]{2,60})\)$",
    re.I,
)


def credit_name(line: str) -> str:
    """The name in a credit line, without its label and brackets."""
    return _LABEL.sub("", line).strip(" ()[]|.,;-–") or line


def parted(caption: str, is_credit: bool) -> tuple[str, str | None]:
    """A caption and the credit at its end; `is_credit` tells that its wording names one."""
    if not is_credit:
        return caption, None
    found = _TAIL.search(caption)
    if not found:
        return caption, None
    name = (found[1] or found[2] or found[3] or "").strip(" .,;|)")
    rest = caption[: found.start()].rstrip(" |–-(")
    return (rest, name) if rest and name else (caption, None)


def pair(
    texts: Sequence[str],
    labels: Sequence[str],
    credits: Sequence[bool],
    urls: Mapping[str, str | None] | None = None,
) -> list[dict[str, str | None]]:
    """Pictures from the lines labelled `caption` and `credit` (`credits`: the wording of a line names a source).

    `urls` has the addresses of pictures by their captions.

    A credit belongs to the caption right before it, else to the one right after it; a caption that stands twice is one.
    """
    images: dict[str, dict[str, str | None]] = {}
    i = 0
    while i < len(labels):
        if labels[i] != "caption":
            i += 1
            continue
        text, name = parted(texts[i], credits[i])
        key = text.casefold()
        j = i + 1
        while j < len(labels) and labels[j] == "caption" and texts[j].casefold() == texts[i].casefold():
            j += 1
        if name is None and j < len(labels) and labels[j] == "credit":
            name = credit_name(texts[j])
            j += 1
        elif name is None and i and labels[i - 1] == "credit":
            name = credit_name(texts[i - 1])
        url = urls.get(texts[i]) if urls else None
        known = images.setdefault(key, {"url": url, "caption": text, "credit": name})
        known["url"] = known["url"] or url
        known["credit"] = known["credit"] or name
        i = j
    return list(images.values())


_SOURCE = re.compile(
    r"""(?<![\w-])(src|data-src|data-original|data-lazy-src|data-srcset|srcset)\s{0,3}=\s{0,3}(?:"([^"]{1,4000})|'([^']{1,4000})|([^\s"'>]{1,2000}))"""
)
_NO_PICTURE = re.compile(
    r"^data:|\.svg(?:\?|$)|(?:placeholder|space|spacer|blank|pixel|1x1)[\w.-]{0,20}\.(?:gif|png)", re.I
)
_CLIMB = 5  # elements from a picture up to the one that holds its caption too
_MOST_PICTURES = 200  # of an article
_SAYS = 15  # characters of a caption that stands without its picture
_MOST = 3  # pictures in one element: with more of them nobody can tell whose caption it is


def _address(attributes: str, base: str | None) -> str | None:
    """The absolute address that the attributes of an `img` give, None where it is a placeholder or no address."""
    for source in _SOURCE.finditer(attributes):
        stated = resolve(source[2] or source[3] or source[4]).strip()
        first = stated.split(", ")[0].split(" ")[0]  # the first of a set
        if first and not _NO_PICTURE.search(first) and (found := absolute(first, base)):
            return found
    return None


def find_pictures(page: Scan, captions: Sequence[tuple[Line, int]], url: str | None) -> dict[str, str | None]:
    """The texts among `captions` (each with its node) that stand with a picture, and the picture's address.

    They share an element, at most a few levels up, with it and few others. What is a `figcaption` needs no picture: many
    are put in by scripts.
    """
    if not captions:
        return {}
    holders: dict[int, list[int]] = {}
    for i, (_, node) in enumerate(page.images):
        for _ in range(_CLIMB):
            holders.setdefault(node, []).append(i)
            if not node or page.tags[node] in ("figure", "article", "main", "body"):
                break
            node = page.parents[node]
    found: dict[str, str | None] = {}
    for line, node in captions:
        declared = line.tag == "figcaption"
        for _ in range(_CLIMB):
            if node in holders or not node or page.tags[node] in ("article", "main", "body"):
                break
            declared = declared or page.tags[node] == "figcaption"
            node = page.parents[node]
        if line.links > 0.5:
            continue  # the title of another story
        held = holders.get(node, []) if page.tags[node] not in ("article", "main", "body") else []
        if 0 < len(held) <= _MOST:
            found.setdefault(line.text, _address(page.images[held[0]][0], url))
        elif declared and len(line.text) >= _SAYS:
            found.setdefault(line.text, None)
    return found


def of_page(
    lead: Sequence[Image], texts: Sequence[str], labels: Sequence[str], pictures: Mapping[str, str | None]
) -> list[dict[str, str | None]]:
    """The pictures of a page, each once: those it declares, and its captions with credits and addresses.

    `lead` are the declared ones; `pictures` is what `find_pictures` told of the lines labelled `caption`.
    """
    at = [i for i, label in enumerate(labels) if label in ("caption", "credit") and texts[i] in pictures]
    shown = [texts[i] for i in at]
    kinds = ["credit" if _is_bare_credit(text) else "caption" for text in shown]
    images: list[dict[str, str | None]] = []
    taken: dict[str, dict[str, str | None]] = {}
    for image in pair(shown, kinds, [is_credit(text) for text in shown], pictures)[:_MOST_PICTURES]:
        first = taken.setdefault(image["url"], image) if image["url"] else image
        if first is image:
            images.append(image)
        elif not first["credit"] and is_credit(image["caption"] or ""):
            first["credit"] = credit_name(image["caption"] or "")
    for stated in reversed(lead):
        same = next((x for x in images if _is_same(x, stated)), None)
        if same is None:
            images.insert(0, {"url": stated.url, "caption": stated.caption, "credit": stated.credit})
        else:
            same["url"] = same["url"] or stated.url
            same["credit"] = same["credit"] or stated.credit
    return images


def _is_bare_credit(text: str) -> bool:
    """Whether a line is a credit and nothing else."""
    return len(text) < 90 and (_LABEL.match(text) is not None or (text[:1] == "(" and text[-1:] == ")"))


def _is_same(shown: Mapping[str, str | None], stated: Image) -> bool:
    if shown["url"] and stated.url:
        return _file(shown["url"]) == _file(stated.url)
    return bool(shown["caption"] and stated.caption and shown["caption"].casefold() == stated.caption.casefold())


def _file(url: str) -> str:
    """What stays of a picture's address through its sizes: the longest part of the path, without its ending."""
    parts = url.split("?", 1)[0].split("#", 1)[0].split("/")[3:]
    return max((part.rsplit(".", 1)[0] for part in parts), key=len, default=url)
