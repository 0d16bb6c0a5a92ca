"""Whole dumps through `clean`, texts of our own."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.clean import blocks, clean
from worker.clean.article import _begun
from worker.clean.features import CREDITED
from worker.messages import RawArticle

DUMP = """Zum Inhalt springen
Menü
Politik
Wirtschaft
Sport
Kultur
Newsletter
Region

Die alte Mühle am Fluss wird zum Haus der Bücher

Zehn Jahre stand sie leer. Nun hat der Gemeinderat den Umbau der Mühle beschlossen, einstimmig und mit viel Applaus.

Von Greta Holm
14.03.2024, 16:20 Uhr
Teilen
Kommentare
Die Mühle am Fluss stand seit dem Hochwasser leer.
Die Mühle am Fluss stand seit dem Hochwasser leer.
Foto: Paul Eisenach

Der Gemeinderat hat am Donnerstagabend beschlossen, die alte Mühle am Fluss umzubauen. Bis zum Herbst des kommenden Jahres sollen dort eine Bibliothek, ein Lesecafé und zwei Räume für Vereine entstehen.

Die Kosten liegen nach Angaben der Bürgermeisterin bei 2,4 Millionen Euro. Ein Drittel davon trägt das Land, den Rest teilen sich die Gemeinde und eine Stiftung, die ungenannt bleiben will.

Streit um die Parkplätze

Lange war umstritten, wo die Besucher ihre Autos abstellen sollen. Die Anrainer fürchteten Lärm und Staub, die Händler das Gegenteil: dass niemand mehr kommt. Nun wird der Platz hinter der Kirche geöffnet.

Lesen Sie auch: Wie eine kleine Bäckerei zum Treffpunkt wurde

"Wir haben zwei Jahre geredet, jetzt wird gebaut", sagte die Bürgermeisterin nach der Sitzung. Die ersten Bagger sollen im Juni anrücken, sofern der Denkmalschutz bis dahin zustimmt.

