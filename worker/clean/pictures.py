"""Captions and credits of a dump: which belong together, each once."""

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
    images: list[dict[str, str | None]] = []
    seen: dict[str, dict[str, str | None]] = {}
    last = -2
    for i, label in enumerate(labels):
        if label == "caption":
            text, name = parted(texts[i], credits[i])
            known = seen.get(text.casefold())
            if known is None:
                known = seen[text.casefold()] = {"url": None, "caption": text, "credit": name}
                images.append(known)
                if name is None and i and labels[i - 1] == "credit" and last != i - 2 and images[-2:-1] and images[-2]["caption"] is None:
                    known["credit"] = images.pop(-2)["credit"]
            elif name and known["credit"] is None:
                known["credit"] = name
            last = i
        elif label == "credit":
            name = credit_name(texts[i])
            if last == i - 1 and images and images[-1]["credit"] is None:
                images[-1]["credit"] = name
            elif not any(x["caption"] is None and x["credit"] == name for x in images):
                images.append({"url": None, "caption": None, "credit": name})
    return images
