from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.clean import clean, language
from worker.clean.language import UNKNOWN, identify
from worker.messages import RawArticle

SENTENCES = {
    "de": "Der Gemeinderat hat gestern Abend den Bau einer neuen Brücke über den Fluss beschlossen.",
    "en": "The town council decided last night to build a new bridge across the river.",
    "fr": "Le conseil municipal a décidé hier soir de construire un nouveau pont sur la rivière.",
    "es": "El ayuntamiento decidió anoche construir un nuevo puente sobre el río.",
    "it": "Il consiglio comunale ha deciso ieri sera di costruire un nuovo ponte sul fiume.",
    "pt": "A câmara municipal decidiu ontem à noite construir uma nova ponte sobre o rio.",
    "nl": "De gemeenteraad heeft gisteravond besloten een nieuwe brug over de rivier te bouwen.",
    "pl": "Rada miasta zdecydowała wczoraj wieczorem o budowie nowego mostu na rzece.",
    "tr": "Belediye meclisi dün akşam nehrin üzerine yeni bir köprü yapılmasına karar verdi.",
    "ru": "Городской совет вчера вечером решил построить новый мост через реку.",
    "uk": "Міська рада вчора ввечері вирішила побудувати новий міст через річку.",
    "ar": "قرر مجلس المدينة مساء أمس بناء جسر جديد فوق النهر.",
    "fa": "شورای شهر دیشب تصمیم گرفت پل تازه‌ای روی رودخانه بسازد.",
    "hi": "नगर परिषद ने कल रात नदी पर एक नया पुल बनाने का फैसला किया।",
    "el": "Το δημοτικό συμβούλιο αποφάσισε χθες το βράδυ να χτίσει μια νέα γέφυρα.",
    "he": "מועצת העיר החליטה אמש לבנות גשר חדש מעל הנהר.",
    "ka": "საკრებულომ გუშინ საღამოს ახალი ხიდის აშენება გადაწყვიტა.",
    "th": "สภาเมืองมีมติเมื่อคืนนี้ให้สร้างสะพานใหม่ข้ามแม่น้ำ",
    "zh": "市议会昨晚决定在河上修建一座新桥。",
    "ja": "市議会は昨夜、川に新しい橋を架けることを決めた。",
    "ko": "시의회는 어젯밤 강 위에 새 다리를 짓기로 결정했다.",
    "sw": "Baraza la mji liliamua jana usiku kujenga daraja jipya juu ya mto.",
    "pcm": "Di council don tok say dem go build new bridge wey pipo go take cross di river.",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_single_sentences_in_all_scripts(code: str, text: str) -> None:
    assert identify(text).code == code


@pytest.mark.parametrize("code", ["de", "en", "fr", "ru"])
def test_capitals_do_not_change_the_language(code: str) -> None:
    assert identify(SENTENCES[code].upper()).code == code


@pytest.mark.parametrize(
    "text", ["", "  \n", "12.11.2024 14:05", "🎉🎉🎉", "+++ --- ...", "https://example.org/deutsch/artikel", "\x00\x01"]
)
def test_no_letters_no_language(text: str) -> None:
    assert identify(text) == UNKNOWN
    assert identify(text, "de") == UNKNOWN


def test_letters_without_sense_are_no_wild_guess() -> None:
    assert identify("qxv zrk wpt").code == "und"


def test_hint_decides_where_the_text_says_nothing() -> None:
    assert identify("qxv zrk wpt", "de").code == "de"
    assert identify("qxv zrk wpt", "de").confidence <= 0.2


@pytest.mark.parametrize("hint", ["en", "fr", "en-GB", "x", "", "no such", "UND"])
def test_hint_never_beats_the_text(hint: str) -> None:
    assert identify(SENTENCES["de"], hint).code == "de"


def test_foreign_quotation_does_not_turn_the_article() -> None:
    article = "„The show must go on“, sagte er. " + " ".join([SENTENCES["de"]] * 3)
    assert identify(article).code == "de"
    assert identify('A taxi driver said: "Dem no dey hear word." ' + " ".join([SENTENCES["en"]] * 3)).code == "en"


def test_neighbours_by_spelling() -> None:
    assert identify("Umushikiranganji yavuze ko ivyo bintu vyose bizokorwa mu ndwi iza").code == "rn"
    assert identify("Minisitiri yavuze ko ibyo bintu byose bizakorwa mu cyumweru gitaha").code == "rw"
    assert identify("ቤት ምኽሪ ከተማ ትማሊ ኣብ ልዕሊ ሩባ ሓድሽ ድልድል ክስራሕ ወሲኑ").code == "ti"
    assert identify("የከተማው ምክር ቤት ትናንት ማታ በወንዙ ላይ አዲስ ድልድይ እንዲሠራ ወሰነ").code == "am"


def test_without_the_quick_identifier_the_slow_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_quick", lambda: None)
    for code in ("de", "en", "fr", "ru", "sw"):
        assert identify(SENTENCES[code]).code == code


@pytest.mark.parametrize(
    "text", ["a" * 2_000_000, "1 " * 500_000, "a@" * 300_000, "http://" * 100_000, "文" * 500_000, "ab\n" * 200_000]
)
def test_hostile_text_is_answered(text: str) -> None:
    code, confidence = identify(text)
    assert code
    assert 0 <= confidence <= 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=8))
def test_any_text_has_an_answer(text: str, hint: str | None) -> None:
    answer = identify(text, hint)
    assert answer == identify(text, hint)
    assert answer.code.isascii() and 2 <= len(answer.code) <= 3
    assert 0 <= answer.confidence <= 1


@pytest.mark.parametrize("text", ["a" * 5_000, "Ha " * 40, "-a-b" * 400, "ууу " * 100])
def test_a_few_letters_again_and_again_are_no_language(text: str) -> None:
    assert identify(text).code == "und"


GERMAN = (
    "Die Gemeinde will das alte Rathaus nicht verkaufen, sondern sanieren und an Vereine vermieten. Das hat der Rat mit "
    "großer Mehrheit beschlossen. Für die Arbeiten sind im Haushalt zwei Millionen Euro vorgesehen."
)
ENGLISH = (
    "The council will not sell the old town hall but repair it and let it to clubs. That was decided by a large majority, "
    "the mayor said. Two million have been set aside for the works."
)


@pytest.mark.parametrize(("text", "code"), [(GERMAN, "de"), (ENGLISH, "en")])
def test_function_words_decide_without_a_model(text: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> None:
        raise AssertionError("a model was asked")

    monkeypatch.setattr(language, "_quick", never)
    monkeypatch.setattr(language, "_slow", never)
    assert identify(text) == (code, 0.99)


def test_function_words_of_relatives_decide_nothing() -> None:
    luxembourgish = (
        "De Gemengerot huet den ale Stadhaus net verkaaft, mee wëll en an den nächste Joren ëmbauen an un d'Veräiner "
        "verlounen. Um Enn vun der Sitzung ass dem Buergermeeschter säi Budget ugeholl ginn."
    )
    pidgin = (
        "Di council don tok say dem no go sell di old town hall, as e be for di pipo wey dey use am and for di clubs."
    )
    assert identify(luxembourgish).code != "de"
    assert identify(pidgin).code == "pcm"
    assert language._by_function_words(GERMAN + " " + ENGLISH) is None


def test_a_page_without_words_is_in_the_language_that_it_declares() -> None:
    found = clean(RawArticle(html="<html lang='en-US'><body><main><p>17</p><p>4</p></main></body></html>"))
    assert found["language"]["code"] == "en"
