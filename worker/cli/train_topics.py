"""``news-worker train-topics``: a small topic model from articles that carry labels of your own."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from worker.errors import ConfigError, RecordError
from worker.settings import Settings
from worker.stages import RawRecord, TextOptions, clean_record, setup
from worker.tag.linear import LinearModel, counts, fit
from worker.tag.tokens import Document, tokenise

TESTED = 10
"""One article in so many is held back for the report; the model that is written has learned from all."""


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "train-topics",
        help="fit a topic model to labels of your own",
        description="Fit a small linear model to articles that carry labels. Input: JSON lines of finished articles, or of "
        "raw messages, which are cleaned first. A label such as medtop:15000000 is weighed in with the lexicons; any "
        "other one becomes a topic of its own, with the label as its code. The worker loads the file by --topic-model.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON lines; - is standard input")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the model goes (.npz)")
    parser.add_argument(
        "--label",
        default="labels.topic",
        metavar="KEY.KEY",
        help="where the label stands: a text, or a list of texts or of objects with a code (default labels.topic)",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Fit, report how good the model is on articles it has not seen, and write it; 1 where there is too little."""
    setup(TextOptions(("clean",), False, settings.max_message, settings.timezones))
    articles: list[tuple[str, Document, set[str]]] = []
    left_out = 0
    for name in args.files:
        for line in _lines(name):
            found = _article(line)
            labels = _labels(found, args.label.split(".")) if found else set()
            if found is None or not labels:
                left_out += 1
                continue
            doc = tokenise(found)
            articles.append((hashlib.sha256(doc.text.encode("utf-8", "replace")).hexdigest(), doc, labels))
    if not articles:
        raise ConfigError(f"no article with a label at {args.label} ({left_out} lines left out); see --label")
    known = [(counts(doc), labels) for _, doc, labels in articles]
    print(f"news-worker train-topics: {len(articles)} articles, {left_out} lines left out", file=sys.stderr)
    test = [i for i, (key, _, _) in enumerate(articles) if int(key[:8], 16) % TESTED == 0]
    held = set(test)
    if len(test) >= 5:
        _report(fit([row for i, row in enumerate(known) if i not in held]), [articles[i][1:] for i in test])
    else:
        print("news-worker train-topics: too few articles to hold some back and test on them", file=sys.stderr)
    model = fit(known)
    model.save(Path(args.out))
    print(
        f"news-worker train-topics: {len(model.labels)} labels, {len(model.words)} words, written to {args.out}",
        file=sys.stderr,
    )
    return 0


def _article(line: bytes) -> dict[str, Any] | None:
    """A finished article as it is, a raw message after cleaning; None for what is neither."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("body"), str) and "status" in value:
        return value
    try:
        staged = clean_record(RawRecord(line))
    except RecordError:
        return None
    if staged.article is None:
        return None
    article: dict[str, Any] = orjson.loads(staged.article)
    return {**value, **article} if article.get("status") == "usable" else None


def _labels(article: dict[str, Any], keys: list[str]) -> set[str]:
    value: Any = article
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    labels = set()
    for one in value if isinstance(value, list) else [value]:
        text = one.get("code") if isinstance(one, dict) else one
        if isinstance(text, str) and text.strip():
            labels.add(" ".join(text.split())[:100])
    return labels


def _report(model: LinearModel, tested: list[tuple[Document, set[str]]]) -> None:
    """Prints how often the first label is right, and precision and recall of each label at one half."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    first = 0
    for doc, labels in tested:
        chances = model.probabilities(doc)
        first += model.labels[int(chances.argmax())] in labels
        given = {label for label, chance in zip(model.labels, chances, strict=True) if chance >= 0.5}
        right.update(given & labels)
        said.update(given)
        wanted.update(labels)
    print(f"held back: {len(tested)} articles; the most likely label is right in {first / len(tested):.1%}")
    print(f"{'label':40s} {'articles':>8s} {'precision':>9s} {'recall':>7s}")
    for label in sorted(wanted):
        precision = f"{right[label] / said[label]:.2f}" if said[label] else "-"
        print(f"{label[:40]:40s} {wanted[label]:8d} {precision:>9s} {right[label] / wanted[label]:7.2f}")


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        if sys.stdin is None:
            raise ConfigError("standard input is closed")
        yield from (line for line in sys.stdin.buffer if line.strip())
        return
    try:
        with open(name, "rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error}") from None
