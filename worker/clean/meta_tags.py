"""The meta tags of a page, its canonical address and the title of its window."""

import re

from worker.references import resolve

_LONGEST_VALUE = 8000
_ATTRIBUTES = re.compile(
    rf"""([a-zA-Z:_-]{{1,40}})\s{{0,4}}=\s{{0,4}}(?:"([^"]{{0,{_LONGEST_VALUE}}})"|'([^']{{0,{_LONGEST_VALUE}}})'|([^\s"'>]{{1,2000}}))"""
)
_HEAD_TITLE = re.compile(r"<title\b[^>]{0,300}>([^<]{0,2000})", re.I)
_CANONICAL = re.compile("canonical", re.I)
_HEAD_LIMIT = 400_000
_MOST_HEAD_TAGS = 5000


_USUAL = {
    before + name + "=": name
    for name in ("name", "property", "content", "itemprop", "http-equiv")
    for before in ("", " ")
}


def _stated(attributes: str) -> dict[str, str]:
    """The attributes of a tag, by lower-case name; what stands behind the tag may be among them."""
    parts = attributes.split('"')
    if (
        len(parts) == 5
        and (first := _USUAL.get(parts[0]))
        and (second := _USUAL.get(parts[2]))
        and "=" not in parts[4]
        and len(attributes) <= _LONGEST_VALUE
    ):
        return {first: parts[1], second: parts[3]}  # nearly every meta tag
    return {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTES.findall(attributes)}


class Tags:
    """The meta and link tags of a page, by lower-case name."""

    def __init__(self, html: str) -> None:
        end = html.find("<body")
        head = html[: min(end if end > 0 else _HEAD_LIMIT, _HEAD_LIMIT)]
        self.values: dict[str, list[str]] = {}
        self.canonical: str | None = None
        parts = head.split("<", _MOST_HEAD_TAGS)
        for i, part in enumerate(parts):
            kind = part[:5].lower()
            if kind not in ("meta ", "link ", "meta\n", "link\n") or (kind[0] == "l" and not _CANONICAL.search(part)):
                continue
            if part.count('"') & 1 and i + 1 < len(parts):
                part += "<" + parts[i + 1]  # the content holds a bare <
            stated = _stated(part[5:20_000])
            if kind.startswith("meta"):
                value = stated.get("content", "").strip()
                name = (
                    stated.get("property") or stated.get("name") or stated.get("itemprop") or stated.get("http-equiv")
                )
                if value and name:
                    name = name.strip().lower()
                    self.values.setdefault(name, []).append(value)
                    if " " in name:  # RDFa: several properties of one value
                        for one in name.split():
                            self.values.setdefault(one, []).append(value)
            elif stated.get("rel", "").lower() == "canonical" and self.canonical is None:
                self.canonical = stated.get("href")
        found = _HEAD_TITLE.search(html, 0, _HEAD_LIMIT)
        self.title = clean(found[1]) if found else None

    def one(self, *names: str) -> str | None:
        """The first value that one of the names has."""
        for name in names:
            for value in self.values.get(name, ()):
                if text := clean(value):
                    return text
        return None

    def all(self, name: str) -> list[str]:
        return [text for value in self.values.get(name, ()) if (text := clean(value))]


def clean(text: str) -> str:
    """`text` with character references resolved, twice for those that are escaped, and white space squeezed."""
    if "&" in text:
        text = resolve(resolve(text))
    return " ".join(text.split())
