"""Trains the sequence model of the name tagger.

    python -m worker.tag.train.names --language de --corpus FILE … [--held FILE …] [--out names-de.npz]

Use when a better licensed corpus is at hand or the word lists changed. Corpora are column files, one token a line, an
empty line between sentences: CoNLL (token … tag), GermEval (number, token, tag, inner tag), UNER (number, token, tag …).
Tags other than person, organisation, location count as no name. Needs the package `scipy`. Which corpora the shipped
models were trained on, and their licences: `worker/tag/data/README.md`.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.tag.gazetteer import matches
from worker.tag.sequence import (
    LABELS,
    N_PHRASES,
    OFFSETS,
    Model,
    checksum,
    code,
    phrase_tags,
    runs,
    spans_of,
    surfaces,
    viterbi,
)
from worker.tag.tokens import tokenise
from worker.tag.word_features import BOUNDARY, CLASSES, GROUPS, Feature, Lists, features, lists, word_class

KINDS = {
    "per": "PER", "person": "PER", "org": "ORG", "corporation": "ORG", "group": "ORG", "organization": "ORG",
    "loc": "LOC", "location": "LOC", "geo-loc": "LOC",
}  # fmt: skip
NO_SPACE_BEFORE = frozenset(",.;:!?)%]“”’") | {"'s", "’s", "n't"}
NO_SPACE_AFTER = frozenset("([„«")
FORBIDDEN = -30.0
READY = 30_000
"""So many words of the list get their rows into the model file."""
CAPITALS = 12
"""Every so many sentences one is learned in capitals, too: headlines of wire copy."""

Sentence = tuple[list[str], list[str]]


def read(path: Path) -> Iterator[Sentence]:
    """The sentences of a column file: tokens and their kinds with B- or I-."""
    tokens: list[str] = []
    tags: list[str] = []
    with open(path, encoding="utf8", errors="replace") as file:
        for line in file:
            columns = line.rstrip("\n").replace("\u200e", "").split("\t" if "\t" in line else " ")
            if line.startswith(("# ", "#\t", "-DOCSTART-")):
                continue
            if len(columns) < 2 or not columns[0].strip():
                if tokens:
                    yield tokens, tags
                tokens, tags = [], []
                continue
            numbered = len(columns) > 2 and columns[0].isdigit()
            token, tag = (columns[1], columns[2]) if numbered else (columns[0], columns[-1])
            mark, _, kind = tag.partition("-")
            kind = KINDS.get(kind.lower(), "")
            if mark not in ("B", "I") or not kind or not token.strip():
                tags.append("O")
            else:
                after = bool(tags) and tags[-1][2:] == kind
                tags.append(("I-" if mark == "I" and after else "B-") + kind)
            tokens.append(token.replace("_", " ").strip() or "-")
    if tokens:
        yield tokens, tags


def text_of(tokens: list[str]) -> tuple[str, list[int]]:
    """The running text of a tokenised sentence and where each token begins in it."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    quotes = 0
    glue = True
    for token in tokens:
        closing = token == '"' and quotes % 2 == 1
        if not (glue or token in NO_SPACE_BEFORE or closing):
            parts.append(" ")
            at += 1
        quotes += token == '"'
        starts.append(at)
        parts.append(token)
        at += len(token)
        glue = token in NO_SPACE_AFTER or (token == '"' and not closing)
    return "".join(parts), starts


