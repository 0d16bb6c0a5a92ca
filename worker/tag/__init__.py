"""Tags of an article in standard vocabularies: topics, countries, people, organisations, places, keywords.

Use when: a cleaned article is at hand. A pure room: the same article gives the same tags in every process; no clock, no
network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from worker.tag import gazetteer, keywords, topics
from worker.tag.countries import countries as find_countries
from worker.tag.keywords import keywords as find_keywords
from worker.tag.names import Sighting, sightings
from worker.tag.names import names as find_names
from worker.tag.tokens import Document, look_up, tokenise
from worker.tag.topics import topics as find_topics
from worker.tag.vocabulary import current

__all__ = ["Ahead", "Document", "read_ahead", "tag", "tokenise"]

EXPLAINED = ("topics", "countries", "names", "keywords")


Ahead = tuple[Document, Sighting | None]
"""What `read_ahead` finds out of an article."""


def read_ahead(articles: Sequence[Mapping[str, Any]]) -> list[Ahead]:
    """Read several cleaned articles at once, which costs less than one by one; give `tag` the answers as `ahead`."""
    vocabulary = current()
    docs = [tokenise(article, vocabulary) for article in articles]
    for column in (gazetteer.words, topics.words, keywords.words):
        look_up(docs, column)
    return list(zip(docs, sightings(docs), strict=True))


def tag(article: Mapping[str, Any], *, explain: bool = False, ahead: Ahead | None = None) -> dict[str, Any]:
    """Tags a cleaned article; the text is cut into tokens once and all tags are read from them.

    Reads `title`, `lead`, `body`, `section`, `language`, `dateline`, `url`, `source`. Returns the keys of the stage:
    `topics` (`code`, `name`, `relevance` 0..1, most relevant first), `countries` (ISO 3166-1 alpha-2), `people`,
    `organisations`, `places` (`name`, `count`), `keywords`; with `explain` also `explain`: of `topics`, `countries`,
    `names`, `keywords` why each is there. `ahead` is what `read_ahead` says of it, if it was asked. Never raises for
    JSON values.
    """
    why: dict[str, dict[str, Any]] = {kind: {} for kind in EXPLAINED} if explain else {}
    doc, seen = ahead if ahead is not None else (tokenise(article), None)
    named = find_names(doc, why.get("names"), seen)
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
