"""The headline of a page: which of the texts that declare one it is, and where it stands."""

import re
from collections.abc import Sequence, Set

from worker.clean import marks
from worker.clean.scan import Scan

_SEPARATOR = re.compile(r"\s+(?:[|–—•·»«:]{1,2}|-{1,2}|//|~)\s+|\s*[|｜]\s*|：|--|(?<=\W):(?=\w)")
_ANY_SEPARATOR = re.compile(r"\s*(?:[|｜–—•·»«]|:|：|--|\s-\s|\s/\s|_)\s*")
_DOMAIN = re.compile(
    r"\s*[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,40}){0,2}\.(?:com|net|org|info|de|at|ch|fr|it|es|pt|nl|be|pl|cz|ru|ua|uk|ie|eu|io|tv|md|ro|in|br|mx)\s*",
    re.I,
)
_WIDE_SITE = re.compile(
    r"(?:\s{0,2}(?:--|[-_|—－])\s{0,2}[\u3400-\u9fff]{2,8}){0,3}\s{0,2}(?:--|[-_|—－])\s{0,2}[\u3400-\u9fffA-Za-z]{0,8}"
    r"(?:网|網|报|報|新闻|新聞|日报|日報|在线|ニュース|新聞社)$"
)
"""The rubrics and the name of a site behind a title, as is the custom in Chinese and Japanese."""
_WIDE = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_NO_TITLE = frozenset(
    ("home", "homepage", "startseite", "index", "untitled", "document", "blog", "news", "accueil", "inicio")
)
_WORD = re.compile(r"\w{1,60}")
_LONGEST = 1000
"""Characters of a title that are read: separators are looked for in all of it, and the time that takes grows with its square."""

_KICKER = re.compile(r"\s[-–—|]\s|:\s")
_KICKER_END = re.compile(r"(?:\s[-–—|]|[:|])\s*$")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, to compare two spellings."""
    return _WORD.findall(text.casefold())


def choose_title(
    headings: Sequence[str],
    *,
    lesser: Sequence[str] = (),
    headline: str | None,
    declared: Sequence[str],
    page_title: str | None,
    site: str | None,
    host: str,
    edited: bool = True,
) -> str | None:
    """The headline of a page, without the site's name.

    `headings`: its first-level headings; `lesser`: those below; `headline`: JSON-LD's; `declared`: OpenGraph's and
    the like, best first. A page that declares its article in JSON-LD is an edited one: there OpenGraph's title is the
    headline. Elsewhere that title is made for sharing and search, so a heading that it confirms wins.
    """
    headline, page_title = (text and text[:_LONGEST] for text in (headline, page_title))
    declared = [text[:_LONGEST] for text in declared]
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
    if page_title and page_title.casefold() in _NO_TITLE:
        page_title = None
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
                or (len(others) == 1 < len(words) and is_site(text, site, host))
            ):
                continue  # nothing to compare, or a rubric's or the site's name
            score = len(words & others) / min(len(words), len(others))
            if score > most + 0.01:
                best, most = heading, score
    if best is None or is_site(best, site, host):
        # a blog's first heading is its own name, the story's one of the next
        whole_titles = [*declared, page_title] if page_title else declared
        parts = (_part_of(text, [*shown, *lesser]) for text in whole_titles)
        if found := next((part for part in parts if part and not is_site(part, site, host)), None):
            return found
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


def _part_of(title: str, headings: Sequence[str]) -> str | None:
    """The heading that is all that stands before or behind a separator of `title`, or the title as a whole.

    Where headings say both sides, the last: the first is the site's name. One of few words alone may be a rubric's.
    """
    sides = {" ".join(words_of(title)): 0}
    for found in _ANY_SEPARATOR.finditer(title):
        sides.setdefault(" ".join(words_of(title[: found.start()])), -1)
        sides.setdefault(" ".join(words_of(title[found.end() :])), 1)
    said = [(text, sides[key]) for text in headings if (key := " ".join(words_of(text))) and key in sides]
    if {side for _, side in said} >= {-1, 1}:
        return said[-1][0]
    long = [
        text for text, _ in said if (len(text) >= 15 and text.count(" ") > 1) or (len(text) >= 8 and _WIDE.match(text))
    ]
    return max(long, key=len, default=None)


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
    if (found := _WIDE_SITE.search(title)) and found.start() > 5:
        return title[: found.start()]
    marks_at = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    for start, end in reversed(marks_at):
        behind = title[end:]
        if len(words_of(title[:start])) > 1 and (is_site(behind, site, host) or _DOMAIN.fullmatch(behind)):
            return strip_site(title[:start], headings, site, host)
    if marks_at:
        start, end = marks_at[0]
        if is_site(title[:start], site, host) and len(words_of(title[end:])) > 1:
            return title[end:].strip()
    return title


def is_site(text: str, site: str | None, host: str) -> bool:
    """Whether a text is the name of the site, as `site` or `host` give it, alone or with a rubric's."""
    words = words_of(text)
    key = "".join(words)
    if not key:
        return False
    own = words_of(site or "")
    labels = ["".join(words_of(x)) for x in host.split(".") if x not in ("www", "com", "co", "de", "org", "net")]
    names = {"".join(own), *labels, "".join(words_of(host.removeprefix("www.")))} - {""}
    if any(key == n or (len(n) > 3 and (key in n or n in key) and len(key) < len(n) + 16) for n in names):
        return True
    if own and words[: len(own)] == own and len(words) <= len(own) + 2:
        return True
    # an abbreviation for an address
    return len(words) > 2 and "".join(word[0] for word in words) in labels


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
