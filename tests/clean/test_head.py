"""Who wrote an article, as the head of a dump says it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.clean.test_clean_text import DUMP, run
from worker.clean.article import _keep_lead
from worker.clean.blocks import Judged, Rows
from worker.clean.features import DATED, SIGNED
from worker.clean.head import find_title
from worker.clean.model import TITLE
from worker.clean.names import is_byline, people

BYLINE = "Von Greta Holm\n14.03.2024, 16:20 Uhr\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By G.T. Holm Mar 14, 2024, 10:00am EST", ["G.T. Holm"]),
        ("by Greta Holm @gretaholm March 14, 2024: 12:41 PM ET", ["Greta Holm"]),
        ("Greta Holm March 3 at 5:10 PM", ["Greta Holm"]),
        ("By Greta Holm last updated 4 April 17", ["Greta Holm"]),
        ("Thursday March 14, 2024 10:44 am PST by Greta Holm", ["Greta Holm"]),
        ("14 mars 2024 à 16h20 par Greta Holm", ["Greta Holm"]),
        ("By Greta Holm , Senior Staff Botanist, Valley Gardens, Plants and Seeds Project", ["Greta Holm"]),
        ("By Greta Holm, Paul Eisenach and Ada Brook", ["Greta Holm", "Paul Eisenach", "Ada Brook"]),
    ],
)
def test_a_byline_names_people_without_the_day_the_handle_and_what_they_are(line: str, found: list[str]) -> None:
    assert people(line) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By GRETA HOLM and JAN O'BROOK", ["Greta Holm", "Jan O'Brook"]),
        ("Kolumne von Greta Holm", ["Greta Holm"]),
        ("By Greta Holm/AP", ["Greta Holm"]),
        ("Greta HolmNews Reporter", ["Greta Holm"]),
        ("Greta Holm Redakteurin", ["Greta Holm"]),
        ("By Greta Holm in Oslo and Paul Eisenach in New Delhi", ["Greta Holm", "Paul Eisenach"]),
        ("By April Brook", ["April Brook"]),
        ("KLINGENTAL IN SNOW", []),
        ("Von Prof. Dr. Greta Holm und J. K. Brook", ["Prof. Dr. Greta Holm", "J. K. Brook"]),
    ],
)
def test_a_byline_names_people_however_it_is_written(line: str, found: list[str]) -> None:
    assert people(line) == found


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("By J. K. Brook", True),
        ("Von Dr. Greta Holm und Paul Eisenach", True),
        ("Ein Gastbeitrag von Greta Holm", True),
        ("By Monday the river had fallen. Nobody was hurt", False),
        ("By then it was late", False),
        ("From Oslo With Snow", False),
    ],
)
def test_a_line_is_a_byline_whatever_full_stops_its_names_have(line: str, is_one: bool) -> None:
    assert is_byline(line) == is_one


@pytest.mark.parametrize(
    "lines",
    [
        "By\nGreta Holm\nMarch 14, 2024\n",
        "March 14, 2024 at 1:06 PM ET by  Greta   Holm\n",
        "By     G.T. Holm        Mar 14, 2024, 4:20pm\n",
        "Greta Holm   @gretaholm\n",
    ],
)
def test_a_byline_in_the_head_of_a_dump(lines: str) -> None:
    assert BYLINE in DUMP
    assert run(DUMP.replace(BYLINE, lines))["authors"] == ["G.T. Holm" if "G.T." in lines else "Greta Holm"]


def test_what_is_made_of_common_words_is_no_name() -> None:
    text = DUMP.replace(BYLINE, "Tech Insider\n14.03.2024, 16:20 Uhr\n")
    assert run(text)["authors"] == ["Tech Insider"]
    assert run(text.replace("eine Bibliothek", "eine tech-Ecke, ein insider, eine Bibliothek"))["authors"] == []


def test_spaces_between_two_tags_are_one() -> None:
    wide = DUMP.replace("Bis zum Herbst des", "Bis  zum   Herbst  des").replace(
        "Die alte Mühle am Fluss wird", "Die alte  Mühle am Fluss  wird"
    )
    assert "  " in wide
    same = run(DUMP)
    found = run(wide)
    assert (found["title"], found["body"], found["lead"]) == (same["title"], same["body"], same["lead"])


JAPANESE = """ホーム
ニュース
スポーツ
川辺の古い水車小屋が図書館に生まれ変わる
2024年3月14日 16時20分
町議会は木曜日の夜、川辺の古い水車小屋を改築することを決めた。来年の秋までに図書館と読書カフェ、二つの集会室ができる予定だ。
町長によると、費用は約二百四十万ユーロで、三分の一を州が負担し、残りは町と、名前を明かしていない財団が分け合うことになっている。
駐車場をめぐっては長く議論が続いた。住民は騒音とほこりを心配し、商店は客が来なくなることを恐れていたが、教会の裏の広場が開放される。
お問い合わせ
"""


def test_a_title_and_a_day_are_found_where_no_spaces_part_words() -> None:
    found = run(JAPANESE)
    assert found["title"] == "川辺の古い水車小屋が図書館に生まれ変わる"
    assert found["published"]["at"].startswith("2024-03-14T16:20")


def test_a_line_with_a_day_below_the_title_is_no_lead() -> None:
    texts = ["川辺の古い水車小屋", "by 川辺新聞社編集部 ／ 2024.03.14", "町議会は木曜日の夜、改築を決めた。"]
    for dated, first in ((set[int](), 1), ({1}, 2)):
        rows = Rows([3, 9, 9], [False, False, True], [False] * 3, [0, 0, 1], [0.8] * 3, [9] * 3)
        judged = Judged(texts, ["title", "teaser", "body"], form=rows, marked={DATED: dated})
        assert _keep_lead(judged, 0, 2) == first


def test_a_title_has_a_byline_or_a_day_below_it() -> None:
    texts = [
        "Wohin die Bücher kommen sollen",
        "Wohin die Leser kommen sollen",
        "Teilen",
        "Merken",
        "Drucken",
        "Vorlesen",
        "a",
    ]
    judged = Judged(texts, ["other"] * 6 + ["body"], roles=np.zeros((7, 11), np.float32))
    assert judged.roles is not None
    judged.roles[:2, TITLE] = (0.6, 0.63)
    assert find_title(texts, judged, 6, "", None) == 1
    judged.marked[SIGNED] = {4}
    judged.roles[:2, TITLE] = (0.63, 0.6)
    assert find_title(texts, judged, 6, "", None) == 1
    judged.marked[SIGNED] = set()
    assert find_title(texts, judged, 6, "", None) == 0
