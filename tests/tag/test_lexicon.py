from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import ConfigError
from worker.tag.gazetteer import DATA
from worker.tag.lexicon import Lexicon, fold, phrase_at, read_lexicon


def made(tmp_path: Path, text: str, language: str = "de") -> Lexicon:
    path = tmp_path / f"{language}.txt"
    path.write_text(text, encoding="utf-8")
    return read_lexicon(path, language)


def weights(lexicon: Lexicon, word: str) -> dict[int, float]:
    [found] = lexicon.look([word])
    return {topic: weight for topic, weight in found[1] if weight} if found else {}


def test_words_match_with_their_endings_and_without_umlauts(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[15 sport]\n4: stürmer elfmeter\n")
    assert weights(lexicon, "stürmern") == weights(lexicon, "elfmeters") == {15: 4.0}
    assert weights(lexicon, "elfmeterpunkt") == {}


def test_starred_words_match_beginnings_ends_and_inside(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[11 politics]\n4: *minister wahl*\n[16 conflict]\n3: *krieg*\n")
    assert weights(lexicon, "außenministers") == {11: 4.0}
    assert weights(lexicon, "wahlkampf") == {11: 4.0}
    assert weights(lexicon, "nachkriegszeit") == {16: 3.0}
    assert weights(lexicon, "ministerium") == {}


def test_a_word_counts_for_several_topics_and_the_highest_weight_wins(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[11 politics]\n2: *minister finanz*\n4: finanzminister\n[04 economy]\n3: finanz*\n")
    assert weights(lexicon, "finanzminister") == {11: 4.0}  # the plain word hides the starred ones
    assert weights(lexicon, "finanzministern") == {11: 4.0}
    assert weights(lexicon, "finanzmarkt") == {4: 3.0, 11: 2.0}


def test_weight_zero_shields(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[15 sport]\n3: spiel*\n0: spielraum*\n")
    assert weights(lexicon, "spieltag") == {15: 3.0}
    assert weights(lexicon, "spielraums") == {}


def test_a_longer_shield_hides_a_start_that_a_shorter_end_would_not(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[15 sport]\n3: ju* judo* *kampf\n0: judofarb*\n[07 health]\n2: judo*\n")
    assert weights(lexicon, "judokampf") == {7: 2.0, 15: 3.0}
    assert weights(lexicon, "jugend") == weights(lexicon, "juwel") == {15: 3.0}
    assert weights(lexicon, "judofarbkampf") == {}
    assert weights(lexicon, "farbkampfes") == {15: 3.0}


def test_many_words_are_answered_like_one() -> None:
    lexicon = read_lexicon(DATA / "topics" / "de.txt", "de")
    words = ["Außenministerinnen", "Judo", "und", "Steuern", "Weltkrieg", "NATO-Gipfel", "İzmir", "x"]
    assert lexicon.look(words) == [one for word in words for one in lexicon.look([word])]
    assert [bool(found) for found in lexicon.look(words)] == [True, True, False, True, True, True, False, False]


def test_phrases_match_longest_first(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[15 sport]\n4: world_cup world_cup_final*\n", "en")
    lower = ["the", "world", "cup", "finals", "begin"]
    [begun] = lexicon.look(["World"])
    assert begun is not None and begun[2] is not None
    phrases = begun[2]["c"]
    found = phrase_at(phrases, lower, 1)
    assert found is not None and found.name == "world cup final"
    shorter = phrase_at(phrases, lower[:3], 1)
    assert shorter is not None and shorter.name == "world cup"
    assert phrase_at(phrases, ["world", "bank"], 0) is None


def test_capitals_match_as_written(tmp_path: Path) -> None:
    lexicon = made(tmp_path, "[07 health]\n4: WHO\n", "en")
    assert lexicon.exact == {"WHO": ((7, 4.0),)}
    assert weights(lexicon, "who") == {}


@pytest.mark.parametrize(
    "text", ["4: wort\n", "[15 sport]\nwort\n", "[15 sport]\n4.4.4: wort\n", "[18 none]\n4: wort\n"]
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"de\.txt, line \d"):
        made(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        read_lexicon(tmp_path / "no.txt", "no")


@pytest.mark.parametrize("path", sorted((DATA / "topics").glob("*.txt")), ids=lambda path: path.stem)
def test_shipped_lexicons_cover_all_topics(path: Path) -> None:
    lexicon = read_lexicon(path, path.stem)
    topics = {topic for table in (lexicon.words, lexicon.starts) for entries in table.values() for topic, _ in entries}
    assert topics == set(range(1, 18))


def test_fold() -> None:
    assert fold("Übergröße") == "ubergrosse"
    assert fold("L’État") == "l'etat"
