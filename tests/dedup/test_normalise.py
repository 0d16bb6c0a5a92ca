from __future__ import annotations

import re
import unicodedata
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from worker.dedup.normalise import normalise


def texts(text: str) -> list[str]:
    found = []
    for word in normalise(text).split():
        try:
            found.append(word.decode("utf-8"))
        except UnicodeDecodeError:
            found.append(word.decode("cp1252"))
    return found


def test_typography_is_gone() -> None:
    plain = texts('He said: "We won\'t pay 3.5 million - never." Straße, Äpfel')
    assert texts("He said: „We won’t pay 3.5 million – never.“ Stra\u00adße, A\u0308pfel") == plain
    assert texts("HE SAID: &quot;We won&#8217;t pay 3.5 million &ndash; never.&quot; STRASSE, ÄPFEL\u200b") == plain


def test_scripts_without_spaces_are_cut_into_parts_as_long_as_words() -> None:
    assert texts("東京で地震 NHK報道") == ["東", "京で", "地震", "nhk", "報道"]
    assert texts("ข่าวจากเชียงใหม่") == ["ข", "่าว", "จาก", "เชียงใหม", "่"]


def test_a_changed_letter_leaves_the_parts_that_do_not_touch_it() -> None:
    before, after = texts("市長は新しい橋の工事が春に終わると述べた"), texts("市長は新しい駅の工事が春に終わると述べた")
    assert before[:2] == after[:2] and before[3:] == after[3:] and before != after


def test_vowel_signs_stay_in_their_word() -> None:
    assert texts("हिन्दी में समाचार।") == ["हिन्दी", "में", "समाचार"]


def test_a_foreign_letter_does_not_change_the_other_words() -> None:
    assert (
        texts("Der Präsident sprach in Kyiv über Größe") == texts("Der Präsident sprach in Kyiv über Größe Київ")[:-1]
    )


@given(st.text(st.characters(codec="cp1252")))
def test_the_table_cuts_as_the_regular_expression_does(text: str) -> None:
    text = text.replace("&", " ").replace("\u00ad", "")
    # Read as UTF-8 where that happens to work, on both sides.
    assert texts(text) == texts(" ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())))


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_composition_does_not_matter(text: str, form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize("NFC", text)
    assert texts(unicodedata.normalize("NFC", unicodedata.normalize(form, text))) == texts(text)


@given(st.text(st.sampled_from([bytes([b]).decode("cp1252", "replace") for b in range(256)]), max_size=12))
def test_the_short_way_of_western_letters_leads_to_the_same_words(text: str) -> None:
    assert texts(text) == texts(text + " Київ")[:-1]