Mehr zum Thema
Feuerwehr rettet Katze aus dem Kirchturm
12.03.2024
Neue Brücke über den Bach wird teurer als geplant
11.03.2024
Impressum
Datenschutz
AGB
© 2024 Talzeitung
"""


def run(text: str, **more: object) -> dict:
    return clean(RawArticle(text=text, **more), explain=True)  # type: ignore[arg-type]


def test_a_page_becomes_its_article() -> None:
    article = run(DUMP)
    body = article["body"].split("\n\n")
    assert article["title"] == "Die alte Mühle am Fluss wird zum Haus der Bücher"
    assert body[0].startswith("Zehn Jahre stand sie leer")
    assert body[-1].startswith('"Wir haben zwei Jahre geredet')
    assert "Streit um die Parkplätze" in body
    assert len(body) == 6
    assert article["authors"] == ["Greta Holm"]
    assert article["published"]["at"].startswith("2024-03-14T16:20")
    assert article["language"]["code"] == "de"
    assert article["status"] == "usable" and article["content_type"] == "article"


def test_a_caption_that_stands_twice_is_one_picture_with_its_credit() -> None:
    images = run(DUMP)["images"]
    assert images == [
        {"url": None, "caption": "Die Mühle am Fluss stand seit dem Hochwasser leer.", "credit": "Paul Eisenach"}
    ]


def test_what_was_removed_is_told_with_the_reason() -> None:
    removed = {x["text"]: x["why"] for x in run(DUMP)["explain"]["removed"]}
    assert removed["Mehr zum Thema"] == "related"
    assert removed["Teilen"] == "share"
    assert removed["Lesen Sie auch: Wie eine kleine Bäckerei zum Treffpunkt wurde"] == "related"
    assert "Feuerwehr rettet Katze aus dem Kirchturm" in removed


def test_without_explain_nothing_is_explained() -> None:
    assert "explain" not in clean(RawArticle(text=DUMP))


def test_counted_pictures_are_cut_wherever_they_stand() -> None:
    strip = "Fotogalerie\nBild 1 von 4\nHelfer tragen Bücher in den Saal.\nBild 2 von 4\nDie Mühle steht am Fluss.\nBild 3 von 4\n"
    early = run(DUMP.replace("Die Kosten liegen", strip + "Die Kosten liegen"))
    late = run(DUMP.replace("Mehr zum Thema", strip + "Mehr zum Thema"))
    for article in (early, late):
        assert not re.search("Bild [123]|Helfer tragen|steht am Fluss", article["body"])
        assert "2,4 Millionen" in article["body"] and "ersten Bagger" in article["body"]
        assert "gallery-removed" in article["quality"]["flags"]


def test_a_gallery_of_other_stories_is_cut_with_its_escaped_markup() -> None:
    strip = (
        "1/30\nGehe zur Galerie\n"
        "    <strong>05.02.2024: Koch kocht Suppe aus Resten</strong>. Ein Wirt überrascht seine Gäste mit einer Suppe. "
        '<strong><a href="https://example.org/suppe">Die ganze Story &gt;&gt;</a></strong>\n'
        "    05.02.2024: Koch kocht Suppe aus Resten. Ein Wirt überrascht seine Gäste mit einer Suppe. Die ganze Story >>\n"
        "    Leserreporter"
    )
    article = run(DUMP.split("Mehr zum Thema")[0] + strip)
    assert "Suppe" not in article["body"]
    assert "gallery-removed" in article["quality"]["flags"]
    assert "<" not in article["body"]


def test_a_date_of_another_story_is_no_date_of_this_one() -> None:
    text = DUMP.replace("14.03.2024, 16:20 Uhr\n", "")
    assert run(text)["published"] is None


def test_the_message_wins() -> None:
    article = run(
        DUMP,
        title="Mühle wird Bibliothek",
        published_at="2024-03-15T08:00:00+01:00",
        authors=("Nora Feldkamp",),
        section="Lokales",
    )
    assert article["title"] == "Mühle wird Bibliothek"
    assert article["published"]["from"] == "message"
    assert article["published"]["at"] == "2024-03-15T08:00:00+01:00"
    assert article["authors"] == ["Nora Feldkamp"]
    assert article["section"] == "Lokales"


def test_plain_prose_stays_whole() -> None:
    text = (
        "The council has voted to turn the old mill into a library. Work begins in June, the mayor said on Thursday.\n\n"
        "The plan had been debated for two years. Traders wanted parking, neighbours wanted quiet, and in the end both got a little."
    )
    article = run(text, title="Old mill becomes a library")
    assert article["body"] == text
    assert article["language"]["code"] == "en"


def test_dateline_and_agency() -> None:
    article = run(
        "Harbour town fights for its ferry\n\n"
        "BRISTOL (Reuters) - The last ferry between the two banks may stop in autumn, the harbour company said on Monday. It carries four hundred people a day.\n\n"
        "The town council wants to pay half of the losses for three years and has asked the county for the rest, a spokeswoman said."
    )
    assert article["agency"] == ["Reuters"]
    assert article["dateline"] == "BRISTOL"
    assert article["body"].startswith("BRISTOL (Reuters)")


@pytest.mark.parametrize("text", ["", "   \n\n ", "\u200b\u200b", "\ufeff"])
def test_nothing_is_withheld(text: str) -> None:
    article = run(text)
    assert (article["status"], article["content_type"], article["body"]) == ("withheld", "empty", "")


def test_an_error_page_is_withheld() -> None:
    article = run("403 Forbidden\n\nAccess denied. You don't have permission to view this page.\n\nReference #18.2f")
    assert article["status"] == "withheld"
    assert "error-page" in article["quality"]["flags"]


def test_a_cookie_wall_is_withheld() -> None:
    article = run(
        "Mit Werbung und Tracking weiterlesen\n\nUm unsere Seite mit Werbung zu nutzen, brauchen wir Ihre Zustimmung zu Cookies und zum Tracking durch unsere Partner.\n\n"
        "Alle akzeptieren\n\nEinwilligung verwalten\n\nDatenschutzerklärung\n\nPur-Abo ohne Tracking"
    )
    assert article["status"] == "withheld"
    assert "cookie-wall" in article["quality"]["flags"]


def test_a_paywall_is_told() -> None:
    head = DUMP.split("Die Kosten liegen")[0]
    article = run(head + "Jetzt weiterlesen mit dem Digitalabo\nNur für Abonnenten\nBereits Abonnent? Hier anmelden")
    assert article["content_type"] == "paywalled"
    assert article["status"] == "usable"


def test_a_list_of_headlines_is_an_index() -> None:
    lines = [f"Meldung {i} aus dem Rathaus in Kürze" for i in range(60)] + ["Mehr laden"]
    article = run("\n".join(lines))
    assert (article["status"], article["content_type"]) == ("withheld", "index-page")


def test_an_opinion_and_a_ticker_are_told() -> None:
    prose = DUMP.split("Foto: Paul Eisenach")[1].split("Mehr zum Thema")[0]
    assert run("Kommentar\n\nWarum die Mühle uns allen gehört\n" + prose)["content_type"] == "opinion"
    assert run(prose, title="Liveticker: Der Umbau der Mühle")["content_type"] == "live-blog"


def test_mojibake_is_repaired_and_flagged() -> None:
    broken = DUMP.encode().decode("cp1252", "ignore")
    article = run(broken)
    assert "mojibake-repaired" in article["quality"]["flags"]
    assert article["title"] == "Die alte Mühle am Fluss wird zum Haus der Bücher"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 3_000_000,
        "word " * 600_000,
        "\n".join("Line of a list" for _ in range(100_000)),
        "\x00" * 100_000 + DUMP,
        "(" * 200_000,
        "<" * 200_000 + "&" * 100_000,
        "1" * 500_000,
        ("ab. " * 200 + "\n") * 2_000,
        "\u202e\u2066" * 10_000 + DUMP,
        "👩‍👩‍👧‍👦 " * 20_000,
        "A-" * 100_000 + "\n" + "Von " + "Anna " * 50_000,
    ],
    ids=[
        "one-word",
        "one-line",
        "lines",
        "nul",
        "brackets",
        "angles",
        "digits",
        "paragraphs",
        "bidi",
        "emoji",
        "dashes",
    ],
)
def test_hostile_text_ends_in_an_article(text: str) -> None:
    article = run(text)
    assert article["status"] in ("usable", "withheld")


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=120),
        st.sampled_from(DUMP.split("\n")),
        st.text(alphabet="ab .,!?\n\t\"'()<>&;:|/©0123456789ÄöéЖя中文\u200b\u202e\x00\x85\u2028", max_size=200),
    ),
    max_size=40,
).map("\n".join)


def keys(line: str) -> str:
    return " ".join(re.findall(r"\w+", line))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_gives_a_valid_article_of_its_own_lines(text: str) -> None:
    article = run(text)
    assert set(article) == {
        "status", "content_type", "title", "lead", "body", "section", "authors", "agency", "dateline", "images",
        "canonical_url", "language", "published", "quality", "explain",
    }  # fmt: skip
    for field in ("title", "lead", "section", "dateline"):
        assert article[field] is None or article[field].strip()
    assert article["quality"]["removed_chars"] >= 0
    own = "".join(re.findall(r"\w", text))
    if "<" not in text and "&" not in text and "mojibake-repaired" not in article["quality"]["flags"]:
        for paragraph in article["body"].split("\n\n"):
            assert "".join(re.findall(r"\w", paragraph)) in own or not paragraph
    assert not re.search("[\x00-\x08\u200b\u202e\ufeff]", article["body"])


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_the_same_text_gives_the_same_article(text: str) -> None:
    assert run(text) == run(text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bank raises dividend", "Shr 99 cts vs 87 cts\nNet 1,943,000 vs 1,720,000\nRevs 21.3 mln vs 19.8 mln"),
        (None, "Ferry stops."),
        (
            None,
            "The ferry stopped on Monday after forty years, and nobody on either bank knows who will pay for a new one.",
        ),
        ("Die Fähre steht", "Die Fähre steht seit Montag still.\n\nNiemand weiß, wie es weitergeht."),
    ],
)
def test_a_text_without_a_page_around_it_stays_as_it_is(title: str | None, text: str) -> None:
    article = run(text, title=title)
    assert article["body"].split() == text.split()
    assert article["status"] == "usable"


def test_the_title_above_itself_is_no_paragraph() -> None:
    long = "Umbau am Wasser: Die alte Mühle am Fluss wird nach zehn Jahren zum Haus der Bücher."
    again = long.replace(":", " –").rstrip(".")
    text = DUMP.replace("Die alte Mühle am Fluss wird zum Haus der Bücher", f"{long}\n\n{again}", 1)
    article = run(text)
    assert article["title"] in (long, again)
    assert "Umbau am Wasser" not in article["body"]


def test_a_lead_is_kept_where_the_credits_of_its_picture_follow() -> None:
    lead = "Der Gemeinderat hat den Umbau der Mühle nach langem Streit beschlossen."
    top, _, rest = DUMP.partition("\nZehn Jahre stand sie leer.")
    _, _, rest = rest.partition("\nVon Greta Holm\n14.03.2024, 16:20 Uhr\n")
    _, _, rest = rest.partition("\n\n")
    article = run(f"{top}\nVon Greta Holm\n14.03.2024, 16:20 Uhr\n{lead}\nAFP\nIMAGO\n\n{rest}")
    assert article["body"].split("\n\n")[0] == lead
    assert article["lead"] == lead


def test_a_caption_with_its_credit_behind_the_full_stop_is_no_paragraph() -> None:
    caption = "Legende: Die Mühle steht seit dem Hochwasser leer, nun kommen die Bagger. Talradio"
    text = DUMP.replace("\nStreit um die Parkplätze", f"\n{caption}\n\nStreit um die Parkplätze")
    assert "Talradio" not in run(text)["body"]


def test_the_texts_of_dated_teasers_are_no_paragraphs() -> None:
    told = "Eine junge Frau aus dem Nachbarort hat eine Bäckerei eröffnet, in der es neben Brot auch Bücher, Werkzeug und an jedem zweiten Freitag Musik gibt."
    box = f"Das könnte Sie auch interessieren\nBrot, Bücher und Musik\n12.03.2024, 10:21 Uhr\n{told}\n"
    assert told not in run(DUMP.replace("Mehr zum Thema\n", box))["body"]


@pytest.mark.parametrize("credit", ["Foto: Paul Eisenach", "© Paul Eisenach / Talbild", "Photo: P. Eisenach"])
def test_a_sentence_above_the_credit_of_a_photo_is_its_caption(credit: str) -> None:
    caption = "Der alte Müller zeigt den Besuchern am Abend des Festes das hölzerne Rad und die drei Steine."
    text = DUMP.replace("\nStreit um die Parkplätze", f"\n{caption}\n{credit}\n\nStreit um die Parkplätze")
    body = run(text)["body"]
    assert caption not in body and "Streit um die Parkplätze" in body


def test_how_long_it_takes_to_read_is_no_sub_heading() -> None:
    text = DUMP.replace("\nStreit um die Parkplätze", "\n3 Min Lesezeit\nStreit um die Parkplätze")
    assert "Lesezeit" not in run(text)["body"]


def test_a_title_that_is_told_twice_is_no_lead() -> None:
    title = "Die alte Mühle am Fluss wird zum Haus der Bücher"
    article = run(DUMP.replace(title, f"Startseite Region {title}\n{title}"))
    assert article["title"] == title
    assert title not in article["body"]


def test_what_stands_above_the_title_that_the_address_names_is_of_the_menu() -> None:
    title = "Island council decides to buy second ferry boat"
    menu = "\n".join(
        f"{a}{b} and the whole town came to the market square on Saturday to see it for themselves, says the mayor of the town."
        for a, b in (
            ("Old Mill Becomes Library", "The mill has been empty for ten years"),
            ("Bakery Opens Again", "Nobody had expected it so soon"),
            ("Bridge Costs More Than Planned", "The bridge over the brook is late"),
            ("Orchard Will Stay", "The gardeners have won their long fight"),
        )
    )
    text = f"""Home
