"""People, organisations and places of an article, with how often each is named, the most central first.

Use when: an article is cut into tokens. The sequence model (`sequence.py`) finds the names; here titles and roles are
stripped, one name gets one kind within an article, a surname alone counts for the full name, and a genitive s goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise
from typing import Any

from worker.tag.countries import CONTEXT, dateline_end
from worker.tag.gazetteer import PLACES, Match, lexicon, matches
from worker.tag.sequence import Model, Span, model
from worker.tag.tokens import Document
from worker.tag.traits import COMPANY
from worker.tag.word_features import Lists, natural

MODELS = {"de": "de", "en": "en"}
OTHER = "en"
"""The model for any other language with capital letters: its lists of names and places hold everywhere."""
RECOGNISERS: dict[str, Callable[[Document], list[tuple[int, int, str]]]] = {}
"""Language -> what finds names in place of the built-in model; filled by `spacy_names`."""
LEAD_TOKENS = 70
MOST_WORDS = 20_000
"""So many words of several documents are worked on at a time: memory stays bounded, and arrays in the cache."""
MOST = 60
"""So many names of a kind are told: a table of results has hundreds."""


@dataclass(slots=True)
class Names:
    """The names of an article: (name, count), and where they stand: (first token, end, PER, ORG or LOC)."""

    people: list[tuple[str, int]] = field(default_factory=list)
    organisations: list[tuple[str, int]] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    matches: list[Match] | None = None  # what the lexicon of the article's language found, for `countries`


@dataclass(slots=True)
class Sighting:
    """What is found for several documents at once: the words as they are read, what the lexicon and the model found."""

    doc: Document
    tagger: Model
    matches: list[Match]
    spans: list[Span] | None  # None: a recogniser of the language's own is to be asked


def sightings(docs: Sequence[Document]) -> list[Sighting | None]:
    """The first step of `names` for several documents, which costs less than one by one. None without a model."""
    found: list[Sighting | None] = []
    batches: dict[tuple[int, int], list[Sighting]] = {}
    for doc in docs:
        tagger = model(MODELS.get(doc.language[:2], OTHER))
        if tagger is None:
            found.append(None)
            continue
        if "\u00ad" in doc.text:  # soft hyphens are no letters
            doc = doc.respelled([word.replace("\u00ad", "") or "-" for word in doc.words])
        sighting = Sighting(doc, tagger, matches(doc, lexicon(doc.language)), None)
        found.append(sighting)
        if doc.language[:2] not in RECOGNISERS:
            batches.setdefault((id(tagger), id(doc.vocabulary)), []).append(sighting)
    for batch in batches.values():
        for part in parts(batch):
            spans = part[0].tagger.spans([one.doc for one in part], [one.matches for one in part])
            for one, its in zip(part, spans, strict=True):
                one.spans = its
    return found


def parts(batch: list[Sighting]) -> Iterator[list[Sighting]]:
    """So many sightings at a time that the arrays stay small."""
    part: list[Sighting] = []
    size = 0
    for one in batch:
        if part and size + len(one.doc.words) > MOST_WORDS:
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.doc.words)
    if part:
        yield part


def names(doc: Document, why: dict[str, Any] | None = None, seen: Sighting | None = None) -> Names:
    """The names of a document. `why` is filled with {name: [[words as written, kind, token], …]}. Never raises.

    `seen` is what `sightings` says of the document, if it was asked.
    """
    if seen is None:
        [seen] = sightings([doc])
        if seen is None:
            return Names()
    doc, tagger, found = seen.doc, seen.tagger, seen.matches
    spans = seen.spans if seen.spans is not None else RECOGNISERS[doc.language[:2]](doc)
    spans = listed(doc, firms(doc, spans), found, SURE if doc.language[:2] in MODELS else PLACES)
    spans = credited(doc, teams(doc, whole_names(spans, found), found), found)
    spans = trimmed(doc, spans, tagger.lists, found)
    texts = [text_of(doc, span, tagger.lists) for span in spans]
    told = dict(zip(spans, texts, strict=True))
    spans = surnames(doc, agreed(spans, texts), tagger.lists)
    texts = [told.get(span) or text_of(doc, span, tagger.lists) for span in spans]
    result = Names(spans=spans, matches=found)
    of_kind: dict[str, list[tuple[str, int, int]]] = {"PER": [], "ORG": [], "LOC": []}
    for (a, b, kind), text in zip(spans, texts, strict=True):
        if text:
            of_kind[kind].append((text, a, b))
    for (kind, mine), out in zip(of_kind.items(), (result.people, result.organisations, result.places), strict=True):
        full = heads(mine) if kind == "PER" else {}
        places: dict[str, list[tuple[int, int]]] = {}
        spelled: dict[str, str] = {}
        for text, a, b in mine:
            name = full.get(text, text)
            key = spelled.setdefault(name.casefold(), name)
            places.setdefault(key, []).append((a, b))
        out.extend((name, len(at)) for name, at in ranked(doc, places)[:MOST])
        if why is not None:
            for name, at in places.items():
                why.setdefault(name, []).extend([" ".join(doc.words[a:b]), kind, a] for a, b in at[:5])
    return result


def credited(doc: Document, spans: list[Span], found: list[Match]) -> list[Span]:
    """Without what a dateline credits (its town is a place, its state is not told apart) and agencies in brackets."""
    end = dateline_end(doc)
    if end:
        states = {i for i, _, entry in found if entry.kind == "state" and i < end}
        spans = [s for s in spans if not doc.title_tokens <= s[0] < end or (s[2] == "LOC" and s[0] not in states)]
    if doc.agency:
        words = doc.words
        spans = [
            (a, b, kind)
            for a, b, kind in spans
            if b - a > 1 or not a or words[a - 1] not in _CREDITS or words[a].lower() not in doc.agency
        ]
    return spans


_CREDITS = frozenset("(/,")
"""Marks before an agency in a credit line: `(APA/dpa)`."""


def ranked(doc: Document, places: dict[str, list[tuple[int, int]]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Most central first: named often, in the headline, in the lead."""

    def weight(at: list[tuple[int, int]]) -> float:
        first = at[0][0]
        return len(at) + 2.0 * (first < doc.title_tokens) + 1.0 * (first < doc.title_tokens + LEAD_TOKENS)

    return sorted(places.items(), key=lambda item: (-weight(item[1]), item[1][0]))


