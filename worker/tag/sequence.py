"""The sequence model of the name tagger: a linear chain over the tokens of a sentence, summed by table look-ups.

Use when: persons, organisations and places are to be found in a text whose language has a model. Everything that the
model knows of a word (its letters, its cluster, the lists it is in) adds up to one row of scores, computed once for
each distinct word and kept; a text is then a few array look-ups and one Viterbi pass over the runs of capitalised words.

Model (Lafferty, McCallum, Pereira 2001: conditional random field, first order): score of a label sequence = sum over
tokens of the word rows of the token and its two neighbours on either side, tables of coarse word classes of neighbours,
and label transitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.tag.gazetteer import DATA, Lexicon, lexicon
from worker.tag.tokens import Document

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
OFFSETS = (-2, -1, 0, 1, 2)
BOUNDARY = "<s>"
"""The word before the first and after the last of a sentence."""
MOST_WORDS = 40_000
"""Distinct words whose rows are kept; then the store starts anew."""
MOST_RUN = 24
"""A longer run of capitalised words (tables, lists) is cut: no name is as long."""

CLASSES = (
    "boundary low prep article of and comma open close quote stop mark number initial title role say company orgword "
    "placeword calendar particle fore sur foresur loc adj org noun cap rare acronym shout mixed hyphen genitive"
).split()
CLASS = {name: i for i, name in enumerate(CLASSES)}
MARKS = {",": "comma", "(": "open", ")": "close", ".": "stop", "'s": "genitive", "’s": "genitive"}
PHRASES = {
    "name": 1,
    "capital": 1,
    "city": 1,
    "region": 1,
    "state": 1,
    "org": 3,
    "gov": 3,
    "leader": 5,
    "adjective": 7,
    "people": 7,
}
"""Kinds of the lexicon -> number of its phrase tag (the next number is for the words inside)."""
WEAK_PHRASE = 9
N_PHRASES = 11
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Lists:
    """The word lists of one language."""

    words: dict[str, tuple[int, str]]  # word -> (cluster, s/c/b: how it is written)
    persons: dict[str, str]  # name -> flags f, s, w
    triggers: dict[str, str]  # lower-case word -> kind
    lex: Lexicon


def _lines(name: str) -> list[list[str]]:
    path = DATA / name
    if not path.exists():
        return []
    with open(path, encoding="utf8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line[0] != "#"]


@cache
def _persons() -> dict[str, str]:
    return {row[0]: row[1] for row in _lines("persons.tsv")}


@cache
def lists(language: str) -> Lists:
    """The lists for 'de' or 'en'."""
    words = {row[0]: (int(row[1], 16), row[2]) for row in _lines(f"words-{language}.tsv")}
    triggers: dict[str, str] = {}
    for kind, of, forms in _lines("triggers.tsv"):
        if of in ("*", language):
            for form in forms.split(" "):
                triggers.setdefault(form, kind)
    lex = lexicon(language)
    for name in ("clubs.tsv", "organisations.tsv"):
        for row in _lines(name):
            lex.add(row[0], "org", (("-", 0),))
    for entries in lex.first.values():
        if len(entries) > 1:
            entries.sort(key=lambda e: (-len(e.rest), e.exact is None))
    return Lists(words, _persons(), triggers, lex)


def base(word: str, known: dict[str, Any]) -> str:
    """The word without a German genitive s, when only so it is known."""
    if word not in known and len(word) > 3 and word[-1] == "s" and word[:-1] in known:
        return word[:-1]
    return word


def word_class(word: str, of: Lists) -> int:
    """The coarse class of a word, an index of CLASSES."""
    if word == BOUNDARY:
        return 0
    first = word[0]
    if not (first.isalpha() or first.isdigit()):
        name = MARKS.get(word) or ("quote" if word in "\"'„“”‘’‚«»‹›" else "mark")
        return CLASS[name]
    if first.isdigit():
        return CLASS["number"]
    low = word.lower()
    kind = of.triggers.get(low)
    if kind is not None:
        return CLASS["low" if kind == "of" and first.isupper() else kind]
    if first.islower():
        return CLASS["low"]
    if len(word) == 1:
        return CLASS["initial"]
    if word.isupper() or (len(word) > 2 and sum(map(str.isupper, word)) > 1 and "-" not in word and word.isalpha()):
        return CLASS["acronym" if len(word) < 6 else "shout"] if word.isupper() else CLASS["mixed"]
    flags = of.persons.get(base(word, of.persons), "")
    entries = of.lex.first.get(low) or (of.lex.first.get(low[:-1]) if low[-1] == "s" else None)
    if entries is not None:
        for entry in entries:
            if not entry.rest and not entry.flags:
                if entry.kind in ("adjective", "people"):
                    return CLASS["adj"]
                if entry.kind in ("name", "capital", "city", "region", "state"):
                    return CLASS["loc"]
                if entry.kind in ("org", "gov"):
                    return CLASS["org"]
    written = of.words.get(word, (0, ""))[1]
    if flags and "w" not in flags:
        return CLASS["foresur" if "f" in flags and "s" in flags else "fore" if "f" in flags else "sur"]
    if "-" in word:
        return CLASS["hyphen"]
    if written == "s":
        return CLASS["noun"]
    if flags:
        return CLASS["sur" if "s" in flags else "fore"]
    return CLASS["cap" if written else "rare"]


def shape(word: str) -> str:
    """Letters as X x, digits as d, marks as they are, repeats squeezed: Xx, X, Xx-Xx, dx."""
    out: list[str] = []
    for c in word[:20]:
        s = "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c
        if not out or out[-1] != s:
            out.append(s)
    return "".join(out[:8])


def features(word: str, of: Lists) -> tuple[list[str], list[str]]:
    """(what a neighbour may see of the word, what only the word itself uses)."""
    if word == BOUNDARY:
        return ["<s>"], []
    low = word.lower()
    shared = ["w=" + low, "k=" + CLASSES[word_class(word, of)]]
    cluster, written = of.words.get(base(word, of.words)) or of.words.get(word.capitalize()) or (0, "")
    if cluster:
        shared.append(f"c4={cluster & 15:x}")
        shared.append(f"c7={cluster & 127:x}")
        shared.append(f"c={cluster:x}")
    flags = of.persons.get(base(word, of.persons), "")
    if flags:
        shared.append("p=" + flags)
    if not word[0].isalpha():
        return shared, ["sh=" + shape(word)]
    own = [
        "sh=" + shape(word),
        "wr=" + (written or "-"),
        "s2=" + low[-2:],
        "s3=" + low[-3:],
        "s4=" + low[-4:],
        "p3=" + low[:3],
        "p4=" + low[:4],
    ]
    own.append(f"n={min(len(word), 12)}")
    if cluster:
        own.append(f"c10={cluster & 1023:x}")
    if "-" in word:
        parts = word.split("-")
        own.append("h1=" + parts[0].lower())
        own.append("h2=" + parts[-1].lower())
        for part in parts[:3]:
            own.append("hk=" + (CLASSES[word_class(part, of)] if part else ""))
    return shared, own


def surfaces(doc: Document) -> list[str]:
    """The words as the model reads them: a sentence in capitals is read as if written normally."""
    words = doc.words
    bounds = [*doc.sentences, len(words)]
    out = words
    for a, b in pairwise(bounds):
        upper = lower = 0
        for word in words[a:b]:
            if word.isupper():
                upper += len(word) > 1
            elif word[0].isalpha():
                lower += 1
                if lower > 3:
                    break
        if upper > 3 * lower and upper > 2:
            if out is words:
                out = list(words)
            for i in range(a, b):
                if len(words[i]) > 1 and words[i].isupper() and "." not in words[i]:
                    out[i] = "-".join(p.capitalize() for p in words[i].split("-"))
    return out


def phrases(words: list[str], lower: list[str], lex: Lexicon) -> list[int]:
    """For each token the tag of the longest phrase of the lexicon that covers it; 0 = none."""
    tags = [0] * len(words)
    first = lex.first
    i, n = 0, len(words)
    while i < n:
        entries = first.get(lower[i])
        if entries is not None:
            word = words[i]
            for entry in entries:
                if (entry.cased and not word[0].isupper()) or (entry.exact is not None and entry.exact != word):
                    continue
                size = 1 + len(entry.rest)
                if size == 1 or tuple(lower[i + 1 : i + size]) == entry.rest:
                    tag = WEAK_PHRASE if entry.flags else PHRASES.get(entry.kind, 0)
                    if tag:
                        tags[i] = tag
                        for j in range(i + 1, i + size):
                            tags[j] = tag + 1
                    i += size - 1
                    break
        i += 1
    return tags


class Model:
    """A trained model with its store of word rows."""

    def __init__(self, path: Path, of: Lists) -> None:
        with np.load(path) as file:
            names = bytes(file["names"]).decode("utf8").split("\n")
            weights = file["weights"].astype(np.float32) * file["scale"]
            self.pairs: NDArray[Any] = file["pairs"].astype(np.float32) * file["scale"]  # (class before, class, label)
            self.triples: NDArray[Any] = (
                file["triples"].astype(np.float32) * file["scale"]
            )  # (before, class, after, label)
            self.phrases: NDArray[Any] = (
                file["phrases"].astype(np.float32) * file["scale"]
            )  # (offset -1 0 1, tag, label)
            self.transitions: NDArray[Any] = file["transitions"].astype(np.float32)
        self.weights: NDArray[Any] = weights.reshape(len(names), len(OFFSETS) * len(LABELS))
        self.ids = {name: i for i, name in enumerate(names)}
        self.lists = of
        self._reset()

    def _reset(self) -> None:
        self.rows: dict[str, int] = {}
        self.table: NDArray[Any] = np.zeros((4096, len(OFFSETS), len(LABELS)), np.float32)
        self.classes: NDArray[Any] = np.zeros(4096, np.int32)
        self._row(BOUNDARY)

    def _row(self, word: str) -> int:
        row = self.rows[word] = len(self.rows)
        if row >= len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.classes = np.concatenate([self.classes, np.zeros_like(self.classes)])
        shared, own = features(word, self.lists)
        ids = [i for name in (*shared, *own) if (i := self.ids.get(name)) is not None]
        if ids:
            self.table[row] = self.weights[ids].sum(0).reshape(len(OFFSETS), len(LABELS))
        self.classes[row] = word_class(word, self.lists)
        return row

    def index(self, words: list[str], sentences: list[int]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Row of each word with two boundaries around every sentence, and where the tokens stand in it."""
        rows = self.rows
        if len(rows) > MOST_WORDS:
            self._reset()
            rows = self.rows
        get, new = rows.get, self._row
        found = [r if (r := get(w)) is not None else new(w) for w in words]
        ids = np.array(found, np.int32)
        n = len(words)
        starts = np.zeros(n, np.int32)
        starts[sentences] = 2
        where = np.arange(n, dtype=np.int32) + np.cumsum(starts, dtype=np.int32)
        padded = np.zeros(n + 2 * len(sentences) + 2, np.int32)
        padded[where] = ids
        return padded, where

    def scores(self, words: list[str], sentences: list[int], tags: list[int]) -> NDArray[Any]:
        """(tokens, labels): what speaks for each label, transitions left out."""
        padded, where = self.index(words, sentences)
        table, k = self.table, self.classes[padded]
        total = table[padded[where - 2], 0]
        for j, offset in ((1, -1), (2, 0), (3, 1), (4, 2)):
            total = total + table[padded[where + offset], j]
        before, here, after = k[where - 1], k[where], k[where + 1]
        total += self.pairs[before, here]
        total += self.triples[before, here, after]
        t = np.zeros(len(words) + 2, np.int32)
        t[1:-1] = tags
        total += self.phrases[0, t[:-2]]
        total += self.phrases[1, t[1:-1]]
        total += self.phrases[2, t[2:]]
        return total

    def spans(self, doc: Document) -> list[tuple[int, int, str]]:
        """The names of a document: (first token, end, PER, ORG or LOC), in order."""
        words = surfaces(doc)
        if not words:
            return []
        tags = phrases(words, doc.lower, self.lists.lex)
        runs = candidates(words, doc.sentences)
        if not runs:
            return []
        return viterbi(self.scores(words, doc.sentences, tags), self.transitions, runs)


