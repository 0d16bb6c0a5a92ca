"""One pass over a page's mark-up: blocks of text with the tree of block elements above them. Never fails, linear in
the page.

Use `reduce` to take out scripts, styles and comments, then `scan`. Measured on news pages, the tree of a parsing
library (Resiliparse) costs 4.7 ms a page only to be walked from Python; this pass costs less than that whole, and
neither depth nor broken mark-up can hurt it. It knows of HTML's rules only what text needs: which tags make a block, which end
another one, void tags, quoting.
"""

import re
from dataclasses import dataclass, field

from worker.clean import marks
from worker.references import resolve

MAX_TAGS = 250_000
"""Tags that are read of a page. The largest news pages have 20,000; what is behind them is not read."""
MAX_BLOCKS = 20_000
"""Blocks of text that are read of a page."""
MAX_TEXT = 2_000_000
"""Characters of text that are read of a page."""
MAX_DEPTH = 256
"""Block elements inside one another; deeper ones count as part of the last."""

#: Written without a flag for case: so the search may jump from one "<" to the next.
_OPAQUE = re.compile(
    "<(?=[sS][cCtTvVeE]|[nN][oO]|[tT][eE]|[iI][fF]|!--)(?:([sS][cC][rR][iI][pP][tT])|([sS][tT][yY][lL][eE])|([sS][vV][gG])|([nN][oO][sS][cC][rR][iI][pP][tT])"
    "|([tT][eE][mM][pP][lL][aA][tT][eE])|([iI][fF][rR][aA][mM][eE])|([sS][eE][lL][eE][cC][tT])"
    "|([tT][eE][xX][tT][aA][rR][eE][aA])|(!--))(?![a-zA-Z])"
)
_END_TAGS = ("</script", "</style", "</svg", "</noscript", "</template", "</iframe", "</select", "</textarea", "-->")
_ENDS = [re.compile(tag, re.I) for tag in _END_TAGS]
_STATE_ID = re.compile(r"""id\s?=\s?["']?__NEXT_DATA__""")


@dataclass(slots=True)
class Reduced:
    """A page without what no reader sees."""

    html: str
    linked_data: list[str] = field(default_factory=list)
    """The contents of its JSON-LD scripts."""
    state: list[str] = field(default_factory=list)
    """JSON that the page keeps for its own scripts."""
    noscript: list[str] = field(default_factory=list)


def reduce(html: str) -> Reduced:
    """Take scripts, styles, comments, templates, frames and drawings out of a page, and the character NUL."""
    result, kept = _parted(html)
    # asked of what is kept: mostly ASCII, where it costs a tenth of what it costs in a page with one wide character
    if any("\x00" in part for part in (*kept, *result.linked_data, *result.state, *result.noscript)):
        result, kept = _parted(html.replace("\x00", ""))
    result.html = "".join(kept)
    return result


def _parted(html: str) -> tuple[Reduced, list[str]]:
    """What a page keeps for machines, and the parts of it that a reader sees."""
    out: list[str] = []
    result = Reduced("")
    at = 0
    missing: set[int] = set()
    while True:
        found = _OPAQUE.search(html, at)
        if found is None:
            out.append(html[at:])
            break
        kind = found.lastindex or 1
        start = found.start()
        out.append(html[at:start])
        stop = -1
        if kind not in missing:
            stop = _end(html, _END_TAGS[kind - 1], found.end())
            if stop < 0 and (ending := _ENDS[kind - 1].search(html, found.end())):
                stop = ending.start()
        if stop < 0:
            missing.add(kind)
            if kind < 3:
                break  # a cut page: the rest is script
            out.append(" ")
            at = found.end()
            continue
        if kind == 1:
            close = html.find(">", start, start + 2000)
            if close > 0:
                head = html[start:close]
                if "ld+json" in head:
                    if len(result.linked_data) < 40:
                        result.linked_data.append(html[close + 1 : stop])
                elif _STATE_ID.search(head):
                    result.state.append(html[close + 1 : stop])
        elif kind == 4:
            close = html.find(">", start, start + 200)
            if 0 < close < stop and len(result.noscript) < 100:
                result.noscript.append(html[close + 1 : stop])
        at = stop + 3 if kind == 9 else html.find(">", stop) + 1
        if at <= 0:
            break
        if kind in (3, 6, 7, 8):
            out.append(" ")
    return result, out