SURE = frozenset(("name", "capital"))
"""Kinds of the lexicon that are places wherever they stand; all of PLACES where no model of the language knows better."""


SMALL = frozenset(
    "Le La Les Au Aux En El Los Las Il Lo Gli In O Os A As Em No Na W We Z Ze V Ve S U Från I Ο Η В На Из С У З".split()
)
"""Small words that have a capital because they begin a sentence, in languages without a model of their own."""


def listed(doc: Document, spans: list[Span], found: list[Match], sure: frozenset[str]) -> list[Span]:
    """With the countries and capitals of the lexicon that the model missed, and neighbours in a list cut apart.

    "Detroit New York" is two places when the lexicon holds both and nothing is left over.
    """
    words = doc.words
    own_model = doc.language[:2] in MODELS
    places = {
        i: (i + size, entry)
        for i, size, entry in found
        if entry.kind in PLACES and (not entry.flags or entry.flags == "p")
    }
    out: list[Span] = []
    for a, b, kind in spans:
        if not own_model and a not in places and a + 1 in places and places[a + 1][0] == b and words[a] in SMALL:
            a += 1  # "Le Japon" at the start of a sentence
        if kind == "PER" and not own_model and b - a > 2:
            country, end = b - 1, b
            if a in places and b - places[a][0] > 1:
                country, end = a, places[a][0]  # "rais wa Kenya William Ruto"
            if country in places and places[country][0] == end and places[country][1].kind == "name":
                out.append((country, end, "LOC"))
                a, b = (end, b) if country == a else (a, country)
        if (
            kind == "PER"
            and a in places
            and places[a][0] == b
            and places[a][1].kind == "name"
            and not places[a][1].flags
        ):
            kind = "LOC"  # España is no person
        if a not in places or kind == "PER":
            out.append((a, b, kind))
            continue
        end, entry = places[a]
        if end == b:
            out.append((a, b, "LOC" if entry.kind == "name" else kind))
            continue
        tiles = [(a, end, "LOC")]
        while end < b and end in places:
            tiles.append((end, places[end][0], "LOC"))
            end = places[end][0]
        out.extend(tiles if end == b else [(a, b, kind)])
    missed = {i: end for i, (end, entry) in places.items() if entry.kind in sure and not entry.flags}
    if missed:
        taken = {i for a, b, _ in out for i in range(a, b)}
        out += [(i, end, "LOC") for i, end in missed.items() if taken.isdisjoint(range(i, end))]
        out.sort()
    return out


