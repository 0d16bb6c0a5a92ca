"""The headline of a page: which of the texts that declare one it is, and where it stands."""

import re
from collections.abc import Sequence, Set

from worker.clean import marks
from worker.clean.scan import Scan

_SEPARATOR = re.compile(r"\s+(?:[|–—•·»«:]{1,2}|-{1,2}|//|~)\s+|\s*[|｜]\s*|：|--")
_WORD = re.compile(r"\w{1,60}")


_KICKER = re.compile(r"\s[-–—|]\s|:\s")
_KICKER_END = re.compile(r"(?:\s[-–—|]|[:|])\s*$")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, to compare two spellings."""
    return _WORD.findall(text.casefold())


def choose_title(
    headings: Sequence[str],
    *,
    headline: str | None,
    declared: Sequence[str],
    page_title: str | None,
    site: str | None,
    host: str,
    edited: bool = True,
) -> str | None:
    """The headline of a page, without the site's name.

    `headings`: its first-level headings; `headline`: JSON-LD's; `declared`: OpenGraph's and the like, best first. A
    page that declares its article in JSON-LD is an edited one: there OpenGraph's title is the headline. Elsewhere
    that title is made for sharing and search, so a heading that it confirms wins.
    """
    shown = [text for text in headings if len(text) <= 400]
    # what both declarations carry belongs to the headline, unless it is the site's name
    agreed = headline is not None and bool(declared) and words_of(headline) == words_of(declared[0])
    whole = {" ".join(words_of(text)) for text in shown}

    def stripped(text: str, known: Sequence[str]) -> str:
        # what a heading says to the last word holds no site's name, however much a part of it resembles one
        return text if " ".join(words_of(text)) in whole else strip_site(text, known, site, host)

    stated = [stripped(text, [] if agreed else [*shown, headline or ""]) for text in declared]
    ahead = stripped(headline, shown) if headline else None
    if edited and ahead and stated:
        return stated[0]
    tail = strip_site(page_title, [*shown, *stated], site, host) if page_title else None
    evidence = [text for text in (ahead, *stated, tail) if text]
    best: str | None = None
    most = 0.45
    for heading in shown:
        words = set(words_of(heading))
        for text in evidence:
            others = set(words_of(text))
            if (
                not words
                or not others
                or (len(words) < 3 and len(words) < len(others) and not text.startswith(heading))
            ):
                continue  # nothing to compare, or a rubric's name
            score = len(words & others) / min(len(words), len(others))
            if score > most + 0.01:
                best, most = heading, score
    if (
        best
        and stated
        and best != stated[0]
        and best.endswith(stated[0])
        and _KICKER_END.search(best[: -len(stated[0])])
    ):
        return stated[0]
    if best and stated and (shared := _shared_tail(best, stated[0])):
        return shared
    if best or evidence:
        return best or evidence[0]
    return shown[0] if len(shown) == 1 else next((text for text in shown if len(words_of(text)) > 2), None)


def _shared_tail(heading: str, declared: str) -> str | None:
    """The headline proper, where heading and declaration put different kickers before it."""
    if heading in declared or declared in heading or words_of(heading) == words_of(declared):
        return None
    ends = [[text[m.end() :].strip() for m in _KICKER.finditer(text)] for text in (heading, declared)]
    tail = next((tail for tail in ends[0] if tail in ends[1] and len(words_of(tail)) > 3), None)
    if tail is None:
        return None
    kickers = [set(words_of(text[: text.rfind(tail)])) for text in (heading, declared)]
    # beginnings that say nearly the same are one sentence in two wordings
    return tail if len(kickers[0] & kickers[1]) * 2 < min(map(len, kickers)) else None


def strip_site(title: str, headings: Sequence[str], site: str | None, host: str) -> str:
    """`title` without the site's name or rubric before or behind it."""
    title = title.strip()
    for heading in headings:
        rest = title[len(heading) :]
        if len(heading) > 8 and rest and title.startswith(heading) and len(rest) < 60 and _SEPARATOR.match(rest):
            return heading
    marks_at = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    if not marks_at:
        return title
    names = {"".join(words_of(x)) for x in (site or "",) if x}
    labels = [label for label in host.casefold().split(".") if label not in ("www", "com", "co", "de", "org", "net")]
    names.update(labels)
    names.add("".join(words_of(host.removeprefix("www."))))

    def is_site(text: str) -> bool:
        key = "".join(words_of(text))
        return bool(key) and any(
            key == n or (len(n) > 3 and (key in n or n in key) and len(key) < len(n) + 16) for n in names if n
        )

    for start, end in reversed(marks_at):
        if is_site(title[end:]) and len(words_of(title[:start])) > 1:
            return strip_site(title[:start], headings, site, host)
    start, end = marks_at[0]
    if is_site(title[:start]) and len(words_of(title[end:])) > 1:
        return title[end:].strip()
    return title


