"""Tags of an article in standard vocabularies: topics, countries, people, organisations, places, keywords.

Use when: a cleaned article is at hand. A pure room: the same article gives the same tags in every process; no clock, no
network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worker.tag.countries import countries as find_countries
from worker.tag.keywords import keywords as find_keywords
from worker.tag.names import names as find_names
from worker.tag.tokens import Document, tokenise
from worker.tag.topics import topics as find_topics

__all__ = ["Document", "tag", "tokenise"]

EXPLAINED = ("topics", "countries", "names", "keywords")


def tag(article: Mapping[str, Any], *, explain: bool = False) -> dict[str, Any]:
    """Tags a cleaned article; the text is cut into tokens once and all tags are read from them.

    Reads `title`, `lead`, `body`, `section`, `language`, `dateline`, `url`, `source`. Returns the keys of the stage:
    `topics` (`code`, `name`, `relevance` 0..1, most relevant first), `countries` (ISO 3166-1 alpha-2), `people`,
    `organisations`, `places` (`name`, `count`), `keywords`; with `explain` also `explain`: of `topics`, `countries`,
    `names`, `keywords` why each is there. Never raises for JSON values.
    """
    why: dict[str, dict[str, Any]] = {kind: {} for kind in EXPLAINED} if explain else {}
    doc = tokenise(article)
    named = find_names(doc, why.get("names"))
    tags: dict[str, Any] = {
        "topics": find_topics(doc, named, why.get("topics")),
        "countries": find_countries(doc, named, why.get("countries")),
        "people": _counted(named.people),
        "organisations": _counted(named.organisations),
        "places": _counted(named.places),
        "keywords": find_keywords(doc, named, why.get("keywords")),
    }
    if explain:
        tags["explain"] = {kind: given for kind, given in why.items() if given}
    return tags


def _counted(found: list[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in found]