_MOST_STEPS = 200


def _end(html: str, tag: str, at: int) -> int:
    """Where `tag` stands from `at` on, -1 for nowhere.

    In a page with wide characters a character is found ten times faster than a word: so it goes from one "<" to the
    next, of which scripts and styles have few. Where there are many, the word is searched for.
    """
    if tag[0] == "<":
        for _ in range(_MOST_STEPS):
            at = html.find("<", at)
            if at < 0 or html.startswith(tag, at):
                return at
            at += 1
    return html.find(tag, at)


_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "amp-img",
        "amp-embed",
        "amp-sidebar",
    ]
)
_P_ENDERS = _BLOCKS - {"body", "html", "td", "th", "tr", "tbody", "caption"}
_SELF_ENDERS = {
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "tr": ("tr", "td", "th"),
    "td": ("td", "th"),
    "th": ("td", "th"),
}
_SCOPE_STOP = frozenset(("ul", "ol", "table", "dl", "menu", "div", "section", "article", "body"))
_RUBY = frozenset(("rt", "rp"))  # how a character is read: beside the text, not of it
_SKIPPED = (
    frozenset(("button", "object", "title", "head", "audio", "video", "canvas", "math", "option", "label")) | _RUBY
)
_OWN: dict[str, int] = {
    "nav": marks.NAV,
    "aside": marks.ASIDE,
    "footer": marks.FOOTER,
    "figcaption": marks.CAPTION,
    "header": marks.HEADER,
    "dialog": marks.OVERLAY,
    "amp-sidebar": marks.NAV,
    "form": marks.OFFER,
    "figure": marks.CAPTION,
}
_MARKED_INLINE = frozenset(
    ("span", "small", "time", "a", "em", "i", "cite", "strong", "b", "label", "font", "address", "big", "ins")
)
_JUMP = re.compile(r"""href\s?=\s?["']?#""")
_DATE_VALUE = re.compile(r"""(?:datetime|content)\s{0,3}=\s{0,3}["']?([^"'>]{4,60})""", re.I)
#: A tag's end where every quoted value is closed; quotes count only behind an equals sign, as browsers have it.
_TAG_REST = re.compile(r"""(?:[^=>]|=\s{0,8}+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+>""")


@dataclass(slots=True)
class Block:
    """A run of text between two block boundaries."""

    text: str
    node: int
    """Index of its block element in the page's node lists."""
    tag: str
    marks: int
    """What the inline elements around all of its text carry."""
    links: int
    """Characters in links."""
    bold: int
    """Characters in bold."""
    part: int
    """The part of the page, of `Scan.parts`, before which it ends."""


@dataclass(slots=True)
class Scan:
    """The blocks of a page and its block elements, in document order; node 0 is the page itself."""

    blocks: list[Block]
    parents: list[int]
    tags: list[str]
    marks: list[int]
    """Own bits of each node that holds text or a time."""
    cut: bool
    """A limit was reached."""
    depth: int
    dates: list[str]
    """What `itemprop=datePublished` states."""
    times: list[tuple[str, int]]
    """The `datetime` of each `<time>`, with its node."""
    images: list[tuple[str, int]]
    """The attributes of each picture, with its node."""
    parts: list[str]
    """The mark-up between one "<" and the next, for those who look closer at some of it."""
    heads: dict[str | None, tuple[int, int, int]] = field(default_factory=dict)
    """What `headline.head_of` found, by the title that it was asked for: several rooms ask."""


(
    _NOTHING,
    _OPEN,
    _CLOSE,
    _LINK,
    _UNLINK,
    _BOLD,
    _UNBOLD,
    _MARK,
    _UNMARK,
    _BREAK,
    _PICTURE,
    _RULE,
    _SKIP,
    _UNSKIP,
    _ROOT,
    _UNROOT,
) = range(16)

