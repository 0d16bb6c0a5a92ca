"""Names of authors in a byline or a declaration: `split_names` takes them apart, `is_name` tells whether one may be a name.

Neither knows names: they know what stands around them, and what is written as names are.
"""

import re

from worker.clean.meta_tags import clean

_BY_WORD = r"by|von|vom|par|por|di|da|door|av|af|od|от|oleh|przez|από (?:την|τον|το)|โดย"
_LABEL = (
    r"by|autor(?:in|en|a|es)?|auteure?s?|autore|autori|authors?|penulis|reporter|redakteur(?:in)?|text[eo]?|tekst|автор|текст|yazan|"
    r"kirjoittaja|forfatter|pressemitteilung von|written by|von|por|par|oleh|di|tác giả|بقلم|نویسنده|מאת|लेखक|লেখক|எழுதியவர்"
)
_GENRES = (
    r"artikel|beitrag|gastbeitrag|kommentar|gastkommentar|kolumne|analyse|interview|essay|bericht|reportage|rezension|"
    r"protokoll|porträt|story|article|analysis|opinion|commentary|review|report|reporting|words|text"
)
BY = re.compile(
    rf"^\W{{0,3}}(?:(?:(?:written|posted|published|reported|edited|submitted|contributed|geschrieben|verfasst|veröffentlicht|erstellt|"
    rf"(?:(?:ein(?:e|en)?|an?)\s)?(?:{_GENRES})|"
    rf"publié|écrit|rédigé|escrito|publicado|redactado|redigido|scritto|pubblicato|geschreven|skrevet|skriven|napisał|опубликовал)\s+)?"
    rf"(?:{_BY_WORD})\b\s*:?\s+|"
    rf"(?:{_LABEL})\s*:\s*|"
    r"(?:autor(?:in)?|auteur|authors?|автор|text)\b\s+|(?-i:By(?=[A-Z][a-z]+ [A-Z]))|"
    r"(?:著者|作者|撰文|執筆|取材|文責|文字|文|ライター|記者|记者|撰稿|著)\s{0,2}[:：/／●・|｜丨]\s{0,2}|"
    r"(?:[^\W\d_]{2,6}|本[报報网網])[记記]者\s{0,2})",
    re.I,
)
"""What stands before the names of a byline."""
SIGNS = re.compile(rf"(?i:(?:{_BY_WORD}):?|(?:{_LABEL}) ?:) (?=[^\W\d_a-zß-ÿ])")
"""How a line begins that says in the plainest words who wrote it."""
DAY_BY = re.compile(rf"\D{{0,40}}\d.{{0,40}}?[ |](?i:(?:{_BY_WORD}):?|(?:{_LABEL}) ?:) +(?=[^\W\d_a-zß-ÿ])")
"""A day before the byline: "Posted on 3 May 2024 by"."""
BY_ALONE = re.compile(
    r"(?:(?:written|article|posted|story|words|text|verfasst|geschrieben)\s)?(?:by|von|par|por|di|door|av|af|przez|tekst)\s?:?|"
    r"(?:(?:the )?author|autor(?:in|a|es|en)?|auteurs?|autore|автор|penulis|作者|著者|記者|记者)\s?[:：]?",
    re.I,
)
"""What says that the next line names who wrote."""
_BYLINE = re.compile(
    r"[^\W\d_a-zß-ÿ](?:[^.!?]|(?<=\W[^\W\d_a-zß-ÿ])\.|(?<=[^\w][DSJM]r)\.|(?<=\WSt)\.|(?<=\W(?:Dra|Mag|Ing|Mrs))\.|(?<=\WProf)\.){2,90}"
)
"""Names and what else stands in a byline: no sentence; a full stop only behind an initial or a title."""
_LONGEST_BYLINE = 120


def is_byline(line: str) -> bool:
    """Whether a line is one like "Von Anna Muster", "By Jane Doe and Dr. J. K. Roe"."""
    if len(line) > _LONGEST_BYLINE:
        return False
    found = BY.match(line)
    return found is not None and _BYLINE.fullmatch(line, found.end()) is not None


