"""Made-up dumps of news pages in many styles, each line with its truth: what the line model is trained on.

No text of any page stands in here: sentences are strung together from `vocabulary`, noise is drawn from our own lists of wording
or made up. Every site style is drawn at random, so that the model learns shapes and order rather than one layout.
"""

# ruff: noqa: E501 -- tables of wording are read by the line
from __future__ import annotations

import random
from dataclasses import dataclass

from worker.clean.train.vocabulary import ENGLISH, GERMAN, Tongue, invented
from worker.clean.words import PHRASES, Cue

LABELS = ("other", "body", "heading", "title", "lead", "caption", "credit", "byline", "date", "section", "teaser")


@dataclass
class Made:
    """One made-up dump: its lines, whether an empty line stands before each, and the label of each (index into `LABELS`)."""

    texts: list[str]
    gaps: list[bool]
    labels: list[int]


def _pool(cue: int) -> list[str]:
    return [p for p, c in PHRASES.items() if c & cue]


_POOLS = {cue: _pool(cue) for name, cue in vars(Cue).items() if name.isupper()}
_LEADINS = {
    "de": "Lesen Sie auch:|Lesen Sie mehr:|Mehr dazu:|Mehr zum Thema:|Auch interessant:|Lesen Sie hier:|>>|Hintergrund:|Zum Artikel:|Video:|Lesetipp:|Passend dazu:|→|Jetzt lesen:",
    "en": "Read more:|READ MORE:|Related:|RELATED:|See also:|Also read:|MORE:|>>|Watch:|WATCH:|Read next:|READ:|More:|ALSO READ |Don't miss:",
    "xx": ">>|▶|→|+|•|Video:|»",
}
_CREDITS = "Foto: {n}|Foto: {a}|Bild: {n}/{a}|© {n}|© {a}|({a})|{a}|{n}/{a}|{a} / {n}|Photo: {n}|Photograph: {n}/{a}|Credit: {n}|Image: {a}|{n} via {a}|Quelle: {a}|imago images / {n}|Getty Images|{a}/{n}|Foto © {n}|Symbolbild|Symbolbild: {a}|{n}|(Foto: {n}, {a})|[{n}/{a}]|picture alliance / {n}|Bildrechte: {n}|Photo by {n}|Image source, {a}|AP Photo/{n}|FILE PHOTO|Handout"
_AGENCIES = "AFP|dpa|Reuters|APA|AP|IMAGO|Getty Images|Keystone|EPA|Shutterstock|picture alliance|ANP|NTB|PA|iStock|imago|Adobe Stock|Unsplash".split(
    "|"
)
_BYLINES = {
    "de": "Von {n}|Von {n} und {m}|von {n}|{n}|{n}, {p}|Von {n}, {p}|Ein Kommentar von {n}|Text: {n}|VON {N}|{n} ({o})|Von unserem Korrespondenten {n}|Kolumne von {n}|Eine Analyse von {n}|Autor: {n}|{n} Redakteur|Redaktion|{n} | {p}|Das Gespräch führte {n}.",
    "en": "By {n}|By {n} and {m}|by {n}|{n}|By {n}, {o}|BY {N}|{n}, {o}|Written by {n}|{n} Staff Writer|By {n} in {p}|By {n} | {o}|Opinion by {n}|{n} - {o}|Story by {n}|By {n} Special to {o}|By: {n}|Author: {n}|Posted by {n}|{n}, Contributor",
    "xx": "{n}|{n}, {o}|{n} | {p}|{n}, {p}|Por {n}|Par {n}|Di {n}|{n} {m}",
}
_DATES = {
    "de": "{d}. {M} {y}|{d}.{m}.{y}|{dd}.{mm}.{y}, {t} Uhr|{dd}.{mm}.{y} {t}|{d}. {M} {y}, {t} Uhr|Stand: {dd}.{mm}.{y}, {t} Uhr|Aktualisiert: {dd}.{mm}.{y}, {t}|Veröffentlicht am {dd}.{mm}.{y}|{d}. {M} {y} um {t} Uhr|Vor {d} Stunden|Heute, {t} Uhr|{t} Uhr|{dd}.{mm}.{y} - {t} Uhr|Zuletzt aktualisiert: {d}. {M} {y}|Erstellt: {dd}.{mm}.{y}, {t} Uhr|Veröffentlicht: {d}. {M} {y}, {t} Uhr|Montag, {d}. {M} {y}",
    "en": "{M} {d}, {y}|{d} {M} {y}|Published: {t} GMT {d} {M} {y}|Updated {M} {d}, {y}|{M} {d}, {y} {t} AM EST|Published {M} {d}, {y} at {t} pm|Last updated: {d} {M} {y}|{d} hours ago|{d} days ago|{y}-{mm}-{dd}|{mm}/{dd}/{y}|{t} am ET|Posted {M} {d}, {y} {t} p.m.|Mon {d} {M} {y} {t} BST|First published on {M} {d}, {y}|{M} {d}, {y} / {t} AM / {o}|Published On {d} {M} {y}",
    "xx": "{d} {M} {y}|{dd}.{mm}.{y}|{dd}/{mm}/{y}|{dd}/{mm}/{y} {t}|{y}-{mm}-{dd}|{d} {M} {y}, {t}|{dd}.{mm}.{y} {t}|{M} {d}, {y}|{d} {M} {y} - {t}|{dd}-{mm}-{y}|{d} de {M} de {y}",
}
_NOTICES = {
    "de": """Wir verwenden Cookies, um unser Angebot zu verbessern und Ihnen passende Werbung zu zeigen. Mehr dazu steht in der Datenschutzerklärung.
|An dieser Stelle steht ein externer Inhalt, den unsere Redaktion empfiehlt. Mit einem Klick wird er angezeigt und wieder ausgeblendet.
|Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden. Dabei können personenbezogene Daten an Dritte gehen.
|Mit unserem Newsletter bekommen Sie jeden Morgen das Wichtigste des Tages in Ihr Postfach.
|Melden Sie sich jetzt an und verpassen Sie keine Nachricht mehr aus Ihrer Region.
|Die mit einem Sternchen gekennzeichneten Verweise bringen uns eine kleine Provision; der Preis bleibt für Sie gleich.
|Sie haben schon ein Abo? Dann melden Sie sich hier an.
|Der Kommentarbereich ist geschlossen. Wir danken allen, die mitdiskutiert haben.
|Bitte bleiben Sie beim Thema und beachten Sie die Regeln unseres Forums.
|Für dieses Video ist Javascript nötig. Bitte schalten Sie es in Ihrem Browser ein.
|Alle Rechte vorbehalten. Nachdruck und Weitergabe nur mit Erlaubnis des Verlags.
|Jetzt vier Wochen kostenlos testen und alle Artikel ohne Grenzen lesen.
|Dieser Text ist zuerst in einer anderen Zeitung erschienen.
|Ihre Anmeldung hat geklappt. Bitte bestätigen Sie die Nachricht in Ihrem Postfach.""",
    "en": """We use cookies to make this site work and to show you advertising that fits. You can read more in our privacy policy.
|Sign up for our morning newsletter and get the stories of the day in your inbox before breakfast.
|By giving your email address you agree to our terms of use and to our handling of your data.
|Some links on this page earn us a small commission if you buy something, at no cost to you.
|You have read all your free articles this month. Subscribe today and keep reading without limits.
|Already have an account? Log in here to go on.
|Please keep your comments civil and on topic. We remove what breaks our house rules.
|All rights reserved. This material may not be published, broadcast, rewritten or redistributed without permission.
|Your browser does not play this video. Please switch on Javascript or try another one.
|Support our journalism with a small sum each month. It takes one minute.
|Have something to tell us about this article? Write to our editors.
|This story was first published by one of our partners and appears here with permission.
|Thank you for signing up. Check your inbox to confirm the address.
|Copies are for your personal use only. Distribution of this text is governed by our subscriber agreement.""",
}