_ASIDES = frozenset(("nav", "footer", "aside"))
_Traits = tuple[bool, bool, tuple[str, ...], bool]
"""Of a block element: whether it is a cell, whether it ends a paragraph, which ones before it it ends, whether it may be a
side box."""
_Tag = tuple[int, str, str, _Traits]
"""What a tag means to the scan, its name, the attributes that `marks` reads, and what it does as a block."""
_PLAIN: _Traits = (False, True, (), False)


def _tags() -> dict[str, _Tag]:
    """The tags without attributes, as written; a closing one has its slash ahead, and not in its name."""
    tags: dict[str, _Tag] = {}
    for names, opening, closing in (
        # what pages are full of, and what has no text: known, so that nobody looks for another way of writing it
        (("meta", "link", "input", "source", "picture"), _NOTHING, _NOTHING),
        (("ruby",), _NOTHING, _UNSKIP),
        (_MARKED_INLINE, _MARK, _UNMARK),
        (_BLOCKS, _OPEN, _CLOSE),
        (("b", "strong"), _BOLD, _UNBOLD),
        (("a",), _LINK, _UNLINK),
        (("br",), _BREAK, _BREAK),
        (("img",), _PICTURE, _NOTHING),
        (("hr",), _RULE, _NOTHING),
        (_SKIPPED, _SKIP, _UNSKIP),
        (("body", "html"), _ROOT, _UNROOT),
    ):
        for name in names:
            traits = name in ("td", "th"), name in _P_ENDERS, _SELF_ENDERS.get(name, ()), name in _ASIDES
            for written in (name, name.upper(), name.capitalize()):
                known_as = written if opening in (_MARK, _BOLD) else name
                tags[written] = opening, known_as, "", traits
                tags["/" + written] = closing, known_as, "", traits
    return tags


_TAGS = _tags()
_NO_TAG: _Tag = (_NOTHING, "", "", _PLAIN)
_INLINE = frozenset((_MARK, _BOLD))
_INLINE_ENDS = frozenset((_UNMARK, _UNBOLD))
_ATTRIBUTED = _INLINE | {_OPEN}
_MOST_HEADS = 10_000  # different tags of a page that are remembered
_NOT_IN_ASIDE = ("main", "article", "h1", "body", "nav", "footer", "aside", "figcaption")
_LONGEST_ASIDE = 4000  # tags
_MOST_ASIDES = 50  # that are looked through for their end: a page of nothing but openings stays linear


def _aside_end(parts: list[str], at: int, name: str) -> int:
    """The part that closes the `nav`, `footer` or `aside` opened before `at`, where it holds no prose: then none of it is of use.

    0 where it does: some sites put their article into one.
    """
    end = "/" + name
    ends = end, *_NOT_IN_ASIDE
    prose = 0
    for i in range(at, min(len(parts), at + _LONGEST_ASIDE)):
        part = parts[i]
        if part.startswith(ends):
            return i if part.startswith(end) else 0
        if len(part) > 200 and len(part) - part.find(">") > 150:
            prose += 1
            if prose > 2:
                return 0
    return 0


