"""The head of an article in a dump: its title, section, lead, bylines and date lines, from what stands around the first paragraph."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from worker.clean import features, model
from worker.clean.blocks import Judged
from worker.clean.names import BY_ALONE, DAY_BY, SIGNS, has_case, people

REACH = 30
"""How many lines above the first paragraph the title is looked for."""

_SAME = 0.75
"""Share of the longer words of two titles that are one."""
_SHORTEST, _LONGEST = 20, 220
"""Characters of a title that an address names."""
_NAMELESS = frozenset(("other", "section", "byline", "teaser"))
_SIGNED = frozenset(("byline", "date"))
_MAY_SIGN = _SIGNED | {"other", "teaser"}
_LONGEST_NAME, _BESIDE, _MOST = 40, 3, 3
"""Characters of a name that stands alone, lines from it to the date, and how many such names."""
_HEAD = 18
"""Lines of a head from its lead on, with pictures and buttons."""
_REACHES = 300
"""Characters of a title with what stands before it at most."""
_SOON = 5
"""Lines from a title to a date or a byline."""
_NAMED = 4
"""Words of the title in an address at least, where it names the title."""
_TOLD = 40
"""Words of the body below its title at least."""
_TITLE, _KICKER = 20, 40
"""Letters of a title at least, and of what stands before or behind it at most."""
_QUOTES = '”“"»«'
_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_SIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
"""Signs of Japanese and Chinese, which put no spaces between words."""
_SPACELESS = 4
_RUN = re.compile(r"[^\W_]+")


def overlap(line: str, text: str) -> float:
    """Share of the longer words of `line` that stand in `text` (lower case); of its pairs of signs where no spaces part words."""
    if not line.isascii() and (signs := "".join(_SIGN.findall(line))):
        return sum(signs[i : i + 2] in text for i in range(len(signs) - 1)) / max(1, len(signs) - 1)
    words = _WORD.findall(line.lower())
    if not words:
        return 0.0
    return sum(1 for w in words if (w[:-2] if len(w) > 6 else w) in text) / len(words)


def find_title(texts: Sequence[str], judged: Judged, first: int, body: str, url: str | None) -> int:
    """The line of the title above (or at) the first paragraph `first`, or -1. `body` is the start of the body in lower case."""
    slug = _slug(url)
    assert judged.roles is not None
    likely = judged.roles[:, model.TITLE].tolist()
    top = judged.low
    poor = judged.flagged(features.CREDITED) | judged.flagged(features.SIGNED)
    dated = judged.flagged(features.DATED)
    known = dated | judged.flagged(features.SIGNED)
    choices = []
    for i in range(max(top, first - REACH), min(top + len(likely), first + 3)):
        line = texts[i]
        count = line.count(" ") + 1
        if count < _SPACELESS and not line.isascii() and (signs := _SIGN.findall(line)):
            count += len(signs) // 3
        if not 8 <= len(line) <= 260 or not 2 <= count <= 32:
            continue
        score = 1.2 * likely[i - top] - 0.012 * abs(first - i)
        if count > 2 and _touches(low := line.lower(), slug):
            mine = set(_WORD.findall(low))
            score += 1.2 * len(mine & slug) / max(3, min(len(mine), len(slug)))
        if count < 4:
            score -= 0.25
        if i >= first:  # where the dump holds no title, a sentence of the body is none
            score -= 0.9 if line.rstrip(_QUOTES).endswith(".") else 0.5
        elif first - i <= 2:
            score += 0.2
        if count > 3 and i < first and not known.isdisjoint(range(i + 1, i + _BESIDE + 1)):
            score += 0.15
        if i in poor or (count < 10 and i in dated):
            score -= 0.8
        choices.append((score, i))
    choices.sort(reverse=True)
    best, choice = 0.55, -1
    for score, i in choices[:5]:
        if score + 0.7 <= best:
            break
        score += 0.7 * overlap(texts[i], body)
        if score > best:
            best, choice = score, i
    return choice


def title_named(texts: Sequence[str], judged: Judged, url: str) -> int:
    """The first line that the address names and that a date or a byline follows soon, or -1."""
    return next(_named(texts, url, _before(judged, 0, 2 * _SOON)), -1)


def title_below(texts: Sequence[str], judged: Judged, first: int, url: str) -> int:
    """The line of the title where the address names it, a date or a byline follows, and `first` stands above it; else -1.

    What was kept above is then of the menu: some hold the first sentences of other stories.
    """
    if next(_named(texts, url, range(max(0, first - REACH), first + 3)), -1) >= 0:
        return -1
    for i in _named(texts, url, _before(judged, first + 3, _SOON)):
        told = [texts[k] for k in range(i + 1, len(texts)) if judged.labels[k] in ("body", "heading")]
        if sum(text.count(" ") + 1 for text in told) >= _TOLD:
            return i
    return -1


def _before(judged: Judged, start: int, reach: int) -> list[int]:
    """The lines from `start` on that have a date or a byline less than `reach` lines below them."""
    known = judged.flagged(features.DATED) | judged.flagged(features.SIGNED)
    return sorted({i for k in known if k > start for i in range(max(start, k - reach + 1), k)})


def _named(texts: Sequence[str], url: str, lines: Iterable[int]) -> Iterator[int]:
    """Those lines that share most of their longer words with the address."""
    slug = _slug(url)
    if len(slug) >= _NAMED:
        for i in lines:
            if i < len(texts) and _SHORTEST <= len(texts[i]) <= _LONGEST and _touches(low := texts[i].lower(), slug):
                words = set(_WORD.findall(low))
                if len(words & slug) >= max(_NAMED, 0.6 * min(len(words), len(slug))):
                    yield i


def _touches(line: str, words: Iterable[str]) -> bool:
    """Whether any of the words stands in a line, be it as a part of another: asked before the line is cut into words."""
    for word in words:  # noqa: SIM110 -- twice as fast as `any`
        if word in line:
            return True
    return False


@lru_cache(maxsize=64)
def _slug(url: str | None) -> frozenset[str]:
    """The longer words of the path of an address."""
    path = url.rsplit("://", 1)[-1].split("/", 1)[-1].lower() if url and "/" in url else ""
    return frozenset(_WORD.findall(path))


def same_title(title: str, line: str) -> bool:
    """Whether `line` tells the title once more: as it is, below the path to the page, or with its kicker before it."""
    if len(line) > _REACHES or len(title) > _REACHES:
        return False
    mine, theirs = letters(title), letters(line)
    short, long = sorted((mine, theirs), key=len)
    if len(short) >= _TITLE and len(long) <= len(short) + _KICKER and short in long:
        return True
    words, others = set(_WORD.findall(title.lower())), set(_WORD.findall(line.lower()))
    return len(others) >= 3 and len(words & others) >= _SAME * max(len(words), len(others))


def letters(text: str) -> str:
    """Letters and digits alone, in lower case: what two spellings of one title have in common."""
    return "".join(_RUN.findall(text.casefold()))


def second(labels: Sequence[str], first: int) -> int:
    """The kept line behind line `first`, which may be a lead with buttons and pictures below it; `first` where it is far."""
    return next(
        (i for i in range(first + 1, min(len(labels), first + _HEAD)) if labels[i] in ("body", "heading")), first
    )


def find_authors(judged: Judged, title: int, first: int, end: int) -> list[str]:
    """The names in the bylines between the title and the second paragraph, or right after the body."""
    found: list[str] = []
    texts, labels = judged.texts, judged.labels
    signed = judged.flagged(features.SIGNED)
    credited = judged.flagged(features.CREDITED)
    top = max(0, title - _BESIDE if 0 <= title < first else first - 10, first - REACH)
    below = max(first + 3, second(labels, first))
    under = [i for i in range(below, min(len(texts), first + _SOON + 1)) if i in signed]
    for i in [*range(top, min(len(texts), below)), *under, *range(max(first, end - 1), min(len(texts), end + 3))]:
        line = texts[i]
        if labels[i] in ("body", "heading", "title", "section") or len(line) > 120:
            continue
        if len(line) < _SHORTEST and i + 1 < len(texts) and BY_ALONE.fullmatch(line):
            found += [n for n in people(texts[i + 1]) if n not in found]
        elif i in signed or _signs(line, labels[i]):
            found += [n for n in people(line) if n not in found]
        elif labels[i] == "byline" and i not in credited and (some := people(line)):
            found += [n for n in some if n not in found and _is_proper(n, texts)]
        if len(found) > 5:
            break
    return found or _bare_names(judged, title, first, below)


def _signs(line: str, label: str) -> bool:
    """Whether a line that was left out begins with "By" and a name, or has them behind a day."""
    if label in _MAY_SIGN:
        return SIGNS.match(line) is not None or (label in _SIGNED and DAY_BY.match(line) is not None)
    return False


def _is_proper(name: str, texts: Sequence[str]) -> bool:
    """Whether no word of a name stands in small letters somewhere: what heads a section is made of common words."""
    whole = "\n".join(texts)
    return not any(_stands(word, whole) for word in _LETTERS.findall(name.lower()))


def _stands(word: str, text: str) -> bool:
    """Whether a word stands in a text by itself."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        around = text[at - 1 : at] + text[end : end + 1]
        if not ("_" in around or any(map(str.isalnum, around))):
            return True
        at = text.find(word, end)
    return False


def _bare_names(judged: Judged, title: int, first: int, below: int) -> list[str]:
    """The lines around the title that hold a name, beside a date or with what it is called by on a network ("@name")."""
    texts, labels = judged.texts, judged.labels
    dated = judged.flagged(features.DATED)
    found: list[str] = []
    for i in range(max(0, title - _BESIDE) if 0 <= title < first else first + 1, min(len(texts), below)):
        if labels[i] not in _NAMELESS:
            continue
        line, handle, _ = texts[i].partition(" @")
        line = line.rstrip(" ,|")
        if not has_case(line):  # there any two words of a menu are written as a name is
            continue
        near = range(max(0, i - _BESIDE), min(len(texts), i + _BESIDE + 1))
        if (
            len(line) < _LONGEST_NAME
            and " " in line
            and (handle or any(j in dated or labels[j] == "date" for j in near))
            and people(line) == [line.title() if line.isupper() else line]
        ):
            found += [n for n in people(line) if n not in found and _is_proper(n, texts)]
    return found[:_MOST]
