"""Words for made-up articles: German, English, and languages that do not exist but have the shapes of real ones."""

# ruff: noqa: E501 -- tables of wording are read by the line
from __future__ import annotations

import random
from dataclasses import dataclass, field

_DE_LINKS = """der die das den dem des ein eine einen einem einer und oder aber in im an am auf aus bei mit nach von vom zu zum zur
für über unter gegen ohne um durch als wie wenn weil dass damit ob sich nicht auch noch nur schon sehr mehr so dann da hier dort er sie es
wir man ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können soll sollen will wollen muss müssen sei bis seit
während zwischen vor hinter neben ihre seine diese dieser dieses jede alle viele einige andere bereits jedoch zudem dabei danach etwa rund"""
_DE_NOUNS = """Stadt Gemeinde Regierung Minister Sprecherin Sprecher Polizei Gericht Verfahren Urteil Unternehmen Konzern Werk Betrieb Markt Preis
Umsatz Gewinn Bank Euro Millionen Milliarden Prozent Jahr Jahre Woche Monat Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Abend Morgen
Mann Frau Kind Kinder Menschen Familie Schule Lehrer Universität Forscher Studie Ergebnis Zahl Zahlen Bericht Krankenhaus Ärztin Patienten Impfung
Brücke Straße Bahn Zug Flughafen Hafen Auto Fahrer Unfall Feuer Feuerwehr Einsatz Wasser Fluss Regen Sturm Wetter Klima Energie Strom Gas
Mannschaft Trainer Spiel Tor Minute Saison Verein Liga Sieg Niederlage Turnier Medaille Film Regisseurin Musik Konzert Bühne Museum Ausstellung Buch
Autorin Roman Verlag Zeitung Wahl Partei Abgeordnete Parlament Gesetz Entwurf Vorschlag Antrag Beschluss Haushalt Steuer Vertrag Abkommen Grenze
Krieg Armee Angriff Waffen Frieden Verhandlung Botschaft Präsident Kanzlerin Besuch Treffen Gipfel Video Foto Bild Facebook Twitter Internet Daten
Datenschutz App Nutzer Software Handy Computer Technik Anlage Projekt Bau Wohnung Miete Haus Platz Park Wald Tier Hund Bauer Ernte Kritik Sorge
Hoffnung Frage Antwort Kommentar Newsletter Anzeige Abo Angebot Juni Juli August Oktober März Uhr Thema Hintergrund Redaktion Galerie"""
_DE_VERBS = """sagte erklärte kündigte forderte zeigte begann endete stieg sank wuchs fiel blieb kam ging stand lag hielt fand sah nahm gab brachte
baute plante prüfte lehnte warnte betonte berichtete bestätigte gewann verlor erreichte öffnete schloss kostete rechnet erwartet hofft spricht
arbeitet lebt zieht führt steht gilt bleibt zeigt bringt braucht macht weiß meint glaubt fehlt droht hilft lesen schreiben folgen teilen"""
_DE_ADJ = """neue neuen großer große kleinen lange kurze starke schwache hohe niedrige junge alte erste zweite letzte wichtige schwere leichte
europäische deutsche österreichische internationale öffentliche private soziale politische wirtschaftliche technische deutlich offenbar zuletzt
künftig derzeit bislang weiterhin rasch knapp fast kaum gemeinsam"""
_DE_NAMES = """Anna Brenner|Karl Hofstätter|Mira Lindqvist|Jonas Albrecht|Elif Demirci|Petra Kowalczyk|Stefan Gruber|Lena Waldmann|Tobias Rieger|Sabine Öllinger
|Marco Bianchetti|Nora Feldkamp|Ulrich Vogelsang|Dr. Heike Sommerfeld|Jan-Peter Moll|Claudia von Reden|Aylin Kaya|Matthias Thurnher|Greta Holm|Paul Eisenach"""
_DE_PLACES = """Wien Graz Linz Bern Zürich Hamburg Köln Leipzig Kassel Bremen Salzburg Innsbruck Rostock Mainz Ulm Passau Erfurt Berlin München Basel"""
_DE_OUTLETS = """Der Landbote|Tagespost|Stadtkurier|Nordblick|Rundschau am Abend|Morgenblatt|Alpenzeitung|Kurier am Fluss|Die Warte|Regionalblick|blick-nord.de|Talzeitung|SRB|NWF24"""

_EN_LINKS = """the a an and or but in on at of to for with from by as is are was were be been has have had it its he she they we you his her their this
that these those which who when where while after before about over under against between into through during without not also only more most than
then so if because although will would could should may might can must do does did just still already both each some many other such no nor"""
_EN_NOUNS = """city council government minister spokesman spokeswoman police court trial verdict company group plant market price revenue profit bank
million billion percent year years week month Monday Tuesday Wednesday Thursday Friday Saturday Sunday evening morning man woman child children people
family school teacher university researchers study result number figures report hospital doctor patients vaccine bridge road train airport harbour car
driver crash fire firefighters water river rain storm weather climate energy power gas team coach game goal minute season club league win defeat
tournament medal film director music concert stage museum exhibition book author novel publisher newspaper election party lawmaker parliament bill
draft proposal motion decision budget tax contract deal border war army attack weapons peace talks embassy president chancellor visit meeting summit
video photo image Facebook Twitter internet data privacy app users software phone computer technology project building flat rent house square park
forest animal dog farmer harvest criticism concern hope question answer comment newsletter advertisement subscription offer June July August October
March time topic background staff gallery email account service cookies policy"""
_EN_VERBS = """said told added announced demanded showed began ended rose fell grew dropped remained came went stood held found saw took gave brought built
planned checked rejected warned stressed reported confirmed won lost reached opened closed cost expects hopes speaks works lives leads says means
needs makes knows thinks believes lacks threatens helps read share follow write watch sign"""
_EN_ADJ = """new big small long short strong weak high low young old first second last important heavy light European British American international
public private social political economic technical sharply apparently recently currently quickly nearly hardly jointly local national several early"""
_EN_NAMES = """Jane Holloway|Mark Pembury|Aisha Rahmani|Tom Ellerby|Grace Okonjo|Daniel Whitmore|Sofia Marchetti|Liam O'Driscoll|Priya Nair|Helen Brackett
|Owen Castell|Ruth Abernathy|Carlos Mendoza-Ruiz|Dr. Fiona Laidlaw|Ben Ashdown|Mary-Ann Keating|Kwame Boateng|Ingrid Solberg|Peter J. Lowe|Nadia Farouk"""
_EN_PLACES = """London Leeds Bristol Boston Denver Chicago Dublin Cardiff Glasgow Sydney Toronto Austin Seattle Lagos Nairobi Delhi Geneva Brussels Oslo Perth"""
_EN_OUTLETS = """The Daily Harbour|Valley Post|City Ledger|Northern Echoes|The Evening Lamp|Metro Beacon|Global Wire Post|County Observer|The Weekly Plain|harbourpost.com|TechRiver|NWN"""


