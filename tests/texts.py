"""Articles for tests: a small grammar of German and English news, noise of a page, edits, and whole streams of raw messages.

Everything here is made up; the same seed gives the same bytes on every machine.
"""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

START = datetime(2024, 3, 4, 6, 0, tzinfo=UTC)

_EN = {
    "who": "the harbour authority|the city council|the transport minister|a court in Westhaven|the union of teachers|the water board|"
    "the central bank|a group of researchers|the opposition|the fire brigade|the football club|the museum|the railway company|"
    "the health office|farmers in the valley|the mayor of Eastbridge|the airline|the theatre|the police in Northford|the university".split(
        "|"
    ),
    "did": "announced|postponed|rejected|defended|approved|examined|described|cancelled|criticised|presented|halted|extended|welcomed|"
    "questioned|repaired|sold|opened|measured|reduced|published".split("|"),
    "what": "a plan for the old bridge|the budget for schools|a report on drinking water|the new timetable|an appeal against the ruling|"
    "the search for two hikers|a study of river fish|the sale of the brewery|the closure of the clinic|a tax on parking|the contract with "
    "the builders|the repair of the dam|an exhibition of letters|the transfer of a striker|the warning about heat|the vote on the stadium|"
    "the rules for drones|a loan for the harbour|the evacuation of three streets|the strike at the depot".split("|"),
    "where": "in Westhaven|near the northern border|at the old station|in the valley of the Marne|on the island of Sollow|in the capital|"
    "along the coast|in Northford|at a meeting in Eastbridge|in the second district|outside the town hall|in the mountains".split(
        "|"
    ),
    "when": "on Monday|on Tuesday evening|after months of dispute|before the summer break|during the night|within a week|at noon|"
    "for the third time|despite heavy rain|without giving reasons|after a long debate|earlier than planned".split("|"),
    "why": "because costs had doubled|as experts had advised|although residents had protested|while talks went on|since the old permit had run out|"
    "after an inspection found cracks|so that work can begin in autumn|because too few people applied|as a letter to the council shows|"
    "while prices kept rising|although a court had ruled otherwise|since nobody had been hurt".split("|"),
    "say": "said|told reporters|wrote in a statement|explained|confirmed|added".split("|"),
    "name": "Anna Keller|Martin Osei|Julia Brandt|Peter Novak|Grace Liu|Thomas Weir|Elena Rossi|David Okafor".split(
        "|"
    ),
}
_DE = {
    "who": "die Hafenbehörde|der Stadtrat|die Verkehrsministerin|ein Gericht in Westhafen|die Gewerkschaft der Lehrer|der Wasserverband|"
    "die Notenbank|eine Gruppe von Forschern|die Opposition|die Feuerwehr|der Fußballverein|das Museum|die Bahngesellschaft|das "
    "Gesundheitsamt|der Bauernverband|der Bürgermeister von Ostbrück|die Fluglinie|das Theater|die Polizei in Nordfurt|die Universität".split(
        "|"
    ),
    "did": "kündigte|verschob|verwarf|verteidigte|billigte|prüfte|beschrieb|strich|kritisierte|präsentierte|stoppte|verlängerte|begrüßte|"
    "bezweifelte|reparierte|verkaufte|eröffnete|vermass|kürzte|veröffentlichte".split("|"),
    "what": "einen Plan für die alte Brücke|das Budget für Schulen|einen Bericht zum Trinkwasser|den neuen Fahrplan|die Berufung gegen das "
    "Urteil|die Suche nach zwei Wanderern|eine Studie über Flussfische|den Verkauf der Brauerei|die Schließung der Klinik|eine Abgabe auf "
    "Parkplätze|den Vertrag mit der Baufirma|die Sanierung des Damms|eine Ausstellung alter Briefe|den Transfer eines Stürmers|die Warnung "
    "vor Hitze|die Abstimmung über das Stadion|die Regeln für Drohnen|einen Kredit für den Hafen|die Räumung dreier Straßen|den Streik im "
    "Depot".split("|"),
    "where": "in Westhafen|nahe der nördlichen Grenze|am alten Bahnhof|im Tal der Marne|auf der Insel Sollau|in der Hauptstadt|entlang der "
    "Küste|in Nordfurt|bei einem Treffen in Ostbrück|im zweiten Bezirk|vor dem Rathaus|in den Bergen".split("|"),
    "when": "am Montag|am Dienstagabend|nach monatelangem Streit|vor der Sommerpause|in der Nacht|binnen einer Woche|zu Mittag|zum dritten "
    "Mal|trotz starken Regens|ohne Angabe von Gründen|nach langer Debatte|früher als geplant".split("|"),
    "why": "weil sich die Kosten verdoppelt hatten|wie Fachleute geraten hatten|obwohl Anrainer protestiert hatten|während die Gespräche "
    "weitergingen|da die alte Bewilligung abgelaufen war|nachdem eine Prüfung Risse ergeben hatte|damit im Herbst gebaut werden kann|weil "
    "sich zu wenige beworben hatten|wie ein Brief an den Rat zeigt|während die Preise weiter stiegen|obwohl ein Gericht anders entschieden "
    "hatte|da niemand verletzt worden war".split("|"),
    "say": "sagte|erklärte|schrieb|betonte|bestätigte|ergänzte".split("|"),
    "name": "Anna Keller|Martin Osei|Julia Brandt|Peter Nowak|Grace Liu|Thomas Weir|Elena Rossi|David Okafor".split(
        "|"
    ),
}
_NOISE = {
    "en": ["Share this article", "Read more: Ten places to eat by the sea", "Subscribe to our newsletter", "Photo: Harbour Press", "Comments (12)", "Advertisement"],
    "de": ["Artikel teilen", "Mehr zum Thema: Zehn Lokale am Meer", "Jetzt Newsletter abonnieren", "Foto: Hafenpresse", "Kommentare (12)", "Anzeige"],
}  # fmt: skip
_SECTIONS = {"en": ["Politics", "Sport", "Business", "Local"], "de": ["Politik", "Sport", "Wirtschaft", "Lokales"]}


