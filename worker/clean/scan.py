"""One pass over a page's mark-up: blocks of text with the tree of block elements above them. Never fails, linear in
the page.

Use `reduce` to take out scripts, styles and comments, then `scan`. Measured on news pages, a tree of a parsing
library costs five milliseconds only to be walked from Python; this pass costs less than parsing, and neither depth
nor broken mark-up can hurt it. It knows of HTML's rules only what text needs: which tags make a block, which end
another one, void tags, quoting.
"""

import html as entities
import re
from dataclasses import dataclass, field

from worker.clean import marks

MAX_TAGS = 250_000
"""Tags that are read of a page. The largest news pages have 20,000; what is behind them is not read."""
MAX_TEXT = 2_000_000
"""Characters of text that are read of a page."""
MAX_DEPTH = 256
"""Block elements inside one another; deeper ones count as part of the last."""

_OPAQUE = re.compile(
    r"<(?:(script)|(style)|(svg)|(noscript)|(template)|(iframe)|(select)|(textarea)|(!--))(?![a-z])", re.I
)
_ENDS = [
    re.compile(p, re.I)
    for p in ("</script", "</style", "</svg", "</noscript", "</template", "</iframe", "</select", "</textarea", "-->")
]
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
    """Take scripts, styles, comments, templates, frames and drawings out of a page."""
    if "\x00" in html:
        html = html.replace("\x00", "")
    out: list[str] = []
    result = Reduced("")
    at = 0
    size = len(html)
    missing: set[int] = set()
    while True:
        found = _OPAQUE.search(html, at)
        if found is None:
            out.append(html[at:])
            break
        kind = found.lastindex or 1
        start = found.start()
        out.append(html[at:start])
        end = _ENDS[kind - 1].search(html, found.end()) if kind not in missing else None
        if end is None:
            missing.add(kind)
            if kind in (1, 2, 9) and size - start < 1_000_000 and kind != 9:
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
                        result.linked_data.append(html[close + 1 : end.start()])
                elif _STATE_ID.search(head):
                    result.state.append(html[close + 1 : end.start()])
        elif kind == 4:
            close = html.find(">", start, start + 200)
            if 0 < close < end.start() and len(result.noscript) < 100:
                result.noscript.append(html[close + 1 : end.start()])
        at = end.end() if kind == 9 else html.find(">", end.end()) + 1
        if at <= 0:
            break
        if kind in (3, 6, 7, 8):
            out.append(" ")
    result.html = "".join(out)
    return result


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
_SKIPPED = frozenset(("button", "object", "title", "head", "audio", "video", "canvas", "math", "option", "label"))
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


@dataclass(slots=True)
class Scan:
    """The blocks of a page and its block elements, in document order; node 0 is the page itself."""

    blocks: list[Block]
    parents: list[int]
    tags: list[str]
    marks: list[int]
    """Own bits of each node."""
    cut: bool
    """A limit was reached."""
    depth: int
    dates: list[str]
    """What `itemprop=datePublished` states."""
    times: list[tuple[str, int]]
    """The `datetime` of each `<time>`, with its node."""
    writers: list[tuple[str, int]]
    """The texts of links to an author, with their node."""
    images: list[tuple[str, int]]
    """The attributes of each picture, with its node."""


