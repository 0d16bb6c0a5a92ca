"""Who a page shows as its author: the names that its mark-up or its wording gives near the headline, else anywhere.

The mark-up there is read once more, and closer than the scan of the whole page does, so that only pages whose
declarations leave a doubt pay for it. What is believed: `rel=author`, `itemprop=author`, links to a person's page,
classes that say author or byline (the conventions of microformats, of schema.org and of the usual content
management), and the words "by" before a name.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.clean import marks
from worker.clean.headline import ASIDE, head_of, is_aside, nodes_around
from worker.clean.meta_tags import clean
from worker.clean.names import BY, BY_ALONE, DAY_BY, is_name, people
from worker.clean.scan import Scan

_STATED, _LINKED, _WORDED, _CALLED = 4, 3, 2, 1
_REL = re.compile(
    r"""\brel\s?=\s?["']?(?:[\w-]{1,20}\s){0,3}author\b|\bitemprop\s?=\s?["']?(?:author|creator)\b""", re.I
)
_ADDRESS = re.compile(r"""\s?["']?[^"'\s>]{1,2000}""")
_PERSONS = frozenset(
    "author authors by byline profile profiles profil staff editors people person user users contributor contributors columnist "
    "columnists journalist journalists reporter reporters writer writers autor autora autoren autores autorin auteur auteurs "
    "redacteur redacteurs redakteur redakteurin redaktion autore autori journaliste signataires forfatter skribent kirjoittaja "
    "penulis autorzy avtor yazar yazarlar kolumnist kolumnisten".split()
)
"""What stands before a person's name in the address of the person's page."""
_NAMES = re.compile(r"""\b(?:class|id|data-testid|data-component|data-test)\s?=\s?["']?([^"'>]{2,300})""", re.I)
_SAYS_AUTHOR = re.compile(
    r"(?:author|by-?line|(?<![a-z])autor(?:e|en|in)?(?![a-z])|auteur|writer|verfasser|journalist|columnist|penulis)(?P<of>[a-z]{0,12}[-_]{0,3}[a-z]{0,12})",
    re.I,
)
_OTHER_AUTHOR = re.compile(r"comment|quote|testimonial|related|teaser|card", re.I)
_NOT_THE_NAME = re.compile(
    r"bio|img|image|avatar|photo|pic|thumb|social|title|role|job|pos|desc|follow|twitter|mail|link-?more|date|time|stamp|count|"
    r"comment|icon|tool|intro|info|about|text$|content|related|more|head",
    re.I,
)
_HINTS = ("uthor", "yline", "utor", "uteur")
_VOID = frozenset(("br", "img", "hr", "input", "link", "meta", "source", "wbr", "area", "col", "embed", "path", "use"))
_SILENT = frozenset(("time", "button", "select", "textarea", "title", "figcaption", "rt", "option"))
_CLOSE_UP = frozenset(("b", "i", "em", "strong", "font", "u"))
_BREAKING = frozenset("br p div li ul ol td tr section header h1 h2 h3 h4 h5 dd dt".split())
_PLAIN = frozenset(slash + name for name in (*_BREAKING, *_CLOSE_UP, "span", "a") for slash in ("", "/")) - {"a"}
"""Tags without attributes, as they are mostly written."""
_OTHER_WORK = re.compile(
    r"(?:photo|foto|image|illustra|video|picture|grafi|graphic|bild|translat|übersetz|traduc|styl|produc|fact.check|"
    r"\breview|made|model|theme|design|power|creat|built|host|recommend|present|sponsor|advert)\w{0,10}\s+(?:by|von|de|par|di|por|credits?)\W*$",
    re.I,
)
_BY_WORDS = frozenset("by von vom durch par por door av af od от oleh".split())
_LABELS = frozenset("author authors autor autora autores autorin autoren auteur auteurs autore autori автор".split())
_LABEL = 16  # characters that such a label may have
_MOST_PLACES = 60  # of a page where somebody may be called its author
_FAR = 16  # parts behind such a place
_LONGEST_LINE = 100
_LONGEST = 400  # characters that may be somebody's names
_MOST_AHEAD, _MOST_BEHIND = 200, 450  # parts on either side of the headline
_MORE = 6  # blocks behind the second paragraph: a long caption may stand before the byline
_LONG = 300  # characters from which a block is prose, in which a name may be anybody's


@dataclass(slots=True)
class _Found:
    """A text that may name an author."""

    text: str
    kind: int
    part: int
    written: bool = True
    """It stands on the page for a reader."""


