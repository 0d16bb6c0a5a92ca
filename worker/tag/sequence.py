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
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice, repeat, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.tag.gazetteer import Match, data_file
from worker.tag.tokens import Document
from worker.tag.traits import CAPITALS
from worker.tag.vocabulary import Column
from worker.tag.word_features import (
    BOUNDARY,
    CLASS,
    CLASSES,
    GROUPS,
    HEX,
    LOW,
    MOST_SIZE,
    WRITTEN,
    Lists,
    describer,
    lexicon_class,
    listed_class,
    lists,
    natural,
    word_class,
)

Span = tuple[int, int, str]
"""A name: first token, end, PER, ORG or LOC."""
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
OFFSETS = (-2, -1, 0, 1, 2)
PHRASES = {
    "name": 1,
    "capital": 1,
    "city": 1,
    "region": 1,
    "state": 1,
    "org": 3,
    "firm": 3,
    "gov": 3,
    "leader": 5,
    "adjective": 7,
    "people": 7,
}
"""Kinds of the lexicon -> number of its phrase tag (the next number is for the words inside)."""
WEAK_PHRASE = 9
N_PHRASES = 11


def surfaces(doc: Document) -> list[str]:
    """The words as the model reads them: a sentence in capitals is read as if written normally."""
    words = doc.words
    capitals = doc.having(CAPITALS)
    if len(capitals) < 3:
        return words
    in_sentence = Counter([bisect_right(doc.sentences, i) for i in capitals])
    bounds = [*doc.sentences, len(words)]
    out = words
    for sentence, count in in_sentence.items():
        if count < 3:
            continue
        a, b = bounds[sentence - 1], bounds[sentence]
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


def phrase_tags(n: int, found: list[Match]) -> NDArray[Any]:
    """For each of n tokens the tag of the phrase of the lexicon that covers it, 0 = none, with a 0 before and after."""
    tags = bytearray(n + 2)
    for i, size, entry in found:
        tag = WEAK_PHRASE if entry.flags in ("w", "p", "wp") else 0 if entry.flags else PHRASES.get(entry.kind, 0)
        if tag:
            tags[i + 1] = tag
            if size > 1:
                tags[i + 2 : i + 1 + size] = bytes((tag + 1,)) * (size - 1)
    return np.frombuffer(tags, np.uint8)


LINKS = frozenset(
    "von van de der den del della di da dos du des bin ibn al el la le zu zur of and und & for für the - / . ' ’ y e i".split()
)
"""Small words that may stand inside a name, between two capitalised words."""


def code(word: str, of: Lists) -> str:
    """What a word is to a run of names: C capitalised, U a long word in capitals, d number, l link, m mark, x another."""
    c = word[0]
    if c.isupper():
        return "U" if word.isupper() and word.isalpha() and (len(word) > 4 or natural(word, of) != word) else "C"
    if c.islower() and "-" in word and word != word.lower():
        return "C"
    if c.isdigit():
        return "d"
    if word in LINKS:
        return "l"
    return "x" if c.isalpha() else "m"


_RUN = re.compile(r"C(?:[Cd]|l{1,3}(?=C)){0,24}|U(?:[Ud]|l{1,3}(?=U)){0,24}")


def runs(codes: str) -> list[tuple[int, int]]:
    """Where names may stand: capitalised words and numbers behind them, joined over links; a number with a link before.

    A change to capitals breaks a run: a name before a dateline. Longer runs (tables, lists) are cut: no name is as long.
    """
    found = [m.span() for m in _RUN.finditer(codes)]
    if "dlC" in codes:  # looked for apart, so that the search may look for two letters only
        end = 0
        for i, (a, b) in enumerate(found):
            if a - 2 >= end and codes.startswith("dlC", a - 2):
                found[i] = (a - 2, b)
            end = b
    return found