def scan(html: str) -> Scan:
    """Read the blocks of a reduced page."""
    parts = html.split("<", MAX_TAGS)
    cut = len(parts) > MAX_TAGS
    if cut:
        parts.pop()
    blocks: list[Block] = []
    parents, tags, own = [0], ["html"], [0]
    stack = [0]
    names = ["html"]
    over = 0
    deepest = 0
    buffer: list[str] = [parts[0]] if parts and parts[0].strip() else []
    length = 0
    links = 0
    bold = 0
    marked = 0  # bits of inline elements that hold text of this block
    marked_length = 0
    in_link = False
    in_bold = 0
    breaks = 0
    inline: list[tuple[str, int]] = []
    skipping = ""
    total = 0
    budget = 20_000  # parts that may be joined for tags with < or > in their attributes
    count = len(parts)
    at = 1

    dates: list[str] = []
    times: list[tuple[str, int]] = []
    writers: list[tuple[str, int]] = []
    images: list[tuple[str, int]] = []

    def flush() -> None:
        nonlocal length, links, bold, marked, marked_length, breaks
        if length:
            text = "".join(buffer)
            if "&" in text:
                text = entities.unescape(text)
            text = " ".join(text.split())
            if text:
                whole = marked if marked_length * 10 >= length * 8 else 0
                blocks.append(Block(text, stack[-1], names[-1], whole, min(links, len(text)), min(bold, len(text))))
        buffer.clear()
        length = links = bold = marked = marked_length = breaks = 0

    while at < count:
        part = parts[at]
        at += 1
        close = part.find(">")
        if close < 0:
            close = len(part)
        head = part[:close]
        if head.count('"') & 1 or ("='" in head and head.count("'") & 1):
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
                part = head + ">" + rest[0]
                close = len(head)
        text = part[close + 1 :]
        if head[:1] == "/":
            name = head[1:].strip().lower()
            if skipping:
                if name == skipping:
                    skipping = ""
            elif name in _BLOCKS:
                if name not in ("td", "th"):
                    flush()
                elif length:
                    buffer.append(" ")  # the cells of a row make one line
                if over and name not in names[-3:]:
                    over -= 1
                elif name in names:
                    back = 1
                    while names[-back] != name:
                        back += 1
                    # a stray end tag must not close the whole page
                    if name in ("body", "html"):
                        pass
                    elif back <= 12 or name in ("article", "main"):
                        del stack[-back:], names[-back:]
                        if not stack:
                            stack, names = [0], ["html"]
                        inline.clear()
                        in_bold = 0
                elif name == "p":
                    flush()
            elif name == "a":
                in_link = False
                if inline and inline[-1][0] == "a":
                    inline.pop()
            elif name in ("b", "strong"):
                in_bold = max(0, in_bold - 1)
                if inline and inline[-1][0] == name:
                    inline.pop()
            elif inline and inline[-1][0] == name:
                inline.pop()
        else:
            first = head[:1]
            if not ("a" <= first <= "z" or "A" <= first <= "Z"):
                if first not in ("!", "?"):
                    text = "<" + part  # a bare < in the text
            else:
                space = head.find(" ")
                name = head if space < 0 else head[:space]
                if not name.isalnum():
                    name = name.split(None, 1)[0].rstrip("/") if name.split() else ""
                name = name.lower()
                attributes = head[len(name) :]
                if "datePublished" in attributes and (found := _DATE_VALUE.search(attributes)):
                    dates.append(found[1])
                if skipping:
                    pass
                elif name in ("body", "html"):
                    if name == "body" and "body" not in tags:
                        parents.append(0)
                        tags.append("body")
                        own.append(0)
                        stack, names = [0, len(tags) - 1], ["html", "body"]
                elif name in _BLOCKS:
                    if name not in ("td", "th"):
                        flush()
                    elif length:
                        buffer.append(" ")
                    if in_bold and name != "p":
                        in_bold = 0
                    if "p" in names[-3:] and name in _P_ENDERS:
                        back = 1
                        while names[-back] != "p":
                            back += 1
                        del stack[-back:], names[-back:]
                    enders = _SELF_ENDERS.get(name)
                    if enders:
                        for back in range(1, min(len(names), 8)):
                            if names[-back] in enders:
                                del stack[-back:], names[-back:]
                                break
                            if names[-back] in _SCOPE_STOP:
                                break
                    if len(stack) < MAX_DEPTH:
                        bits = _OWN.get(name, 0)
                        if attributes:
                            bits |= marks.read(attributes)
                        parents.append(stack[-1])
                        tags.append(name)
                        own.append(bits)
                        stack.append(len(tags) - 1)
                        names.append(name)
                        if len(stack) > deepest:
                            deepest = len(stack)
                    else:
                        over += 1
                    inline.clear()
                elif name == "br":
                    breaks += 1
                    if breaks > 1:
                        flush()
                    elif length:
                        buffer.append(" ")
                elif name == "a":
                    # an anchor, or a jump within the page, is no way to another story
                    in_link = "href" in attributes and not _JUMP.search(attributes)
                    if ("author" in attributes or "autor" in attributes) and len(writers) < 100:
                        writers.append((text.strip(), stack[-1]))
                    inline.append(("a", marks.read(attributes) if "class" in attributes else 0))
                elif name in _SKIPPED:
                    if not attributes.endswith("/"):
                        skipping = name
                elif name == "img":
                    if len(images) < 500:
                        images.append((attributes, stack[-1]))
                elif name == "hr":
                    flush()
                elif name in _MARKED_INLINE:
                    if name in ("b", "strong"):
                        in_bold += 1
                    elif name == "time" and (found := _DATE_VALUE.search(attributes)):
                        times.append((found[1], stack[-1]))
                    if len(inline) < 32:
                        inline.append((name, marks.read(attributes) if len(attributes) > 7 else 0))
        if text and not skipping:
            size = len(text)
            if not text.isspace():
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
                for _, bits in inline:
                    if bits:
                        marked |= bits
                        marked_length += size
                        break
                if total >= MAX_TEXT:
                    cut = True
                    break
            elif buffer:
                buffer.append(" ")
    flush()
    return Scan(blocks, parents, tags, own, cut, deepest, dates, times, writers, images)