def scan(html: str) -> Scan:
    """Read the blocks of a reduced page."""
    parts = html.split("<", MAX_TAGS)
    cut = len(parts) > MAX_TAGS
    if cut:
        parts.pop()
    blocks: list[Block] = []
    parents, tags, own = [0], ["html"], [""]
    stack = [0]
    names = ["html"]
    over = 0  # elements beyond the depth limit that are open
    deepest = 0
    buffer: list[str] = [parts[0]] if parts and parts[0].strip() else []
    length = links = bold = 0
    marked = marked_length = 0  # bits of the inline elements around the text, and how much of it they hold
    in_link = False
    in_bold = breaks = 0
    inline: list[tuple[str, int]] = []
    around = 0  # bits of the open inline elements
    skipping = ""
    inside = nested = 0  # elements open in what is skipped: block elements, and those of its own name
    total = 0
    asides = 0
    budget = 20_000  # parts that may be joined for tags with < or > in their attributes
    count = len(parts)
    at = 1
    dates: list[str] = []
    times: list[tuple[str, int]] = []
    images: list[tuple[str, int]] = []
    heads = _TAGS.copy()  # tags by all that stands between their brackets: pages repeat most of theirs
    known, read = heads.get, marks.read

    def flush() -> None:
        nonlocal length, links, bold, marked, marked_length, breaks
        text = "".join(buffer)
        buffer.clear()
        if length:
            if "&" in text:
                text = resolve(text)
            # of white space, what is printable has spaces only
            text = text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())
            if text:
                whole = marked if marked_length * 10 >= length * 8 else 0
                size = len(text)
                blocks.append(Block(text, stack[-1], names[-1], whole, min(links, size), min(bold, size), at))
        length = links = bold = marked = marked_length = breaks = 0

    if buffer:
        length = len(buffer[0])
    while at < count:
        part = parts[at]
        at += 1
        head, closed, text = part.partition(">")
        tag = known(head)
        stated = ""  # the attributes, where they hold a date
        if tag is None:
            torn = head.count('"') & 1 or ("='" in head and head.count("'") & 1)
            if torn:
                # an attribute may hold < or >: join parts until the tag really ends, and give back what was too much
                whole, taken = part, 0
                found = _TAG_REST.match(whole)
                while found is None and taken < 400 and budget > 0 and at + taken < count and len(whole) < 200_000:
                    step = max(1, taken)
                    whole += "<" + "<".join(parts[at + taken : at + taken + step])
                    taken = min(taken + step, count - at)
                    budget -= step
                    found = _TAG_REST.match(whole)
                if found is not None:
                    rest = whole[found.end() :].split("<")
                    at += taken - len(rest) + 1
                    head = whole[: found.end() - 1]
                    text = rest[0]
            space = head.find(" ")
            name = head if space < 0 else head[:space]
            tag = _TAGS.get(name)
            if tag is None:
                # another way of writing it, or no tag at all
                first = head[:1]
                if first == "/" or first.isalpha():
                    words = head.split(None, 1)
                    name = (words[0] if words else "").lower()
                    if len(name) > 1:
                        name = name.rstrip("/")
                    tag = _TAGS.get(name, _NO_TAG)
                else:
                    tag = _NO_TAG
                    if first not in ("!", "?"):
                        text = "<" + part if closed or head.strip() else "<"
            kind, known_as, attributes, traits = tag
            if kind in _ATTRIBUTED:
                attributes = head[len(name) :] if kind == _OPEN else head[space:] if space > 0 else ""
                if "datePublished" in attributes or known_as == "time":
                    stated = attributes
                elif attributes and not torn and len(heads) < _MOST_HEADS:
                    heads[head] = kind, known_as, attributes, traits
            elif kind != _LINK and space > 0 and "datePublished" in head:
                stated = head
            name = known_as
        else:
            kind, name, attributes, traits = tag
        if skipping:
            if skipping in _RUBY and kind in (_OPEN, _CLOSE):
                skipping = ""  # never closed
            elif kind == _NOTHING:
                continue
            elif kind == _OPEN:
                inside += 1
                continue
            elif kind == _SKIP:
                nested += name == skipping and not head.endswith("/")
                continue
            elif kind == _CLOSE and inside:
                inside -= 1
                continue
            elif kind == _UNSKIP and (name == skipping or (skipping in _RUBY and name == "ruby")):
                if nested:
                    nested -= 1
                    continue
                skipping = ""
            elif kind == _CLOSE or (kind == _ROOT and name == "body"):
                skipping = ""  # never closed
            else:
                continue
        if kind == _OPEN:
            cell, ends_p, enders, aside = traits
            if cell:
                if length:
                    buffer.append(" ")
            elif buffer:
                flush()
            breaks = 0
            if ends_p and "p" in names[-3:]:
                back = 1
                while names[-back] != "p":
                    back += 1
                del stack[-back:], names[-back:]
            if enders:
                for back in range(1, min(len(names), 8)):
                    if names[-back] in enders:
                        del stack[-back:], names[-back:]
                        break
                    if names[-back] in _SCOPE_STOP:
                        break
            if (depth := len(stack)) < MAX_DEPTH:
                if stated and (value := _DATE_VALUE.search(stated)):
                    dates.append(value[1])
                parents.append(stack[-1])
                stack.append(len(tags))
                tags.append(name)
                own.append(attributes)
                names.append(name)
                if depth >= deepest:
                    deepest = depth + 1
            else:
                over += 1
            if inline:
                inline.clear()
                around = 0
            in_bold = 0
            if aside and asides < _MOST_ASIDES:
                asides += 1
                if end := _aside_end(parts, at, name):
                    at = end
                    text = ""
        elif kind == _CLOSE:
            if buffer:
                if traits[0]:
                    if length:
                        buffer.append(" ")  # the cells of a row make one line
                else:
                    flush()
            breaks = 0
            if over and name not in names[-3:]:
                over -= 1
            elif name == names[-1]:
                stack.pop()
                names.pop()
            elif name in names:
                back = 2
                while names[-back] != name:
                    back += 1
                # a stray end tag must not close the whole page
                if back <= 12 or name in ("article", "main"):
                    del stack[-back:], names[-back:]
            if not stack:
                stack, names = [0], ["html"]
            if inline:
                inline.clear()
                around = 0
            in_bold = 0
        elif kind == _LINK:
            # an anchor, or a jump within the page, is no way to another story
            in_link = "href" in head and not ("#" in head and _JUMP.search(head))
        elif kind == _UNLINK:
            in_link = False
        elif kind in _INLINE:
            if stated and (value := _DATE_VALUE.search(stated)):
                if "datePublished" in stated:
                    dates.append(value[1])
                else:
                    times.append((value[1], stack[-1]))
            if kind == _BOLD:
                in_bold += 1
            if len(inline) < 32:
                bits = read(attributes) if attributes else 0
                inline.append((name, bits))
                around |= bits
        elif kind in _INLINE_ENDS:
            if kind == _UNBOLD and in_bold:
                in_bold -= 1
            if inline and inline[-1][0] == name and inline.pop()[1]:
                around = 0
                for _, bits in inline:
                    around |= bits
        elif kind == _BREAK:
            breaks += 1
            if breaks > 1:
                if buffer:
                    flush()
            elif length:
                buffer.append(" ")
        elif kind == _PICTURE:
            if len(images) < 500:
                images.append((head[4:], stack[-1]))
        elif kind == _RULE:
            if buffer:
                flush()
        elif kind == _SKIP:
            if not head.endswith("/"):
                skipping = name
                inside = nested = 0
                continue
        elif kind == _ROOT:
            if name == "body" and "body" not in tags:
                if buffer:
                    flush()
                parents.append(0)
                tags.append("body")
                own.append("")
                stack, names = [0, len(tags) - 1], ["html", "body"]
        elif stated and (value := _DATE_VALUE.search(stated)):
            dates.append(value[1])
        if text:
            if text.isspace():
                if buffer:
                    buffer.append(" ")
                continue
            size = len(text)
            if total + size > MAX_TEXT:
                text = text[: max(0, MAX_TEXT - total)]
                size = len(text)
                cut = True
            total += size
            breaks = 0
            length += size
            buffer.append(text)
            if in_link:
                links += size
            if in_bold:
                bold += size
            if around:
                marked |= around
                marked_length += size
            if total >= MAX_TEXT or len(blocks) >= MAX_BLOCKS:
                cut = True
                break
    if buffer:
        flush()
    own_marks = _own_marks(parents, tags, own, blocks, times)
    return Scan(blocks, parents, tags, own_marks, cut, deepest, dates, times, images, parts)


def _own_marks(
    parents: list[int], tags: list[str], attributes: list[str], blocks: list[Block], times: list[tuple[str, int]]
) -> list[int]:
    """The bits of each node; what its attributes say is read only where there is text or a time in it."""
    filled = bytearray(len(tags))
    filled[0] = 1
    for node in [block.node for block in blocks] + [node for _, node in times]:
        while not filled[node]:
            filled[node] = 1
            node = parents[node]
    read = marks.read_all({text for text, holds in zip(attributes, filled, strict=True) if holds and text})
    own = _OWN.get
    return [
        own(tag, 0) | read[text] if holds and text else own(tag, 0)
        for tag, text, holds in zip(tags, attributes, filled, strict=True)
    ]