class Writer:
    """Writes in one tongue."""

    def __init__(self, rng: random.Random, tongue: Tongue) -> None:
        self.rng = rng
        self.tongue = tongue
        self.quote = rng.choice(tongue.quotes)
        self.topic = [
            tongue.fresh(rng) if rng.random() < 0.7 else rng.choice(tongue.nouns) for _ in range(rng.randint(12, 40))
        ]
        self.people = [rng.choice(tongue.names) for _ in range(4)]

    def word(self) -> str:
        rng, t = self.rng, self.tongue
        draw = rng.random()
        if draw < 0.42:
            return rng.choice(t.links)
        if draw < 0.68:
            kind = rng.random()
            if kind < 0.4:
                return self.topic[min(int(rng.expovariate(0.18)), len(self.topic) - 1)]
            return t.fresh(rng) if kind < 0.75 else rng.choice(t.nouns)
        if draw < 0.80:
            return rng.choice(t.verbs)
        if draw < 0.90:
            return rng.choice(t.adjectives)
        if draw < 0.935:
            return rng.choice(t.places)
        if draw < 0.96:
            return rng.choice(self.people if rng.random() < 0.7 else t.names)
        if draw < 0.985:
            return self.number()
        return rng.choice(t.links) + "-" + rng.choice(t.nouns)

    def number(self) -> str:
        rng = self.rng
        return rng.choice(
            [
                str(rng.randint(2, 99)),
                str(rng.randint(1990, 2026)),
                f"{rng.randint(1, 99)},{rng.randint(1, 9)}",
                f"{rng.randint(1, 900)}.000",
                f"{rng.randint(2, 60)}%",
                f"${rng.randint(1, 90)}",
            ]
        )

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(max(1, count)))

    @staticmethod
    def upper(text: str) -> str:
        return text[:1].upper() + text[1:]

    def sentence(self, count: int | None = None) -> str:
        rng, t = self.rng, self.tongue
        if count is None:
            count = max(3, min(46, int(rng.lognormvariate(2.75, 0.5))))
        parts = []
        left = count
        while left > 0:
            size = min(left, rng.randint(3, 12))
            parts.append(self.words(size))
            left -= size
        text = parts[0]
        for part in parts[1:]:
            draw = rng.random()
            text += (
                (f"{t.comma} " if draw < 0.55 else " – " if draw < 0.62 else " (" if draw < 0.66 else " ")
                + part
                + (")" if 0.62 <= draw < 0.66 else "")
            )
        draw = rng.random()
        text = self.upper(text)
        if draw < 0.13:
            a, b = self.quote
            return f"{a}{text}{b}{t.comma} {rng.choice(t.verbs)} {rng.choice(self.people)}{t.stop}"
        if draw < 0.18:
            a, b = self.quote
            return f"{a}{text}{t.stop}{b}"
        return text + (t.question if draw > 0.95 else "!" if draw > 0.94 else t.stop)

    def paragraph(self, sentences: int) -> str:
        return " ".join(self.sentence() for _ in range(max(1, sentences)))

    def headline(self, low: int = 4, high: int = 14) -> str:
        rng, t = self.rng, self.tongue
        text = self.upper(
            " ".join(self.topic[i % 6] if rng.random() < 0.2 else self.word() for i in range(rng.randint(low, high)))
        )
        if t.cased and rng.random() < t.title_case:
            text = " ".join(self.upper(w) if len(w) > 3 or rng.random() < 0.3 else w for w in text.split())
        draw = rng.random()
        if draw < 0.14:
            a, b = self.quote
            text = f"{rng.choice(self.people)}: {a}{text}{b}"
        elif draw < 0.26:
            text = f"{self.upper(rng.choice(t.nouns))}: {text}"
        elif draw < 0.36:
            text += t.question
        elif draw < 0.40:
            text += "!"
        elif draw < 0.44:
            text += t.stop
        elif draw < 0.50:
            text += " – " + self.words(rng.randint(2, 5))
        return text

    def label(self, low: int = 1, high: int = 3) -> str:
        """A menu item, a section, a tag."""
        rng, t = self.rng, self.tongue
        pool = [t.nouns, t.nouns, t.places, t.adjectives, t.names, t.outlets]
        return self.upper(" ".join(rng.choice(rng.choice(pool)) for _ in range(rng.randint(low, high))))

    def name(self) -> str:
        return self.rng.choice(self.tongue.names)

    def _fill(self, table: dict[str, str]) -> str:
        rng, t = self.rng, self.tongue
        code = t.code if rng.random() < 0.95 or t.code == "xx" else "xx"
        d, m = rng.randint(1, 28), rng.randint(1, 12)
        n = rng.choice(self.people)
        return (
            rng.choice(table[code].split("|"))
            .replace("{n}", n).replace("{m}", self.name() if table is _BYLINES else str(m)).replace("{N}", n.upper()).replace("{p}", rng.choice(t.places))
            .replace("{o}", rng.choice(t.outlets)).replace("{dd}", f"{d:02d}").replace("{mm}", f"{m:02d}").replace("{d}", str(d))
            .replace("{M}", rng.choice(t.months)).replace("{y}", str(rng.randint(2012, 2026))).replace("{t}", f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}")
            .replace("{a}", rng.choice(_AGENCIES))
        )  # fmt: skip

    def byline(self) -> str:
        return self._fill(_BYLINES)

    def date(self) -> str:
        return self._fill(_DATES)

    def credit(self) -> str:
        return self._fill({"de": _CREDITS, "en": _CREDITS, "xx": _CREDITS})

    def notice(self) -> str:
        """A page speaking of itself in whole sentences."""
        code = self.tongue.code
        if code == "xx":
            return self.paragraph(self.rng.randint(1, 2))
        return self.rng.choice([x.strip().replace("\n", " ") for x in _NOTICES[code].split("|")])

    def cue(self, cue: int, known: float = 0.75) -> str:
        """A line of noise: of the known wording, or something of the same shape."""
        rng = self.rng
        if self.tongue.code == "xx":
            known *= 0.5
        text = rng.choice(_POOLS[cue]) if rng.random() < known else self.words(rng.randint(1, 4))
        draw = rng.random()
        text = text.upper() if draw < 0.15 else self.upper(text) if draw < 0.85 else text.title()
        draw = rng.random()
        return text + (
            ":"
            if draw < 0.12
            else f" ({rng.randint(0, 300)})"
            if draw < 0.16
            else " ›"
            if draw < 0.18
            else f" {rng.randint(0, 99)}"
            if draw < 0.2
            else ""
        )