_ROLE_WORDS = (
    r"\b(?:editor|editorial|reporter|correspondent|writer|journalist|journalistin|redakteur|redakteurin|webredakteur|redaktion|"
    r"korrespondent|korrespondentin|autor|autorin|columnist|contributor|staff|producer|analyst|bureau|chief|chefredakteur|"
    r"chefredakteurin|ressortleiter|ressortleiterin|volontär|volontärin|author|founder|ceo|manager|director|head of|phd|"
    r"ph\.d|md|m\.d)\b"
)
ROLE_WORD = re.compile(_ROLE_WORDS, re.I)
_ROLE = re.compile(r"\s*(?:[,|(/]|\s[-–—]\s)[\w&'’.\- ]{0,40}?" + _ROLE_WORDS + r".{0,80}$", re.I)
_TITLED = re.compile(
    r"(?<=\w)(?:\s+|(?-i:(?<=[a-zß-ÿ]{3})(?=[A-Z])))(?:(?:senior|chief|staff|news|special|contributing|associate|assistant|deputy|managing|executive|political|sports?|business|"
    r"crime|health|education|science|technology|national|foreign|washington|white house)\s(?:[\w&'’.-]{1,20}\s){0,3}"
    r"(?:editor|reporter|correspondent|writer|producer|analyst|columnist|contributor)$|(?:redakteur|reporter|korrespondent|journalist|columnist|correspondent|volontär)(?:in)?$)|\s+for\s(?-i:(?=[A-Z]))",
    re.I,
)
_AND = re.compile(
    r"\s*[;|、，\n]\s*|\s+(?:and|und|et|y|e|og|och|en|i|ve|dan|и|та|oraz|&|\+)\s+|\s*,\s*(?:and\s+)?|\s+/\s+|／"
)
_ADDRESS = re.compile(r"\s*[(<]?\b[\w.+-]{1,64}@[\w.-]{3,100}[>)]?|\s+@\w{1,40}")
_BRACKET = re.compile(r"\s*[(（\[][^()（）\[\]]{0,200}[)）\]]?\s*$")
_ASIDE = re.compile(r"\s*[(（][^()（）.]{4,200}[)）](?!\s?\w)")
_BEHIND = re.compile(
    r"\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?i:記者|记者|기자|特派員|編集者|さん|氏|著|編著?|監修|文)$)",
    re.I,
)
_NOT_NAME = re.compile(r"https?:|www\.|@|[<>{}\[\]=:：©#/]|\d{3}|\.(?:com|html?|php)\b(?!$)", re.I)
_LAST_FIRST = re.compile(r"([^\W\d_]{0,20}[a-zß-ž'’-]{1,20})\s?,\s+([A-ZÀ-Ž][a-zß-ž'’-]{1,20}(?: [A-Z]\.?)?)")
_TITLE_OF = re.compile(r"(?:[A-Z][A-Za-z]{0,3}\.?){1,4}|Esq\.?")
"""A degree, an agency, a house: what stands behind a name in capitals."""
_JUNIOR = re.compile(r",\s+(?=(?:Jr|Sr)\b|I{2,3}$)")
_PATH = re.compile(r"\.\w|//|^/")
_WHOLE = re.compile(r"[^\W\d_] [^\W\d_]")
_SLASH = re.compile(r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])")
"""What joins names, or a name and a house, where it is no part of an address."""
_ADMIN = frozenset(
    ("admin", "administrator", "editor", "webmaster", "root", "user", "super user", "guest", "anonymous", "unknown", "n/a",
     "none", "null", "author", "autor", "staff", "about the author", "view all posts", "contributor", "redazione web",
     "undefined", "no author", "publisher", "default", "test", "developer", "wordpress", "web editor", "webredakteur",
     "last updated", "site admin", "site editor", "log out", "photo", "foto")
)  # fmt: skip


