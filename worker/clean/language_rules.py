"""What is known of scripts, relatives and function words where the identifiers of `language.py` are blind or hasty.

All lists are our own writing, from grammars' common knowledge; a new neighbour pair gets a pattern here and a line in
NEIGHBOURS.
"""

from __future__ import annotations

import re

SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0780, 0x07BF, "dv"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1200, 0x139F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x1C90, 0x1CBF, "ka"),
    (0x1F00, 0x1FFF, "el"),
    (0x3040, 0x30FF, "ja"),
    (0xAC00, 0xD7AF, "ko"),
)
"""Unicode blocks that one news language writes (first, last code point), ascending. Ethiopic is settled further in
NEIGHBOURS."""

CLOSE: dict[str, tuple[str, ...]] = {
    "hr": ("bs", "sr"),
    "bs": ("hr", "sr"),
    "sr": ("hr", "bs"),
    "id": ("ms",),
    "ms": ("id",),
    "no": ("da", "nn"),
    "nn": ("no",),
    "da": ("no",),
    "cs": ("sk",),
    "sk": ("cs",),
    "gl": ("pt", "es"),
    "pt": ("gl",),
    "bg": ("mk",),
    "mk": ("bg",),
    "ru": ("uk", "be"),
    "uk": ("ru",),
    "ur": ("hi",),
    "zh": ("yue",),
    "rw": ("rn",),
    "rn": ("rw",),
    "zu": ("xh", "nr", "ss"),
    "xh": ("zu", "nr"),
    "en": ("pcm",),
    "pcm": ("en",),
    "af": ("nl",),
}
"""Relatives that a short text may belong to as well: here a hint needs little support."""

REGIONAL: dict[str, tuple[str, ...]] = {
    "ext": ("es",),
    "an": ("es",),
    "ast": ("es",),
    "lad": ("es",),
    "gl": ("pt", "es"),
    "vec": ("it",),
    "lij": ("it",),
    "lmo": ("it",),
    "pms": ("it",),
    "nap": ("it",),
    "scn": ("it",),
    "co": ("it",),
    "oc": ("fr", "ca"),
    "wa": ("fr",),
    "gcf": ("fr",),
    "gcr": ("fr",),
    "als": ("de",),
    "bar": ("de",),
    "nds": ("de",),
    "ksh": ("de",),
    "pfl": ("de",),
    "lb": ("de", "fr"),
    "fy": ("nl",),
    "li": ("nl",),
    "sco": ("en",),
    "nn": ("no",),
    "szl": ("pl",),
    "csb": ("pl",),
    "rue": ("uk",),
    "la": ("it", "es", "fr", "en"),
    "eo": ("en", "es", "it", "fr"),
    "io": ("en", "es", "it", "fr"),
    "ia": ("en", "es", "it", "fr"),
    "ie": ("en", "es", "it", "fr"),
    "vo": ("de", "en"),
}
"""Languages in which hardly any news is written, each with the big relatives it is mistaken for."""

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "de": frozenset(
        """
        und das von mit sich auf für ist im nicht ein eine einen einem einer auch an werden aus er hat dass sie nach wird
        sind noch wie über zum haben nur oder aber vor zur bis mehr durch sein wurde wurden sei gegen vom können seine
        ihre diese dieser es
        """.split()
    ),
    "en": frozenset(
        """
        the and to that with for on by from this have has had were are been which who their they will would said says his
        her its but not after about when there an as at be it of he she than more also into could
        """.split()
    ),
}
"""Small words of the commonest languages of the news. The German ones are not those that Luxembourgish writes too (der, den,
dem, um); what is English by them may still be Nigerian Pidgin."""