@dataclass
class Tongue:
    """What is needed to write in a language, real or not."""

    code: str
    links: list[str]
    nouns: list[str]
    verbs: list[str]
    adjectives: list[str]
    names: list[str]
    places: list[str]
    outlets: list[str]
    quotes: list[tuple[str, str]]
    title_case: float = 0.0
    stop: str = "."
    comma: str = ","
    question: str = "?"
    months: list[str] = field(default_factory=list)
    cased: bool = True
    script: str = "plain"

    def fresh(self, rng: random.Random) -> str:
        """A word that hardly any other text holds, as the names and things of a story are."""
        onsets, vowels = _SCRIPTS[self.script]
        word = "".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.randint(2, 4))) + rng.choice(onsets)
        return (
            word[:1].upper() + word[1:] if self.cased and rng.random() < (0.9 if self.code == "de" else 0.35) else word
        )


def _w(text: str) -> list[str]:
    return text.split()


def _n(text: str) -> list[str]:
    return [x.strip() for x in text.replace("\n", "").split("|") if x.strip()]


GERMAN = Tongue(
    "de", _w(_DE_LINKS), _w(_DE_NOUNS), _w(_DE_VERBS), _w(_DE_ADJ), _n(_DE_NAMES), _w(_DE_PLACES), _n(_DE_OUTLETS),
    [("„", "“"), ('"', '"'), ("»", "«"), ("«", "»")],
    months=_w("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
)  # fmt: skip
ENGLISH = Tongue(
    "en", _w(_EN_LINKS), _w(_EN_NOUNS), _w(_EN_VERBS), _w(_EN_ADJ), _n(_EN_NAMES), _w(_EN_PLACES), _n(_EN_OUTLETS),
    [("“", "”"), ('"', '"'), ("‘", "’")],
    title_case=0.45,
    months=_w("January February March April May June July August September October November December"),
)  # fmt: skip

_SCRIPTS = {
    "latin": (
        "b c d f g h j k l m n p r s t v z br st tr pl ch sk".split(),
        "a e i o u á é ó ä ö å ñ ç ea io ou".split(),
    ),
    "plain": ("b c d f g h k l m n p r s t v w ng ny tr".split(), "a e i o u".split()),
    "cyrillic": ("б в г д ж з к л м н п р с т х ц ч ш ст пр".split(), "а е и о у я ю ы".split()),
    "greek": ("β γ δ θ κ λ μ ν π ρ σ τ φ χ στ πρ".split(), "α ε η ι ο υ ω ά έ ό".split()),
    "arabic": ("ب ت ج ح د ر ز س ش ع ف ق ك ل م ن ه".split(), "ا و ي".split()),
    "devanagari": ("क ख ग च ज ट त द न प ब म य र ल व स ह".split(), "ा ि ी ु े ो".split()),
}


def invented(rng: random.Random) -> Tongue:
    """A language of pseudo-words, other at every call."""
    script = rng.choice(["latin", "latin", "latin", "plain", "cyrillic", "greek", "arabic", "devanagari"])
    onsets, vowels = _SCRIPTS[script]
    cased = script not in ("arabic", "devanagari")

    def word(low: int, high: int) -> str:
        return "".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.randint(low, high))) + (
            rng.choice(onsets) if rng.random() < 0.3 and script != "devanagari" else ""
        )

    def capital(text: str) -> str:
        return text[:1].upper() + text[1:] if cased else text

    names = [capital(word(1, 3)) + " " + capital(word(2, 4)) for _ in range(16)]
    return Tongue(
        "xx",
        [word(1, 1) if rng.random() < 0.6 else word(1, 2) for _ in range(40)],
        [word(2, 4) for _ in range(140)],
        [word(2, 3) for _ in range(60)],
        [word(2, 4) for _ in range(50)],
        names,
        [capital(word(2, 3)) for _ in range(14)],
        [capital(word(2, 3)) + rng.choice(["", " " + capital(word(1, 2)), ".com"]) for _ in range(6)],
        [rng.choice([("“", "”"), ("«", "»"), ('"', '"'), ("„", "”")])],
        title_case=0.15 if script == "plain" else 0.0,
        stop="।" if script == "devanagari" else ".",
        comma="،" if script == "arabic" else ",",
        question="؟" if script == "arabic" else "?",
        months=[word(2, 3) for _ in range(12)],
        cased=cased,
        script=script,
    )
