"""Names of countries as they stand in a sentence, in languages that bend them."""

from __future__ import annotations

import pytest

from worker.tag.countries import countries
from worker.tag.inflection import inflected
from worker.tag.names import names
from worker.tag.tokens import tokenise


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("ru", "Министр вернулся из Индии и говорил о Китае.", ["CN", "IN"]),
        ("uk", "Посол поїхав до Польщі, а потім до Канади.", ["CA", "PL"]),
        ("pl", "Minister mówił w Niemczech o Ukrainie.", ["DE", "UA"]),
        ("cs", "Ministryně odjela do Německa a na Ukrajinu.", ["DE", "UA"]),
        ("fi", "Ministeri lensi Ruotsista Japaniin ja puhui Kanadasta.", ["CA", "JP", "SE"]),
        ("hu", "A miniszter Németországban járt.", ["DE"]),
        ("el", "Ο υπουργός της Γερμανίας μίλησε.", ["DE"]),
        ("ko", "장관은 어제 미국에서 일본의 계획을 말했다.", ["JP", "US"]),
        ("ar", "تحدث الوزير عن الاتفاق مع فرنسا وألمانيا والصين.", ["CN", "DE", "FR"]),
        ("he", "השר דיבר בגרמניה.", ["DE"]),
    ],
)
def test_a_bent_name_is_found(language: str, text: str, codes: list[str]) -> None:
    doc = tokenise({"body": text, "language": {"code": language}})
    assert sorted(countries(doc, names(doc))) == codes


def test_only_names_of_one_word_are_bent() -> None:
    assert inflected("Россия", "ru") == ["России", "Россию", "Россией"]
    assert inflected("Новая Зеландия", "ru") == []
    assert inflected("Mali", "pl") == []  # a vowel at the end that no pattern takes
    assert inflected("الهند", "ar")[-1] == "للهند"
    assert inflected("Deutschland", "de") == inflected("France", "fr") == []


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("fr", "Le Japon attend. La France aussi.", ["Japon", "France"]),
        ("pt", "O Brasil espera. A Argentina também.", ["Brasil", "Argentina"]),
        ("es", "El Salvador espera. El Perú también.", ["El Salvador", "Perú"]),
        ("it", "La Francia aspetta.", ["Francia"]),
    ],
)
def test_an_article_at_the_start_of_a_sentence_is_no_part_of_a_place(
    language: str, text: str, places: list[str]
) -> None:
    found = names(tokenise({"body": text, "language": {"code": language}}))
    assert [name for name, _ in found.places] == places
    assert found.people == []


def test_a_country_beside_a_full_name_is_no_part_of_it() -> None:
    found = names(tokenise({"body": "Rais wa Kenya William Ruto alizuru Tanzania.", "language": {"code": "sw"}}))
    assert (found.people, found.places) == ([("William Ruto", 1)], [("Kenya", 1), ("Tanzania", 1)])
    found = names(tokenise({"body": "A magyar Orbán Viktor Oroszországban járt.", "language": {"code": "hu"}}))
    assert (found.people, found.places) == ([("Orbán Viktor", 1)], [("Oroszországban", 1)])
