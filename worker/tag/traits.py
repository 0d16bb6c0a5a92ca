"""What is seen of a token alone, as bits: whether it ends a sentence, closes a quotation, is in capitals ...

Use when: a step looks for a few kinds of token in a whole text. The bits are found once for each distinct word.
"""

from __future__ import annotations

END = 1
"""A full stop or another mark that may end a sentence."""
CLOSING = 2
"""A quotation mark or bracket that belongs to the sentence before it."""
CAPITALS = 4
"""Two letters or more, all of them capitals."""
COMPANY = 8
"""A form of company that is nothing else."""
HYPHEN = 16
"""A hyphen on its own: `Wohn- und Pflegeheim`."""

_MARKS = dict.fromkeys(".!?…。！？।؟", END) | dict.fromkeys("\"'“”’«»)]", CLOSING) | {"-": HYPHEN}
_FORMS = (
    "Inc Corp Ltd Plc PLC plc LLC Llc GmbH AG KG KGaA SpA NV BV SE Corporation Incorporated Aktiengesellschaft".split()
)
_KNOWN = _MARKS | {form: COMPANY | CAPITALS * form.isupper() for form in _FORMS}


def traits(words: list[str]) -> list[int]:
    """The bits of each token."""
    return [_KNOWN[word] if word in _KNOWN else CAPITALS if word.isupper() and len(word) > 1 else 0 for word in words]
