"""Sentences in which a page speaks of itself: consent, newsletters, offers, provenance, its authors. German and English, others in part.

A cheap question comes first (does any of `TRIGGERS` stand in the line?), then `notices` looks for the phrases.
"""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from worker.clean.shape import code_points


def _touched(words: str) -> frozenset[str]:
    """The words, each also with the punctuation that may touch it."""
    return frozenset(word + mark for word in words.split() for mark in ("", ".", ",", ":", "!", "?", ")"))


SUSPICIOUS = _touched(
    """newsletter newsletters cookies cookie datenschutzerklärung affiliate affiliate-links subscribe subscriber subscribers subscription abonnement copyright javascript
    inbox postfach e-mail-adresse akismet adblocker personenbezogene whatsapp-kanal einverstanden kommentarfunktion"""
)
"""Words that make a line suspicious, not more."""
TRIGGERS = SUSPICIOUS | _touched(
    """externer externe externen embed eingebettete datenschutz erschienen erschien originally appeared commission provision whatsapp-channel account abonnieren abonniere
    abo testen kostenlos contributed contributing reporting sendung thema englischen übersetzt übersetzung translated nachdruck reproduced reserved vorbehalten unlock
    registered angemeldet abonnenten news-app folgen folge follow folgst journalism spende spenden donate unterstützen browser reste suscripción abonnés angezeigt
    advertisement sternchen published redaktion facebook instagram twitter whatsapp informationen material agenturmaterial hier article reporter author us uns opinions
    views email posteingang gefallen enjoyed friend friends submitting trademarks trademark bearbeitet (reporting
    kommentaren kommentarspalte hear respectful civil gift expired unavailable constitutes dealing herunterladen google
    nyhetsbrev nyhetsbrevet nyhedsbrev nyhedsbreve nieuwsbrief nieuwsbrieven uutiskirje uutiskirjeen biuletyn boletín boletim infolettre
    abonnees abonnenter abonnement abbonati abbonato abonnez-vous inscrivez-vous inscrivant suscríbete suscríbase suscriptores regístrate
    iscriviti assine assinantes inscreva-se prenumerera prenumeranter subskrybentów prenumeratorów telegram telegram-канал telegram-каналі
    подписывайтесь подпишитесь підписуйтесь підпишіться suivez-nous síguenos síganos seguici siga-nos volg obserwuj
    emailed touch teile discussing fehler wiedergabe element verpassen hinweis hinweise tip instagram imported
    independently links prices reading download enthält shared
    seguinos correo e-mail courriel mailbox inkorg indbakke innboks"""
)
"""Words one of which every phrase below holds."""
_PHRASES: tuple[tuple[str, str], ...] = (
    ("an dieser stelle", r"an dieser stelle (?:finde|steht|stehen|befindet|würde|wird|empfehlen)"),
    ("externe", r"externe[nr]? inhalt"),
    ("einverstanden", r"ich bin (?:damit )?einverstanden"),
    ("personenbezogene daten", r"personenbezogene daten"),
    ("datenschutz", r"datenschutz(?:erklärung|hinweise|bestimmungen)"),
    ("aktivieren sie", r"(?:bitte )?aktivieren sie (?:bitte )?(?:javascript|cookies)"),
    ("angezeigt werden", r"(?:inhalte?|video) .{0,60}angezeigt werden"),
    ("use cookies|uses cookies", r"(?:we|this (?:site|website)) uses? cookies"),
    ("thema im|thema in der", r"(?:dieses|das) thema (?:im|in der) (?:programm|sendung|radio|fernsehen)"),
    ("sendung:", r"^sendung:"),
    ("über dieses thema|über das thema", r"^über (?:dieses|das) thema (?:berichte|informier|sprech)"),
    (
        " zuerst| zunächst| erstmals| ursprünglich| im original",
        r"(?:artikel|text|beitrag|interview|stück) (?:ist|erschien|wurde) (?:zuerst|zunächst|erstmals|ursprünglich|im original)",
    ),
    (
        "published|appeared|adapted",
        r"(?:article|story|piece|post|column|essay|version of this) (?:was |has been |is )?(?:originally |first )?(?:published|appeared|republished|adapted)(?: first| originally)? (?:in|on|by|at|from)",
    ),
    ("in print", r"version of this (?:article|story|piece) (?:appears|appeared|will appear|ran) in print"),
    ("published|appeared", r"^(?:first|originally) (?:published|appeared)"),
    ("aus dem englischen", r"^aus dem englischen"),
    ("übersetz", r"^übersetz(?:t|ung)\b"),
    ("translated", r"^translated (?:by|from)"),
    ("contributed ", r"contributed to this (?:report|story|article)|contributed reporting"),
    ("additional reporting", r"additional reporting"),
    ("eporting by", r"^\(?reporting by .{3,250}(?:editing|writing|reporting) by"),
    (
        "newsletter|whatsapp-kanal|podcast|push",
        r"(?:newsletter|whatsapp-kanal|podcast|push-?nachricht).{0,80}(?:abonnier|anmeld|bestell|informier|erhalten|entlang|jeden|täglich|sign|subscri|deliver|inbox|direkt|wöchentlich|weekly|daily)",
    ),
    (
        "newsletter|whatsapp-kanal|inbox|postfach|breaking news|e-mail",
        r"(?:abonnier|anmeld|bestell|erhalten|sign up|subscrib|get|receive|verpassen).{0,80}(?:newsletter|whatsapp-kanal|inbox|postfach|breaking news|e-mail)",
    ),
    ("postfach|inbox|posteingang", r"(?:ihr|in dein|your|ihrem) (?:e-mail-)?(?:postfach|inbox|posteingang)"),
    ("email address|e-mail-adresse", r"your email address|ihre e-mail-adresse"),
    (
        "testen|lesen",
        r"(?:kostenlos|gratis|unverbindlich|wochen|monat(?:e)?) (?:und unverbindlich )?(?:testen|lesen|probelesen)",
    ),
    ("jetzt ", r"jetzt (?:abonnieren|testen|anmelden|registrieren)"),
    (
        "subscribe |sign in |log in |register |create an account ",
        r"(?:subscribe|sign in|log in|register|create an account) (?:now|to|or|today|for|with)",
    ),
    ("already ", r"already (?:a subscriber|have an account|registered)"),
    ("for subscribers only", r"for subscribers only"),
    (
        "to unlock",
        r"(?:subscribe|sign up|register|log in|join|upgrade|watch).{0,40} to unlock|to unlock (?:this|full|unlimited|all|access|premium|exclusive|the (?:full|rest|article|story))",
    ),
    ("bereits ", r"bereits (?:abonnent|registriert|kunde)"),
    ("nur für ", r"nur für (?:abonnent|unsere abonnent)"),
    (" commission", r"(?:earn|receive|get) (?:us |me )?(?:a |an )?(?:small |affiliate )?commission"),
    ("affiliate", r"affiliate[ -]links?"),
    ("provision", r"(?:erhält|erhalten|bekommen|bringen) .{0,40}provision"),
    (
        "sternchen",
        r"(?:links?|mit|durch|ein) .{0,30}sternchen|sternchen.{0,40}(?:link|gekennzeichnet|markiert|provision)",
    ),
    ("folgen sie |folgt |folge |folgst du ", r"(?:folgen sie|folgt|folge) (?:uns|unserem)|folgst du (?:uns|schon)"),
    (
        "follow ",
        r"follow (?:us|me|him|her|them|[\w@]{2,30}) on|^follow .{2,60} on (?:facebook|twitter|instagram|x|linkedin|tiktok|whatsapp)\b",
    ),
    (
        "folgen|follow",
        r"(?:whatsapp|instagram|facebook|twitter|x|telegram|tiktok)[,.]? (?:oder|und|or|and) (?:whatsapp|instagram|facebook|twitter|x|telegram|tiktok)\b.{0,60}(?:folgen|follow)",
    ),
    (
        "android|ios|download|herunter|laden",
        r"(?:zur|neue|unsere|our|the) (?:neuen )?[\w-]{0,20}(?:news-)?app\b.{0,60}(?:android|ios|download|herunter|laden)",
    ),
    ("reserved|vorbehalten", r"(?:all rights|alle rechte) (?:reserved|vorbehalten)"),
    ("may not be ", r"may not be (?:published|reproduced|copied)"),
    ("©|copyright", r"^(?:©|copyright)"),
    ("nachdruck", r"nachdruck (?:und|nur|verboten)"),
    ("journalism", r"support (?:our|local|independent|quality) journalism"),
    ("unterstützen sie|spenden sie", r"(?:unterstützen sie|spenden sie) .{0,40}(?:journalismus|arbeit|redaktion)"),
    (
        "meinung|ansicht|auffassung",
        r"(?:muss|müssen|gib|geben|spiegel|entsprech|deck).{0,50}(?:meinung|ansicht|auffassung)(?:en)? (?:der|des|von) (?:redaktion|autor|verfasser|herausgeber|verlag|plattform)",
    ),
    ("expressed", r"(?:views|opinions) expressed .{0,60}(?:author|own|those)"),
    ("has not loaded", r"advertisement has not loaded"),
    ("article continues", r"article continues"),
    ("artikel wird nach", r"artikel wird nach"),
    ("mit ", r"^mit (?:material|informationen|agenturmaterial) (?:von|der|des|aus)"),
    ("il vous reste", r"il vous reste .{1,12}%"),
    ("aux abonnés", r"réservée? aux abonnés"),
    ("se está", r"suscripci[oó]n se está"),
    ("schreiben sie|write to|email ", r"(?:schreiben sie|write to|email) (?:uns|us|the (?:author|reporter|editor))"),
    ("contact ", r"contact (?:the (?:author|reporter)|us at)"),
    ("this ", r"(?:like|liked|enjoy|enjoyed) this (?:article|story|post|piece)"),
    ("gefallen", r"hat (?:ihnen|dir|euch) (?:der|dieser|unser|das|dieses) (?:artikel|beitrag|text|video) gefallen"),
    (
        "what you think|from you|your ",
        r"(?:tell us|let us know) what you think|(?:like|love|want) to hear (?:from you|your|what you)",
    ),
    ("gift articles", r"\bgift articles\b"),
    (
        "expired|unavailable|no longer available",
        r"(?:this|the) (?:video|clip|content) (?:has expired|is (?:currently |no longer )?(?:un)?available)",
    ),
    ("constitutes", r"(?:use of|registration on).{0,40} (?:site|service) constitutes"),
    ("fair dealing", r"apart from any fair dealing"),
    ("herunterladen", r"\bapp\b.{0,140}(?:gratis|kostenlos|jetzt|hier) .{0,20}herunterladen"),
    (
        "nyhetsbrev|nyhedsbrev|nieuwsbrief|nieuwsbrieven|uutiskirje|biuletyn|boletín|boletim|infolettre|newsletter",
        r"(?:prenumerera på|anmäl dig|meld deg på|tilmeld dig|få |motta |modtag |meld je aan|schrijf je in|ontvang|tilaa|zapisz się|otrzymuj|suscríbe|inscríbe|apúnta|recibe|assine|receba|inscreva|cadastre|abonnez-vous|inscrivez-vous|recevez|iscriviti|ricevi|registrati|přihlaste se).{0,80}(?:nyhetsbrev|nyhedsbrev|nieuwsbrie|uutiskirje|biuletyn|boletín|boletim|infolettre|newsletter)",
    ),
    (
        "correo|courriel|mailbox|inkorg|indbakke|innboks|e-mail|casella",
        r"(?:recibe|receba|recevez|ricevi|ontvang|få) .{0,80}(?:en tu (?:correo|e-?mail)|no seu e-?mail|dans votre bo[iî]te|par (?:courriel|e-?mail)|nella tua (?:casella|mail)|in je (?:mailbox|inbox|mail)|i din (?:inkorg|indbakke|innboks))",
    ),
    (
        "suscr|abonn|abbonat|assin|prenumer|subskry",
        r"(?:suscríbete|suscríbase|abonnez-vous|abbonati|assine|prenumerera|subskrybuj) (?:ahora |ya |agora |subito |nu |dès maintenant )?(?:para|pour|per|para|för|by|aby|y |et |e |a partir|à partir|desde)",
    ),
    (
        "abonnés|suscriptores|abbonati|assinantes|abonnees|abonnenter|prenumeranter|subskrybentów|prenumeratorów",
        r"(?:réservée?|exclusivo|exclusiva|solo|sólo|riservato|riservati|alleen|kun|endast|forbeholdt|förbehållen|tylko|dostępna?) (?:\w{2,10} ){0,3}(?:abonnés|suscriptores|abbonati|assinantes|abonnees|abonnenter|prenumeranter|subskrybentów|prenumeratorów)",
    ),
    (
        "google|telegram|facebook|instagram|twitter|whatsapp|tiktok|linkedin",
        r"^(?:suivez|síguenos|síganos|sigue |seguinos|seguici|segui |siga|volg |obserwuj|następ|följ |følg |seuraa|подписывайтесь|подпишитесь|підписуйтесь|підпишіться|follow|folgen sie|folge).{0,80}(?:google|telegram|facebook|instagram|twitter|whatsapp|tiktok|linkedin)",
    ),
    ("telegram", r"(?:наш|наші?|в|у) telegram"),
    ("inscrivant", r"en vous inscrivant,? vous acceptez"),
    ("to be emailed", r"^i(?: would|’d|'d) like to be emailed"),
    ("kostenlos", r"kostenlos (?:anmelden|abonnieren|registrieren)"),
    ("get in touch", r"(?:^|[?.!…] )get in touch (?:at|with us|by emailing|via)"),
    ("deine spende|ihre spende|eure spende", r"(?:deine|ihre|eure) spende (?:für|hilft|ermöglicht|sichert|zählt)"),
    ("join them|join the conversation", r"(?:sharing|discussing|commenting).{0,60}join (?:them|the conversation)"),
    ("community", r"teile (?:deine|ihre|eure) .{0,60}community"),
    (
        "fehler gefunden|fehler entdeckt|fehler melden|fehler im",
        r"^(?:haben sie|hast du|habt ihr)? ?(?:einen )?fehler (?:im (?:text|artikel) )?(?:gefunden|entdeckt|melden)",
    ),
    (
        "zum anzeigen|zur wiedergabe|um diesen|um dieses",
        r"^(?:zum anzeigen|zur wiedergabe|um diese[ns]?) .{0,40}(?:inhalt|video|element).{0,60}(?:zustimm|einwillig|einverst|cookies|akzeptier|aktivier)",
    ),
    ("daten von", r"dieses element enthält daten von"),
    ("enthält", r"(?:artikel|beitrag|text|video) enthält (?:werbung|affiliate|produktplatzierung|bezahlte)"),
    (
        "nichts verpassen|nichts mehr",
        r"(?:google|whatsapp|telegram|facebook|instagram|newsletter|app).{0,60} nichts (?:mehr )?(?:zu )?verpassen",
    ),
    ("hinweise", r"^(?:haben|hast) (?:sie|du) (?:einen )?(?:hinweise?|tipps?)\b.{0,60}(?:redaktion|@|mail|schreib)"),
    (
        "got a tip|have a tip|got a story|have a story|got a news|have a news",
        r"(?:got|have) a (?:news )?(?:tip|story)\b.{0,80}(?:\?|email|contact|share|tell|@|let us)",
    ),
    ("post shared by|this post on", r"^(?:a post shared by|view this post on) "),
    ("imported from", r"content is imported from"),
    ("independently", r"(?:products?|items?|everything).{0,60}independently (?:selected|chosen|reviewed|picked)"),
    (
        "through links|through our links|via links",
        r"(?:buy|purchase|purchases|bought|shop).{0,40}(?:through|via) (?:our |the )?links",
    ),
    ("prices", r"^(?:all )?prices (?:are |were )?(?:accurate|correct|subject to|at the time)"),
    ("thanks for reading|thank you for reading", r"^(?:thanks|thank you) for reading"),
    ("download the|download our", r"^download (?:the|our) .{0,40}\bapp\b"),
    ("wait! before", r"^wait! before you go"),
    ("submitting", r"by submitting (?:your|this|my)"),
    (
        "be respectful|keep it civil",
        r"(?:comment|discussion|conversation).{0,40}(?:be respectful|keep it civil)|be respectful.{0,60}comment",
    ),
    (
        " kommentar",
        r"(?:schreib|teil|disku|verrat)\w{0,6} .{0,80}\b(?:in|mit uns in) (?:den kommentaren|der kommentarspalte|die kommentare)",
    ),
    ("bearbeitet", r"(?:nicht redaktionell|redaktionell nicht|nicht) bearbeitet"),
    ("trademark", r"(?:are|is a) (?:registered )?trademarks? of"),
    ("hier", r"(?:mehr|weitere) (?:informationen|artikel|themen|nachrichten|news) .{0,40}\bhier\b"),
)
"""Phrases, each behind the pieces of text (any one of them) without which it cannot match: those are looked for first."""
_NOTICES = tuple(
    (tuple(pieces.split("|")), re.compile(phrase[1:]).match if phrase[0] == "^" else re.compile(phrase).search)
    for pieces, phrase in _PHRASES
)
_BIO = re.compile(
    r"\b(?:ist|war|arbeitet|schreibt|leitet|berichtet) (?:\w{2,20} ){0,4}(?:redakteur|korrespondent|reporter|autor|journalist|volont|chefredakt|kolumnist|redaktion|publizist|professor|ressort)"
    r"|\bis (?:an? |the |also )?(?:[\w’'&-]{1,24},? ){0,7}(?:reporter|correspondent|editor|writer|columnist|author|journalist|professor|fellow|contributor|producer|blogger|director|founder|analyst)\b"
    r"|\b(?:est|è|é|är|jest) (?:[\w’']{1,20} ){0,4}(?:journaliste?|giornalista|jornalista|redact(?:eur|rice)|redattore|rédact|reporter|redaktör|dziennikar|colunista)"
    r"|\bes (?:una? )?(?:periodista|columnista|redactora?)\b"
    r"|\b(?:has (?:written|worked|been (?:writing|covering|reporting))|covers|writes (?:about|for)|joined|reports (?:on|for)) (?:\w{2,20} ){0,6}(?:for|at|since|the|about|in|on)\b"
)


