"""Sentences in which a page speaks of itself: consent, newsletters, offers, provenance, its authors. German and English, others in part.

`is_notice` asks a cheap question first (does any trigger word stand in the line?), then matches the phrase.
"""

from __future__ import annotations

import re
from collections.abc import Collection

TRIGGERS = frozenset(
    """newsletter newsletters cookies cookie einverstanden externer externe externen embed eingebettete javascript personenbezogene datenschutzerklärung datenschutz
    erschienen erschien originally appeared first affiliate affiliate-links commission provision whatsapp-kanal whatsapp whatsapp-channel subscribe subscriber subscribers
    subscription account abonnieren abonniere abonnement abo testen kostenlos copyright contributed contributing reporting reporter correspondent korrespondent korrespondentin
    redakteur redakteurin columnist journalist editor author autor autorin professor sendung programm einwilligung zustimmung inbox postfach e-mail-adresse email
    übersetzt übersetzung englischen translated nachdruck reproduced reserved vorbehalten unlock registered angemeldet abonnenten app news-app social rss-feed follow folgen folge
    journalism spende donate unterstützen adblocker browser cet suscripción abonnés newsletter, inhalt inhalte content advertisement anzeige meinung correction corrected
    facebook, instagram, twitter, podcasts, material agenturen nachrichtenagentur nachrichtenagenturen sternchen provision,""".split()
)
_NOTICE = re.compile(
    r"an dieser stelle (?:finde|steht|stehen|befindet|würde|wird|empfehlen)|externe[nr]? inhalt|ich bin (?:damit )?einverstanden|personenbezogene daten"
    r"|datenschutz(?:erklärung|hinweise|bestimmungen)|(?:bitte )?aktivieren sie (?:bitte )?(?:javascript|cookies)|(?:inhalte?|video) .{0,60}angezeigt werden|(?:we|this (?:site|website)) uses? cookies"
    r"|(?:dieses|das) thema im programm|^sendung:|über dieses thema berichte|(?:artikel|text|beitrag|interview|stück) (?:ist|erschien|wurde) (?:zuerst|zunächst|erstmals|ursprünglich|im original)"
    r"|(?:article|story|piece|post|column|essay|version of this) (?:was |has been |is )?(?:originally |first )?(?:published|appeared|republished|adapted)(?: first| originally)? (?:in|on|by|at|from)"
    r"|^(?:first|originally) (?:published|appeared)|^aus dem englischen|^übersetz(?:t|ung)\b|^translated (?:by|from)|contributed to this (?:report|story|article)|contributed reporting|additional reporting|^reporting by .{3,80}editing by"
    r"|(?:newsletter|whatsapp-kanal|podcast|push-?nachricht).{0,80}(?:abonnier|anmeld|bestell|informier|erhalten|entlang|jeden|täglich|sign|subscri|deliver|inbox|direkt|wöchentlich|weekly|daily)"
    r"|(?:abonnier|anmeld|bestell|erhalten|sign up|subscrib|get|receive|verpassen).{0,80}(?:newsletter|whatsapp-kanal|inbox|postfach|breaking news|e-mail)|(?:ihr|in dein|your|ihrem) (?:e-mail-)?(?:postfach|inbox|posteingang)|your email address|ihre e-mail-adresse"
    r"|(?:kostenlos|gratis|unverbindlich|wochen|monat(?:e)?) (?:und unverbindlich )?(?:testen|lesen|probelesen)|jetzt (?:abonnieren|testen|anmelden|registrieren)|(?:subscribe|sign in|log in|register|create an account) (?:now|to|or|today|for|with)|already (?:a subscriber|have an account|registered)|for subscribers only|to unlock|bereits (?:abonnent|registriert|kunde)|nur für (?:abonnent|unsere abonnent)"
    r"|earn (?:us |me )?(?:a |an )?(?:small |affiliate )?commission|affiliate[ -]links?|(?:erhält|erhalten|bekommen|bringen) .{0,40}provision|sternchen"
    r"|(?:folgen sie|folgt|folge) (?:uns|unserem)|folgst du (?:uns|schon)|follow (?:us|me|him|her|them|[\w@]{2,30}) on|(?:whatsapp|instagram|facebook|twitter|x|telegram|tiktok)[,.]? (?:oder|und|or|and) (?:whatsapp|instagram|facebook|twitter|x|telegram|tiktok)\b.{0,60}(?:folgen|follow)|(?:zur|neue|unsere|our|the) (?:neuen )?[\w-]{0,20}(?:news-)?app\b.{0,60}(?:android|ios|download|herunter|laden)"
    r"|(?:all rights|alle rechte) (?:reserved|vorbehalten)|may not be (?:published|reproduced|copied)|^(?:©|copyright)|nachdruck (?:und|nur|verboten)|support (?:our|local|independent|quality) journalism|(?:unterstützen sie|spenden sie) .{0,40}(?:journalismus|arbeit|redaktion)"
    r"|muss nicht (?:mit )?der (?:meinung|ansicht) der redaktion|müssen nicht der meinung der redaktion|(?:views|opinions) expressed .{0,60}(?:author|own|those)|advertisement has not loaded|article continues|artikel wird nach"
    r"|^mit (?:material|informationen|agenturmaterial) (?:von|der|des|aus)|il vous reste|réservée? aux abonnés|suscripci[oó]n se está"
    r"|(?:schreiben sie|write to|email) (?:uns|us|the (?:author|reporter|editor))|contact (?:the (?:author|reporter)|us at)|(?:mehr|weitere) (?:informationen|artikel|themen|nachrichten|news) .{0,40}\bhier\b"
)
_BIO = re.compile(
    r"\b(?:ist|war|arbeitet|schreibt|leitet|berichtet) (?:\w{2,20} ){0,4}(?:redakteur|korrespondent|reporter|autor|journalist|volont|chefredakt|kolumnist|redaktion|publizist|professor|ressort)"
    r"|\bis (?:an? |the |also )?(?:[\w’'&-]{1,24},? ){0,7}(?:reporter|correspondent|editor|writer|columnist|author|journalist|professor|fellow|contributor|producer|blogger|director|founder|analyst)\b"
    r"|\b(?:has (?:written|worked|been (?:writing|covering|reporting))|covers|writes (?:about|for)|joined|reports (?:on|for)) (?:\w{2,20} ){0,6}(?:for|at|since|the|about|in|on)\b"
)


def is_notice(low: str, words: Collection[str]) -> bool:
    """Whether the line `low` (lower case, its words in `words`) is a page's own voice. At most 500 characters are looked at."""
    return not TRIGGERS.isdisjoint(words) and _NOTICE.search(low[:500]) is not None


def is_biography(line: str) -> bool:
    """Whether a line presents an author; ask it only of lines behind the body. At most 300 characters are looked at."""
    return line[:1].isupper() and _BIO.search(line[:300].lower()) is not None
