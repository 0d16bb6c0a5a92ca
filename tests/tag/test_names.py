"""Names: kinds, titles stripped, surnames merged, genitives, particles, capitals, tables, hostile text."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tag import names as names_module
from worker.tag import vocabulary
from worker.tag.countries import countries
from worker.tag.names import Names, names, sightings
from worker.tag.sequence import LABELS, runs, spans_of, viterbi
from worker.tag.tokens import tokenise
from worker.tag.word_features import features, lists, shape, word_class


def found(text: str, language: str = "de", **more: Any) -> Names:
    return names(tokenise({"body": text, "language": {"code": language}, **more}))


def test_a_surname_alone_counts_for_the_full_name() -> None:
    text = "Am Montag sprach Thomas Brunner in Salzburg. Brunner sagte, es sei spät. Später reiste Brunner nach Graz."
    assert found(text).people == [("Thomas Brunner", 3)]


def test_titles_and_roles_are_no_part_of_a_name() -> None:
    text = "Bundeskanzlerin Dr. Monika Huber traf den Präsidenten Paul Steiner. Ministerin Huber lächelte."
    assert [name for name, _ in found(text).people] == ["Monika Huber", "Paul Steiner"]


def test_kinds_in_english() -> None:
    text = "John Miller, who runs Acme Corp in Chicago, met Prime Minister Mary Jones in London on Friday."
    tags = found(text, "en")
    assert {name for name, _ in tags.people} == {"John Miller", "Mary Jones"}
    assert {name for name, _ in tags.places} == {"Chicago", "London"}
    assert [name for name, _ in tags.organisations] == ["Acme Corp"]


def test_particles_stay_inside() -> None:
    assert [n for n, _ in found("Gestern sprach Ursula von der Leyen in Brüssel mit Omar al-Baschir.").people] == [
        "Ursula von der Leyen",
        "Omar al-Baschir",
    ]


def test_an_office_after_von_is_no_part_of_the_name() -> None:
    assert [n for n, _ in found("Gestern sprach Peter Gruber von der Polizei. Jonas Bauer fehlte.").people] == [
        "Peter Gruber",
        "Jonas Bauer",
    ]


def test_a_name_that_never_stands_without_its_s_keeps_it() -> None:
    tags = found("Gestern gewann Thomas Brunners in Salzburg. Danach sagte Brunners, er sei froh. Brunners ist müde.")
    assert tags.people == [("Thomas Brunners", 3)]


def test_the_beginning_of_a_place_is_no_reason_to_cut_a_name() -> None:
    tags = found("Die Agentur Tasnim News meldete das am Montag. Der Dienst gehört zu Apple News in Europas Mitte.")
    assert [name for name, _ in tags.organisations] == ["Agentur Tasnim News", "Apple News"]
    assert tags.places == [("Europa", 1)]


def test_a_genitive_is_told_without_its_s() -> None:
    tags = found("Die Rede von Peter Gruber war lang. Grubers Partei wartet. Die Wirtschaft Russlands wächst.")
    assert tags.people == [("Peter Gruber", 2)]
    assert ("Russland", 1) in tags.places


def test_a_full_name_before_nouns_alone_is_told_without_its_s() -> None:
    assert found("Olaf Scholz schwieg. Angela Merkels Buch liegt vor. Merkels Partei wartet.").people == [
        ("Angela Merkel", 2),
        ("Olaf Scholz", 1),
    ]
    assert found("Am Abend sang Jonas Peters. Peters hatte Fieber.").people == [("Jonas Peters", 2)]


def test_a_person_called_like_a_country_is_none_where_the_surname_stands_alone() -> None:
    text = "Der frühere Rennfahrer Eddie Jordan ist tot. Jordan gewann mit seinem Team vier Rennen."
    assert found(text).people == [("Eddie Jordan", 2)]
    assert countries(tokenise({"body": text, "language": {"code": "de"}}), found(text)) == []
    text = "Eddie Jordan left for Amman. Officials in Jordan were pleased, and King Abdullah met him."
    assert ("Jordan", 1) in found(text, "en").places


def test_a_company_in_capitals_is_told_with_its_form() -> None:
    text = "Die Aktien der E.ON SE und der DEUTSCHE BANK AG stiegen. Die Anleger der RWE AG warten."
    assert [name for name, _ in found(text).organisations] == ["E.ON SE", "Deutsche Bank AG", "RWE AG"]


def test_adjectives_are_no_names() -> None:
    tags = found("The Israeli army and the Iraqi government met.", "en")
    assert not tags.places and not tags.people


def test_a_soft_hyphen_does_not_hide_a_name() -> None:
    assert [n for n, _ in found("Präsident \xadMartin Weber sprach mit Wil\xadhelm Maier.").people] == [
        "Martin Weber",
        "Wilhelm Maier",
    ]


def test_the_most_central_comes_first() -> None:
    text = "In der Stadt war es ruhig. Anna Schmidt sah zu. Karl Bauer redete lange. Bauer blieb, Bauer ging."
    assert found(text, title="Karl Bauer redet").people[0] == ("Karl Bauer", 4)


def test_a_dateline_does_not_stick_to_the_name_before() -> None:
    text = "The report was by Robert Miller BERLIN 2001-02-03 The bank said so."
    tags = found(text, "en")
    assert [n for n, _ in tags.people] == ["Robert Miller"]


def test_towns_in_a_table_of_results_are_teams() -> None:
    text = "Results on Sunday: Bristol 2 Leeds 1 Norwich 3 Hull 0 Cardiff 1 Derby 1 Portsmouth 2 Ipswich 2"
    tags = found(text, "en")
    assert {"Bristol", "Norwich", "Cardiff"} <= {n for n, _ in tags.organisations}
    assert not {n for n, _ in tags.places} & {"Bristol", "Norwich", "Cardiff"}


def test_towns_elsewhere_are_places() -> None:
    assert ("Bristol", 1) in found("He lives in Bristol with 3 dogs.", "en").places


def test_countries_know_persons() -> None:
    doc = tokenise(
        {"body": "Am Abend traf Wladimir Petrow seine Freundin Florence Meier in Linz.", "language": {"code": "de"}}
    )
    assert countries(doc, names(doc)) == ["AT"]


def test_why_shows_the_words() -> None:
    why: dict[str, Any] = {}
    names(tokenise({"body": "Gestern kam Peter Gruber nach Wien.", "language": {"code": "de"}}), why)
    assert why["Peter Gruber"] == [["Peter Gruber", "PER", 2]]


@pytest.mark.parametrize("language", ["ru", "zh", "ar", "und", "fr", "x-klingon"])
def test_any_language_is_answered(language: str) -> None:
    for text in (
        "",
        "Привет, Москва и Иван Иванов.",
        "中国北京",
        "الرئيس في القاهرة",
        "Jean Dupont habite à Lyon.",
        "😀" * 50,
        "1 2 3 4 5",
    ):
        found(text, language)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["de", "en", "fr"]))
def test_spans_lie_in_the_text_in_order(text: str, language: str) -> None:
    doc = tokenise({"body": text, "language": {"code": language}})
    tags = names(doc)
    ends = [0]
    for a, b, kind in tags.spans:
        assert ends[-1] <= a < b <= len(doc.words) and kind in ("PER", "ORG", "LOC")
        ends.append(b)
    for found in (tags.people, tags.organisations, tags.places):
        assert all(count > 0 and name.strip() for name, count in found)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from("Anna Bauer kam nach Wien . Die Firma Siemens AG sagte Peter Gruber in London und".split()),
        max_size=30,
    )
)
def test_the_store_of_rows_changes_no_answer(words: list[str]) -> None:
    text = " ".join(words)
    first = found(text)
    vocabulary._current = vocabulary.Vocabulary()
    assert found(text) == first


TEXTS = [
    "",
    "…",
    "Am Montag sprach Thomas Brunner in Salzburg. Brunner sagte, es sei spät.",
    "The Israeli army and Acme Corp met in London.\nJohn Miller",
    "DER MINISTER SPRACH IN WIEN MIT PETER GRUBER. Dann kam USA 1 2 Graz 3",
    "Präsident \xadMartin Weber sprach mit Wil\xadhelm Maier.",
    "Ulan",
    "Bator von der",
    "Marie Dupont est à Lyon avec la SNCF",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(TEXTS) | st.text(max_size=40), st.sampled_from(["de", "en", "fr"]))),
    st.integers(1, 40),
)
def test_what_stands_beside_a_document_changes_nothing(texts: list[tuple[str, str]], most: int) -> None:
    docs = []
    for i, (text, language) in enumerate(texts):
        if i == most:
            vocabulary._current = vocabulary.Vocabulary()
        docs.append(tokenise({"body": text, "language": {"code": language}}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names_module, "MOST_WORDS", most)
        seen = sightings(docs)
    for doc, one in zip(docs, seen, strict=True):
        assert names(doc, seen=one) == names(doc)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.lists(st.integers(1, 6), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_viterbi_finds_the_best_path(n: int, lengths: list[int], random: Any) -> None:
    lengths = [min(length, 4) for length in lengths]
    total = sum(lengths)
    scores = np.array([[random.uniform(-2, 2) for _ in LABELS] for _ in range(total)], np.float32)
    transitions = np.array([[random.uniform(-1, 1) for _ in LABELS] for _ in LABELS], np.float32)
    begins = np.cumsum([0, *lengths[:-1]])
    labels = viterbi(scores, transitions, begins, np.array(lengths))
    for path, begin, length in zip(np.split(labels, begins[1:]), begins, lengths, strict=True):

        def value(labels: list[int], begin: int = int(begin)) -> float:
            around = [0, *labels, 0]
            steps = sum(float(transitions[a, b]) for a, b in pairwise(around))
            return steps + sum(float(scores[begin + i, label]) for i, label in enumerate(labels))

        best = value(path.tolist())
        for _ in range(40):
            other = [random.randrange(len(LABELS)) for _ in range(length)]
            assert value(other) <= best + 1e-4


def test_spans_of_labels() -> None:
    at = LABELS.index

    def spans(names: str, *runs: int) -> list[tuple[int, int, str]]:
        begins, ends, kinds = spans_of(np.array([at(name) for name in names.split()]), np.array(runs))
        return list(zip(begins.tolist(), ends.tolist(), kinds, strict=True))

    assert spans("O B-PER I-PER B-LOC O", 0) == [(1, 3, "PER"), (3, 4, "LOC")]
    assert spans("B-PER B-PER", 0) == [(0, 1, "PER"), (1, 2, "PER")]
    assert spans("I-PER I-ORG I-ORG", 0) == [(0, 1, "PER"), (1, 3, "ORG")]
    assert spans("B-LOC I-LOC I-LOC", 0, 2) == [(0, 2, "LOC"), (2, 3, "LOC")]


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("xCCx", ["CC"]),
        ("ClC", ["ClC"]),
        ("Cllx", ["C"]),
        ("dlCx", ["dlC"]),
        ("UdlCdlC", ["Ud", "CdlC"]),
        ("CUx", ["C", "U"]),
        ("xdx", []),
    ],
)
def test_runs(codes: str, found: list[str]) -> None:
    assert [codes[a:b] for a, b in runs(codes)] == found


def test_words_are_known_by_their_lists() -> None:
    of = lists("de")
    assert shape("McDonald-2") == "XxXx-d"
    shared, own = features("Wien", of, word_class("Wien", of))
    assert (1, "loc") in shared and (9, "ien") in own
    assert features("ging", of, word_class("ging", of))[1] == []


def test_organisations_of_the_list_are_told_in_full() -> None:
    tags = found("Die Preise stiegen, teilte die Statistik Austria am Montag in Wien mit.")
    assert [name for name, _ in tags.organisations] == ["Statistik Austria"]


def test_two_towns_of_a_dateline_are_two_places() -> None:
    tags = found("Kairo/Gaza (dpa) - Die Gespräche gehen weiter. Der Vermittler reiste aus Kairo ab.", agency=["dpa"])
    assert {"Kairo", "Gaza"} <= {name for name, _ in tags.places}
    assert tags.organisations == []


def test_countries_are_no_persons() -> None:
    assert found("España venció 2-1 a Francia en Múnich con dos goles.", "es").people == []