class Corpus:
    """All sentences as arrays: padded word rows, phrase tags, runs and their labels."""

    def __init__(
        self, sentences: list[Sentence], language: str, of: Lists, rows: dict[str, int], capitals: bool
    ) -> None:
        ids: list[int] = [0]
        where: list[int] = []
        tags: list[list[int]] = [[], [], []]
        labels: list[int] = []
        self.runs: list[tuple[int, int]] = []
        for number, (tokens, kinds) in enumerate(sentences):
            for shouted in (False, True) if capitals and number % CAPITALS == 0 else (False,):
                text, begins = text_of([t.upper() for t in tokens] if shouted else tokens)
                doc = tokenise({"body": text, "language": {"code": language}})
                if not doc.words:
                    continue
                words = surfaces(doc)
                codes = "".join(code(w, of) for w in words)
                places = [
                    (a + start, a + end)
                    for a, b in pairwise([*doc.sentences, len(words)])
                    for start, end in runs(codes[a:b])
                ]
                gold = _aligned(doc.starts, [b + 2 for b in begins], kinds)
                _keep_inside(gold, places)
                first = len(where)
                bounds = set(doc.sentences)
                for i, word in enumerate(words):
                    if i in bounds:
                        ids += [0, 0]
                    where.append(len(ids))
                    ids.append(rows.setdefault(word, len(rows)))
                found = phrase_tags(len(words), matches(doc, of.lex)).tolist()
                tags[0] += found[:-2]
                tags[1] += found[1:-1]
                tags[2] += found[2:]
                labels += [LABELS.index(g) for g in gold]
                self.runs += [(first + a, first + b) for a, b in places]
        self.ids = np.array([*ids, 0, 0])
        self.where = np.array(where)
        self.tags = np.array(tags)
        self.labels = np.array(labels)
        self.words = rows


def _aligned(starts: list[int], begins: list[int], kinds: list[str]) -> list[str]:
    """The labels of our tokens from those of the corpus's tokens (`begins`: where these begin in the text)."""
    gold: list[str] = []
    k = 0
    last = -1
    for start in starts:
        while k + 1 < len(begins) and begins[k + 1] <= start:
            k += 1
        kind = kinds[k]
        if kind != "O":
            same = k == last or kind[0] == "I"
            goes_on = same and bool(gold) and gold[-1][2:] == kind[2:]
            kind = ("I-" if goes_on else "B-") + kind[2:]
        gold.append(kind)
        last = k
    return gold


def _keep_inside(gold: list[str], places: list[tuple[int, int]]) -> None:
    """Takes back names that are not wholly inside one run: the model cannot find them."""
    run_of = {i: n for n, (a, b) in enumerate(places) for i in range(a, b)}
    i = 0
    while i < len(gold):
        j = i + 1
        if gold[i] != "O":
            while j < len(gold) and gold[j][0] == "I":
                j += 1
            if len({run_of.get(x, -1 - x) for x in range(i, j)}) > 1 or i not in run_of:
                gold[i:j] = ["O"] * (j - i)
        i = j


