"""What kind of message this is, when it is no plain article: empty, an index, a wall, an error, a ticker, an opinion."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_FEW = 120
"""Words of a body below which pictures or a film may be what a message is about."""
MANY = 250
"""Words of a body from which on how many they are does not matter."""
LONG = 2500
"""Characters in which a body of so many words mostly has them."""
_ERROR = re.compile(
    r"\b(?:access denied|403 forbidden|404 not found|error 40[34]|page not found|page (?:you (?:requested|are looking for)|cannot be found)|seite (?:wurde )?nicht gefunden|diese seite (?:existiert|gibt es) nicht"
    r"|service unavailable|bad gateway|gateway time-?out|internal server error|you don't have permission|request (?:could not be satisfied|blocked|unsuccessful)|page introuvable|página no encontrada"
    r"|are you (?:a )?(?:human|robot)|verify (?:that )?you are (?:a )?human|unusual traffic|checking your browser|just a moment\.\.\.|captcha|enable javascript and cookies to continue|too many requests)\b",
)
_COOKIES = re.compile(
    r"\b(?:cookies? (?:and|und|oder|or) |zustimm|consent|einwillig|tracking|accept all|alle akzeptieren|pur-abo|mit werbung (?:und|weiter)|werbefrei|personenbezogene daten|our partners|unsere partner|datenschutzerkl|privacy)",
)
_PAYWALL = re.compile(
    r"\b(?:weiterlesen mit|jetzt weiterlesen|diesen artikel weiterlesen|um (?:diesen artikel|weiter) ?zu ?lesen|nur für abonnent|exklusiv für abonnent|mit .{1,30} (?:plus|abo) (?:weiter)?lesen|lesen sie (?:diesen artikel|weiter) (?:mit|im)|artikel freischalten|weiter mit dem (?:digital)?abo"
    r"|subscribe to (?:continue|read|keep|unlock)|to continue reading|(?:article|story|content) is (?:only |exclusively )?(?:for|available to) (?:paying |registered )?(?:subscribers|members)|already a subscriber|for subscribers only|subscribers? only|unlock this article"
    r"|réservé aux abonnés|contenido exclusivo para suscriptores|contenuto riservato agli abbonati|article réservé)",
)
_COOKIES_HOLD = (
    "cookie", "zustimm", "consent", "einwillig", "tracking", "accept all", "alle akzeptieren", "pur-abo", "mit werbung", "werbefrei",
    "personenbezogene daten", "our partners", "unsere partner", "datenschutzerkl", "privacy",
)  # fmt: skip
_PAYWALL_HOLDS = (
    "lesen", "abonn", "freischalten", "weiter mit dem", "subscri", "continue reading", "members", "unlock", "suscriptores",
    "abbonati", "réservé",
)  # fmt: skip
"""Pieces of text one of which all that the expressions match holds: they are looked for first, in a fraction of the time."""
_LIVE = re.compile(
    r"(?:\b(?:live-?ticker|news-?ticker|newsblog|live-?blog|live updates|im ticker|minute by minute|as it happened)\b|[/-](?:live-?ticker|live-?blog|live-updates|newsblog)[/-])",
    re.I,
)
_OPINION = re.compile(
    r"^(?:kommentar|gastkommentar|gastbeitrag|leitartikel|meinung|kolumne|glosse|standpunkt|opinion|op-ed|editorial|comment|commentary|analysis and opinion|column|views?|letters?|tribune|opinión|opinione)\b",
    re.I,
)
_OPINION_URL = re.compile(
    r"/(?:opinions?|meinung|kommentare?|comment|commentisfree|kolumnen?|columns?|editorials?|leitartikel|op-ed|debatte|opinion-[a-z]+|tribunes?|opinion)/"
)
_VIDEO_URL = re.compile(r"/(?:videos?|watch|mediathek|tv|av)/")
_GALLERY_URL = re.compile(
    r"/(?:galler(?:y|ies)|galerien?|bildergalerien?|fotostrecken?|bilder|photos?|pictures|slideshow|diashow|photogallery)/"
)
_ADVERT = re.compile(
    r"^(?:anzeige|advertorial|sponsored(?: content| post)?|paid (?:content|post)|partner content|promotion|werbung|bezahlte anzeige|entgeltliche einschaltung|branded content)\b",
    re.I,
)


_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d\b")
_ENTRIES = 3
"""Lines that begin with a time, in a ticker at least: an address with `/live/` alone may be of a section of that name."""
_LIVE_PIECES = ("live", "ticker", "blog", "minute", "happened")


def _names_cookies(text: str) -> bool:
    """Whether a text in lower case speaks of consent three times."""
    return sum(map(text.count, _COOKIES_HOLD)) >= 3 and len(_COOKIES.findall(text)) >= 3


def _is_walled(text: str) -> bool:
    """Whether a text in lower case says that the rest must be paid for."""
    return any(piece in text for piece in _PAYWALL_HOLDS) and _PAYWALL.search(text) is not None


def _is_live(text: str) -> bool:
    low = text.lower()
    return any(piece in low for piece in _LIVE_PIECES) and _LIVE.search(text) is not None


def _are_short(lines: Sequence[str]) -> bool:
    """Whether most lines are no sentences."""
    return sum(len(line) < 60 for line in lines) > 0.8 * len(lines)


@dataclass(slots=True)
class Verdict:
    """`status`, `content_type` and flags of quality."""

    status: str = "usable"
    content_type: str = "article"
    flags: list[str] = field(default_factory=list)


def _ticks(lines: Sequence[str]) -> bool:
    return sum(_CLOCK.match(line) is not None for line in lines) >= _ENTRIES


def judge(
    *,
    title: str | None,
    section: str | None,
    url: str | None,
    body: str,
    paragraphs: int,
    words: int,
    told: bool,
    whole: str,
    lines: Sequence[str],
    captions: int,
    kickers: list[str],
    declared: str | None,
) -> Verdict:
    """The verdict on a cleaned document.

    `words` (those above `MANY` need not all be counted) and `paragraphs` count the body, `told` says whether it has a line of eight words with a full stop, `whole` is the start and the end of the raw text, `lines` are the document's,
    `kickers` are the short lines around the title; `declared` is what the page says of itself.
    """
    low = whole.lower() if words < MANY else ""  # quicker than to look for both cases
    head = " ".join(x for x in (title, section) if x)
    if words < _FEW and (found := _ERROR.search(low[:1500])) and (words < 60 or found.start() < 200):
        return Verdict("withheld", "empty", ["error-page"])
    if words < 150 and _names_cookies(low) and (words < 25 or len(_COOKIES.findall(body.lower())) >= 2):
        return Verdict("withheld", "empty", ["cookie-wall"])
    if declared in ("index-page", "empty"):
        return Verdict("withheld", declared)  # the page's own flags say why
    if words == 0:
        return Verdict("withheld", "empty", ["empty"])
    path = url.split("?", 1)[0] if url else ""
    walled = declared == "paywalled" or (words < MANY and _is_walled(low))
    if declared not in (None, "article", "paywalled"):
        verdict = Verdict("usable", declared)
    elif any(_ADVERT.match(k) for k in kickers):
        verdict = Verdict("usable", "advertorial", ["advertorial"])
    elif _is_live(head) or _is_live(path) or ("/live/" in path and _ticks(lines)):
        verdict = Verdict("usable", "live-blog", ["live-blog"])
    elif any(_OPINION.match(x) for x in (section or "", title or "", *kickers)) or _OPINION_URL.search(path.lower()):
        verdict = Verdict("usable", "opinion", [])
    elif (words < _FEW and captions >= 6 and captions >= paragraphs) or (
        words < MANY and _GALLERY_URL.search(path.lower())
    ):  # more words beside captions are an article, and some of the pictures those of other stories
        verdict = Verdict("usable", "gallery", ["gallery"])
    elif words < _FEW and (_VIDEO_URL.search(path.lower()) or (title or "").casefold().startswith("video")):
        verdict = Verdict("usable", "video", ["video"])
    elif (len(lines) >= 40 and words < 40 and _are_short(lines)) or (paragraphs >= 12 and not told):
        verdict = Verdict("withheld", "index-page", ["index-page"])
    else:
        verdict = Verdict()
    if walled and verdict.content_type in ("article", "opinion"):
        verdict.content_type = "paywalled"
    if walled:
        verdict.flags.append("paywalled")
    return verdict