INSTITUTIONS = frozenset(("org", "firm", "gov"))
"""Kinds of the lexicon that are organisations."""


def whole_names(spans: list[Span], found: list[Match]) -> list[Span]:
    """With the organisations of the lexicon in full where only a part was found: `Statistik Austria`, not `Austria`."""
    ends = {i: i + size for i, size, entry in found if size > 1 and entry.kind in INSTITUTIONS}
    if not ends:
        return spans
    begin_of = {i: a for a, b in ends.items() for i in range(a, b)}
    out: list[Span] = []
    for a, b, kind in spans:
        begin = begin_of.get(a)
        if begin is not None and kind != "PER" and b <= ends[begin] and b - a < ends[begin] - begin:
            a, b, kind = begin, ends[begin], "ORG"
            if out and out[-1] == (a, b, kind):
                continue
        out.append((a, b, kind))
    return out


def firms(doc: Document, spans: list[Span]) -> list[Span]:
    """With the organisations that end with a form of company: capitalised words before Corp, Ltd, GmbH, AG."""
    ends = doc.having(COMPANY)
    if not ends:
        return spans
    words = doc.words
    starts = set(doc.sentences)
    for i in ends:
        if not i:
            continue
        a = i
        while (
            a > 0
            and a not in starts
            and i - a < 5
            and (words[a - 1][0].isupper() or (words[a - 1] in ("and", "&", "und") and a < i))
        ):
            a -= 1
        while a < i and not words[a][0].isupper():
            a += 1
        b = i + 1
        over = [s for s in spans if s[0] < b and s[1] > a]
        if over:
            a = min(s[0] for s in over if s[1] > a) if over[0][2] == "ORG" else a
            b = max(b, over[-1][1])
        if a < i:
            spans = sorted([s for s in spans if s not in over] + [(a, b, "ORG")])
    return spans


def surnames(doc: Document, spans: list[Span], of: Lists) -> list[Span]:
    """With the mentions of a person by the surname alone that the model missed, genitives too (Grubers Partei)."""
    words = doc.words
    known: set[str] = set()
    for a, b, kind in spans:
        if kind == "PER" and b - a > 1:
            if len(words[b - 1]) > 3:
                known.add(words[b - 1])
            # a family name may stand first: Xi Jinping
            if b - a == 2 and "f" not in of.persons.get(words[a], "f"):
                known.add(words[a])
    if not known:
        return spans
    if doc.language[:2] == "de":
        known |= {word + "s" for word in known}
    towns = {
        words[b - 1]
        for a, b, kind in spans
        if kind == "PER"
        and b - a > 1
        and "f" in of.persons.get(words[a], "")
        and all(w[0].isupper() for w in words[a:b])
    }
    known = {w for w in known if of.words.get(w, "c")[-1] != "s" and w.lower() not in of.triggers}
    there = set(compress(range(len(words)), map(known.__contains__, words)))
    kept: list[Span] = []
    for span in spans:
        a, b, kind = span
        if a in there and kind != "PER" and words[a][-1] == "s":
            # "Grubers Partei" is Gruber and a party, no organisation of that name
            span, b = (a, a + 1, "PER"), a + 1
        elif kind == "LOC" and b - a == 1 and words[a] in towns and (not a or words[a - 1].lower() not in CONTEXT):
            span = a, b, "PER"  # Michael Jordan is no country where he is called Jordan
        kept.append(span)
        there.difference_update(range(a, b))
    return sorted(kept + [(i, i + 1, "PER") for i in there]) if there else kept