class Page:
    """Builds one dump."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = random.Random(seed)
        draw = rng.random()
        tongue = GERMAN if draw < 0.42 else ENGLISH if draw < 0.78 else invented(rng)
        self.w = Writer(rng, tongue)
        self.lines: list[tuple[str, str, bool]] = []
        self.mode = rng.choices(["inner", "none", "all", "some"], [0.62, 0.2, 0.1, 0.08])[0]
        self.box_gaps = rng.random() < 0.5
        self.caption_style = rng.choice(["line", "inline", "before", "double", "plain", "bare"])
        self.teaser_style = rng.choice(
            [
                "title",
                "title",
                "title-date",
                "title-text",
                "title-text-date",
                "kicker-title",
                "kicker-title-text",
                "numbered",
                "title-byline",
                "all",
            ]
        )
        self.sub_rate = rng.choice([0, 0, 0.12, 0.2, 0.3, 0.45])
        self.insert_rate = rng.choice([0, 0.04, 0.1, 0.18, 0.3, 0.5])
        self.per_paragraph = rng.choice([1, 1.3, 2, 2.6, 3.5, 5, 7])
        self.list_rate = rng.choice([0.01, 0.01, 0.01, 0.02, 0.05, 0.25])
        self.list_size = rng.choice([4, 7, 7, 12])
        self.list_words = rng.choice([5, 12, 12, 30])
        self.p_kind = "p" if rng.random() < 0.85 else "d"
        self.head_p = rng.random() < 0.3

    def put(self, text: str, label: str, kind: str = "d") -> None:
        text = " ".join(text.split())
        if text:
            self.lines.append((text, label, kind == "p"))

    def some(self, low: int, high: int) -> range:
        return range(self.rng.randint(low, high))

    # ---- blocks
    def menu(self, low: int, high: int) -> None:
        rng, w = self.rng, self.w
        count = rng.randint(low, high)
        while count > 0:
            if rng.random() < 0.35:
                self.put(
                    w.cue(rng.choice([Cue.NAV, Cue.NAV, Cue.SHARE, Cue.OFFER, Cue.NEWSLETTER, Cue.LEGAL])), "other"
                )
            elif rng.random() < 0.05:
                self.put(self.stranger().headline(3, 10), "other")
            else:
                self.put(w.label(), "other", "p" if rng.random() < 0.03 else "d")
            count -= 1

    def stranger(self) -> Writer:
        """One who writes about something else, mostly."""
        return self.w if self.rng.random() < 0.12 else Writer(self.rng, self.w.tongue)

    def teaser(self, style: str | None = None) -> None:
        rng, w = self.rng, self.stranger()
        style = style or self.teaser_style
        if style == "all":
            style = rng.choice(
                ["title", "title-date", "title-text", "title-text-date", "kicker-title", "kicker-title-text"]
            )
        kind = "p" if self.box_gaps and rng.random() < 0.5 else "d"
        if style.startswith("kicker"):
            self.put(w.label().upper() if rng.random() < 0.4 else w.label(), "teaser")
        if style == "numbered":
            self.put(f"{rng.randint(1, 10)}" + rng.choice(["", ".", ")"]), "teaser")
        title = w.headline()
        if rng.random() < 0.06:
            title = w.label(1, 2).upper() + " " + title
        if rng.random() < 0.04:
            title = rng.choice(["+ ", "Plus ", "Video ", "▶ ", "• "]) + title
        if rng.random() < 0.07:
            title += rng.choice([" | mehr", " →", " mehr", " ...", " »", f" ({rng.randint(1, 99)})"])
        if "text-date" not in style and style.endswith("date") and rng.random() < 0.5:
            self.put(w.date(), "teaser")
            self.put(title, "teaser", kind)
            return
        self.put(title, "teaser", kind)
        if rng.random() < 0.05:
            self.put(title, "teaser", kind)
        if "text" in style:
            text = (
                w.sentence(rng.randint(6, 30))
                if rng.random() < 0.65
                else f"{w.sentence(rng.randint(4, 16))} {w.sentence(rng.randint(4, 20))}"
            )
            if rng.random() < 0.25:
                text = text[: rng.randint(60, 200)].rsplit(" ", 1)[0] + rng.choice(
                    ["...", "…", " ...", " [...]", " … mehr"]
                )
            self.put(text, "teaser", kind)
        if style.endswith("byline"):
            self.put(w.byline(), "teaser")
        if style.endswith("date"):
            self.put(w.date() if rng.random() < 0.8 else w.label() + " | " + w.date(), "teaser")
        if rng.random() < 0.06:
            self.put(w.cue(Cue.RELATED), "teaser")

    def related(self, low: int, high: int, heading: float = 0.85) -> None:
        w = self.w
        if self.rng.random() < heading:
            self.put(w.cue(Cue.RELATED, 0.85), "other", "p" if self.rng.random() < 0.4 else "d")
        for _ in self.some(low, high):
            self.teaser()

    def cookie(self) -> None:
        for _ in self.some(1, 3):
            self.put(self.w.notice(), "other", "p")
        for _ in self.some(1, 4):
            self.put(self.w.cue(Cue.COOKIE), "other")

    def share(self) -> None:
        for _ in self.some(1, 7):
            self.put(self.w.cue(self.rng.choice([Cue.SHARE, Cue.SHARE, Cue.READING, Cue.COMMENT])), "other")

    def newsletter(self) -> None:
        rng, w = self.rng, Writer(self.rng, self.w.tongue)
        if rng.random() < 0.8:
            self.put(
                w.cue(Cue.NEWSLETTER, 0.8) if rng.random() < 0.7 else w.headline(2, 7),
                "other",
                "p" if rng.random() < 0.5 else "d",
            )
        for _ in self.some(1, 3):
            self.put(w.notice() if rng.random() < 0.75 else w.paragraph(1), "other", "p" if rng.random() < 0.7 else "d")
        for _ in self.some(0, 3):
            self.put(w.cue(rng.choice([Cue.NEWSLETTER, Cue.OFFER, Cue.LEGAL])), "other")

    def caption_text(self, about: str | None = None) -> str:
        rng, w = self.rng, self.w
        draw = rng.random()
        text = (
            about
            if about and draw < 0.25
            else w.sentence(rng.randint(4, 24))
            if draw < 0.85
            else f"{w.sentence(rng.randint(3, 14))} {w.sentence(rng.randint(3, 16))}"
        )
        return text if rng.random() < 0.55 else text.rstrip(".")

    def picture(self, about: str | None = None) -> None:
        rng, w = self.rng, self.w
        style = self.caption_style
        kind = "p" if rng.random() < 0.35 else "d"
        if rng.random() < 0.12:
            self.put(
                rng.choice(
                    [
                        "Bild",
                        "Image",
                        "Foto",
                        "Image caption",
                        "Bild vergrößern",
                        f"{rng.randint(1, 9)}/{rng.randint(9, 30)}",
                        "1 / 5",
                        "Video",
                        "02:31",
                        "Open image in gallery",
                    ]
                ),
                "other",
            )
        if style == "bare":
            for _ in range(1 if rng.random() < 0.7 else 2):
                self.put(w.credit(), "credit", kind)
            return
        text = self.caption_text(about)
        if style == "inline":
            credit = w.credit()
            self.put(
                text
                + rng.choice([" ", " | ", " – ", "  "])
                + (credit if rng.random() < 0.5 else f"({credit.strip('()')})"),
                "caption",
                kind,
            )
        elif style == "before":
            self.put(w.credit(), "credit")
            self.put(text, "caption", kind)
        elif style == "double":
            self.put(text, "caption", kind)
            self.put(text, "caption", kind)
            self.put(w.credit(), "credit")
        elif style == "line":
            self.put(text, "caption", kind)
            for _ in range(1 if rng.random() < 0.85 else 2):
                self.put(w.credit(), "credit")
        else:
            self.put(text, "caption", kind)

    def media(self) -> None:
        rng, w = self.rng, self.w
        for _ in self.some(1, 3):
            self.put(
                rng.choice(
                    [
                        f"0{rng.randint(0, 9)}:{rng.randint(10, 59)}",
                        f"Video {rng.randint(0, 9):02d}:{rng.randint(10, 59)}",
                        w.cue(Cue.VIDEO, 0.9),
                        w.cue(Cue.VIDEO, 0.9),
                        "Video " + w.headline(3, 9),
                        "Audio",
                        f"{rng.randint(1, 50)}/{rng.randint(50, 60)}",
                    ]
                ),
                "other",
            )
        if rng.random() < 0.3:
            self.put(w.sentence(), "other")

    def embed(self) -> None:
        """Something from a social network: another's words, not the article's."""
        rng, w = self.rng, self.w
        if rng.random() < 0.5:
            self.put(w.notice(), "other", "p")
            self.put(w.cue(Cue.COOKIE), "other")
            return
        for _ in self.some(1, 2):
            self.put(
                w.sentence(rng.randint(4, 25)) + rng.choice([" pic.twitter.com/x8Kq2", " #" + w.label(1, 1), ""]),
                "other",
                "p" if rng.random() < 0.5 else "d",
            )
        self.put(
            rng.choice(
                [
                    f"— {w.name()} (@{w.word()}) {w.date()}",
                    w.date(),
                    "View this post on Instagram",
                    f"@{w.word()} · {w.date()}",
                ]
            ),
            "other",
        )

    def insert(self) -> None:
        rng, w = self.rng, self.w
        draw = rng.random()
        code = w.tongue.code
        if draw < 0.25:
            self.put(
                rng.choice(_LEADINS[code].split("|")) + " " + self.stranger().headline(),
                "teaser",
                "p" if rng.random() < 0.6 else "d",
            )
        elif draw < 0.38:
            self.related(1, 3, 0.6)
        elif draw < 0.58:
            self.picture(None)
        elif draw < 0.67:
            self.put(w.cue(Cue.AD, 0.93), "other", "p" if rng.random() < 0.3 else "d")
        elif draw < 0.76:
            self.newsletter()
        elif draw < 0.84:
            self.media()
        elif draw < 0.90:
            self.embed()
        elif draw < 0.94:
            self.share()
        elif draw < 0.96:  # a pull quote: a sentence of the article again
            self.put(w.quote[0] + w.sentence(rng.randint(8, 20)) + w.quote[1], "other", "p")
            self.put(w.name() + rng.choice(["", ", " + w.label()]), "other")
        else:
            for _ in self.some(1, 2):
                self.teaser(rng.choice(["title-text", "title-date", "title-date", "kicker-title"]))

    # ---- the article
    def head(self) -> list[str]:
        rng, w = self.rng, self.w
        title = w.headline(4, 16)
        section = w.label(1, 2)
        parts: list[str] = []
        if rng.random() < 0.3:
            for _ in self.some(1, 4):
                self.put(w.label() if rng.random() < 0.7 else title, "section")
        elif rng.random() < 0.6:
            self.put(section.upper() if rng.random() < 0.2 else section, "section", "p" if rng.random() < 0.2 else "d")
        if rng.random() < 0.25:
            parts.append("kicker")
        parts.append("title")
        order = ["lead", "byline", "date", "share", "picture"]
        weights = [0.72, 0.7, 0.75, 0.4, 0.6]
        chosen = [x for x, p in zip(order, weights, strict=True) if rng.random() < p]
        rng.shuffle(chosen)
        if rng.random() < 0.55 and "lead" in chosen:
            chosen.remove("lead")
            chosen.insert(0, "lead")
        if rng.random() < 0.12 and "picture" in chosen:
            chosen.remove("picture")
            parts.insert(0, "picture")
        if rng.random() < 0.12 and "date" in chosen:
            chosen.remove("date")
            parts.insert(0, "date")
        for part in parts + chosen:
            kind = "p" if self.head_p or rng.random() < 0.25 else "d"
            if part == "kicker":
                self.put(w.label(1, 3) + rng.choice(["", "", ":"]), "section")
            elif part == "title":
                self.put(title, "title", kind)
                if rng.random() < 0.05:
                    self.put(title, "title", kind)
            elif part == "lead":
                if rng.random() < 0.25:
                    text = w.headline(6, 18)
                else:
                    text = w.paragraph(rng.choice([1, 1, 2, 2, 3]))
                    if rng.random() < 0.15:
                        text = text.rstrip(".")
                self.put(text, "lead", "p" if rng.random() < 0.6 else "d")
            elif part == "byline":
                if rng.random() < 0.15:
                    self.put(w.byline() + rng.choice([" | ", " - ", ", ", " "]) + w.date(), "byline", kind)
                else:
                    for _ in self.some(1, 2):
                        self.put(w.byline(), "byline", kind)
                if rng.random() < 0.1:
                    self.put(w.sentence(rng.randint(4, 14)), "other", kind)
            elif part == "date":
                self.put(w.date(), "date", kind)
                if rng.random() < 0.2:
                    self.put(w.date(), "date", kind)
                if rng.random() < 0.25:
                    self.put(
                        rng.choice(
                            [
                                f"Lesezeit: {rng.randint(2, 9)} Min.",
                                f"{rng.randint(2, 9)} min read",
                                f"{rng.randint(2, 9)} Min.",
                                f"Lesedauer: {rng.randint(2, 9)} Minuten",
                            ]
                        ),
                        "other",
                    )
            elif part == "share":
                self.share()
            else:
                self.picture(title if rng.random() < 0.2 else None)
        if rng.random() < 0.1:
            self.media()
        if rng.random() < 0.06:  # the points of the article in short
            self.put(
                rng.choice(
                    ["Summary", "Key points", "Das Wichtigste in Kürze", "Darum geht's", "At a glance", w.label()]
                ),
                "other",
            )
            for _ in self.some(2, 4):
                self.put(w.sentence(rng.randint(6, 18)), "body", "d")
        return [title, section]

    def body(self) -> None:
        rng, w = self.rng, self.w
        count = max(1, min(70, int(rng.lognormvariate(2.4, 0.65))))
        kind = self.p_kind
        interview = rng.random() < 0.06
        sub_kind = "p" if rng.random() < 0.88 else "d"
        caps = rng.random() < 0.12
        live: int = rng.choice([1, 2]) if rng.random() < 0.03 else 0
        if live:
            self.sub_rate = 0.4
        review = rng.random() < 0.03
        for i in range(count):
            if i and rng.random() < self.insert_rate:
                for _ in self.some(1, 2):
                    self.insert()
            if i and rng.random() < self.sub_rate:
                text = w.headline(1, 9)
                if rng.random() < 0.1:
                    text = w.quote[0] + w.upper(w.words(rng.randint(2, 7))) + w.quote[1]
                if live:
                    if live == 1:
                        self.put(w.date(), "other")
                    else:
                        self.put(
                            f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
                            + rng.choice(["", " Uhr", w.name(), " " + w.name(), "KEY EVENT"]),
                            "other",
                        )
                if rng.random() < 0.06:
                    text = f"{i}. {text}"
                self.put(text.upper() if caps else text, "heading", sub_kind)
                if rng.random() < 0.04:
                    self.insert()
            if review and rng.random() < 0.4:
                self.put(w.label(2, 6), "heading", "p" if rng.random() < 0.5 else "d")
                for _ in self.some(0, 5):
                    self.put(
                        rng.choice(
                            [
                                f"{w.label(1, 2)}: {w.words(rng.randint(1, 12))}",
                                w.upper(w.words(rng.randint(2, 9))),
                                f"{rng.randint(10, 400)} Euro, {w.label(1, 1)}",
                            ]
                        ),
                        "body",
                        "d",
                    )
            if interview and rng.random() < 0.6:
                self.put(
                    (w.rng.choice(self.w.people).split()[-1] + ": " if rng.random() < 0.3 else "")
                    + w.sentence(rng.randint(2, 16)).rstrip(".")
                    + w.tongue.question,
                    "body",
                    kind,
                )
            if rng.random() < self.list_rate:
                mark = rng.choice(["• ", "- ", "{}. ", "{}) ", "* ", "– "]) if rng.random() < 0.3 else ""
                full = rng.random() < 0.5
                if rng.random() < 0.3:
                    self.put(w.sentence()[:-1] + ":", "body", kind)
                for item in self.some(2, self.list_size):
                    text = (
                        w.sentence(rng.randint(4, self.list_words + 2))
                        if full
                        else w.upper(w.words(rng.randint(2, self.list_words)))
                    )
                    self.put(mark.format(item) + text, "body", "d")
                continue
            if rng.random() < 0.03:
                self.put(w.sentence(rng.randint(2, 6)), "body", kind)
                continue
            sentences = max(1, round(rng.gauss(self.per_paragraph, 0.35 * self.per_paragraph)))
            text = w.paragraph(sentences)
            draw = rng.random()
            if i == 0 and draw < 0.15:
                place = rng.choice(w.tongue.places)
                text = (
                    rng.choice(
                        [
                            f"{place} - ",
                            f"{place.upper()} ({rng.choice(_AGENCIES)}) — ",
                            f"{place}. ",
                            f"{place} ({rng.choice(_AGENCIES)}) – ",
                            f"{place.upper()}, {w.date()} – ",
                        ]
                    )
                    + text
                )
            if draw > 0.97:
                text = text[:-1] + ":"
            self.put(text, "body", kind)

    def tail(self) -> None:
        rng, w = self.rng, self.w
        if rng.random() < 0.15:
            self.put(
                rng.choice(
                    [
                        f"({rng.choice(_AGENCIES)})",
                        f"({rng.choice(_AGENCIES)}/{w.word()})",
                        f"{rng.choice(_AGENCIES)}/{w.word()}",
                        f"© {rng.choice(w.tongue.outlets)}",
                        f"Quelle: {rng.choice(_AGENCIES)}",
                        rng.choice(_AGENCIES),
                    ]
                ),
                "other",
                "p" if rng.random() < 0.5 else "d",
            )
        parts = [
            p
            for p, q in (
                ("tags", 0.45),
                ("share", 0.45),
                ("bio", 0.14),
                ("newsletter", 0.25),
                ("related", 0.75),
                ("legal", 0.15),
                ("offer", 0.15),
                ("note", 0.06),
                ("ad", 0.1),
                ("picture", 0.04),
            )
            if rng.random() < q
        ]
        rng.shuffle(parts)
        for part in parts:
            if part == "tags":
                if rng.random() < 0.6:
                    self.put(w.cue(Cue.TAGS), "other")
                if rng.random() < 0.2:
                    self.put(", ".join(w.label(1, 2) for _ in self.some(2, 8)), "other")
                else:
                    for _ in self.some(1, 10):
                        self.put(
                            ("#" if rng.random() < 0.1 else "")
                            + (w.upper(rng.choice(w.topic)) if rng.random() < 0.5 else w.label(1, 2)),
                            "other",
                        )
            elif part == "share":
                self.share()
            elif part == "bio":
                if rng.random() < 0.6:
                    self.put(
                        rng.choice([w.name(), w.byline(), w.cue(Cue.BYLINE)]),
                        "other",
                        "p" if rng.random() < 0.3 else "d",
                    )
                self.put(f"{w.name()} {w.sentence(rng.randint(6, 24))}", "other", "p" if rng.random() < 0.6 else "d")
                if rng.random() < 0.3:
                    self.put(w.cue(Cue.SHARE), "other")
            elif part == "newsletter":
                self.newsletter()
            elif part == "related":
                self.related(1, 8)
            elif part == "legal":
                self.put(w.notice(), "other", "p")
            elif part == "offer":
                for _ in self.some(1, 3):
                    self.put(
                        w.notice() if rng.random() < 0.6 else w.cue(Cue.OFFER),
                        "other",
                        "p" if rng.random() < 0.5 else "d",
                    )
            elif part == "note":
                self.put(
                    rng.choice(["", "Update: ", "Note: ", "Hinweis: ", "* ", "Correction: "])
                    + w.sentence(rng.randint(6, 22)),
                    "other",
                    "p",
                )
            elif part == "ad":
                self.put(w.cue(Cue.AD), "other")
            else:
                self.picture(None)

    def comments(self) -> None:
        rng, w = self.rng, self.w
        self.put(
            w.cue(Cue.COMMENT, 0.95) if rng.random() < 0.7 else f"{rng.randint(1, 300)} {w.cue(Cue.COMMENT)}",
            "other",
            "p" if rng.random() < 0.5 else "d",
        )
        if rng.random() < 0.4:
            self.put(w.notice(), "other", "p")
        style = rng.choice(["name-date", "date", "name"])
        for _ in self.some(0, rng.choice([2, 5, 12])):
            if "name" in style:
                self.put(w.name() if rng.random() < 0.5 else w.word() + str(rng.randint(1, 99)), "other")
            if "date" in style:
                self.put(w.date(), "other")
            for _ in self.some(1, 2):
                self.put(w.paragraph(rng.choice([1, 1, 2, 2, 4])), "other", "p" if rng.random() < 0.6 else "d")
            if rng.random() < 0.8:
                self.put(w.cue(Cue.COMMENT, 0.95), "other")

    def boxes(self, low: int, high: int) -> None:
        """What stands below or beside an article: teasers, menus, offers."""
        rng = self.rng
        for _ in self.some(low, high):
            draw = rng.random()
            before = self.teaser_style
            if rng.random() < 0.5:
                self.teaser_style = rng.choice(
                    [
                        "title",
                        "title-date",
                        "title-text",
                        "title-text-date",
                        "kicker-title",
                        "kicker-title-text",
                        "numbered",
                    ]
                )
            if draw < 0.65:
                self.related(2, 12)
            elif draw < 0.75:
                self.newsletter()
            elif draw < 0.85:
                self.menu(3, 20)
            elif draw < 0.92:
                self.media()
            else:
                self.cookie()
            self.teaser_style = before

    def footer(self) -> None:
        rng, w = self.rng, self.w
        self.menu(3, 50)
        for _ in self.some(0, 3):
            self.put(
                w.notice() if rng.random() < 0.6 else f"© {rng.randint(2015, 2026)} {rng.choice(w.tongue.outlets)}",
                "other",
                "p" if rng.random() < 0.5 else "d",
            )

    def gallery(self) -> None:
        """A strip of other stories as picture texts, each often twice, once with escaped mark-up that the splitter has removed."""
        rng, w = self.rng, Writer(self.rng, self.w.tongue)
        if rng.random() < 0.7:
            self.put(rng.choice([f"1/{rng.randint(5, 90)}", w.cue(Cue.GALLERY, 0.9), "Akt. Uhr | Act."]), "other")
        if rng.random() < 0.6:
            self.put(w.cue(Cue.GALLERY, 0.95), "other")
        dated = rng.random() < 0.75
        twice = not dated or rng.random() < 0.5
        for _ in self.some(1, 8):
            day = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2015, 2026)}: " if dated else ""
            text = f"{day}{w.headline()}. {w.paragraph(rng.randint(1, 3))}"
            for _ in range(2 if twice else 1):
                self.put(text, "teaser")
            if rng.random() < 0.6:
                self.put(w.credit() if rng.random() < 0.8 else "Leserreporter", "credit")

    # ---- the whole
    def build(self) -> Made:
        rng = self.rng
        whole = rng.random()
        if whole < 0.62:  # a whole page
            if rng.random() < 0.2:
                self.cookie()
            self.menu(2, rng.choice([8, 30, 90]))
            if rng.random() < 0.25:
                self.related(1, 6, 0.4)
            if rng.random() < 0.1:
                self.newsletter()
        elif whole < 0.72:
            self.menu(0, 4)
        self.head()
        self.body()
        if whole >= 0.82 and rng.random() < 0.5:
            if rng.random() < 0.6:
                self.gallery()
            elif rng.random() < 0.5:
                self.tail()
        else:
            self.tail()
            if rng.random() < 0.1:
                self.comments()
            self.boxes(0, 1 if whole >= 0.62 else 5)
            if rng.random() < 0.06:
                self.gallery()
            if rng.random() < 0.02:  # the next article, in full or cut
                w = Writer(rng, self.w.tongue)
                self.put(w.headline(), "other", "p")
                for _ in self.some(1, 6):
                    self.put(w.paragraph(2), "other", "p")
            if whole < 0.62:
                self.footer()
        gaps = []
        after = True
        for i, (_, _, block) in enumerate(self.lines):
            if self.mode == "inner":
                gaps.append(i == 0 or block or after)
            elif self.mode == "none":
                gaps.append(i == 0)
            elif self.mode == "all":
                gaps.append(True)
            else:
                gaps.append(rng.random() < 0.4)
            after = block
        index = {name: i for i, name in enumerate(LABELS)}
        return Made([t for t, _, _ in self.lines], gaps, [index[x] for _, x, _ in self.lines])


def make(seed: int) -> Made:
    """The dump of one made-up page; the same for the same seed."""
    return Page(seed).build()
