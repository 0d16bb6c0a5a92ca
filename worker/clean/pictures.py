"""Captions and credits of a dump: which belong together, each once."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from collections.abc import Sequence

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


def pair(texts: Sequence[str], labels: Sequence[str], credits: Sequence[bool]) -> list[dict[str, str | None]]:
    """Pictures from the lines labelled `caption` and `credit` (`credits`: the wording of a line names a source).

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
        known = images.setdefault(key, {"url": None, "caption": text, "credit": name})
        known["credit"] = known["credit"] or name
        i = j
    return list(images.values())
