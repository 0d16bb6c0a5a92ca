"""Character references of HTML (`&amp;`, `&#8212;`): use `resolve` wherever a text of somebody else's may hold some."""

import html
import re

_ENDLESS = re.compile("&#[0-9]{4000,};?")
"""One of more digits than the standard library reads as a number: it raises there."""


def resolve(text: str) -> str:
    """`text` with its character references resolved as a browser does it; one that means no character becomes U+FFFD."""
    try:
        return html.unescape(text)
    except ValueError:
        return html.unescape(_ENDLESS.sub("\ufffd", text))