def head_of(page: Scan, title: str | None) -> tuple[int, int, int]:
    """The blocks around the headline where a page states date and author: (first, headline, end), to the second paragraph.

    Without a headline: around the first long paragraph. Empty where there is neither.
    """
    if (known := page.heads.get(title)) is None:
        known = page.heads[title] = _find_head(page, title)
    return known


def _find_head(page: Scan, title: str | None) -> tuple[int, int, int]:
    words = set(words_of(title or ""))
    size = len(title or "")
    at, most = -1, 0.0
    first: list[int] = []  # first-level headings that say it
    for i, block in enumerate(page.blocks):
        heading = block.tag in ("h1", "h2", "h3")
        if not words or not (
            heading or (len(words) > 2 and not block.links and abs(len(block.text) - size) * 4 < size)
        ):
            continue
        others = set(words_of(block.text))
        common = len(words & others)
        if (
            common * 2 > min(len(words), len(others))
            and len(others) > 1
            and (heading or common * 5 > 4 * len(words | others))
        ):
            if block.tag == "h1":
                first.append(i)
                continue
            # the same words again stand in a teaser or above the comments
            if (likeness := common / len(words | others)) > most:
                at, most = i, likeness
    if first:
        # what has less prose below it is said once more, in a bar that scrolls in
        at = first[0] if len(first) == 1 else max(first, key=lambda i: (_prose_below(page, i), -i))
    if at < 0:
        at = next((i for i, block in enumerate(page.blocks) if block.tag == "h1"), -1)
    if at < 0:
        at = next(
            (i for i, block in enumerate(page.blocks) if len(block.text) > 150 and block.links * 3 < len(block.text)),
            -1,
        )
    if at < 0:
        return 0, 0, 0
    last, paragraphs = at + 1, 0
    while last < len(page.blocks) and last < at + 30 and paragraphs < 2:
        block = page.blocks[last]
        paragraphs += (
            len(block.text) > 80 and block.links * 3 < len(block.text) and not page.marks[block.node] & marks.CAPTION
        )
        last += 1
    return max(0, at - 6), at, last


def _prose_below(page: Scan, at: int) -> int:
    """The paragraphs below a heading."""
    return sum(len(block.text) > 150 and block.links * 3 < len(block.text) for block in page.blocks[at + 1 : at + 25])


ASIDE = marks.TEASER | marks.COMMENT | marks.NAV


def is_aside(page: Scan, node: int, around: Set[int] = frozenset(), kinds: int = ASIDE) -> bool:
    """Whether a block stands in a teaser, a comment or a navigation, or in what else `kinds` says.

    `around` are the nodes that hold the headline: an article is no aside, whatever its elements are called.
    """
    for _ in range(4):
        if node in around:
            return False
        if page.marks[node] & kinds and not page.marks[node] & (marks.LEAD | marks.DATE):
            return page.tags[node] not in ("body", "article", "main")
        node = page.parents[node]
    return False


def nodes_around(page: Scan, at: int) -> Set[int]:
    """The node of a block and all those that hold it."""
    node = page.blocks[at].node
    found = {node}
    while node:
        node = page.parents[node]
        found.add(node)
    return found