def viterbi(
    scores: NDArray[Any], transitions: NDArray[Any], begins: NDArray[Any], lengths: NDArray[Any]
) -> NDArray[np.intp]:
    """The best label of each token; outside the runs every label is O. All runs go in step.

    `scores` (tokens, labels), `begins` and `lengths` of the runs in it, one at least.
    """
    into, out = transitions[0], transitions[:, 0]
    # Labels to come from stand on the last axis: that is where numpy finds the largest of seven quickly.
    back_to = np.ascontiguousarray(transitions.T)
    order = (-lengths).argsort(kind="stable")
    begins, lengths = begins.take(order), lengths.take(order)
    active = n = len(begins)
    size = len(into)
    rows = np.arange(n * size).reshape(n, size) * size
    # how many runs are longer than 1, 2, ... tokens
    longer: list[int] = (-lengths).searchsorted(-np.arange(1, int(lengths[0]) + 1)).tolist()
    state = scores.take(begins, 0) + into
    last = np.empty(n, np.intp)
    back: list[NDArray[np.intp]] = []
    for step, still in enumerate(longer, 1):
        if still < active:
            last[still:active] = (state[still:] + out).argmax(1)
            if not still:
                break
            active = still
        through = state[:active, None, :] + back_to
        best = through.argmax(2)
        back.append(best)
        state = through.reshape(-1).take(rows[:active] + best) + scores.take(begins[:active] + step, 0)
    labels = np.zeros(len(scores), np.intp)
    label = last[:0]
    for step, still in reversed(list(enumerate([n, *longer[:-1]]))):
        if step < len(back):
            label = back[step].reshape(-1).take(np.arange(0, len(label) * size, size) + label)
        label = np.concatenate([label, last[len(label) : still]])
        labels[begins[:still] + step] = label
    return labels


_KIND = np.array([LABELS.index("B-" + name[2:]) if name != "O" else 0 for name in LABELS], np.uint8)
_INSIDE = np.array([name[0] == "I" for name in LABELS])


