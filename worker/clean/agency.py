"""News agencies that a text credits: in its title, its dateline, its first words, its sign-off or a line of its own.

Never out of running text: "told Reuters" is no credit. Codes are the short names the trade uses (`AFP`, `dpa`, `AP`).
"""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_NAMES: dict[str, str] = {
    "afp": "AFP", "agence france-presse": "AFP", "agence france presse": "AFP",
    "ap": "AP", "associated press": "AP", "the associated press": "AP",
    "reuters": "Reuters", "thomson reuters": "Reuters", "thomson reuters foundation": "Reuters",
    "dpa": "dpa", "deutsche presse-agentur": "dpa", "dpa-infocom": "dpa", "dpa-afx": "dpa-AFX", "dpa-tmn": "dpa",
    "apa": "APA", "apa-ots": "APA-OTS", "austria presse agentur": "APA", "apa/red": "APA",
    "sid": "sid", "kna": "KNA", "epd": "epd", "kathpress": "Kathpress", "sda": "SDA", "keystone-sda": "Keystone-SDA", "ats": "ATS",
    "dapd": "dapd", "ddp": "ddp", "awp": "awp", "dts": "dts", "pte": "pte", "ots": "ots", "news aktuell": "ots",
    "upi": "UPI", "united press international": "UPI", "bloomberg": "Bloomberg", "bloomberg news": "Bloomberg",
    "dow jones": "Dow Jones", "dow jones newswires": "Dow Jones",
    "ansa": "ANSA", "agi": "AGI", "adnkronos": "Adnkronos", "efe": "EFE", "europa press": "Europa Press", "lusa": "Lusa",
    "anp": "ANP", "belga": "Belga", "ritzau": "Ritzau", "ntb": "NTB", "tt": "TT", "stt": "STT", "baltic news service": "BNS", "bns": "BNS",
    "pap": "PAP", "ctk": "ČTK", "čtk": "ČTK", "tasr": "TASR", "mti": "MTI", "agerpres": "Agerpres", "mediafax": "Mediafax",
    "bta": "BTA", "hina": "HINA", "tanjug": "Tanjug", "fena": "FENA", "sta": "STA", "ana-mpa": "ANA-MPA", "aa": "AA", "anadolu": "AA", "anadolu agency": "AA",
    "anadolu ajansı": "AA", "dha": "DHA", "iha": "İHA", "ukrinform": "Ukrinform", "unian": "UNIAN", "interfax": "Interfax", "interfax-ukraine": "Interfax-Ukraine",
    "tass": "TASS", "itar-tass": "TASS", "ria novosti": "RIA Novosti", "ria": "RIA Novosti", "belta": "BelTA",
    "xinhua": "Xinhua", "xinhuanet": "Xinhua", "kyodo": "Kyodo", "kyodo news": "Kyodo", "jiji": "Jiji", "jiji press": "Jiji", "yonhap": "Yonhap", "kcna": "KCNA", "cna": "CNA",
    "pti": "PTI", "press trust of india": "PTI", "ians": "IANS", "ani": "ANI", "uni": "UNI", "app": "APP", "bss": "BSS", "unb": "UNB", "antara": "Antara", "bernama": "Bernama",
    "vna": "VNA", "pna": "PNA", "aap": "AAP", "nzpa": "NZPA", "cp": "CP", "canadian press": "CP", "the canadian press": "CP",
    "pa": "PA", "pa media": "PA", "press association": "PA", "the press association": "PA", "irna": "IRNA", "isna": "ISNA", "spa": "SPA", "wam": "WAM", "mena": "MENA", "sana": "SANA", "wafa": "WAFA",
    "nan": "NAN", "sapa": "SAPA", "panapress": "PANA", "maghreb arabe presse": "MAP", "aps": "APS", "tap": "TAP", "prensa latina": "Prensa Latina", "telam": "Télam", "télam": "Télam", "notimex": "Notimex", "agencia brasil": "Agência Brasil", "agência brasil": "Agência Brasil", "ips": "IPS", "inter press service": "IPS",
}  # fmt: skip
_AMBIGUOUS = frozenset(
    "aa tt sta ani uni app pa spa tap sana nan bss aps ria agi ats cp mena cna unb ani bns pna wam tass ips".split()
)
"""Short names that are also words or other bodies: counted only in a dateline or beside another agency."""