def shown_near(page: Scan, title: str | None, *, within: int = 30) -> list[str]:
    """The authors that stand at the headline, at most `within` blocks away, of the best kind of evidence.

    Empty where nothing says so.
    """
    first, at, last = head_of(page, title)
    if last <= first:
        return []
    first, last = max(first, at - within), min(last + _MORE, len(page.blocks), at + within + 1)
    headline = page.blocks[at].part
    begin = max(page.blocks[first - 1].part - 1 if first else 0, headline - _MOST_AHEAD, 0)
    ends = [block.part for block in page.blocks]
    around = nodes_around(page, at)
    lines: list[tuple[int, list[str]]] = []
    found: list[tuple[int, int, list[str]]] = []
    for one in _marked(page.parts, begin, min(page.blocks[last - 1].part, headline + _MOST_BEHIND)):
        if not (names := _names(one)):
            continue
        block, seen = _block_of(one, names, page, ends)
        if not first <= block < last or not (seen or block > at):
            continue
        junk = marks.COMMENT if at < block <= at + 3 else ASIDE
        if not is_aside(page, page.blocks[block].node, around, junk):
            found.append((block, one.kind, names))
            if "\n" not in one.text:
                lines.append((block, names))
    for i in range(first, last):
        text = page.blocks[i].text
        if len(text) < _LABEL and (names := _labelled(page, i)):
            found.append((i, _WORDED, names))
        if len(text) < 160 and (BY.match(text) or DAY_BY.match(text)) and (names := _names(_Found(text, _WORDED, 0))):
            found.append((i, _WORDED, names))
            lines.append((i, names))
    return _nearest(found, lines, at)


def _nearest(found: Iterable[tuple[int, int, list[str]]], lines: Iterable[tuple[int, list[str]]], at: int) -> list[str]:
    """The names of the best evidence beside block `at`, with those of its kind right behind them.

    Of `lines`, the one around a link to an author may name more.
    """

    def rank(one: tuple[int, int, list[str]]) -> tuple[bool, bool, int, int]:
        away = one[0] - at if one[0] >= at else (at - one[0]) * 2
        return away > 15, not is_name(one[2][0], single=True), -min(one[1], _LINKED), away

    found = sorted(found, key=rank)
    if not found:
        return []
    last, kind, names = found[0]
    for block, some in lines:
        if block == last and len(names) < len(some) <= len(names) + 3 and set(names) < set(some):
            names = some
    names = list(names)
    for block, of, some in sorted(found, key=lambda x: x[0]):
        if min(of, _LINKED) == min(kind, _LINKED) and block > last:
            if block - last > 1:
                break
            last = block
            names.extend(some)
    whole = [name for name in names if " " in name]
    return names if len(whole) == len(names) or not names[0].isascii() else whole or names[:1]


def shown_anywhere(page: Scan) -> list[str]:
    """The one author that the marks of the whole page agree upon, outside comments and teasers; empty where they name several."""
    whole = "<".join(page.parts)
    hinted: list[tuple[int, int]] = []  # where to look, in parts
    behind = count = 0
    for at in sorted({at for hint in _HINTS for at in _places(whole, hint)})[:_MOST_PLACES]:
        count += whole.count("<", behind, at)
        behind = at
        if hinted and count < hinted[-1][1]:
            hinted[-1] = hinted[-1][0], count + _FAR
        else:
            hinted.append((count, count + _FAR))
    ends = [block.part for block in page.blocks]
    marked: list[list[str]] = []
    called: list[list[str]] = []
    for low, high in hinted:
        for one in _marked(page.parts, low, min(high, len(page.parts))):
            names = _names(one)
            if not names:
                continue
            block, seen = _block_of(one, names, page, ends)
            if block < 0 or (is_aside(page, page.blocks[block].node) if seen else one.kind < _LINKED):
                continue
            if one.kind < _STATED and not any(is_name(name) for name in names):
                continue
            (marked if one.kind >= _LINKED else called).append(names)
    if not marked and not called:
        for i, short in enumerate(page.blocks):
            if len(short.text) < _LABEL and (names := _labelled(page, i)) and not is_aside(page, short.node):
                called.append(names)
    for found in (marked, called):
        if found and all(names == found[0] for names in found):
            return found[0]
        if found:
            break
    return []