def teams(doc: Document, spans: list[Span], found: list[Match]) -> list[Span]:
    """In a table of results a town with figures behind it is its team: Boston 69 65 .515, Leeds 2 Hull 1.

    Countries stay places (a national team is named like its country), and nothing changes where persons stand.
    """
    words = doc.words
    n = len(words)
    rows = [
        (a, b, kind) for a, b, kind in spans
        if b + 1 < n and words[b][0].isdigit() and len(words[b]) < 4 and words[b + 1] not in _UNITS
    ]  # fmt: skip
    if len(rows) < 4 or sum(kind == "PER" for _, _, kind in rows) * 3 > len(rows):
        return spans
    countries = {i for i, _, entry in found if entry.kind in ("name", "adjective")}
    towns = {(a, b) for a, b, kind in rows if kind == "LOC" and a not in countries}
    # a table is dense: most of its rows have another within a few words
    near = [x for x, y in pairwise(rows) if y[0] - x[1] <= 8]
    if len(near) < 3 or not towns:
        return spans
    return [(a, b, "ORG" if (a, b) in towns else kind) for a, b, kind in spans]


_UNITS = frozenset(
    "percent per pct million mln billion bln Prozent Millionen Milliarden Euro % Grad km years Jahre".split()
)
NUMERAL = frozenset("IVX")
PARTICLES = frozenset(
    "von van der den de al el bin ibn ben zu del della di da dos du la ten ter vom Van Von De Der".split()
)
LATE = frozenset("von van al el bin ibn ben zu del della di da dos du ten ter vom".split())
"""Particles that lead on from a name in lower case ("Ursula von der Leyen"), unlike "der", which may begin a clause."""


def trimmed(doc: Document, spans: list[Span], of: Lists, found: list[Match]) -> list[Span]:
    """Spans without titles, articles and marks at their ends; adjectives and what holds no word are dropped."""
    kept: list[Span] = []
    words, triggers = doc.words, of.triggers
    adjectives = {i for i, size, entry in found if size == 1 and entry.kind in ("adjective", "people")}
    towns = {i for i, size, entry in found if size == 1 and entry.kind in PLACES}
    n = len(words)
    end = 0
    tickers = "<" in doc.text  # wire copy: Acme Inc <ACM.N>
    for a, b, kind in spans:
        a = max(a, end)
        if tickers:
            b = next((i for i in range(a + 1, b) if "<" in doc.text[doc.ends[i - 1] : doc.starts[i]]), b)
        if a >= b:
            continue
        if kind == "PER":
            while a < b - 1 and (triggers.get(words[a].lower()) in ("title", "role") or not words[a][0].isalnum()):
                a += 1
            if b < n and words[b].startswith(("al-", "el-", "as-", "asch-", "ash-")) and b - a < 3:
                b += 1  # Baschar al-Assad
            alone = b - a == 1 and "f" in of.persons.get(
                words[a], ""
            )  # "Peter Gruber von der Polizei" ends before "von"
            if b < n and ((alone and words[b] in LATE) or words[b - 1] in PARTICLES) and b - a < 4:
                j = b
                while j < n and j - b < 2 and words[j] in PARTICLES:
                    j += 1
                if j < n and words[j][0].isupper() and words[j] not in PARTICLES:
                    b = j + 1
            if b < n and len(words[b]) > 1 and words[b].isupper() and NUMERAL.issuperset(words[b]):
                b += 1  # Leo XIV.
        else:
            while a < b - 1 and (
                not words[a][0].isalnum()
                or (words[a][0].islower() and triggers.get(words[a].lower()) == "article")
                or (words[a] == "The" and b - a > 2)  # not The Hague, The Guardian
            ):
                a += 1
        while b > a and not words[b - 1][0].isalnum():
            b -= 1
        if b - a == 1 and (a in adjectives or len(words[a]) < 2):
            continue
        if kind == "LOC" and b - a == 3 and words[a + 1] == "/" and b - 1 in towns:
            kept += [(a, a + 1, kind), (b - 1, b, kind)]  # Kairo/Gaza
            end = b
            continue
        if a < b and (words[a][0].isalpha() or any(c.isalpha() for c in words[a])):
            kept.append((a, b, kind))
            end = b
    return kept