@dataclass(frozen=True, slots=True)
class Story:
    """One report: what a publisher would print, without a page around it."""

    language: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs, separated by an empty line."""
        return "\n\n".join(self.paragraphs)


def story(seed: int, language: str | None = None, paragraphs: int = 6, shuffled: bool = False) -> Story:
    """A report of ``paragraphs`` paragraphs of two to four sentences.

    The grammar is small: among thousands of reports each shares some run of four words with hundreds, which no archive of
    news does. Where the work should be that of an archive, ``shuffled`` mixes the words of each sentence.
    """
    rng = random.Random(f"story {seed}")
    language = language or rng.choice(["en", "de"])
    words = _EN if language == "en" else _DE
    title, body = _title(rng, words), [_paragraph(rng, words, language) for _ in range(paragraphs)]
    return Story(language, title, tuple(_mixed(rng, each) for each in body) if shuffled else tuple(body))


def _mixed(rng: random.Random, paragraph: str) -> str:
    sentences = []
    for sentence in paragraph.rstrip(".").split(". "):
        words = sentence.split()
        rng.shuffle(words)
        sentences.append(" ".join(words).rstrip(",;").capitalize() + ".")
    return " ".join(sentences)


def _pick(rng: random.Random, words: dict[str, list[str]], kind: str) -> str:
    return rng.choice(words[kind])


def _title(rng: random.Random, words: dict[str, list[str]]) -> str:
    who = _pick(rng, words, "who")
    return f"{who[0].upper()}{who[1:]}: {_pick(rng, words, 'what')} {_pick(rng, words, 'when')}"


def _sentence(rng: random.Random, words: dict[str, list[str]], language: str) -> str:
    w = {kind: _pick(rng, words, kind) for kind in words}
    figure = rng.randint(3, 990)
    forms = {
        "en": [
            "{who} {did} {what} {where} {when}, {why}.",
            "{when} {who} {did} {what}, {why}, {name} {say} {where}.",
            "Some {n} people {where} {did} {what}, {name} {say}, {why}.",
            "“This concerns {what} {where},” {name} {say} {when}, “{why}.”",
        ],
        "de": [
            "{who} {did} {when} {what} {where}, {why}.",
            "{when} {did} {who} {where} {what}, {why}, {say} {name}.",
            "Rund {n} Menschen {where} seien betroffen, {say} {name} {when}, {why}; es gehe um {what}.",
            "„Es geht um {what} {where}“, {say} {name} {when}, {why}.",
        ],
    }[language]
    text = rng.choice(forms).format(**w, n=figure)
    return text[0].upper() + text[1:]


def _paragraph(rng: random.Random, words: dict[str, list[str]], language: str) -> str:
    return " ".join(_sentence(rng, words, language) for _ in range(rng.randint(2, 4)))


def edited(original: Story, seed: int) -> Story:
    """The same report as another house prints it: own headline, a paragraph cut or added, small changes of wording."""
    rng = random.Random(f"edit {seed}")
    words = _EN if original.language == "en" else _DE
    body = list(original.paragraphs)
    if rng.random() < 0.5 and len(body) > 4:
        body.pop()
    if rng.random() < 0.5:
        body.append(_paragraph(rng, words, original.language))
    if rng.random() < 0.5:
        body[1] = body[1].replace(" the ", " the said ", 1).replace(" und ", " sowie ", 1)
    title = _title(rng, words) if rng.random() < 0.5 else original.title
    return Story(original.language, title, tuple(body))


def dump(report: Story, seed: int) -> str:
    """The report as a text dump of its page: section label, title, noise before, between and after."""
    rng = random.Random(f"dump {seed}")
    noise = _NOISE[report.language]
    lines = [
        rng.choice(_SECTIONS[report.language]),
        report.title,
        report.paragraphs[0],
        noise[3],
        *report.paragraphs[1:3],
    ]
    lines += [noise[1], *report.paragraphs[3:], noise[0], noise[2], noise[4]]
    return "\n".join(lines)


def page(report: Story, seed: int) -> str:
    """The report as an HTML page with header, navigation, teasers and a footer."""
    rng = random.Random(f"page {seed}")
    noise = _NOISE[report.language]
    body = "".join(f"<p>{html.escape(p)}</p>" for p in report.paragraphs)
    teasers = "".join(f'<li><a href="/s/{rng.randint(1, 9999)}">{html.escape(noise[1])}</a></li>' for _ in range(4))
    return (
        f'<!DOCTYPE html><html lang="{report.language}"><head><title>{html.escape(report.title)} | Example</title>'
        f'<meta property="og:title" content="{html.escape(report.title)}"></head><body><header><nav><a href="/">Home</a> '
        f'<a href="/sport">Sport</a></nav></header><main><article><h1>{html.escape(report.title)}</h1>{body}</article>'
        f"<aside><ul>{teasers}</ul></aside></main><footer>{noise[5]} <a href='/imprint'>Imprint</a></footer></body></html>"
    )


_FORM = (
    "Over {} the wind comes from the west and brings clouds.",
    "The morning begins in {} with fog that lifts before noon.",
    "Drivers on the road to {} should allow some more time.",
    "Afternoon temperatures near {} reach what the month lets one expect.",
    "In the hills behind {} a shower is possible towards evening.",
    "The lake at {} stays calm and warm enough for swimmers.",
    "Pollen of grasses is strong around {} and weak by night.",
    "Ferries between {} and the islands keep to their summer timetable.",
    "At night the sky above {} clears and the stars come out.",
    "Farmers in {} are told to water their fields before sunrise.",
)


def form(seed: int, n: int) -> str:
    """The issue ``n`` of a report that says the same in each issue but for a name in every sentence: none is a copy."""
    rng = random.Random(f"form {seed} {n}")
    return " ".join(sentence.format(f"Place{rng.randrange(10**6)}") for sentence in _FORM)


def raw(report: Story, url: str, fetched: datetime, seed: int = 0, **more: Any) -> dict[str, Any]:
    """A raw message of the report: a dump, a page or clean text, by ``seed``."""
    body: dict[str, Any] = [
        {"text": dump(report, seed)},
        {"html": page(report, seed)},
        {"text": report.text, "title": report.title},
    ][seed % 3]
    return {**body, "url": url, "fetched_at": fetched.isoformat().replace("+00:00", "Z"), **more}


BAD = [
    b"",
    b"{",
    b'{"text": "cut off',
    b"[1, 2]",
    b'{"text": 7}',
    bytes(b for b in range(1, 32) if b != 10) * 20,  # without a line feed: `process` reads lines
    b'{"title": "no text", "url": "https://x.example/"}',
]


def stream(
    seed: int,
    count: int,
    hours: float = 20.0,
    bad: float = 0.01,
    paragraphs: tuple[int, int] = (3, 8),
    shuffled: bool = False,
) -> Iterator[tuple[bytes | None, bytes | None]]:
    """``count`` raw records as (key, value): stories, copies with edits, re-crawls, updates, takedowns and bad ones.

    ``fetched_at``s lie within ``hours`` of each other and are nearly ordered; stories have ``paragraphs`` (least, most) and
    may be ``shuffled`` (`story`).
    Every kind of message refers to stories that came before it, so the stream can be cut anywhere.
    """
    rng = random.Random(f"stream {seed}")
    known: list[tuple[Story, str]] = []
    for n in range(count):
        fetched = START + timedelta(seconds=round(hours * 3600 * n / count + rng.uniform(0, 900), 3))
        draw = rng.random()
        url = f"https://outlet{rng.randint(1, 9)}.example/{seed}/{n}"
        if draw < bad:
            yield None, rng.choice(BAD)
            continue
        if known and draw < 0.40:
            report, url_before = known[rng.randrange(max(0, len(known) - 60), len(known))]
            if draw < 0.22:  # a copy under another address
                report = edited(report, n) if rng.random() < 0.7 else report
                message = raw(report, url, fetched, rng.randint(0, 2))
                known.append((report, url))
            elif draw < 0.30:  # fetched again, unchanged but for the time and a tracking parameter
                url = url_before
                message = raw(report, url_before + "?utm_source=feed", fetched, 2)
            elif draw < 0.36:
                report, url = edited(report, n), url_before
                message = raw(report, url_before, fetched, rng.randint(0, 2))
            else:
                url = url_before
                message = {"op": "delete", "url": url_before, "fetched_at": fetched.isoformat()}
        else:
            report = story(seed * 1_000_003 + n, paragraphs=rng.randint(*paragraphs), shuffled=shuffled)
            message = raw(report, url, fetched, rng.randint(0, 2))
            known.append((report, url))
        yield url.encode(), orjson.dumps({**message, "labels": {"n": n}})
