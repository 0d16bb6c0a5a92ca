"""Names by an installed spaCy model instead of the built-in one (the extra `ner`).

Use when: accuracy counts more than the rate; spaCy is some fifty times slower. `use("de=de_core_news_lg,en=en_core_web_lg")`
is called once at start, before the first article; languages that are not named keep the built-in model. All that
follows (titles stripped, surnames merged, places listed) is the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

from worker.errors import ConfigError
from worker.tag import names
from worker.tag.tokens import Document

KINDS = {"PER": "PER", "PERSON": "PER", "ORG": "ORG", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC"}
IDLE = ("tagger", "parser", "attribute_ruler", "lemmatizer", "morphologizer", "senter")
"""Components that do not help to find names."""


def use(models: str) -> None:
    """Takes spaCy models into use: `language=model`, separated by commas; an empty string goes back to the built-in one.

    Raises ConfigError when spaCy or a model is not installed or the text is not of that form.
    """
    names.RECOGNISERS.clear()
    for part in filter(None, (p.strip() for p in models.split(","))):
        language, mark, name = part.partition("=")
        if not mark or not name.strip() or not language.strip().isalpha():
            raise ConfigError(f"spaCy models are given as language=model, not as {part!r}")
        names.RECOGNISERS[language.strip().lower()] = recogniser(_load(name.strip()))


def _load(name: str) -> Any:
    try:
        import spacy
    except ImportError as error:
        raise ConfigError("spaCy is not installed: pip install 'news-worker[ner]'") from error
    try:
        return spacy.load(name, exclude=list(IDLE))
    except OSError as error:
        raise ConfigError(f"the spaCy model {name} is not installed: python -m spacy download {name}") from error


def recogniser(nlp: Callable[[str], Any]) -> Callable[[Document], list[names.Span]]:
    """Spans of our tokens from what a spaCy pipeline finds in the text."""

    def spans(doc: Document) -> list[names.Span]:
        found: list[names.Span] = []
        for entity in nlp(doc.text).ents:
            kind = KINDS.get(entity.label_)
            a = bisect_left(doc.ends, entity.start_char + 1)
            b = bisect_right(doc.starts, entity.end_char - 1)
            if kind is not None and a < b and (not found or a >= found[-1][1]):
                found.append((a, b, kind))
        return found

    return spans
