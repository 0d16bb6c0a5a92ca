from __future__ import annotations

import json
import random

import pytest

from worker.tag import tag

ARTICLE = {
    "title": "Gemeinderat stimmt für neue Brücke",
    "body": "Salzburg (APA) - Der Gemeinderat hat am Montag den Bau einer Brücke beschlossen.\n\nBürgermeisterin Eva Lindner "
    "sprach von einem Beschluss mit großer Mehrheit. Die Opposition kritisierte die Kosten.",
    "language": {"code": "de", "confidence": 0.99},
}
KEYS = {"topics", "countries", "people", "organisations", "places", "keywords"}


def test_all_tags_of_an_article() -> None:
    tags = tag(ARTICLE)
    assert set(tags) == KEYS
    assert tags["topics"][0]["code"] == "medtop:11000000"
    assert tags["countries"][0] == "AT"
    assert "Brücke" in tags["keywords"]
    assert json.loads(json.dumps(tags)) == tags


def test_explain_adds_reasons_and_changes_nothing() -> None:
    plain, explained = tag(ARTICLE), tag(ARTICLE, explain=True)
    reasons = explained.pop("explain")
    assert explained == plain
    assert set(reasons) <= {"topics", "countries", "names", "keywords"}
    assert reasons["topics"] and reasons["keywords"]
    json.dumps(reasons)


@pytest.mark.parametrize(
    "article", [{}, {"title": None, "body": None}, {"body": 5, "language": None}, {"title": "Nur Titel"}]
)
def test_missing_and_wrong_values_give_empty_tags(article: dict[str, object]) -> None:
    assert set(tag(article)) == KEYS


_random = random.Random(7)
HOSTILE = {
    "five megabytes": "Der Minister sagte es. " * 220_000,
    "one word": "a" * 1_000_000,
    "capitals": "A" * 1_000_000,
    "no spaces": "".join(_random.choices("abcXYZäé.,-'", k=200_000)),
    "mixed scripts": "".join(_random.choices("aЖ中ا😀ह1 \n.–", k=200_000)),
    "digits": "12 34.5 " * 50_000,
    "emoji": "😀🎉" * 100_000,
    "newlines": "\n" * 500_000,
    "quotes": "\"'„“" * 100_000,
    "capital words": "Ab Cd Ef Gh " * 30_000,
    "hyphens": "Ab-" * 200_000,
    "lone surrogate": "Text \ud800 mit Rest " * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["de", "en", "fr", "und"])
def test_hostile_text_is_answered(name: str, language: str) -> None:
    assert set(tag({"title": HOSTILE[name][:5_000], "body": HOSTILE[name], "language": {"code": language}})) == KEYS