News
Local
{menu}
Sports
Video
{title}
November 19, 2024 at 9:45 am
The island council has decided to buy a second boat for the ferry, after two winters in which the old one lay in the dock.
It will cost 1.2 million and should arrive in the autumn of next year, the mayor said after the meeting on Monday.
"""
    article = run(text, url="https://news.example/2024/11/19/island-council-decides-to-buy-second-ferry-boat/")
    assert article["title"] == title
    assert article["body"].startswith("The island council")
    assert "orchard" not in article["body"].lower()


def test_two_credits_below_the_title_are_of_pictures_without_captions() -> None:
    lead = "Zehn Jahre stand sie leer, nun hat der Gemeinderat den Umbau der Mühle beschlossen"
    text = DUMP.replace(
        "\nZehn Jahre stand sie leer. Nun hat der Gemeinderat den Umbau der Mühle beschlossen, einstimmig und mit viel Applaus.\n",
        "",
    )
    text = text.replace("14.03.2024, 16:20 Uhr\n", f"14.03.2024, 16:20 Uhr\n{lead}\nIMAGO\nAFP\n")
    text = text.replace("Teilen\nKommentare\n", "")
    assert run(text)["body"].startswith(lead)


def test_a_box_about_the_author_is_no_part_of_the_body() -> None:
    box = "Über Greta Holm\n\nAls junge Frau zog sie auf die Insel und blieb. Heute lebt sie mit drei Katzen am Hafen und liest gern.\n\n"
    article = run(DUMP.replace("Mehr zum Thema\n", box + "Mehr zum Thema\n"))
    assert "drei Katzen" not in article["body"] and "Über Greta Holm" not in article["body"]
    assert article["body"].endswith("zustimmt.")


def test_texts_of_pictures_that_count_on_are_a_gallery() -> None:
    pictures = "\n".join(
        f"{i}of4{who} waits for the ferry at the old pier on Monday, before the meeting of the council."
        for i, who in enumerate(("Anna", "Ben", "Carl", "Dora"), 1)
    )
    article = run(DUMP.replace("Der Gemeinderat hat am", pictures + "\n\nDer Gemeinderat hat am"))
    assert "old pier" not in article["body"]
    assert {x["why"] for x in article["explain"]["removed"] if "old pier" in x["text"]} == {"gallery"}


def test_the_first_lines_of_a_story_that_goes_on_elsewhere_are_a_teaser() -> None:
    teaser = "Im Nachbarort wird ein Kirchturm saniert. Die Arbeiten sollen bis zum Winter dauern, sagt der Pfarrer der Gemeinde.\nmehr\n\n"
    assert "Kirchturm saniert" not in run(DUMP.replace("Streit um die Park", teaser + "Streit um die Park"))["body"]


def test_what_is_shown_of_an_article_that_must_be_paid_for_is_kept_by_its_place() -> None:
    texts = [
        "Alte Mühle wird Haus der Bücher",
        "Ein Vorspann.",
        "Verschenken",
        "Der Anfang, der",
        "Meistgelesen",
        "Noch etwas",
    ]
    words: list[float] = [6, 14, 1, 25, 1, 30]
    ends = [False, True, False, False, False, False]
    for begins, found in ((25.0, 1), (12.0, -1)):
        words[3] = begins
        rows = blocks.Rows(words, ends, [False] * 6, [0] * 6, [0.8] * 6, [60] * 6)
        labels = ["title", "teaser", "other", "teaser", "related", "teaser"]
        judged = blocks.Judged(texts, list(labels), form=rows)
        assert _begun(judged, 0) == found
        assert judged.labels == (["title", "body", "other", "body", "related", "teaser"] if found > 0 else labels)
    assert _begun(judged, -1) == -1


def test_a_sentence_between_two_paragraphs_stays() -> None:
    texts = ["Ein Absatz.", "Ein Satz.", "Ein Absatz."]
    for ruled, kept in ((["body"] * 3, "body"), (["body", "other", "body"], "caption")):
        rows = blocks.Rows([30, 12, 30], [True] * 3, [False] * 3, [1] * 3, [0.8] * 3, [60] * 3)
        judged = blocks.Judged(texts, ["body", "caption", "body"], 0, np.zeros((3, 11), np.float32), form=rows)
        assert blocks._settled(judged, texts, list(judged.labels), ruled) == ["body", kept, "body"]


def test_a_date_and_a_byline_may_stand_far_below_the_lead_or_above_the_title() -> None:
    lines = "Von Greta Holm\n14.03.2024, 16:20 Uhr\nTeilen\nKommentare\n"
    assert lines in DUMP
    body = DUMP.replace(lines, "")
    bare = body.replace("Mehr zum Thema\nFeuerwehr", "Feuerwehr")
    assert run(bare.split("Feuerwehr")[0])["published"] is None
    head = "Teilen\nKommentare\nMerken\nDrucken\nVorlesen\n"
    below = run(body.replace("\nDer Gemeinderat hat am", f"{head}{lines}\nDer Gemeinderat hat am"))
    assert below["published"]["at"].startswith("2024-03-14T16:20") and below["authors"] == ["Greta Holm"]
    above = run(body.replace("Region\n", "14.03.2024, 16:20 Uhr\nRegion\nStadt am Fluss\nKultur\n"))
    assert above["published"]["at"].startswith("2024-03-14T16:20")


def test_a_name_alone_beside_the_date_is_the_author() -> None:
    assert run(DUMP.replace("Von Greta Holm\n", "Greta Holm\n"))["authors"] == ["Greta Holm"]
    assert run(DUMP.replace("Von Greta Holm\n", "GRETA HOLM\n"))["authors"] == ["Greta Holm"]
    assert run(DUMP.replace("Von Greta Holm\n", "Merken und teilen\n"))["authors"] == []
    assert run(DUMP.replace("Von Greta Holm\n", "By Greta Holm published 14 March 2024\n"))["authors"] == ["Greta Holm"]


def test_a_short_sentence_of_the_page_about_itself_is_no_body() -> None:
    text = DUMP.replace(
        "Lesen Sie auch: Wie eine kleine Bäckerei zum Treffpunkt wurde", "Die Talzeitung in Ihrem Postfach."
    )
    assert text != DUMP
    assert "Postfach" not in run(text)["body"]


def test_initials_behind_the_last_sentence_leave_it_one() -> None:
    end = "Ein Leser schrieb dazu knapp und ohne Gruß an die Redaktion: „Viel Glück mit den Büchern.“"
    text = DUMP.replace("\nMehr zum Thema", f"\n{end} (gho)\n\nMehr zum Thema")
    assert text != DUMP
    assert run(text)["body"].endswith("(gho)")


def test_who_the_author_is_stands_in_a_box_anywhere() -> None:
    box = "Greta Holm\nGreta Holm ist seit zehn Jahren Redakteurin im Ressort Region.\n"
    text = DUMP.replace('"Wir haben zwei', f'{box}"Wir haben zwei')
    assert text != DUMP
    found = run(text)
    assert found["body"] == run(DUMP)["body"] and found["authors"] == ["Greta Holm"]


def test_a_caption_is_known_by_the_credit_below_it_and_by_the_model() -> None:
    rows = blocks.Rows([30, 30, 14, 3, 30], [True] * 5, [False] * 5, [1] * 5, [0.8] * 5, [60] * 5)
    texts = ["a", "b", "The mayor opens the library on Monday in front of the old mill.", "Paul Eisenach/Agency", "c"]
    labels = ["body", "body", "body", "credit", "body"]
    roles = np.zeros((5, 11), np.float32)
    for caption, kept in ((0.4, "caption"), (0.1, "body")):
        roles[2, blocks.model.CAPTION], roles[2, blocks.model.BODY] = caption, 1 - caption
        judged = blocks.Judged(texts, labels, 0, roles, form=rows, marked={CREDITED: {3}})
        assert blocks._settled(judged, texts, list(labels), ["body"] * 3 + ["credit", "body"])[2] == kept


def test_a_short_line_with_bars_ends_no_body() -> None:
    texts = ["Ein erster Absatz.", "Ein zweiter Absatz.", "Drucken | Merken"]
    labels = ["body"] * 3
    blocks.tidy(texts, labels, [])
    assert labels == ["body", "body", "navigation"]
    labels = ["body"] * 3
    blocks.tidy([*texts[:2], "Das Spiel | Ein Absatz mit einem Strich darin, der länger ist."], labels, [])
    assert labels == ["body"] * 3
