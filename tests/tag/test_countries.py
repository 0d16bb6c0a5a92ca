"""Countries: names, inflected adjectives, towns, datelines, what is no country, salience."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tag import gazetteer
from worker.tag.countries import countries, dateline_end
from worker.tag.gazetteer import inhabitants
from worker.tag.tokens import tokenise


def found(text: str, language: str = "de", **more: Any) -> list[str]:
    return countries(tokenise({"body": text, "language": {"code": language}, **more}))


@pytest.mark.parametrize(
    "form",
    [
        "russische",
        "russischen",
        "russischer",
        "russisches",
        "russischem",
        "Russen",
        "Russinnen",
        "Russlands",
        "Russland-Reise",
        "Russlandpolitik",
        "prorussische Stimmen aus Russland",
    ],
)
def test_german_forms(form: str) -> None:
    assert found(f"Gestern ging es um {form} und sonst um wenig.") == ["RU"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A Brazilian court ruled on Monday.", "BR"),
        ("The Dutch waited.", "NL"),
        ("Talks in Vienna went on.", "AT"),
        ("The U.S. agreed.", "US"),
        ("The Kremlin said no.", "RU"),
        ("Downing Street declined to comment.", "GB"),
    ],
)
def test_english_forms(text: str, code: str) -> None:
    assert found(text, "en") == [code]


def test_the_pronoun_is_no_country() -> None:
    assert found("They told us that it was late, and US carmakers were not asked.", "en") == ["US"]
    assert found("They told us that it was late.", "en") == []


def test_towns_that_are_words() -> None:
    assert found("Nach dem Essen las er in der Halle ein Buch.") == []
    assert found("Die Feuerwehr in Essen rückte aus.") == ["DE"]
    assert found("Reading is fun and the mobile shop was nice.", "en") == []
    assert found("A man from Reading was fined.", "en") == ["GB"]


def test_phrases_that_are_no_place() -> None:
    assert found("Paris Hilton kam zu spät.") == []
    assert found("Michael Jordan scored.", "en") == []


def test_dateline_counts() -> None:
    assert found("LONDON, March 3 - Shares fell as traders waited for news from Paris.", "en")[0] == "GB"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("WASHINGTON, Feb 26 - The bank said so.", 5),
        ("Wien (APA) – Der Rat tagt.", 5),
        ("Er kam spät - und ging früh.", 0),
        ("Keine Ortsmarke hier.", 0),
    ],
)
def test_dateline_end(text: str, size: int) -> None:
    assert dateline_end(tokenise({"body": text, "language": {"code": "de"}})) == size


def test_headline_in_capitals() -> None:
    assert found("Output rose.", "en", title="JAPAN TO CUT STEEL EXPORTS, NICE READING FOR TRADERS") == ["JP"]


def test_passing_mentions_are_cut_and_order_is_salience() -> None:
    text = (
        "Ungarn wählt. In Ungarn und in Budapest ist die Lage ruhig, sagten Ungarn, auch in Österreich. " * 3
        + "Ein Tourist aus Peru sah zu."
    )
    assert found(text) == ["HU", "AT"]


def test_two_towns_of_one_name_follow_the_country() -> None:
    assert found("Police in Birmingham, Alabama, and in Montgomery were busy. The United States is large.", "en") == [
        "US"
    ]


def test_home_of_the_source_only_where_nothing_is_named() -> None:
    assert found("Der Stadtrat tagte bis in die Nacht.", source="zeitung.at") == ["AT"]
    assert found("In Tokio tagte das japanische Parlament lange. Japan wartet.", source="zeitung.at") == ["JP"]
    assert found("Nichts war los.", source="zeitung.com") == []


def test_currencies_speak_only_when_nothing_else_does() -> None:
    assert found("Die Aktie stieg um zehn Prozent auf 30 Rubel.") == ["RU"]
    assert found("The French firm paid 30 roubles.", "en") == ["FR"]


def test_why_names_the_words() -> None:
    why: dict[str, Any] = {}
    doc = tokenise({"title": "Wahl in Norwegen", "body": "Oslo wählt.", "language": {"code": "de"}})
    assert countries(doc, why=why) == ["NO"]
    assert [row[0] for row in why["NO"]] == ["Norwegen", "Oslo"]


def test_inhabitants() -> None:
    assert inhabitants("Russ:e") == ["Russe", "Russen", "Russin", "Russinnen"]
    assert inhabitants("Bahamaer") == ["Bahamaer"]


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.sampled_from(["de", "en", "fr", "ru", "zh", "und", "x"]))
def test_any_text_gives_distinct_codes(body: str, title: str, language: str) -> None:
    codes = found(body, language, title=title)
    assert len(codes) <= 5 and len(set(codes)) == len(codes) and all(len(c) == 2 and c.isupper() for c in codes)


@settings(deadline=None)
@given(st.permutations(["Italien liegt am Meer.", "In Rom regnet es.", "Ein Franzose lacht.", "Die Feuerwehr kam."]))
def test_the_same_text_gives_the_same_answer(parts: list[str]) -> None:
    assert found(" ".join(parts)) == found(" ".join(parts)) and found(" ".join(parts))[0] == "IT"


@pytest.fixture
def fresh_lists() -> Iterator[None]:
    yield
    gazetteer.use_folder(None)


def test_own_files_stand_in_for_ours(tmp_path: Path, fresh_lists: None) -> None:
    (tmp_path / "evidence.tsv").write_text("# mine\nIS\tcity\t*\tPhantasia\n", encoding="utf8")
    gazetteer.use_folder(tmp_path)
    assert found("Gestern regnete es in Phantasia.") == ["IS"]
    assert gazetteer.data_file("demonyms.tsv").parent == gazetteer.DATA


def test_a_namesake_is_no_leader() -> None:
    from worker.tag.names import names

    doc = tokenise(
        {"body": "In Norway Robert Blair, an engineer, spoke. Blair said Norway was cold.", "language": {"code": "en"}}
    )
    assert countries(doc, names(doc)) == ["NO"]


def test_brands_alone_say_no_country() -> None:
    assert found("Die neue App von Facebook und Google ist da, auch für Microsoft.") == []


def test_a_town_before_its_state() -> None:
    assert found("BIRMINGHAM, Mich., March 26 - The firm expects a loss.", "en") == ["US"]


def test_a_name_of_two_countries_is_the_one_that_is_spoken_of() -> None:
    assert found("Voters in Georgia and Alabama went to the polls on Tuesday.", "en") == ["US"]
    assert found("Voters in Georgia went to the polls, and crowds met in Tbilisi.", "en") == ["GE"]
    assert found("ATHENS, Ga. — The college opened in Georgia on Monday, a town hall said.", "en") == ["US"]


def test_names_are_found_where_no_blank_parts_the_words() -> None:
    assert found("分析人士认为,中国与美国的谈判将继续。中国政府没有回应。", "zh") == ["CN", "US"]
    assert found("首相は来月、フランスを訪問する。", "ja") == ["FR"]


def test_a_suffix_after_an_apostrophe_is_no_part_of_a_town() -> None:
    assert found("İstanbul'da okullar iki gün tatil edildi, Ankara'dan açıklama geldi.", "tr") == ["TR"]


def test_a_town_before_a_region_of_another_country_is_there() -> None:
    assert found("The sheriff of Paris, Texas, spoke to reporters in Paris, Texas.", "en") == ["US"]
    assert found("Leaders met in Paris, Berlin and Vienna. Paris was calm.", "en")[0] == "FR"


def test_animals_and_dishes_are_no_countries() -> None:
    assert found("Guinea pigs need hay, and children like Brussels sprouts no more than they do.", "en") == []
    assert found("Die Regierung von Panama hat gesprochen, und Panama hat Zeit.") == ["PA"]