_ONE = "(?:" + "|".join(re.escape(n) for n in sorted(_NAMES, key=len, reverse=True)) + ")"
_FILL = r"(?:red|reda|redaktion|mit|und|and|with|agenturen|ag|[a-zäöü]{2,4}|\d{1,2}\.\s?\d{1,2}\.?(?:\s?\d{2,4})?|\d{1,2}\.|\d{1,2}\.\s?[^\W\d]{3,9}\.?(?:\s\d{4})?|\d{4}|ORF\.at|lby|bb|nw|rp|hb|ni|sn|st|th|mv|sw|hh|[A-Z]{2})"
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,70})[)\]]")
_RUN = re.compile(r"[^\W_]+")
_NAMED = frozenset(_RUN.findall(name)[0] for name in _NAMES)
"""How the names begin: a line without any of these words needs no closer look."""
_LONGEST_FILL = 4
"""Letters or figures of the longest word that `_FILL` does not spell out."""
_BEGINS = _NAMED | set(
    "quelle quellen source sources agenturen agency material from bron fuente fonte redaktion".split()
)
"""The longer words that a credit line begins with."""
_PARTS = re.compile(r"\s?[/,;+&–]\s?|\s")
_FILLED = re.compile(_FILL, re.I)
_ALONE = re.compile(
    rf"^[(\[©*–—-]{{0,2}}\s?(?:(?:quellen?|source|sources|agenturen|agency|mit material (?:von|der)|von|by|from|text|bron|fuente|fonte)\s?:?\s)?"
    rf"((?:{_FILL}\s?[/,;+&|]\s?){{0,3}}{_ONE}(?:\s?(?:[/,;+&|–-]|und|and)\s?(?:{_ONE}|{_FILL})){{0,5}})\s?[)\]*.]{{0,2}}$",
    re.I,
)
_OPENING = re.compile(rf"^({_ONE})\s?(?:-{{1,2}}|–|—|:)\s(?=\S)", re.I)
_TITLE_END = re.compile(rf"\(({_ONE})\)\s?$", re.I)
_DATELINE = re.compile(
    rf"^.{{2,70}}?\(({_ONE}(?:\s?[/,]\s?(?:{_ONE}|[a-z]{{2,4}})){{0,3}})\)\s?(?:-{{1,2}}|–|—|:|\.|,|\s(?=[^\W\d_a-z]))",
    re.I,
)
_LATE = re.compile(
    rf"^[^\W\d_][^.!?]{{1,60}}?,\s(?:[A-Z][a-z]{{2,8}}\.?\s\d{{1,2}}|\d{{1,2}}\.?\s[A-Z][a-z]{{2,8}}\.?)(?:,\s\d{{4}})?\s?[,/(]\s?({_ONE})\b",
    re.I,
)
_INSIDE = re.compile(
    rf"(?:[.!?:\d\"”]|^) ?[A-Z]{{3}}[A-Z .'/-]{{0,30}}(?:, [A-Z][a-z.]{{1,20}}){{0,2}}(?:,? [A-Z][a-z]{{2,8}}\.?)?(?: \d{{1,2}})? ?\(((?i:{_ONE}))\) ?(?:-{{1,2}}|–|—) "
)
_DASHED = re.compile(rf"[.!?\"”'] ?(?:-{{1,2}}|–|—) ?({_ONE}(?:/{_ONE})?)\.?$", re.I)
_MONTHS = frozenset(
    "january february march april may june july august september october november december januar februar märz mai juni juli oktober dezember".split()
)
_FIGURE = re.compile(r"\d")
_DATE_INSIDE = re.compile(r"\d{1,2}\.\s?(?:\d{1,2}\.|[^\W\d]{3,9})|\d{4}")


def _codes(text: str, *, sure: bool) -> list[str]:
    """The codes of the agencies named in a credit; `sure`: its place leaves no doubt, so ambiguous names count too."""
    found = []
    for part in re.split(r"\s?[/,;+&|()\[\]]\s?|\s(?:und|and|mit|with|–|-)\s", text):
        name = part.strip(" .-–").casefold()
        code = _NAMES.get(name)
        if code is None and name.startswith(("dpa", "apa")) and len(name) > 3 and name[3] in " -":
            code = _NAMES[name[:3]]
        if code and (sure or name not in _AMBIGUOUS):
            found.append(code)
    return found