_BEHIND_NAMES = re.compile(
    r"\s*(?:[·•|]|\s[-–—]\s|[(\[](?=[^)\]]*$)|\d|\b(?:on|am|um|at|last updated|updated|published|posted|aktualisiert|"
    r"veröffentlicht|stand|in|aus|for|für|follow|twitter|with|le|el|il)(?:\s|$)|"
    r"\b(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}\.?,?\s\d)",
    re.I,
)


_PLACED = re.compile(
    r" (?:in|à|en|aus) [^\W\d_a-zß-ÿ][\w-]{1,20}(?: [^\W\d_a-zß-ÿ][\w-]{1,20}){0,2}(?=,| (?:and|und|et|y) )"
)
"""Where one of several is: "Jane Doe in London and John Roe in Paris"."""
_LONGER = re.compile(r"[^\W\d_]{3,}")
_VOWEL = re.compile("[AEIOUYÀ-ÆÈ-ÏÒ-ÖØ-ÝŒĄĘĖĒĪŪŌŐŰİАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩΆΈΉΊΌΎΏ]")


def people(line: str, *, single: bool = False, house: bool = False) -> list[str]:
    """The names in a line of a byline, whatever stands before and behind them: a day, "By", a place, what they are.

    `single` and `house` as for `is_name`. Names in capitals are written as others are.
    """
    line = line.strip()
    if (found := DAY_BY.match(line) or BY.match(line)) or not line.isupper():  # capitals tell no "in" from a name
        line = _PLACED.sub("", line[found.end() if found else 0 :])
        line = _BEHIND_NAMES.split(line, maxsplit=1)[0]
    names = split_names(line)
    single = single and len(names) == 1
    names = [name for name in names if is_name(name, single=single, house=house)]
    return [_small(name) if name.isupper() and " " in name and is_name(name) else name for name in names]


def _small(name: str) -> str:
    """A name that is written in capitals as others are; one with a word that nobody can speak is a house's."""
    return name.title() if all(_VOWEL.search(word) for word in _LONGER.findall(name)) else name


def split_names(text: str) -> list[str]:
    """The names of a byline: without "By", roles, addresses; several where it joins several."""
    text = clean(text)
    if not text or len(text) > 600:
        return []
    text = BY.sub("", text).strip(" ,;:|·•-–—")
    if "@" in text:
        text = _ADDRESS.sub("", text)
    if "(" in text or "（" in text:
        text = _ASIDE.sub("", text)
    if turned := _LAST_FIRST.fullmatch(text):
        return [f"{turned[2]} {turned[1]}"]
    names: list[str] = []
    if "/" in text and _WHOLE.search(text) is not None and _PATH.search(text) is None:
        text = _SLASH.sub(", ", text)
    parts = _AND.split(_JUNIOR.sub(" ", text))
    if len(parts) == 2 and "&" in text and not any(" " in part.strip() for part in parts):
        parts = [text]  # a pair that signs as one
    for part in parts:
        name = _ROLE.sub("", BY.sub("", part.strip()))
        name = _BEHIND.split(_BRACKET.sub("", name), maxsplit=1)[0].strip(' ,;:|·•-–—"')
        if (titled := _TITLED.search(name)) and " " in name[: titled.start()]:
            name = name[: titled.start()]
        if not name or len(name) > 60 or len(name) < 2 or _NOT_NAME.search(name) or name.casefold() in _ADMIN:
            continue
        if len(name.split()) > 6 or not any(c.isalpha() for c in name):
            continue
        if names and (ROLE_WORD.search(name) or _TITLE_OF.fullmatch(name)):
            break  # "Jane Doe, political editor": what follows says more of her
        if names and " " not in name and " " in names[0] and _CASED.match(name):
            continue  # "Jane Doe, Nürnberg, Germany", "Jane Doe, Reuters"
        names.append(name)
    return names