class Trainer:
    """Maximum likelihood of the chain with a Gaussian prior, by L-BFGS."""

    def __init__(self, corpus: Corpus, rows: dict[str, int], of: Lists, least: int, prior: float) -> None:
        from scipy import sparse

        self.corpus, self.prior, self.of = corpus, prior, of
        counts: dict[Feature, int] = {}
        seen = np.bincount(corpus.ids[corpus.where], minlength=len(rows)).tolist()
        wordwise = [features(word, of, word_class(word, of)) for word in rows]
        for row, (shared, own) in enumerate(wordwise):
            for name in (*shared, *own):
                counts[name] = counts.get(name, 0) + seen[row]
        names = sorted(n for n, c in counts.items() if c >= least)
        self.ids = {n: i for i, n in enumerate(names)}
        pairs = [(r, i, 0) for r, (s, _) in enumerate(wordwise) for n in s if (i := self.ids.get(n)) is not None]
        owns = [(r, i, 1) for r, (_, o) in enumerate(wordwise) for n in o if (i := self.ids.get(n)) is not None]
        size = (len(rows), len(names))

        def matrix(cells: list[tuple[int, int, int]]) -> Any:
            r, c, _ = zip(*cells, strict=True)
            return sparse.csr_matrix((np.ones(len(r), np.float64), (r, c)), shape=size)

        self.shared, self.all = matrix(pairs), matrix(pairs + owns)
        n_labels, n_classes = len(LABELS), len(CLASSES)
        self.classes = np.array([word_class(w, of) for w in rows])
        self.shapes = [
            (len(names), len(OFFSETS), n_labels), (n_classes, n_classes, n_labels),
            (n_classes, n_classes, n_classes, n_labels), (3, N_PHRASES, n_labels), (n_labels, n_labels),
        ]  # fmt: skip
        self.sizes = np.cumsum([0, *(int(np.prod(s)) for s in self.shapes)])
        allowed = np.zeros((n_labels, n_labels))
        for a, before in enumerate(LABELS):
            for b, here in enumerate(LABELS):
                if here[0] == "I" and before[2:] != here[2:]:
                    allowed[a, b] = FORBIDDEN
        self.allowed = allowed
        w, k = corpus.where, self.classes[corpus.ids]
        self.at = [corpus.ids[w + o] for o in OFFSETS]
        self.before, self.here, self.after = k[w - 1], k[w], k[w + 1]
        self.select = [
            sparse.csr_matrix((np.ones(len(w)), (rows_at, np.arange(len(w)))), shape=(len(rows), len(w)))
            for rows_at in self.at
        ]
        order = sorted(corpus.runs, key=lambda r: r[0] - r[1])
        self.begins = np.array([a for a, _ in order])
        self.lengths = np.array([b - a for a, b in order])

    def parts(self, theta: NDArray[Any]) -> list[NDArray[Any]]:
        """The parameter vector cut into its tables."""
        return [theta[a:b].reshape(s) for a, b, s in zip(self.sizes, self.sizes[1:], self.shapes, strict=False)]

    def scores(self, theta: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """(tokens, labels) and the transitions."""
        weights, pairs, triples, phrase, transitions = self.parts(theta)
        total = pairs[self.before, self.here] + triples[self.before, self.here, self.after]
        for j, offset in enumerate(OFFSETS):
            table = (self.all if offset == 0 else self.shared) @ weights[:, j]
            total += table[self.at[j]]
        for j in range(3):
            total += phrase[j, self.corpus.tags[j]]
        return total, transitions + self.allowed

    def loss(self, theta: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        """Negative log likelihood with the prior, and its gradient (forward-backward over all runs in step)."""
        scores, trans = self.scores(theta)
        n_labels = len(LABELS)
        begins, lengths, gold = self.begins, self.lengths, self.corpus.labels
        longest = int(lengths[0])
        active = [int(np.count_nonzero(lengths > step)) for step in range(longest)]
        alphas = [scores[begins] + trans[0]]
        for step in range(1, longest):
            n = active[step]
            m = alphas[-1][:n]
            top = m.max(1, keepdims=True)
            alphas.append(top + np.log(np.exp(m - top) @ np.exp(trans)) + scores[begins[:n] + step])
        log_z = 0.0
        gradient = np.zeros_like(scores)
        grad_trans = np.zeros((n_labels, n_labels))
        beta = np.zeros((0, n_labels))
        z = np.zeros(len(begins))
        for step in range(longest - 1, -1, -1):
            n, more = active[step], active[step + 1] if step + 1 < longest else 0
            now = np.empty((n, n_labels))
            now[more:] = trans[:, 0]
            if more:
                inner = scores[begins[:more] + step + 1] + beta
                top = inner.max(1, keepdims=True)
                now[:more] = top + np.log(np.exp(inner - top) @ np.exp(trans).T)
            ended = slice(more, n)
            total = alphas[step][ended] + now[ended]
            top = total.max(1)
            z[ended] = top + np.log(np.exp(total - top[:, None]).sum(1))
            marginal = np.exp(alphas[step] + now - z[:n, None])
            gradient[begins[:n] + step] = marginal
            grad_trans[:, 0] += marginal[ended].sum(0)
            if more:
                both = alphas[step][:more, :, None] + trans + inner[:, None, :] - z[:more, None, None]
                grad_trans += np.exp(both).sum(0)
            if step == 0:
                grad_trans[0] += marginal.sum(0)
            beta = now
        log_z = float(z.sum())
        in_run = np.zeros(len(gold), bool)
        path = 0.0
        for step in range(longest):
            n = active[step]
            t = begins[:n] + step
            in_run[t] = True
            before = gold[t - 1] if step else np.zeros(n, int)
            path += float(trans[before, gold[t]].sum())
            np.subtract.at(grad_trans, (before, gold[t]), 1.0)
            last = t[lengths[:n] == step + 1]
            path += float(trans[gold[last], 0].sum())
            np.subtract.at(grad_trans, (gold[last], np.zeros(len(last), int)), 1.0)
        inside = np.flatnonzero(in_run)
        path += float(scores[inside, gold[inside]].sum())
        gradient[inside, gold[inside]] -= 1.0
        return log_z - path + 0.5 * self.prior * float(theta @ theta), self.spread(
            gradient, grad_trans
        ) + self.prior * theta

    def spread(self, gradient: NDArray[Any], grad_trans: NDArray[Any]) -> NDArray[Any]:
        """The gradient of the token scores, carried back to the parameters."""
        out = np.zeros(self.sizes[-1])
        weights, pairs, triples, phrase, transitions = self.parts(out)
        n_classes = len(CLASSES)
        for j, offset in enumerate(OFFSETS):
            weights[:, j] = (self.all if offset == 0 else self.shared).T @ (self.select[j] @ gradient)
        for label in range(len(LABELS)):
            g = gradient[:, label]
            flat = self.before * n_classes + self.here
            pairs[..., label] = np.bincount(flat, g, n_classes**2).reshape(n_classes, n_classes)
            flat = flat * n_classes + self.after
            triples[..., label] = np.bincount(flat, g, n_classes**3).reshape(n_classes, n_classes, n_classes)
            for j in range(3):
                phrase[j, :, label] = np.bincount(self.corpus.tags[j], g, N_PHRASES)
        transitions[...] = grad_trans
        return out

    def fit(self, steps: int) -> NDArray[Any]:
        """Minimises the loss; returns the parameters."""
        from scipy.optimize import minimize

        found = minimize(
            self.loss, np.zeros(self.sizes[-1]), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 8}
        )
        print(f"loss {found.fun:.0f} after {found.nit} steps", flush=True)
        theta: NDArray[Any] = found.x
        return theta

    def save(self, theta: NDArray[Any], path: Path, least: float) -> None:
        """Writes the model: 8-bit weights, features of no weight left out."""
        weights, pairs, triples, phrase, transitions = self.parts(theta)
        keep = np.flatnonzero(np.abs(weights).max((1, 2)) >= least)
        scale = max(float(np.abs(t).max()) for t in (weights[keep], pairs, triples, phrase)) / 127.0
        every = list(self.ids)
        np.savez_compressed(
            path,
            names=np.frombuffer("\n".join(GROUPS[every[i][0]] + "=" + every[i][1] for i in keep).encode(), np.uint8),
            weights=np.round(weights[keep] / scale).astype(np.int8),
            pairs=np.round(pairs / scale).astype(np.int8),
            triples=np.round(triples / scale).astype(np.int8),
            phrases=np.round(phrase / scale).astype(np.int8),
            transitions=(transitions + self.allowed).astype(np.float32),
            scale=np.float32(scale),
        )
        _with_rows(path, self.of)
        print(f"{path.name}: {len(keep)} of {len(every)} features, {path.stat().st_size / 1e6:.2f} MB", flush=True)


def _with_rows(path: Path, of: Lists) -> None:
    """Adds the rows of the commonest words to a model file, so that a fresh process need not compute them."""
    tagger = Model(path, of)
    ids = [tagger.row(word) for word in islice(of.words, READY)]
    with np.load(path) as file:
        tables = {key: file[key] for key in file if key not in ("rows", "classes", "codes", "checksum")}
    np.savez_compressed(
        path,
        **tables,
        rows=np.round(tagger.table[ids] / tagger.scale).astype(np.int16),
        classes=tagger.classes[ids].astype(np.uint8),
        codes=tagger.codes[ids],
        checksum=np.uint32(checksum(of, len(ids))),
    )


def _scores(tagger: Model, padded: NDArray[Any], corpus: Corpus) -> NDArray[Any]:
    """What speaks for each label of each token of a corpus."""
    total = np.zeros((len(corpus.where), len(LABELS)), np.float32)
    for j, offset in enumerate(OFFSETS):
        total += tagger.table.reshape(-1, len(OFFSETS), len(LABELS))[padded[corpus.where + offset], j]
    k, w = tagger.classes[padded], corpus.where
    total += tagger.triples[k[w - 1], k[w], k[w + 1]]
    for j in range(3):
        total += tagger.phrases[j, corpus.tags[j]]
    return total


def compare(corpus: Corpus, path: Path, of: Lists) -> str:
    """Precision, recall, F1 of each kind on a held-out corpus, by span."""
    tagger = Model(path, of)
    padded = np.array([tagger.row(w) for w in corpus.words])[corpus.ids]
    scores = _scores(tagger, padded, corpus)
    begins, ends = np.array(corpus.runs).T
    firsts, lasts, kinds = spans_of(viterbi(scores, tagger.transitions, begins, ends - begins), begins)
    found = set(zip(firsts.tolist(), lasts.tolist(), kinds, strict=True))
    gold: set[tuple[int, int, str]] = set()
    i = 0
    labels = corpus.labels.tolist()
    while i < len(labels):
        j = i + 1
        if labels[i]:
            while j < len(labels) and LABELS[labels[j]][0] == "I":
                j += 1
            gold.add((i, j, LABELS[labels[i]][2:]))
        i = j
    out = []
    for kind in ("PER", "ORG", "LOC"):
        f, g = {x for x in found if x[2] == kind}, {x for x in gold if x[2] == kind}
        p, r = len(f & g) / max(1, len(f)), len(f & g) / max(1, len(g))
        out.append(f"{kind} P {p:.3f} R {r:.3f} F {2 * p * r / max(1e-9, p + r):.3f} ({len(g)})")
    return "  ".join(out)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", required=True)
    parser.add_argument("--corpus", type=Path, nargs="+", required=True)
    parser.add_argument("--held", type=Path, nargs="*", default=[])
    parser.add_argument(
        "--tenth", action="store_true", help="hold every tenth sentence out and print how the model does on it"
    )
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--prior", type=float, default=0.5)
    parser.add_argument("--least", type=int, default=2, help="a rarer feature is not used")
    parser.add_argument("--prune", type=float, default=0.02, help="features whose weights all stay below are dropped")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    of = lists(options.language)
    # the checksum decides, so that the same sentences are held out whatever else is in the corpora
    every = [s for path in options.corpus for s in read(path)]
    held = [s for s in every if options.tenth and zlib.crc32(" ".join(s[0]).encode()) % 10 == 0]
    rest = [s for s in every if not (options.tenth and zlib.crc32(" ".join(s[0]).encode()) % 10 == 0)]
    rows: dict[str, int] = {BOUNDARY: 0}
    corpus = Corpus(rest, options.language, of, rows, capitals=True)
    print(f"{len(rest)} sentences, {len(corpus.where)} tokens, {len(corpus.runs)} runs, {len(rows)} words", flush=True)
    trainer = Trainer(corpus, rows, of, options.least, options.prior)
    trainer.save(trainer.fit(options.steps), options.out, options.prune)
    for name, sentences in (("tenth", held), *((p.name, list(read(p))) for p in options.held)):
        if sentences:
            print(name, compare_on(sentences, options.language, of, options.out), flush=True)


def compare_on(sentences: list[Sentence], language: str, of: Lists, path: Path) -> str:
    """How a model does on sentences."""
    rows: dict[str, int] = {BOUNDARY: 0}
    corpus = Corpus(sentences, language, of, rows, capitals=False)
    return compare(corpus, path, of)


if __name__ == "__main__":
    main()
