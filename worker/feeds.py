"""RSS and Atom as XML, read into the items that `worker.formats` knows. Safe against hostile XML, pure.

No document type is accepted, so that no entity can be declared (entity bombs, files and addresses read through external
entities); depth and number of elements are bounded; expat itself reads without recursion.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

_MOST_ELEMENTS = 200_000
_DEEPEST = 100
_START = re.compile(
    r"[\ufeff\s]{0,64}(?:<\?xml[^<>]{0,200}\?>\s{0,64})?(?:<!--[^<>]{0,1000}-->\s{0,64})?"
    r"(?:<!DOCTYPE\s{1,8}(?:rss|feed|item|entry)\b|<(?:rss|item|(?:atom:)?feed|(?:atom:)?entry|rdf:RDF)[\s>])"
)
_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")
_OWN = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_ITEMS = frozenset(("item", "entry"))

Item = dict[str, Any]


class FeedError(ValueError):
    """The XML is refused or does not parse; the message says why and holds nothing of the text."""


def looks_like_feed(text: str) -> bool:
    """Whether a text begins as RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom, or a bare item or entry of them."""
    return _START.match(text) is not None


def read_items(text: str) -> list[Item]:
    """The items of a feed, or the one that the text is, in the keys of its elements; FeedError where it is none.

    The feed's own language goes into items without one. An item's repeated elements become a list, an element with
    attributes an object of them with its text under `#text`; markup inside an element is its text.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        # Named references of HTML are not XML, and many feeds have them all the same.
        parser.Parse(_REFERENCE.sub(_resolve, text.lstrip("\ufeff \t\r\n")), True)
    except expat.ExpatError as error:
        raise FeedError(f"the XML does not parse at line {error.lineno}, column {error.offset}") from None
    if not reader.items:
        raise FeedError("the feed has no item")
    for item in reader.items:
        if reader.language:
            item.setdefault("language", reader.language)
    return reader.items


def _refuse(*_: Any) -> None:
    raise FeedError("the XML declares a document type; such a feed is refused, since entities may hide in it")


def _resolve(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _OWN else html5.get(name, found[0])


class _Reader:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.language: str | None = None
        self._path: list[str] = []
        self._count = 0
        self._base = 0  # depth of the item in hand, 0 outside
        self._attributes: dict[str, str] = {}
        self._plain: list[str] = []
        self._marked: list[str] = []
        self._inside: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._path) >= _DEEPEST or self._count > _MOST_ELEMENTS:
            raise FeedError("the XML is nested too deeply or has too many elements")
        name = name.removeprefix("atom:")
        self._path.append(name)
        depth = len(self._path)
        if not self._base and name in _ITEMS:
            self._base = depth
            self.items.append({})
        elif not self._base or depth == self._base + 1:
            self._attributes, self._inside = attributes, {}
            self._plain.clear()
            self._marked.clear()
            if not self._base:
                self.language = self.language or attributes.get("xml:lang")
        else:
            if depth == self._base + 2:
                self._inside.setdefault(name, "")
            given = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
            self._marked.append(f"<{name}{given}>")

    def end(self, _: str) -> None:
        depth, name = len(self._path), self._path.pop()
        if depth == self._base:
            self._base = 0
        elif self._base and depth == self._base + 1:
            self._keep(name)
        elif self._base:
            self._marked.append(f"</{name}>")
        elif name in ("language", "dc:language"):
            self.language = "".join(self._plain).strip() or self.language

    def data(self, text: str) -> None:
        if not self._base or len(self._path) <= self._base:
            self._plain.append(text)
            return
        self._plain.append(text)
        self._marked.append(escape(text))
        if len(self._path) == self._base + 2:
            self._inside[self._path[-1]] = self._inside.get(self._path[-1], "") + text

    def _keep(self, name: str) -> None:
        value: Any = "".join(self._plain).strip()
        if "name" in self._inside:  # a person of Atom
            value = {"name": self._inside["name"].strip()}
        elif self._inside:
            value = "".join(self._marked).strip()
        elif self._attributes:
            value = {**self._attributes, "#text": value} if value else dict(self._attributes)
        item = self.items[-1]
        if name in item:
            held = item[name]
            item[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            item[name] = value