_NO_NAME = re.compile(
    r"\b(?:about|category|categories|posts?|view|more|read|reading|minutes?|mins?|sign|account|support|subscribe|written|"
    r"follow|share|comments?|autor|autoren|authors?|contributors?|home|contact|menu|"
    r"login|log|search|article|articles|story|stories|our|us|all|this|january|february|march|july|september|"
    r"october|november|december|inc|ltd|gmbh|corp|llc|email|e-mail|phone|"
    r"newsletter|facebook|twitter|instagram|linkedin|youtube|updated|published|posted|image|photos?|video|credit|getty|"
    r"alle|unsere|über|artikel|beiträge?|mehr|zur|zum|anzeige|kommentare?|voir|tous|todos|todas|ver|más|"
    r"tentang|profil|profile|website|webseite|and|und|you|your|we|is|are|was|by|to|of|at|on|in|"
    r"bio|topic|date|title|tag|tags|name|here|reply)\b",
    re.I,
)
_HOUSE = re.compile(
    r"\b(?:news|staff|team|desk|magazine|online|agency|agencies|press|media|newsroom|the|editors?|redaktion|redacción|redação|"
    r"redazione|rédaction|redaksi)\b",
    re.I,
)
_SMALL_WORDS = frozenset(
    "de la le du des del della di da das do dos von van der den vom zu zum zur af av al el bin ibn ben ten ter y e und "
    "por par door oleh przez text d' st st. mc o'".split()
)
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff.'’‘`´-])*")
_WIDE_NAME = re.compile(
    "[\u3005\u3040-\u30ff\u3400-\u9fff]{1,9}(?:[ \u3000・·•＝][\u3005\u3040-\u30ff\u3400-\u9fff]{1,9}){0,3}|[\uac00-\ud7a3]{2,4}"
)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_WIDE_NO_NAME = re.compile(
    "編集|编辑|編輯|記者|记者|快[訊讯]|新聞|新闻|通[讯訊信]|来源|投稿|報道|报道|公式|会社|公司|本[报報网網]|部$|社$|[网網]$|事務局|運営|一覧|"
    "記事|分野|専門|プロフ|文章|作者|著者|作品|責|责|小编|小編|综合|綜合|スタッフ|ニュース|監訳|訳$|原文|翻訳|イラスト|写真|관리자|뉴스|기자|편집"
)
_CASED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_HANDLE = re.compile(r"[^\W_][\w.-]{2,24}")


def has_case(text: str) -> bool:
    """Whether a text begins in a writing with small letters and capitals, which tell names from other words."""
    return _CASED.match(text) is not None


def is_name(text: str, *, single: bool = False, house: bool = False) -> bool:
    """Whether a text may be a person's name.

    One word alone only with `single`, where it may be a user's; a newsroom's only with `house`.
    """
    if len(text) < 2 or len(text) > 50 or (text[0] in "\"“„«‘'" and text[-1] in "\"“”»’'"):
        return False
    if _WIDE.search(text):
        return len(text) >= 2 and _WIDE_NAME.fullmatch(text) is not None and _WIDE_NO_NAME.search(text) is None
    if _NO_NAME.search(text) or (not house and (_HOUSE.search(text) or ROLE_WORD.search(text))):
        return False
    words = text.split()
    if len(words) == 1:
        # a writing without capitals tells too little of one word
        return (
            single
            and text.casefold() not in _SMALL_WORDS
            and _HANDLE.fullmatch(text) is not None
            and _CASED.search(text) is not None
        )
    if len(words) > 5 or any(_LETTERS.fullmatch(word.strip('"“”„«»()')) is None for word in words):
        return False
    last = words[-1]
    if last[0].islower() and not (last[1:2] in ("'", "’") or last[1:2].isupper()):
        return False
    large = [word for word in words if not word[0].islower()]
    return len(large) >= (1 if len(words) == 2 else 2) and all(
        not word[0].islower() or word.casefold() in _SMALL_WORDS or word[1:2] in ("'", "’") or word[1:2].isupper()
        for word in words
    )