LINKS = frozenset(
    "von van de der den del della di da dos du des bin ibn al el la le zu zur of and und & for für the - / . ' ’ y e i".split()
)
"""Small words that may stand inside a name, between two capitalised words."""


def candidates(words: list[str], sentences: list[int]) -> list[tuple[int, int]]:
    """Runs of tokens that may hold names: capitalised words, joined over links; ends excluded."""
    runs: list[tuple[int, int]] = []
    breaks = set(sentences)
    begin = last = -1
    for i, word in enumerate(words):
        c = word[0]
        if begin >= 0 and (i in breaks or i - last > 3 or i - begin >= MOST_RUN):
            runs.append((begin, last + 1))
            begin = -1
        if c.isupper() or (c.isdigit() and begin >= 0 and last == i - 1):
            if begin < 0:
                begin = i
            last = i
        elif begin >= 0 and word not in LINKS and not (c.islower() and any(map(str.isupper, word))):
            runs.append((begin, last + 1))
            begin = -1
    if begin >= 0:
        runs.append((begin, last + 1))
    return runs


def viterbi(scores: NDArray[Any], transitions: NDArray[Any], runs: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """The best label sequence of each run, as spans; outside the runs every label is O. All runs go in step."""
    n_labels = len(LABELS)
    order = sorted(range(len(runs)), key=lambda r: runs[r][0] - runs[r][1])  # longest first
    begins = np.array([runs[r][0] for r in order])
    lengths = np.array([runs[r][1] - runs[r][0] for r in order])
    longest = int(lengths[0])
    state = scores[begins] + transitions[0]
    back: list[NDArray[Any]] = []
    final = np.zeros((len(runs), n_labels), np.float32)
    active = len(runs)
    for step in range(1, longest + 1):
        still = int(np.count_nonzero(lengths > step)) if step < longest else 0
        if still < active:
            final[still:active] = state[still:active] + transitions[:, 0]
            active = still
        if not active:
            break
        through = state[:active, :, None] + transitions
        best = through.argmax(1)
        back.append(best)
        state = np.take_along_axis(through, best[:, None, :], 1)[:, 0] + scores[begins[:active] + step]
    ends = final.argmax(1).tolist()
    found: list[tuple[int, int, str]] = []
    for k, r in enumerate(order):
        a, b = runs[r]
        label = ends[k]
        labels = [label]
        for step in range(b - a - 2, -1, -1):
            label = int(back[step][k, label])
            labels.append(label)
        labels.reverse()
        begin, kind = -1, ""
        for j, label in enumerate(labels):
            name = LABELS[label]
            if begin >= 0 and (name[0] != "I" or name[2:] != kind):
                found.append((a + begin, a + j, kind))
                begin = -1
            if label and begin < 0:
                begin, kind = j, name[2:]
        if begin >= 0:
            found.append((a + begin, b, kind))
    found.sort()
    return found


@lru_cache(maxsize=8)
def model(language: str) -> Model | None:
    """The model for a language, None where there is none."""
    path = DATA / f"names-{language}.npz"
    return Model(path, lists(language)) if path.exists() else None