HASTY = frozenset(
    """
    vi fi sw tl ceb war ilo hr ro ca id ms jv su ga kv hu et eu tr eo io
    """.split()
)
"""Languages that the quick identifier also names for languages it does not know (Igbo, Oromo, Lingala, Hausa ...): the
slow one is always asked."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Spelling: Kirundi writes vy, c, j, mw', kw' where Kinyarwanda writes by, cy, jy, mu, ku; then words of daily news.
_KIRUNDI = _any(
    r"(?i:vy[aeiou]|shasha\b|\b[mk]w['’]|\bc['’])",
    r"(?i:\b(?:canke|mugabo|umushikiranganji|abashikiranginji|uburundi|abarundi|umurundi|kirundi|reta|amahera|abanyagihugu|yuko|ico|ica|ca|co|ci|igipolisi"
    r"|umusi|imisi|bujumbura|gitega|ndwi|ishure|amashure|yoba|yamye|bashitse|gushika|ata|ngira|aramaze|bamaze|umugera|miriyoni)\b)",
)
_KINYARWANDA = _any(
    r"(?i:[bcj]y[aeiou]|shya\b)",
    r"(?i:\b(?:minisitiri|rwanda|abanyarwanda|leta|amafaranga|abaturage|ikinyarwanda|kigali|ndetse|umunsi|iminsi|icyumweru|ishuri|amashuri|miliyoni)\b)",
)
# Prefixes: Tigrinya relates by z- and n-, Amharic by ye- and be-; the letters of either tradition.
_TIGRINYA = _any(r"ኣ", r"\b(?:ናይ|እዩ|ድማ|እቲ|እታ|ነቲ|ካብ|ምስ|ኣብ)", r"[ቐ-ቝኸ-ዅዕሓሕኰ]", r"\bዝ\w\w", r"(?:ዩ|ኖም|ታት|ትቲ)\b")
_AMHARIC = _any(r"አ", r"\b(?:ነው|ላይ|ውስጥ|ናቸው|እና|ግን|ጋር|ወደ)\b", r"\b(?:የ|በ|ከ|እንደ|ስለ)\w\w", r"(?:ዎች|ውን|ሞች|ቶች|ሮች)\b")
# Xhosa keeps ty, rh, tsh and um- where Zulu has sh and umu-.
_XHOSA = _any(
    r"(?i:ty[aeiouh]|rh[aeiou]|tsh[aeiou]|xhosa|mnt[uw])",
    r"(?i:\b(?:kunye|ukuba|kwaye|xa|apho|ngoku|kodwa ke|yintoni|njani|nini"
    r"|kwi\w{2,20}|enye|uthe|bathi|omtsha|entsha|emva|phambi|kwakhona|kude)\b)",
)
_ZULU = _any(
    r"(?i:\b[aeou]?mu[bcdfghjklmnpqrstvwxz]|zulu)",
    r"(?i:\b(?:ukuthi|kanye|futhi|uma|lapho|manje|ngokusho|kusho|uthi|lokhu|ngemuva|kwazulu|khona|phezu|nokuthi|ngenkathi|yini|kanjani)\b)",
)
_Pair = tuple[tuple[str, re.Pattern[str]], tuple[str, re.Pattern[str]]]
_RN_RW: _Pair = (("rn", _KIRUNDI), ("rw", _KINYARWANDA))
_TI_AM: _Pair = (("ti", _TIGRINYA), ("am", _AMHARIC))
_XH_ZU: _Pair = (("xh", _XHOSA), ("zu", _ZULU))
NEIGHBOURS: dict[str, _Pair] = {
    "rn": _RN_RW,
    "rw": _RN_RW,
    "ti": _TI_AM,
    "am": _TI_AM,
    "xh": _XH_ZU,
    "zu": _XH_ZU,
}
"""Pairs whose marks are counted against each other. No mark at all: the identifier's answer, but Kirundi rather than
Kinyarwanda, whose by, cy, jy are hard to avoid in more than a few words."""

# Lower case only: Di, Don, Na and Dem are also names.
PIDGIN = frozenset(
    """
    dey Dey wey Wey wetin Wetin pesin pesins pipo pipol wia neva una tok tori sabi pikin goment govment gofment naim
    evribodi sometin sontin notin oda afta bifor kontri di sey happun enta laik tins konfam confam carri doz wen
    broda sista yia yias wahala kasala comot
    """.split()
)
PIDGIN_WEAK = frozenset(
    """
    don na dem dis dat im mata abi sef moni oga waka wan palava shey wit den ova kuku chop
    """.split()
)