def text_of(doc: Document, span: Span, of: Lists) -> str:
    """The name as it should be told: as written, without a genitive s, normally spelled where all is in capitals."""
    a, b, kind = span
    text = doc.text[doc.starts[a] : doc.ends[b - 1]].replace("\u00ad", "")
    if "\n" in text:
        text = " ".join(text.split())
    if len(text) > 3 and text.isupper():
        head, _, form = text.rpartition(" ")
        if head and doc.traits[b - 1] & COMPANY:  # E.ON SE is written so
            return f"{natural(head, of) if head.isalpha() or '.' in head else head.title()} {form}"
        if b - a > 1 and len(text) > 6:
            text = " ".join("-".join(p.capitalize() for p in word.split("-")) for word in text.split(" "))
        else:
            text = natural(text, of)
    last = doc.words[b - 1]
    if last[-1] == "s" and len(last) > 3 and last[-2] not in "sxzß'" and doc.language[:2] == "de":
        short = last[:-1]
        if kind == "PER" and short not in doc.words:
            if last in of.persons:
                return text  # Jonas
            if _only_before_nouns(doc, last) and (short in of.words or short in of.persons):
                return text[:-1]  # Angela Merkels Partei
            if doc.words.count(last) > 1:
                return text  # a name that never stands without its s
        listed_so = last.lower() in of.lex.first
        if short in doc.words or (kind != "PER" and not listed_so and _is_listed(short, of)):
            return text[:-1]
        if (
            not listed_so
            and last not in of.words
            and last not in of.persons
            and (short in of.words or short in of.persons)
        ):
            return text[:-1]
    return text


def _only_before_nouns(doc: Document, word: str) -> bool:
    """Whether a word with a genitive s stands nowhere but before a word with a capital, within a sentence."""
    words, ends = doc.words, set(doc.sentences)
    after = [i + 1 for i, one in enumerate(words) if one == word]
    return all(i < len(words) and i not in ends and words[i][0].isupper() for i in after)


def _is_listed(word: str, of: Lists) -> bool:
    """Whether a word alone is a place or the like, and not only the beginning of one (New York)."""
    return word in _REGIONS or any(not entry.rest for entry in of.lex.first.get(word.lower(), ()))


_REGIONS = frozenset(
    "Europa Asien Afrika Amerika Nordamerika Südamerika Lateinamerika Mittelamerika Osteuropa Westeuropa Mitteleuropa "
    "Südeuropa Nordeuropa Nordafrika Westafrika Ostafrika Südostasien Zentralasien Ostasien Eurasien Skandinavien".split()
)
"""Parts of the world, which belong to no country."""


def agreed(spans: list[Span], texts: list[str]) -> list[Span]:
    """One name is of one kind within an article, the one it is found with most often.

    A longer name that ends with what is a person's name alone is that person: "Premier Valls" beside "Valls".
    """
    votes: dict[str, dict[str, int]] = {}
    for (_, _, kind), text in zip(spans, texts, strict=True):
        of = votes.setdefault(text, {})
        of[kind] = of.get(kind, 0) + 1
    best = {text: max(of, key=lambda k: (of[k], k)) if len(of) > 1 else next(iter(of)) for text, of in votes.items()}
    persons = {text for text, kind in best.items() if kind == "PER" and " " not in text and votes[text]["PER"] > 1}
    for text in best:
        if " " in text and text.rsplit(" ", 1)[1] in persons:
            best[text] = "PER"
    return [(a, b, best[text]) for (a, b, _), text in zip(spans, texts, strict=True)]


def heads(mine: list[tuple[str, int, int]]) -> dict[str, str]:
    """For each name of one word the full name it stands for, when the article has one; the first told wins."""
    full: dict[str, str] = {}
    for text, _, _ in mine:
        parts = text.split()
        if len(parts) > 1:
            for part in (parts[-1], " ".join(parts[1:]), parts[0]):
                full.setdefault(part, text)
    # a full name may itself be the tail of a longer one: Putin -> Wladimir Putin -> Wladimir Wladimirowitsch Putin
    return {short: full.get(name, name) if full.get(name) != short else name for short, name in full.items()}
