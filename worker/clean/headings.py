"""Sub-headings that the vote on single lines takes for something else, and lines that it takes for sub-headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from worker.clean import model
from worker.clean.shape import Floats

_INTERRUPTS = frozenset(("credit", "advertisement", "tools", "newsletter", "share", "video", "gallery", "cookies"))
"""What may stand between a sub-heading and its paragraph, known by its wording."""
_OPEN = frozenset(("heading", "other"))
_KEPT = frozenset(("heading", "body"))
_LIKELY = 0.35
"""How likely the model must find a sub-heading above such a line."""
_LONGEST = 10
"""Words."""
_LINKED = 5
"""Words of a link to another article within this one at least ("More on this: ..."); fewer head a box of such links."""
_LABEL = 4
"""How often a label stands at least; a sub-heading stands once."""
_SMALL = re.compile(
    r"(?:^|\s)(?!(?:von|van|de|der|den|di|da|del|la|le|zu|al|bin|ben|ibn|dos|du|el|y|e|und|and|et)\s)[^\W\d_A-ZÀ-Þ]"
)
_NAME = re.compile(r"[^\W\d_a-zß-ÿ][\w'’.-]{1,30} (?:von |van |de |der |di )?[^\W\d_a-zß-ÿ][\w'’-]{1,30}")
_PLACE = re.compile(r"[^\W\d_a-zß-ÿ][\w-]{2,30}(?:[ /][^\W\d_a-zß-ÿ][\w-]{2,30}){0,2}\.$")
_QUOTES = "\"'“”„«»‘’‹›"
"""What a quotation begins and ends with."""
_QUOTED, _LONG = 20, 600
"""Characters of a line that stands out of the text at least, and at most."""
_AROUND = 16
"""How many lines off it stands in the text."""
_NAMED = 80
"""Characters at the start of a line that name someone."""


def missed(
    texts: Sequence[str], labels: Sequence[str], ruled: Sequence[str], words: Sequence[float], roles: Floats
) -> list[int]:
    """The left-out lines that are sub-headings; all are parallel, `ruled` holds the labels of the rules alone.

    An advertisement or a credit stands between the sub-heading and its paragraph, or a link to another article; or the
    rules see the sub-heading and the model a credit, but the line is no name.
    """
    found = []
    for i in range(1, len(texts) - 1):
        if ruled[i] not in _OPEN or labels[i] in _KEPT or not 2 <= words[i] <= _LONGEST:
            continue
        after = labels[i + 1]
        if ruled[i] == "heading":
            if (
                after == "body"
                and roles[i].argmax() == model.CREDIT
                and "/" not in texts[i]
                and _SMALL.search(texts[i])
            ):
                found.append(i)
        elif texts[i][-1] not in ".?!…:":
            if after in _INTERRUPTS:
                if roles[i, model.HEADING] > _LIKELY:
                    found.append(i)
            elif (
                labels[i - 1] == "body"
                and (after == "related" or texts[i + 1].startswith(">>"))
                and words[i + 1] >= _LINKED
                and labels[i + 2 : i + 3] == ["body"]
            ):
                found.append(i)
    return found


def mistaken(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """The lines labelled as sub-headings that are none: a label that comes again and again, the place below a lead, and
    who said what stands out above."""
    heads = [i for i, label in enumerate(labels) if label == "heading"]
    if not heads:
        return []
    often = Counter(texts[i] for i in heads)
    body = [i for i, label in enumerate(labels) if label == "body"]
    return [
        i
        for i in heads
        if often[texts[i]] >= _LABEL
        or (_PLACE.match(texts[i]) and sum(1 for j in body if j < i) <= 1)
        or _said_above(texts, labels, i)
    ]


def _said_above(texts: Sequence[str], labels: Sequence[str], at: int) -> bool:
    """Whether a line that stands near by in the text stands out of it above line `at`, which names someone in the text."""
    name = _NAME.search(texts[at][:_NAMED])
    quoted = texts[at - 1].strip(_QUOTES + ".,")
    if labels[at - 1] != "body" or name is None or not _QUOTED <= len(quoted) <= _LONG:
        return False
    lines = [*range(max(0, at - _AROUND), at - 1), *range(at + 1, min(len(texts), at + _AROUND))]
    told = [texts[i] for i in lines if labels[i] == "body"]
    return any(quoted in text for text in told) and any(name[0] in text for text in told)