def sign_off(text: str) -> re.Match[str] | None:
    """The credit in brackets that ends `text` or carries a date, if there is one; group 1 is what stands inside."""
    if "(" not in text and "[" not in text:
        return None
    for found in _BRACKETS.finditer(text):
        parts = _PARTS.split(found[1].strip())
        if not any(p.casefold() in _NAMES for p in parts) or not all(
            p.casefold() in _NAMES or _FILLED.fullmatch(p) for p in parts if p
        ):
            continue
        before = text[: found.start()].rstrip()
        if not before:
            return found
        ended = before[-1] in ".!?…\"“”»«'’:)"
        after = text[found.end() :].strip(" .")
        if (ended and not after) or _DATE_INSIDE.search(found[1]) or (ended and after[:1].isupper()):
            return found
    return None


def is_credit_line(line: str) -> bool:
    """Whether a line is nothing but the credit of one or more agencies."""
    if len(line) > 80 or (first := _RUN.search(line)) is None:
        return False
    word = first[0].casefold()
    if len(word) > _LONGEST_FILL and word not in _BEGINS and "und" not in word and "and" not in word:
        return False
    if _NAMED.isdisjoint(_RUN.findall(line.casefold())):
        return False
    found = _ALONE.match(line)
    return found is not None and bool(_codes(found[1], sure="/" in line or "(" in line))


def agencies(
    title: str | None, paragraphs: Sequence[str], credits: Iterable[str] = (), authors: Iterable[str] = ()
) -> list[str]:
    """The agencies credited, in order of appearance.

    `paragraphs` is the body, `credits` lines of their own beside it (credit lines, sign-offs), `authors` names of a byline.
    """
    found: list[str] = []
    if title:
        end = _TITLE_END.search(title)
        if end:
            found += _codes(end[1], sure=True)
    for paragraph in paragraphs[:3]:
        head = paragraph[:140]
        if "(" in head:
            line = _DATELINE.match(head)
            if line and _is_place(head[: line.start(1)]):
                found += _codes(line[1], sure=True)
        first = _RUN.match(head)
        opening = _OPENING.match(head) if first and first[0].casefold() in _NAMED else None
        if opening:
            found += _codes(opening[1], sure=False)
            if (not found and opening[1].isupper()) or " " in opening[1]:
                found += _codes(opening[1], sure=True)
            rest = head[opening.end() :]
            line = _DATELINE.match(rest) if "(" in rest else None
            if line and _is_place(rest[: line.start(1)]):
                found += _codes(line[1], sure=True)
        late = _LATE.match(head) if "," in head and _FIGURE.search(head) else None
        if late and _is_place(head[: late.start(1)]):
            found += _codes(late[1], sure=False)
    if paragraphs:
        beginning = paragraphs[0][:600]
        inside = _INSIDE.search(beginning) if "(" in beginning else None
        if inside:
            found += _codes(inside[1], sure=True)
        end_of_all = paragraphs[-1][-60:]
        dashed = _DASHED.search(end_of_all) if any(dash in end_of_all for dash in "-–—") else None
        if dashed:
            found += _codes(dashed[1], sure=False)
    for paragraph in paragraphs:
        signed = sign_off(paragraph)
        if signed:
            found += _codes(signed[1], sure=False)
    for credit in credits:
        alone = _ALONE.match(credit) if len(credit) <= 80 else None
        if alone:
            found += _codes(alone[1], sure="/" in credit)
    for author in authors:
        found += _codes(author, sure=False)
    return list(dict.fromkeys(found))


def _is_place(text: str) -> bool:
    """Whether what stands before a dateline's bracket may be a place and a day: few words, a capital first, no sentence."""
    words = text.strip(" (").split()
    if not 1 <= len(words) <= 8 or not words[0][:1].isupper() or words[0].casefold() in _MONTHS:
        return False
    small = sum(1 for w in words if w[:1].islower())
    return (small <= 2 and not text.rstrip(" (").endswith((".", "!", "?"))) or len(words) <= 3