_RARE = " enisratdhulocgmbfwkzpvyüäößjxqé-"
"""Letters of both languages, the most frequent first."""
_SIZE = 4


def _key(piece: str) -> str:
    """The characters of a piece, `_SIZE` in a row, that seem to stand in the fewest other texts."""
    return max((piece[i : i + _SIZE] for i in range(len(piece) - _SIZE + 1)), key=lambda key: sum(map(_RARE.find, key)))


def _keyed() -> tuple[dict[str, frozenset[int]], frozenset[int]]:
    """The phrases by the keys of their pieces, and those that have none, for a piece is too short."""
    keyless = frozenset(n for n, (pieces, _) in enumerate(_NOTICES) if min(map(len, pieces)) < _SIZE)
    keyed: dict[str, set[int]] = {}
    for n, (pieces, _) in enumerate(_NOTICES):
        if n not in keyless:
            for piece in pieces:
                keyed.setdefault(_key(piece), set()).add(n)
    return {key: frozenset(some) for key, some in keyed.items()}, keyless


_KEYED, _KEYLESS = _keyed()
_MIX = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D), np.uint32(0x27D4EB2F))
_TO_MARK = np.uint32(16)


def _marks(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """16 bits of the `_SIZE` characters that begin at each place but the last ones."""
    mixed = codes[: 1 - _SIZE] * _MIX[0]
    for i in range(1, _SIZE):
        mixed += codes[i : len(codes) - _SIZE + 1 + i] * _MIX[i]
    return mixed >> _TO_MARK


def _marked() -> npt.NDArray[np.bool_]:
    """The marks of the keys."""
    table = np.zeros(1 << 16, np.bool_)
    for key in _KEYED:
        table[_marks(code_points(key))] = True
    return table


_MARKED = _marked()


def notices(lines: Sequence[str]) -> list[bool]:
    """Whether a phrase stands in each line, all in lower case.

    Each phrase is tried only where a key of it stands; keys are looked for in all lines at once.
    """
    if not lines:
        return []
    text = "\n".join([*lines, " " * _SIZE])
    wanted = [_KEYLESS] * len(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    for at in np.flatnonzero(_MARKED.take(_marks(code_points(text)))).tolist():
        if (phrases := _KEYED.get(text[at : at + _SIZE])) is not None:
            wanted[bisect(ends, at)] |= phrases
    return [_is_notice(line, phrases) for line, phrases in zip(lines, wanted, strict=True)]


def _is_notice(line: str, phrases: Iterable[int]) -> bool:
    """Whether one of these phrases stands in the line."""
    for phrase in phrases:
        pieces, found = _NOTICES[phrase]
        for piece in pieces:
            if piece in line:
                if found(line) is not None:
                    return True
                break
    return False


def is_biography(line: str) -> bool:
    """Whether a line presents an author; ask it only of lines behind the body. At most 300 characters are looked at."""
    return line[:1].isupper() and _BIO.search(line[:300].lower()) is not None


_BOXES = (
    "these cookies are necessary", "these cookies are essential", "these cookies may be set", "these cookies allow us",
    "these cookies allow the", "these cookies enable", "these cookies collect", "these cookies help us", "these cookies track",
    "diese cookies sind", "diese cookies ermöglichen", "diese cookies erfassen", "diese cookies werden", "ces cookies sont nécessaires",
    "ces cookies nous", "ces cookies permettent", "ces cookies peuvent être", "estas cookies ", "questi cookie ", "deze cookies ", "estes cookies ",
    "te pliki cookie ", "disse cookies ", "dessa cookies ", "disse informasjonskapslene ", "the cookie is set by",
    "this cookie is set by", "we use cookies", "we and our ", "wir verwenden cookies", "wir nutzen cookies", "wir und unsere partner ",
    "this website uses cookies", "this site uses cookies", "diese website verwendet cookies", "diese website nutzt cookies",
    "diese webseite verwendet cookies", "nous utilisons des cookies", "utilizamos cookies", "usamos cookies", "utilizziamo i cookie",
    "utilizziamo cookie", "wij gebruiken cookies", "we gebruiken cookies", "vi bruger cookies", "vi använder cookies",
    "vi bruker informasjonskapsler", "używamy plików cookie", "when you visit any website, it may store",
    "wenn sie eine website besuchen", "ich bin damit einverstanden", "wait! before you go",
    "as you comment, please", "we reserve the right to remove", "registration on or use of this site", "this document is subject to copyright",
    "your email address will not be published", "comments are moderated", "all comments are moderated",
    "we encourage all readers to", "we have updated our privacy policy", "we've updated our privacy policy",
)  # fmt: skip
"""How boxes begin in which a page speaks of itself at length: of its cookies, by kind, and of what it allows its readers."""
_BOX_STARTS = frozenset(box[:6] for box in _BOXES)


def begins_box(line: str) -> bool:
    """Whether a line, of any length, begins like a page that speaks of itself."""
    return line[:6].lower() in _BOX_STARTS and line[:60].lower().startswith(_BOXES)
