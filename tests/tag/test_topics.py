from __future__ import annotations

from typing import Any

import pytest

from worker.tag.names import Names
from worker.tag.tokens import tokenise
from worker.tag.topics import NAMES, topics


def tagged(body: str, language: str = "de", why: dict[str, Any] | None = None, **more: str) -> list[str]:
    doc = tokenise({"body": body, "language": {"code": language}, **more})
    return [topic["code"][7:9] for topic in topics(doc, why=why)]


@pytest.mark.parametrize(
    ("first", "text"),
    [
        (
            "01",
            "Die Regisseurin stellte ihren neuen Spielfilm beim Filmfestival vor, das Publikum feierte die Schauspieler.",
        ),
        (
            "02",
            "Die Staatsanwaltschaft erhob Anklage, der Angeklagte sitzt nach dem Raubüberfall in Untersuchungshaft.",
        ),
        (
            "03",
            "Nach dem Erdbeben suchten Rettungskräfte in den Trümmern nach Verschütteten, die Feuerwehr barg Überlebende.",
        ),
        (
            "04",
            "Der Konzern steigerte Umsatz und Gewinn, die Aktie stieg an der Börse, Anleger hoffen auf eine Dividende.",
        ),
        ("05", "Die Schüler bekommen im neuen Schuljahr andere Lehrpläne, die Lehrer kritisieren die Schulreform."),
        ("06", "Umweltschützer warnen: Der Klimawandel lässt die Gletscher schmelzen, die Treibhausgase nehmen zu."),
        ("07", "Im Krankenhaus wurden Patienten mit dem Virus behandelt, Ärzte raten zur Impfung."),
        ("08", "Die Prinzessin hat Zwillinge bekommen, das Königshaus gab die Namen der Babys bekannt."),
        (
            "09",
            "Die Gewerkschaft ruft zum Warnstreik auf, die Tarifverhandlungen mit den Arbeitgebern sind gescheitert.",
        ),
        ("10", "Das Rezept für den Sonntag: Der Haubenkoch verrät, wie man Gemüse grillt und welcher Wein dazu passt."),
        (
            "11",
            "Der Nationalrat stimmte über das Gesetz ab, Opposition und Koalition stritten über den Antrag der Ministerin.",
        ),
        ("12", "Der Bischof feierte mit Gläubigen einen Gottesdienst, der Papst sandte ein Gebet."),
        (
            "13",
            "Forscher haben mit einem Teleskop einen Exoplaneten entdeckt, berichten Astronomen in einem Fachmagazin.",
        ),
        ("14", "Asylwerber und Flüchtlinge leben in der Unterkunft, die Caritas hilft Familien bei der Integration."),
        ("15", "Der Stürmer traf in der 80. Minute zum Sieg, der Trainer lobte die Mannschaft nach dem Heimspiel."),
        ("16", "Die Armee meldete Luftangriffe, Rebellen und Soldaten kämpfen trotz Waffenruhe weiter."),
        ("17", "Der Wetterdienst erwartet Gewitter und Starkregen, die Temperaturen sinken auf zehn Grad."),
    ],
)
def test_each_topic_in_german(first: str, text: str) -> None:
    assert tagged(text)[0] == first


@pytest.mark.parametrize(
    ("first", "language", "text"),
    [
        ("15", "en", "The striker scored twice as the club won the league match, the coach said after the victory."),
        ("04", "en", "Shares fell on Wall Street after the company reported lower quarterly profit and revenues."),
        ("11", "en", "The prime minister told parliament that the government would hold an election in May."),
        ("13", "en", "Researchers released software for smartphones, and the internet browser got an update."),
        ("07", "fr", "Le médecin de l'hôpital a vacciné les malades contre le virus."),
        ("15", "fr", "L'entraîneur et ses joueurs ont gagné le match en finale de la coupe."),
    ],
)
def test_other_languages(first: str, language: str, text: str) -> None:
    assert tagged(text, language)[0] == first


def test_headline_weighs_more_than_the_text() -> None:
    body = "Das Ministerium äußerte sich nicht. Der Trainer auch nicht."
    assert tagged(body, title="Trainer und Stürmer entlassen")[0] == "15"
    assert tagged(body, title="Regierung und Parlament beraten")[0] == "11"


def test_section_label_and_address_are_evidence() -> None:
    body = "Am Freitag war es so weit."
    assert tagged(body) == []
    assert tagged(body, section="Sport")[0] == "15"
    assert tagged(body, section="Kultur & Medien")[0] == "01"
    assert tagged(body, section="Regionalsport")[0] == "15"
    assert tagged(body, url="https://zeitung.example/wirtschaft/123/es-war-so-weit")[0] == "04"
    assert tagged(body, url="https://zeitung.example/sport") == []  # the last part is the article itself


def test_nothing_is_said_without_evidence() -> None:
    assert tagged("") == []
    assert tagged("Heute war ein Tag.") == []
    assert tagged("Palabras en español", "es") == []
    assert tagged("12 34", "und") == []


def test_relevance_is_ordered_and_between_zero_and_one() -> None:
    body = "Die Regierung und das Parlament streiten über Steuern, Banken und Budget."
    found = topics(tokenise({"body": body, "language": "de"}))
    relevances = [topic["relevance"] for topic in found]
    assert relevances == sorted(relevances, reverse=True)
    assert all(0 < r <= 1 for r in relevances)
    assert all(topic["name"] == NAMES[int(topic["code"][7:9]) - 1] for topic in found)


def test_each_topic_can_say_why() -> None:
    why: dict[str, Any] = {}
    codes = tagged("Der Torhüter hielt den Elfmeter.", why=why, section="Sport")
    assert list(why) == [f"medtop:{code}000000" for code in codes]
    assert "elfmeter" in [word for word, _ in why["medtop:15000000"]]
    assert any(str(word).startswith("section") for word, _ in why["medtop:15000000"])


def test_a_phrase_hides_its_words() -> None:
    why: dict[str, Any] = {}
    tagged("A clinical trial was announced by the hospital.", "en", why=why)
    assert "medtop:02000000" not in why


def test_relatives_without_lists_use_those_of_the_big_language() -> None:
    assert tagged("Di striker score two goal for di league match as im club win di cup", "pcm")[0] == "15"
    assert tagged("The striker scored in the league match", "en-GB")[0] == "15"


def test_words_in_a_persons_name_say_nothing() -> None:
    doc = tokenise({"body": "Chelsea Arsenal sang at the concert.", "language": "en"})
    plain = [topic["code"] for topic in topics(doc)]
    named = [topic["code"] for topic in topics(doc, Names(spans=[(0, 2, "PER")]))]
    assert plain[0] == "medtop:15000000"
    assert named == ["medtop:01000000"]
