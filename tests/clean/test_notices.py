from __future__ import annotations

import pytest

from worker.clean.notices import notice

PHRASES = [
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
]


@pytest.mark.parametrize("line", PHRASES)
def test_a_page_speaks_of_itself(line: str) -> None:
    assert notice(line, line.split()) == 2


def test_a_word_alone_is_only_suspicious() -> None:
    line = "the court ruled that cookies may be set only with consent."
    assert notice(line, line.split()) == 1
    line = "die redaktion fragte den minister nach seiner meinung."
    assert notice(line, line.split()) == 0
    line = "the council met on monday."
    assert notice(line, line.split()) == 0
