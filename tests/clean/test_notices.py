from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import notices
from worker.clean.cues import Cues
from worker.clean.shape import Letters
from worker.clean.words import OPENERS, OPENINGS, PHRASES, WORDS

NOTICES = [
    "an dieser stelle finden sie einen externen inhalt von videothek, der den artikel ergänzt.",
    "jetzt abonnieren und keine ausgabe der zeitung mehr verpassen, mit newsletter.",
    "this story was originally published in the harbour gazette and is reproduced with permission.",
    "additional reporting by our staff, contributed by readers.",
    "sign up for our newsletter to get the day's stories in your inbox.",
    "reporting by ann example in lagos; editing by bob example",
    "© 2024 harbour gazette. all rights reserved.",
    "follow us on twitter and tell us more.",
    "gastbeiträge geben nicht unbedingt die meinung der redaktion wieder.",
    "die mit sternchen gekennzeichneten verweise führen zu händlern.",
    "did you like this story? share it with a friend!",
    "hat ihnen der artikel gefallen? dann empfehlen sie uns weiter.",
    "we would love to hear from you about the ferry.",
    "follow the harbour gazette sports desk on facebook and instagram.",
    "if you buy something here we may receive a small commission.",
    "die redaktion hat diese meldung einer agentur nicht bearbeitet.",
    "(reporting by ann example and ben example in lagos, with reporting by carl example in abuja; editing by dora example)",
    "schreib uns deine beste ausrede in den kommentaren.",
    "wenn sie über einen verweis kaufen, erhalten wir eine provision.",
    "as a subscriber, you have five gift articles each week.",
    "we are sorry, this video has expired.",
    "registration on or use of this site constitutes acceptance of our terms.",
    "apart from any fair dealing for research, nothing may be copied.",
    "unsere app mit allen nachrichten aus dem tal können sie hier gratis herunterladen.",
    "suscríbete para seguir leyendo, el primer mes es gratis.",
    "abonnez-vous pour lire la suite de cet article.",
    "contenuto riservato agli abbonati del giornale.",
    "schrijf je in voor onze nieuwsbrief over de haven.",
    "tilmeld dig vores nyhedsbrev om havnen.",
    "zapisz się na nasz newsletter o porcie.",
    "receba as notícias do porto no seu e-mail.",
    "suivez-nous sur instagram et facebook.",
    "підписуйтесь на наш telegram.",
    "join the discussion but be respectful when you comment.",
    "i would like to be emailed about offers and events.",
    "jeden freitag das beste aus dem tal, jetzt kostenlos anmelden.",
    "were you on the ferry? get in touch at desk@example.org",
    "deine spende hilft dem hafen.",
    "teile deine bilder mit der community.",
    "people are sharing and discussing this article, join them.",
    "haben sie einen fehler entdeckt? dann melden sie sich bei der redaktion.",
    "um diesen inhalt anzuzeigen, müssen sie der übertragung zustimmen, aktivieren sie ihn im element.",
    "dieser artikel enthält werbung.",
    "got a news tip? email the desk.",
    "view this post on instagram",
    "all products are independently selected by our editors.",
    "you may buy through links on this page. prices vary.",
    "all prices correct at the time of writing.",
    "download our free harbour app.",
    "subscribe today to unlock the crossword.",
]


@pytest.mark.parametrize("line", NOTICES)
def test_a_page_speaks_of_itself(line: str) -> None:
    assert Cues(Letters([line])).notice == [2]


def test_a_word_alone_is_only_suspicious() -> None:
    lines = [
        "The court ruled that cookies may be set only with consent.",
        "Die Redaktion fragte den Minister nach seiner Meinung.",
        "The council met on Monday.",
    ]
    assert Cues(Letters(lines)).notice == [1, 0, 0]


def _pieces() -> list[str]:
    """Words of notices, whole ones and those that phrases begin and end with."""
    return sorted({word for line in NOTICES for word in line.split()} | {"©", "(reporting", "ios", "İzmir", "ΟΔΟΣ"})


def test_a_thing_that_is_unlocked_is_no_offer() -> None:
    assert Cues(Letters(["She paid ten euros to unlock the door and chose to stay."])).notice == [0]


def test_boxes_of_any_length_are_known_by_their_first_words() -> None:
    assert notices.begins_box("These cookies are necessary for " + "the pages of this harbour to work and " * 20)
    assert notices.begins_box("Ces cookies nous permettent de compter les visites.")
    assert not notices.begins_box("These cookies are crisp at the edges, and soft within.")
    assert not notices.begins_box("")


@given(st.lists(st.lists(st.sampled_from(NOTICES + _pieces()), min_size=1, max_size=6).map(" ".join), max_size=6))
def test_phrases_are_found_in_many_lines_as_in_one(lines: list[str]) -> None:
    for line, found in zip(lines, notices.notices(lines), strict=True):
        assert found == any(
            any(piece in line for piece in pieces) and match(line) is not None for pieces, match in notices._NOTICES
        )


_KNOWN = [*sorted(WORDS)[::40], *sorted(notices.TRIGGERS)[::20], *sorted(OPENINGS)[::20], *sorted(PHRASES)[::40]]


@given(
    st.lists(
        st.lists(st.sampled_from([*_KNOWN, "Harbour", "©", "İ", "ΟΔΟΣ", "x" * 90]), min_size=1, max_size=9).map(
            " ".join
        ),
        min_size=1,
        max_size=9,
    )
)
def test_known_words_are_found_like_the_plain_way(lines: list[str]) -> None:
    cues = Cues(Letters(lines))
    for i, line in enumerate(lines):
        low = line.lower()
        words = low.split()
        short = len(low) <= 200
        met = {word for word in words if word in WORDS} if short else set()
        bits = 0
        for word in met:
            bits |= WORDS[word]
        assert cues.words[i] == bits
        assert cues.share[i] == len(met) / len(words)
        opens = short and words[0] in OPENERS
        assert cues.opening[i] == (opens and OPENINGS.get(words[0], 0) | OPENINGS.get(" ".join(words[:2]), 0))
        assert not cues.notice[i] or not notices.TRIGGERS.isdisjoint(words)


@pytest.mark.parametrize(
    "line",
    [
        "se connecter",
        "partager cet article",
        "ver comentarios",
        "artikkelen fortsetter under annonsen",
        "polityka prywatności",
        "this is a modal window",
    ],
)
def test_buttons_are_known_in_the_languages_of_the_pages(line: str) -> None:
    assert Cues(Letters([line])).phrase[0]
