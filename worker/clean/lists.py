"""Lists that are the article itself: deals, recipes, plans, things told by number.

Their lines are as short as those of menus and teasers, so that neither a rule for one line nor the line model can tell
them; taken together they can be told: they begin where the article has been, count up, or hold one amount after the
other in words that come again, and name no date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from worker.clean.words import Cue

_NUMBER = re.compile(r"(?:#|№|Nr\.? ?|No\.? ?)?(\d{1,3})(?:\s?[.):–-]\s?|\s)(?=\S)(?!\d|of |von |de |/)")
BEGINS = "#№N"
"""What may stand before the number of an item."""
_LEAST = 4
"""Items of a numbered list."""
_APART = 8
"""Lines from one number to the next at most."""
_NEAR = 3
"""Lines between the article and the first number at most."""
_LONGEST_DATE = 9
"""Words."""
_SHORTEST = 15
"""Lines of a list that has no numbers."""
_AMOUNTS = 0.25
"""The share of its lines with a figure in them."""
_COMMON = 0.6
"""The share of its words that stand in another of its lines."""
_DATES = 0.03
"""The share of dated lines that is still no list of other stories."""
_MOSTLY = 0.6
"""The share of lines left out in a list that was taken for a menu."""
_STEM = 6
_FIGURE = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{4,}")
SURE = frozenset(("gallery", "repeated", "notice", "share", "cookies", "advertisement", "tags", "legal"))
"""Labels of the rules that nothing overrules."""
_OPEN = frozenset(("other", "outside", "body", "heading"))
_END = Cue.COMMENT | Cue.SHARE | Cue.TAGS | Cue.NEWSLETTER | Cue.NAV | Cue.LEGAL | Cue.COOKIE | Cue.RELATED


def with_lists(
    keep: list[bool],
    texts: Sequence[str],
    words: Sequence[float],
    cues: Sequence[int],
    labels: Sequence[str],
    dated: Sequence[float],
    begun: Iterable[int],
) -> list[bool]:
    """`keep` with the lines that go on from a kept line.

    All are parallel: `words` counts words, `cues` are those of the whole line or its first words, `labels` are the rules'
    own, `dated` is above 0 for lines with a day or a time. `begun` are the lines that begin with a figure or with what may
    stand before a number (`BEGINS`).
    """
    keep = list(keep)
    for start, end in _numbered(texts, words, dated, begun):
        before = next((i for i in range(start - 1, max(-1, start - 1 - _NEAR), -1) if keep[i]), -1)
        if before >= 0 or any(keep[start:end]):
            box = False  # of links to other stories between two items
            for i in range(before + 1 if before >= 0 else start, end):
                box = not keep[i] and (bool(cues[i] & _END) or (box and _NUMBER.match(texts[i]) is None))
                keep[i] = keep[i] or not (box or labels[i] in SURE)
    for start, end in _announced(keep, texts, words, cues, labels):
        keep[start:end] = [True] * (end - start)
    end = 0
    for at in _ends(keep):
        if at < end or at + _SHORTEST > len(keep):
            continue
        end = at + 1
        while end < len(keep) and not cues[end] & _END and labels[end] not in SURE:
            end += 1
        if end - at >= _SHORTEST and _is_list(keep[at:end], texts[at:end], dated[at:end]):
            keep[at:end] = [True] * (end - at)
    return keep


def _holds_figure(text: str) -> bool:
    return _FIGURE.search(text) is not None if text.isascii() else any(map(str.isdigit, text))


def _ends(keep: Sequence[bool]) -> list[int]:
    """The lines left out right behind a kept one."""
    flags = bytes(keep)
    found = []
    at = flags.find(b"\1\0")
    while at >= 0:
        found.append(at + 1)
        at = flags.find(b"\1\0", at + 1)
    return found


def _numbered(
    texts: Sequence[str], words: Sequence[float], dated: Sequence[float], begun: Iterable[int]
) -> list[tuple[int, int]]:
    """Start and end of the lists whose items count up or down by one, without days and times ("3 days ago")."""
    chains: dict[tuple[int, int], list[int]] = {}
    closed: list[list[int]] = []
    for i in begun:
        if (dated[i] and words[i] < _LONGEST_DATE) or (found := _NUMBER.match(texts[i])) is None:
            continue
        number = int(found[1])
        for step in (1, -1):
            chain = chains.pop((number, step), None)
            if chain is None or i - chain[-1] > _APART:
                if chain is not None:
                    closed.append(chain)
                chain = []
            chain.append(i)
            other = chains.get((number + step, step))
            if other is not None:
                closed.append(other)
            chains[number + step, step] = chain
    return [(chain[0], chain[-1] + 1) for chain in (*closed, *chains.values()) if len(chain) >= _LEAST]


def _announced(
    keep: Sequence[bool], texts: Sequence[str], words: Sequence[float], cues: Sequence[int], labels: Sequence[str]
) -> list[tuple[int, int]]:
    """Start and end of what stands between a kept line that ends in a colon and the next kept line."""
    found = []
    for i in _ends(keep):
        if words[i - 1] < _LEAST or texts[i - 1][-1] != ":":
            continue
        end = i
        while end < len(keep) and not keep[end] and not cues[end] and labels[end] in _OPEN:
            end += 1
        if end < len(keep) and keep[end]:
            found.append((i, end))
    return found


def _is_list(keep: Sequence[bool], texts: Sequence[str], dated: Sequence[float]) -> bool:
    """Whether these lines hold one amount after the other, in words that come again."""
    count = len(texts)
    if sum(keep) > (1 - _MOSTLY) * count or sum(dated) > _DATES * count:
        return False
    if sum(map(_holds_figure, texts)) < _AMOUNTS * count:
        return False
    stems = [{word[:_STEM] for word in _WORD.findall(text)} for text in {text.lower() for text in texts}]
    often = Counter(stem for line in stems for stem in line)
    return sum(often[stem] > 1 for line in stems for stem in line) >= _COMMON * sum(often.values())
