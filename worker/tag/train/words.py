"""Builds the word lists of the name tagger: `words-de.tsv`, `words-en.tsv`, `persons.tsv`, `organisations.tsv`.

    python -m worker.tag.train.words --lookups spacy_lookups_data/data --forenames F.csv --surnames S.csv
        --census names/ --clubs clubs/ [--words 60000]

Use when the lists are to be built anew. Inputs: the data folder of the package spacy-lookups-data (word clusters and
frequencies), the two lists of sigpwned/popular-names-by-country-dataset, the unpacked source of the package `names` (US
census of 1990), a checkout of openfootball/clubs; the package `faker` is imported for its lists of persons.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "data"
FAKER = "de_DE de_AT de_CH en_US en_GB en_IE fr_FR it_IT es_ES pt_BR nl_NL sv_SE".split()
FAKER += "da_DK no_NO fi_FI pl_PL cs_CZ hu_HU ro_RO tr_TR hr_HR sl_SI".split()


def load(folder: Path, name: str) -> dict[str, Any]:
    """One gzipped JSON table of spacy-lookups-data."""
    with gzip.open(folder / name, "rt", encoding="utf8") as file:
        table: dict[str, Any] = json.load(file)
        return table


def words(folder: Path, language: str, most: int) -> tuple[list[str], dict[str, float]]:
    """Lines (word, cluster in hex, how it is written) of the commonest words, and all log frequencies."""
    logs: dict[str, float] = load(folder, f"{language}_lexeme_prob.json.gz")
    clusters: dict[str, int] = load(folder, f"{language}_lexeme_cluster.json.gz")
    ranked = sorted((w for w in logs if re.fullmatch(r"[^\W\d_][\w.'’&-]{0,24}", w)), key=lambda w: (-logs[w], w))
    lines: list[str] = []
    for word in ranked:
        low, high = logs.get(word.lower(), -21.0), logs.get(word.capitalize(), -21.0)
        # a word that is only written small tells little; its capital form is looked up by its own line
        written = "s" if low > high + 1.5 else "c" if high > low + 1.5 else "b"
        if word.islower() and len(lines) > most // 2:
            continue
        if not word.islower() and word != word.capitalize() and logs[word] < -15:
            continue
        lines.append(f"{word}\t{clusters.get(word, 0):x}\t{written}")
        if len(lines) >= most:
            break
    return lines, logs


def persons(options: argparse.Namespace, logs: list[dict[str, float]]) -> list[str]:
    """Lines (name, f and/or s)."""
    fore: set[str] = set()
    sur: set[str] = set()
    with open(options.forenames, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            fore |= {row["Romanized Name"].strip(), row["Localized Name"].strip()}
    with open(options.surnames, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            sur |= {row["Romanized Name"].strip(), row["Localized Name"].strip()}
    for path in options.census.rglob("dist.*"):
        rows = [line.split()[0].capitalize() for line in path.read_text().splitlines() if line.strip()]
        if path.name.startswith("dist.all.last"):
            sur |= set(rows[:25000])
        else:
            fore |= set(rows)
    import importlib

    for locale in FAKER:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in ("first_names", "first_names_male", "first_names_female"):
            fore |= set(getattr(provider, attribute, ()))
        for attribute in ("last_names", "last_names_male", "last_names_female"):
            sur |= set(getattr(provider, attribute, ()))

    def common(name: str) -> bool:
        return any(log.get(name.lower(), -21.0) > log.get(name, -20.0) + 1.0 for log in logs)

    lines = []
    for name in sorted(fore | sur):
        if re.fullmatch(r"[^\W\d_][^\W\d_'’-]{1,20}(?:[-'’][^\W\d_]{1,20})?", name) and name[0].isupper():
            flags = ("f" if name in fore else "") + ("s" if name in sur else "")
            lines.append(f"{name}\t{flags}{'w' if common(name) else ''}")
    return lines


PARTS = {"eng": "GB", "sco": "GB", "wal": "GB", "nir": "GB"}


def clubs(folder: Path) -> dict[str, str]:
    """Names of football clubs of at least two words, with their country."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.clubs.txt")):
        code = path.name.partition(".")[0]
        code = PARTS.get(code, code.upper())
        if len(code) != 2:
            continue
        for line in path.read_text(encoding="utf8").splitlines():
            line = re.sub(r"#.*", "", line).strip()
            if not line or line.startswith("=") or "//" in line:
                continue
            for name in line.lstrip("| ").split(",")[0].split("|"):
                name = re.sub(r"\[\w\w\]|\(.*?\)|^\w+\) ", "", name).strip()
                if " " in name and name[0].isupper() and len(name) < 40:
                    found.setdefault(name, code)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("lookups", "forenames", "surnames", "census", "clubs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--words", type=int, default=60_000)
    options = parser.parse_args()
    logs = []
    for language in ("de", "en"):
        lines, log = words(options.lookups, language, options.words)
        logs.append(log)
        head = (
            "# Made by worker/tag/train/words.py from spacy-lookups-data (MIT, Explosion). Tab-separated: word, Brown cluster\n"
            "# (hex; the lowest bits are the upper part of the tree), how it is written (s small, c with a capital, b both);\n"
            "# the commonest first\n"
        )
        (OUT / f"words-{language}.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf8")
    head = (
        "# Made by worker/tag/train/words.py from popular-names-by-country (CC0), the US census of 1990 (public domain) and\n"
        "# Faker (MIT). Tab-separated: name, flags (f forename, s surname, w also a common word)\n"
    )
    (OUT / "persons.tsv").write_text(head + "\n".join(persons(options, logs)) + "\n", encoding="utf8")
    head = "# Made by worker/tag/train/words.py: football clubs of openfootball/clubs (CC0): name, country.\n"
    (OUT / "clubs.tsv").write_text(
        head + "\n".join(f"{n}\t{c}" for n, c in sorted(clubs(options.clubs).items())) + "\n", encoding="utf8"
    )


if __name__ == "__main__":
    main()
