"""Forms of the names of countries in languages that bend them: России, Ukrainie, Németországban, 미국은, والصين.

Use when: a lexicon of such a language is built. The forms are made once and stand in its table beside the names, so a
text costs nothing more. Only names of one word are bent, by the commonest patterns; a form that no writer uses does no harm.
"""

from __future__ import annotations

LEAST = 4
"""Letters of a name: forms of a shorter one may be another word."""

# Language -> by the end of the name, the longest first: what takes its place. The last one is for all other names.
_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "ru": (
        ("ия", "ии ию ией"),
        ("я", "и ю ей е"),
        ("а", "ы и е у ой"),
        ("й", "я ю ем е"),
        ("ь", "я ю ем е и"),
        ("ы", "ов ам ами ах"),
        ("", "а у ом е"),
    ),
    "uk": (
        ("ія", "ії ію ією"),
        ("я", "і ю ею"),
        ("а", "и і у ою ею"),
        ("й", "ю ї єм я"),
        ("ь", "ю я і ем"),
        ("и", "ів ам ами ах"),
        ("", "у а ом і ові"),
    ),
    "pl": (("ja", "ji ję ją"), ("ia", "ii ię ią"), ("a", "y i ie ę ą"), ("y", "ach om ami"), ("", "u a em ie owi")),
    "cs": (("o", "a u em"), ("ie", "ii ií"), ("a", "y ě u ou"), ("y", "ech ách ám"), ("", "u em e a")),
    "sk": (("o", "a u om"), ("a", "y e u ou"), ("y", "ách ám"), ("", "u om e a")),
    "hr": (("ska", "ske skoj sku skom"), ("čka", "čke čkoj čku čkom"), ("a", "e i u om"), ("", "a u om em")),
    "sl": (("ka", "ke ki ko"), ("a", "e i o"), ("", "a u om em")),
    "sr": (("ска", "ске ској ску ском"), ("чка", "чке чкој чку чком"), ("а", "е и у ом"), ("", "а у ом ем")),
    "lt": (("ja", "jos jai ją joje"), ("a", "os ai ą oje")),
    "lv": (("a", "as ai u ā"),),
    "fi": (("i", "in en issa essa ista esta iin een"), ("", "n ssa ssä sta stä an än lla llä lle lta ltä")),
    "hu": (
        ("a", "ában ából ának ára ával át ába ához"),
        ("", "ban ben ba be ból ből nak nek ra re on en ot et hoz hez tól től gal ggal nal nel"),
    ),
    "el": (("α", "ας"), ("η", "ης"), ("ος", "ου ο"), ("ο", "ου")),
    "ko": (("", "은 는 이 가 을 를 의 에 와 과 도 로 으로 에서 에게 측"),),
}
_STAYS = frozenset(("fi", "hu", "ko"))
"""Languages whose last pattern adds to a name that ends with any letter; elsewhere only to a consonant."""
_VOWELS = frozenset("aeiouyáéíóúýěůąęаеёиоуыэюяіїєј")
_BEFORE = {"ar": "و ف ب ك ل", "he": "ב ל מ ו כ ש"}
"""Language -> words that are written together with the next one."""
_ARTICLE, _TO_THE = "ال", "لل"


def inflected(name: str, language: str) -> list[str]:
    """Other forms of a name as it is told in a dictionary, none in a language that bends no names."""
    if " " in name or "-" in name or len(name) < (2 if language == "ko" else LEAST):
        return []
    forms = [word + name for word in _BEFORE.get(language, "").split()]
    if language == "ar" and name.startswith(_ARTICLE):
        forms.append(_TO_THE + name.removeprefix(_ARTICLE))
    for end, others in _ENDINGS.get(language, ()):
        if name.endswith(end) and (end or language in _STAYS or name[-1] not in _VOWELS):
            return forms + [name.removesuffix(end) + other for other in others.split()]
    return forms