def _labelled(page: Scan, at: int) -> list[str]:
    """The names in the block behind one that only says that they follow."""
    if at + 1 >= len(page.blocks) or BY_ALONE.fullmatch(page.blocks[at].text) is None:
        return []
    text = page.blocks[at + 1].text
    return _names(_Found(text, _WORDED, 0)) if len(text) < _LONGEST_LINE else []


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    for _ in range(_MOST_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(word, at + 1)


def _block_of(one: _Found, names: list[str], page: Scan, ends: list[int]) -> tuple[int, bool]:
    """The block where the names stand, and whether it shows them: the scan leaves out menus. -1 where that is prose."""
    block = min(bisect_right(ends, one.part), len(ends) - 1)
    if not one.written:
        return block, True
    name = names[0].replace(" ", "")
    for i in range(block, max(-1, block - 5), -1):
        text = page.blocks[i].text
        if name in text.replace(" ", ""):
            return (i if len(text) <= _LONG else -1), True
    return block, False


def _names(one: _Found) -> list[str]:
    """The names in a text; a single word is one only where it is all that a link to an author says."""
    found: list[str] = []
    for line in one.text.split("\n"):
        if len(line) > _LONGEST_LINE and one.kind < _LINKED and not BY.match(line):
            continue
        names = people(line, single=one.kind >= _LINKED and not found, house=one.kind > _CALLED)
        found += names
        if names and (one.kind >= _LINKED or not names[0].isascii()):
            break  # what follows tells of the author
    return found[:8]


def _marked(parts: list[str], low: int, high: int) -> Iterator[_Found]:
    """The texts of elements from `low` to `high` that are marked as an author's name."""
    texts: list[str] = []
    stack: list[tuple[str, int, int]] = []  # name, kind of evidence, where its text begins
    silent = ""
    for i in range(low, high):
        head, _, text = parts[i].partition(">")
        plain = head in _PLAIN
        name = head if plain else head.split(None, 1)[0].lower() if head[:1].strip() else ""
        if silent:
            if name == silent:
                silent = ""
                texts.append(" " + text)
            continue
        if name[:1] == "/":
            name = name[1:]
            back = 1
            if not stack or stack[-1][0] != name:
                back = next((k for k in range(2, min(len(stack), 12) + 1) if stack[-k][0] == name), 0)
            for _ in range(back):
                _, kind, start = stack.pop()
                if kind and (found := _found(texts, start, kind, i)):
                    yield found
        elif name in _SILENT:
            silent = "" if head.endswith("/") else "/" + name
            continue
        elif name == "meta":
            if (
                "itemprop" in head
                and _REL.search(head)
                and (value := re.search(r"""content\s?=\s?["']([^"'>]{2,200})""", head))
            ):
                yield _Found(clean(value[1]), _STATED, i, written=False)
        elif name not in _VOID and not head.endswith("/"):
            stack.append((name, 0 if plain else _kind(name, head, texts), len(texts)))
        if name in _BREAKING:
            texts.append("\n")
        elif name not in _CLOSE_UP:
            texts.append(" ")
        if text and (plain or not head.count('"') & 1):  # else an attribute with a bracket in it: no text
            texts.append(text)


def _kind(name: str, head: str, texts: list[str]) -> int:
    """What the opening tag of an element tells of its text."""
    hinted = "utor" in head or "uthor" in head or "yline" in head or "uteur" in head or "creator" in head
    if hinted and _REL.search(head):
        return _STATED
    if name == "a":
        before = " ".join("".join([text[-60:] for text in texts[-6:]]).split())
        word = before.removesuffix(":").rstrip().rpartition(" ")[2].lower()
        if word in _BY_WORDS or (word in _LABELS and before.endswith(":")):
            return 0 if _OTHER_WORK.search(before) else _LINKED
        start = head.find("href=")
        address = found[0] if start >= 0 and (found := _ADDRESS.match(head, start + 5)) else ""
        if not _PERSONS.isdisjoint(address.lower().split("/")[1:-1]):
            return _LINKED
        if hinted and (("utor" in (rest := head.replace(address, ""))) or "uthor" in rest):
            return _CALLED
    if not hinted and "riter" not in head and "ournalist" not in head:
        return 0
    for names in _NAMES.findall(head):
        for said in () if _OTHER_AUTHOR.search(names) else _SAYS_AUTHOR.finditer(names):
            if not _NOT_THE_NAME.search(said["of"]):
                return _CALLED
    return 0


def _found(texts: list[str], start: int, kind: int, part: int) -> _Found | None:
    text = "".join(x if x == "\n" else x.replace("\n", " ") for x in texts[start:])
    if not 0 < len(text) <= _LONGEST * 3:
        return None
    lines = [line for line in map(clean, text.split("\n")) if line]
    text = "\n".join(lines)
    return _Found(text, kind, part) if 0 < len(text) <= _LONGEST else None