def spans_of(labels: NDArray[Any], runs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """The names in the labels of tokens: where each begins, where it ends, PER, ORG or LOC. `runs`: where runs begin."""
    kinds = _KIND.take(labels)
    joined = np.zeros(len(labels) + 1, bool)  # to the token before
    joined[1:-1] = _INSIDE.take(labels[1:]) & (kinds[1:] == kinds[:-1])
    joined[runs] = False
    named = kinds != 0
    begins = (named & ~joined[:-1]).nonzero()[0]
    ends = (named & ~joined[1:]).nonzero()[0] + 1
    return begins, ends, [LABELS[kind][2:] for kind in kinds.take(begins).tolist()]


def checksum(of: Lists, n: int) -> int:
    """CRC-32 of the first n lines of the word list."""
    return zlib.crc32("\n".join(f"{word}\t{rest}" for word, rest in islice(of.words.items(), n)).encode())


class Rows(Column):
    """The row of each word; they are forgotten with the word."""

    def __init__(self, of: Model) -> None:
        super().__init__(of.new_rows)
        self.restart = of.restart  # type: ignore[method-assign]
        self.carried = of.keep  # type: ignore[method-assign]


class Model:
    """A trained model with its store of word rows."""

    def __init__(self, path: Path, of: Lists) -> None:
        with np.load(path) as file:
            names = bytes(file["names"]).decode("utf8").split("\n")
            scale = file["scale"]
            weights = file["weights"].reshape(len(names), -1)
            self.weights: NDArray[Any] = np.concatenate([weights, np.zeros_like(weights[:1])]).astype(np.int16)
            self.nothing = len(names)  # the number of a feature without weight
            self.scale = scale
            # the pairs of classes are part of the triples: one look-up less
            self.triples: NDArray[Any] = (file["triples"] + file["pairs"].astype(np.int16)[:, :, None]) * scale
            self.phrases: NDArray[Any] = file["phrases"] * scale
            self.transitions: NDArray[Any] = file["transitions"]
            # rows belong to the word list they were computed with: another list makes its own
            right = "rows" in file and int(file["checksum"]) == checksum(of, len(file["classes"]))
            ready = (file["rows"], file["classes"], file["codes"]) if right else None
        ids: list[dict[str, int]] = [{} for _ in GROUPS]
        for i, name in enumerate(names):
            group, _, value = name.partition("=")
            ids[GROUPS.index(group)][value] = i
        self.ids = [of_group.get for of_group in ids]
        self.lists = of
        self.describe = describer(of, self.ids)
        self.small = {word: CLASS.get(kind, LOW) for word, kind in of.triggers.items()}
        self.great = {word: CLASS["low" if kind == "of" else kind] for word, kind in of.triggers.items()}
        self._add_sums(ids)
        self.table: NDArray[Any] = np.zeros((1 << 13, len(OFFSETS) * len(LABELS)), np.float32)
        self.classes: NDArray[Any] = np.zeros(1 << 13, np.intp)
        self.codes: NDArray[Any] = np.zeros(1 << 13, np.uint8)
        self.column = Rows(self)
        self.ready: dict[str, int] = {}
        """Rows that are not made: those of the commonest words come with the model."""
        self.restart()
        self.ready[BOUNDARY] = self.new_rows([BOUNDARY])[0]
        if ready is not None:
            rows, classes, codes = ready
            n = len(rows)
            space = 1 << (n + n // 2).bit_length()
            self.table = np.concatenate(
                [self.table[:1], rows * self.scale, np.zeros((space, rows.shape[1]), np.float32)]
            )
            self.classes = np.concatenate([self.classes[:1], classes, np.zeros(space, np.intp)])
            self.codes = np.concatenate([self.codes[:1], codes, np.zeros(space, np.uint8)])
            self.ready.update(zip(islice(of.words, n), range(1, n + 1), strict=True))
        self.restart()

    def restart(self) -> None:
        """Forgets the rows that were made."""
        self.used = len(self.ready)
        self.plain: dict[tuple[int, str], int] = {}

    def keep(self, known: NDArray[np.int32]) -> NDArray[np.int32]:
        """Forgets the rows that were made, but for these; returns where each of them is then."""
        first = len(self.ready)
        made = known >= first
        kept = np.unique(known[made])
        self.used = first + len(kept)
        for table in (self.table, self.classes, self.codes):
            table[first : self.used] = table[kept]
        self.plain = {what: first + int(kept.searchsorted(row)) for what, row in self.plain.items() if row in kept}
        return np.where(made, first + kept.searchsorted(known), known).astype(np.int32)

    def _add_sums(self, ids: list[dict[str, int]]) -> None:
        """Adds rows to the weights that are sums of those of features that always stand together."""
        none, of_group = self.nothing, dict(zip(GROUPS, self.ids, strict=True))

        def number(group: str, value: str) -> int:
            return found if (found := of_group[group](value)) is not None else none

        def add(parts: Sequence[tuple[int, ...]]) -> range:
            """The numbers of the sums of some weights each."""
            first = len(self.weights)
            sums = self.weights.take(np.array(parts, np.intp).reshape(len(parts), -1).T, 0).sum(0, dtype=np.int16)
            self.weights = np.concatenate([self.weights, sums])
            return range(first, first + len(parts))

        group = dict(zip(GROUPS, ids, strict=True))
        s3, s4, p4 = group["s3"], group["s4"], group["p4"]
        self.end4 = dict(
            zip(s4, add([(i, number("s3", v[-3:]), number("s2", v[-2:])) for v, i in s4.items()]), strict=True)
        )
        self.end3 = dict(zip(s3, add([(i, number("s2", v[-2:])) for v, i in s3.items()]), strict=True))
        self.begin4 = dict(zip(p4, add([(i, number("p3", v[:3])) for v, i in p4.items()]), strict=True))
        usual = number("sh", "Xx")
        kinds = [
            (number("k", name), usual, number("n", HEX[size]), number("wr", written))
            for name in CLASSES
            for size in range(MOST_SIZE + 1)
            for written in WRITTEN
        ]
        self.kinds = add(kinds)[0]
        self.class_weights = [number("k", name) for name in CLASSES]
        # by the line of the word list and by the flags of a person; None: a word is in no list
        lines = list(dict.fromkeys(self.lists.words.values()))
        parts = [self._clusters(line) for line in lines]
        self.small_clusters: dict[str | None, int] = dict(zip(lines, add([small for small, _ in parts]), strict=True))
        self.great_clusters: dict[str | None, int] = dict(zip(lines, add([great for _, great in parts]), strict=True))
        self.written: dict[str | None, int] = {line: WRITTEN.index(line[-1]) for line in lines}
        self.persons: dict[str | None, int] = dict(group["p"].items())

    def _clusters(self, line: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The weights of the cluster in a line of the word list: of a small word, of one with a capital."""
        none = self.nothing
        cluster = int(line[:-2], 16)
        if not cluster:
            return (none,) * 3, (none,) * 4
        _, _, c4, c7, c, *_ = get = self.ids
        shared = c4(HEX[cluster & 15], none), c7(HEX[cluster & 127], none), c(line[:-2], none)
        return shared, (*shared, get[14](HEX[cluster & 1023], none))

    def row(self, word: str) -> int:
        """The row of a word, made when it does not come with the model."""
        return self.new_rows([word])[0]

    def new_rows(self, words: list[str]) -> list[int]:
        """The rows of different words; those that do not come with the model are made in one go."""
        rows = list(map(self.ready.get, words))
        small: list[int] = []
        great: list[int] = []
        other: list[int] = []
        for i, word in enumerate(words):
            if rows[i] is None:
                if not word[0].isalpha():
                    other.append(i)
                elif word.lower() == word:
                    small.append(i)
                elif word.istitle() and word.isalpha() and word[0].isupper() and not word.isupper():
                    great.append(i)
                else:
                    other.append(i)
        made = zip((small, great, other), (self._small, self._capitalised, self._others), strict=True)
        for places, make in made:
            if places:
                for i, row in zip(places, make([words[i] for i in places]), strict=True):
                    rows[i] = row
        return rows  # type: ignore[return-value]

    def _add(self, classes: Sequence[int] | NDArray[Any], codes: str, weights: NDArray[Any]) -> range:
        """New rows: class, code, and sum of the `weights` (number of them, words) of each word."""
        first = self.used
        self.used = end = first + len(codes)
        while end > len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.classes = np.concatenate([self.classes, np.zeros_like(self.classes)])
            self.codes = np.concatenate([self.codes, np.zeros_like(self.codes)])
        self.classes[first:end] = classes
        self.codes[first:end] = np.frombuffer(codes.encode(), np.uint8)
        self.table[first:end] = self.weights.take(weights, 0).sum(0, dtype=np.int16) * self.scale
        return range(first, end)

    def _small(self, words: list[str]) -> list[int]:
        """The rows of words in small letters, or of a script without: class, cluster and the word itself count.

        Of one that no list knows nothing counts but its class: all such words share a row.
        """
        none = self.nothing
        lines = list(map(self.lists.words.get, words))
        own = list(map(self.ids[0], words, repeat(none)))
        classes: list[int] = []
        codes: list[str] = []
        for word in words:
            if word[0].islower():
                classes.append(self.small.get(word, LOW))
                codes.append("l" if word in LINKS else "x")
            else:
                classes.append(word_class(word, self.lists))
                codes.append(code(word, self.lists))
        rows = [0] * len(words)
        fresh: list[int] = []
        row = self.used
        for i, line in enumerate(lines):
            rows[i] = row
            if line is None and own[i] == none:
                rows[i] = self.plain.setdefault((classes[i], codes[i]), row)
                if rows[i] != row:
                    continue
            fresh.append(i)
            row += 1
        if fresh:
            columns = (
                [self.class_weights[classes[i]] for i in fresh],
                [self.small_clusters.get(lines[i], none) for i in fresh],
                [own[i] for i in fresh],
            )
            self._add([classes[i] for i in fresh], "".join([codes[i] for i in fresh]), np.array(columns, np.intp))
        return rows

    def _capitalised(self, words: list[str]) -> range:
        """The rows of words of letters with a capital in front: most new words by far.

        What `describe` says, from sums of weights: fewer look-ups.
        """
        of, none, n = self.lists, self.nothing, len(words)
        small = list(map(str.lower, words))
        flags = list(map(of.persons.get, words))
        lines = list(map(of.words.get, words))
        genitives = [i for i, word in enumerate(words) if word[-1] == "s" and len(word) > 3]
        for i in genitives:
            flags[i] = flags[i] or of.persons.get(words[i][:-1])
        great = self.great
        classes: list[int] = []
        for word, low, flag, line in zip(words, small, flags, lines, strict=True):
            kind = great.get(low)
            if kind is None and (kind := lexicon_class(word, low, of)) is None:
                kind = listed_class(flag, line[-1] if line else "")
            classes.append(kind)
        for i in genitives:
            lines[i] = lines[i] or of.words.get(words[i][:-1])
        sizes = np.minimum(np.fromiter(map(len, words), np.intp, n), MOST_SIZE)
        written = np.fromiter(map(self.written.get, lines, repeat(WRITTEN.index("-"))), np.intp, n)
        kinds = np.array(classes, np.intp) * (MOST_SIZE + 1) + sizes
        end4, end3, end2 = self.end4.get, self.end3.get, self.ids[8]
        begin4, begin3 = self.begin4.get, self.ids[11]
        columns = (
            self.kinds + kinds * len(WRITTEN) + written,
            # only sums are looked for first: no number is 0
            [end4(word[-4:]) or end3(word[-3:]) or end2(word[-2:], none) for word in small],
            [begin4(word[:4]) or begin3(word[:3], none) for word in small],
            list(map(self.ids[0], small, repeat(none))),
            list(map(self.great_clusters.get, lines, repeat(none))),
            list(map(self.persons.get, flags, repeat(none))),
        )
        return self._add(classes, "C" * n, np.array(columns, np.intp))

    def _others(self, words: list[str]) -> range:
        """The rows of all other words: in capitals, mixed, hyphenated, numbers, marks."""
        classes = [word_class(word, self.lists) for word in words]
        codes = "".join(["b" if word == BOUNDARY else code(word, self.lists) for word in words])
        described = [self.describe(word, kind) for word, kind in zip(words, classes, strict=True)]
        features = [[i for i in seen + own if i is not None] for seen, own in described]
        # all words get as many: adding up whole arrays is quick
        padded = np.array(list(zip_longest(*features, fillvalue=self.nothing)), np.intp)
        return self._add(classes, codes, padded.reshape(-1, len(words)))

    def encode(self, docs: Sequence[Document]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The row of each word, with two boundaries before each sentence and at the end, and the place of each token.

        The documents have one vocabulary, and stand one after the other.
        """
        vocabulary = docs[0].vocabulary
        read = [(doc, surfaces(doc)) for doc in docs]
        numbers = [doc.numbers if words is doc.words else vocabulary.numbers(words) for doc, words in read]
        rows = self.column.of(np.concatenate(numbers), vocabulary)
        n = len(rows)
        counts = [len(doc.sentences) for doc in docs]
        total = sum(counts)
        sentences = np.fromiter(chain.from_iterable([doc.sentences for doc in docs]), np.intp, total)
        tokens = accumulate(map(len, numbers[:-1]), initial=0)
        place = np.zeros(n, np.intp)
        place[sentences + np.array(list(tokens)).repeat(counts)] = 2
        place = place.cumsum() + np.arange(n)
        padded = np.zeros(n + 2 * total + 2, np.intp)
        padded[place] = rows
        return padded, place

    def spans(self, docs: Sequence[Document], found: Sequence[list[Match]]) -> list[list[Span]]:
        """The names of each document, in order. `found`: what the lexicon found in it.

        The documents have one vocabulary. Several at once cost less than one by one.
        """
        sizes = [len(doc.words) for doc in docs]
        if not any(sizes):
            return [[] for _ in docs]
        padded, place = self.encode(docs)
        found_runs = runs(self.codes.take(padded).tobytes().decode("ascii"))
        if not found_runs:
            return [[] for _ in docs]
        bounds = np.array(found_runs)
        lengths = bounds[:, 1] - bounds[:, 0]
        ends = lengths.cumsum()
        first = ends - lengths
        at = np.arange(ends[-1]) + (bounds[:, 0] - first).repeat(lengths)
        # Tokens are counted with one more before and after each document: the phrase tags have a 0 there.
        begins = list(accumulate([size + 2 for size in sizes], initial=0))
        token_at = np.zeros(len(padded), np.intp)
        token_at[place] = np.arange(len(place)) + np.arange(0, 2 * len(docs), 2).repeat(sizes)
        tokens = token_at.take(at)
        tags = np.concatenate([phrase_tags(size, matches) for size, matches in zip(sizes, found, strict=True)])
        labels = viterbi(self.scores(padded, at, tags, tokens), self.transitions, first, lengths)
        a, b, kinds = spans_of(labels, first)
        starts = tokens.take(a)
        cuts = starts.searchsorted(begins).tolist()
        b += starts - a
        names: list[list[Span]] = []
        for begin, i, j in zip(begins[:-1], cuts[:-1], cuts[1:], strict=True):
            names.append(list(zip((starts[i:j] - begin).tolist(), (b[i:j] - begin).tolist(), kinds[i:j], strict=True)))
        return names

    def scores(self, padded: NDArray[Any], at: NDArray[Any], tags: NDArray[Any], tokens: NDArray[Any]) -> NDArray[Any]:
        """(places, labels): what speaks for each label, transitions left out.

        `at`: places in `padded` to be scored, `tags`: phrase tags (one 0 in front), `tokens`: the tokens of `at`.
        """
        # One array a neighbour, one after the other: adding whole arrays is far quicker than adding within rows.
        around = padded.take(at + _AROUND)
        total: NDArray[Any] = self.table.reshape(-1, len(LABELS)).take(around * len(OFFSETS) + _FIVE, 0).sum(0)
        classes = self.classes.take(around[1:4])
        n = len(CLASSES)
        total += self.triples.reshape(-1, len(LABELS)).take((classes[0] * n + classes[1]) * n + classes[2], 0)
        phrases = tags.take(tokens + _THREE) + _THREE * N_PHRASES
        total += self.phrases.reshape(-1, len(LABELS)).take(phrases, 0).sum(0)
        return total


_AROUND = np.array(OFFSETS)[:, None]
_FIVE = np.arange(len(OFFSETS))[:, None]
_THREE = np.arange(3)[:, None]


@lru_cache(maxsize=8)
def model(language: str) -> Model | None:
    """The model for a language, None where there is none."""
    path = data_file(f"names-{language}.npz")
    return Model(path, lists(language)) if path.exists() else None
