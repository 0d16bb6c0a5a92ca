"""JSON-LD as news sites write it: broken, nested, several to a page. Use `read` for one flat list of its objects."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from worker.references import resolve

_LONGEST = 2_000_000  # characters of one script; more is no metadata
_MOST = 400  # objects of a page that are looked at
_DEEPEST = 12

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_TRAILING_COMMA = re.compile(r",\s{0,200}([}\]])")
_BAD_ESCAPE = re.compile(r"\\([^\"\\/bfnrtu])")
_COMMENT = re.compile(r"/\*[^*]{0,80}\*/")


def load(text: str) -> Any:
    """One script's value, mended where it is almost JSON; None where it is not."""
    if len(text) > _LONGEST:
        return None
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        pass
    text = _CONTROL.sub(" ", _unwrapped(text))
    for mend in (
        lambda x: x,
        lambda x: _BAD_ESCAPE.sub(r"\1", _TRAILING_COMMA.sub(r"\1", x)),
        lambda x: resolve(x) if "&quot;" in x else x,
    ):
        text = mend(text)
        try:
            # raw_decode: what stands behind the first value is left alone
            return json.JSONDecoder(strict=False).raw_decode(text.lstrip())[0]
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(text: str) -> str:
    """`text` without the comment or CDATA marks that templates put around it."""
    text = text.strip()
    if text.startswith("/*"):
        text = _COMMENT.sub("", text, count=2).strip()
    for mark in ("<!--", "//<![CDATA[", "// <![CDATA[", "<![CDATA["):
        text = text.removeprefix(mark).lstrip()
    for mark in ("-->", "//]]>", "// ]]>", "]]>", ";"):
        text = text.removesuffix(mark).rstrip()
    return text


def read(scripts: Sequence[str]) -> list[dict[str, Any]]:
    """The objects that stand at the top of the scripts, in lists and in `@graph`, in order."""
    found: list[dict[str, Any]] = []
    for script in scripts:
        for value in _objects(load(script), 0):
            found.append(value)
            if len(found) >= _MOST:
                return found
    return found


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST]:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "headline" in value:
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement") if depth < 3 else ():
            inner = value.get(name)
            if isinstance(inner, (dict, list)):
                yield from _objects(inner, depth + 1)


def types(value: dict[str, Any]) -> list[str]:
    """The types of an object without their name space."""
    stated = value.get("@type")
    if isinstance(stated, str):
        stated = [stated]
    return [x.rsplit("/", 1)[-1] for x in stated if isinstance(x, str)] if isinstance(stated, list) else []


def string(value: Any) -> str | None:
    """The text of a value that may be wrapped in a list or an object; entities resolved, white space squeezed."""
    if isinstance(value, list):
        value = next((x for x in value if x), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    if "&" in value:
        value = resolve(resolve(value))
    value = " ".join(value.split())
    return value or None


def number_or_string(value: Any) -> str | None:
    """The text of a value that may be a number: a time as seconds or milliseconds."""
    return str(value) if isinstance(value, int) else string(value)
