"""What the line model sees of each line: its shape, its wording, its place, and the same of its neighbours.

Only the lines near the article are read for their wording; `zone` finds them by shape alone. All arrays are float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.clean import cues as wording
from worker.clean.cues import Cues
from worker.clean.shape import BRACKET, COLON, COMMA, DASH, DIGIT, LOWER, QUOTE, SYMBOL, UPPER, Floats, Shape
from worker.clean.words import Cue

GROUPS: tuple[Cue, ...] = (
    Cue.NAV | Cue.LIVE,
    Cue.SHARE | Cue.READING,
    Cue.COMMENT,
    Cue.COOKIE | Cue.NEWSLETTER | Cue.OFFER,
    Cue.RELATED | Cue.TAGS,
    Cue.AD,
    Cue.CREDIT,
    Cue.LEGAL,
    Cue.GALLERY | Cue.VIDEO,
    Cue.BYLINE,
    Cue.DATE,
)
_G = len(GROUPS)
_SELF = 36
_OWN = _SELF + 3 * _G
_NEAR = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 19, 24, 25, 26, 28, 29, 30, 31, 32, 33, 34, 40, 42)
"""The columns whose values two and three lines off, and whose means over windows, are seen too."""
WIDTH = 3 * _OWN + 4 * len(_NEAR) + 4 * len(_NEAR) + 10

BEFORE, AFTER = 40, 40
"""How many lines around the region of prose are looked at."""


@dataclass(slots=True)
class Zone:
    """The lines `low` to `high` with the region `start` to `end` in them, all as indices of the document."""

    low: int
    high: int
    start: int
    end: int


def prose_scores(form: Shape) -> Floats:
    """How much each line looks like running text, by shape alone: above 0 for sentences, below for labels and lists."""
    words = form.words
    sentence = (form.stops > 0) | form.ends | (form.colon & (words > 6))
    running = np.clip(form.lower_share * 1.6 - 0.2, 0, 1)
    long = words >= 12
    scores = np.where(long, -0.2, -0.45)
    scores = np.where(sentence & (words >= 5), 0.3 * running, scores)
    scores = np.where(sentence & long, np.minimum(words, 60) / 10 * running, scores)
    return np.where(form.dots & (words < 40), -0.3, scores).astype(np.float32)


def region(scores: Floats) -> tuple[int, int]:
    """Start and end of the run of lines with the largest sum of scores; (0, 0) where none is above 0."""
    total = np.concatenate((np.zeros(1), np.cumsum(scores, dtype=np.float64)))
    floor = np.minimum.accumulate(total)
    last = int((total - floor).argmax())
    if last == 0:
        return 0, 0
    return int(total[: last + 1].argmin()), last


def zone(scores: Floats) -> Zone:
    """The neighbourhood of the article, by shape."""
    start, end = region(scores)
    n = len(scores)
    if end <= start:
        return Zone(0, min(n, 120), 0, min(n, 120))
    return Zone(max(0, start - BEFORE), min(n, end + AFTER), start, end)


def own(texts: list[str], gaps: list[bool], form: Shape, scores: Floats, place: Zone, cues: Cues) -> Floats:
    """(m, 36 + 33) features of the lines of the zone by themselves; `texts` and `gaps` are the document's."""
    part = slice(place.low, place.high)
    m = place.high - place.low
    words = form.words[part]
    chars = form.chars[part]
    counts = form.counts[part]
    out = np.zeros((m, _OWN), np.float32)
    out[:, 0] = np.log1p(words) * 0.4
    for column, (least, most) in enumerate(((0, 2), (3, 5), (6, 9), (10, 16), (17, 35), (36, 1e9)), start=1):
        out[:, column] = (words > least - 0.6) & (words < most + 0.6)
    out[:, 7] = form.lower_share[part]
    out[:, 8] = form.upper_share[part]
    out[:, 9] = counts[:, DIGIT] / chars
    out[:, 10] = np.minimum(form.stops[part], 4) * 0.25
    out[:, 11] = form.ends[part]
    out[:, 12] = form.dots[part]
    out[:, 13] = form.asks[part]
    out[:, 14] = form.colon[part]
    out[:, 15] = counts[:, COMMA] > 0
    out[:, 16] = np.minimum(counts[:, COMMA] / words, 0.5) * 2
    out[:, 17] = counts[:, QUOTE] > 1
    first = form.first[part]
    out[:, 18] = first == QUOTE
    out[:, 19] = first == LOWER
    out[:, 20] = first == DIGIT
    out[:, 21] = (first == SYMBOL) | (first == DASH) | (first == BRACKET)
    out[:, 22] = np.minimum(counts[:, SYMBOL], 4) * 0.25
    out[:, 23] = counts[:, BRACKET] > 0
    gap = np.zeros(m + 1, np.float32)
    gap[:m] = gaps[part]
    gap[m] = place.high >= len(texts) or gaps[place.high]
    out[:, 24] = gap[:m]
    out[:, 25] = gap[1:]
    out[:, 27] = np.minimum(form.letters[part] / words, 16) / 16
    out[:, 28] = scores[part] * 0.2
    out[:, 32] = (form.upper_share[part] > 0.7) & (counts[:, UPPER] > 3)
    out[:, 33] = counts[:, COLON] > 0
    out[:, 34] = words > 60
    heads: dict[str, int] = {}
    repeated = [False] * m
    whole = [False] * m
    dates = [False] * m
    credits = [False] * m
    bylines = [False] * m
    digits = (counts[:, DIGIT] > 0).tolist()
    lengths = chars.tolist()
    phrase, opening, found = cues.phrase, cues.opening, cues.words
    for j in range(m):
        text = texts[place.low + j]
        head = text[:40]
        other = heads.setdefault(head, j)
        if other != j:
            more = lengths[j] - lengths[other]
            if more > 20:
                whole[j] = repeated[other] = True
                heads[head] = j
            elif more < -20:
                repeated[j] = whole[other] = True
            else:
                repeated[j] = repeated[other] = True
        if lengths[j] > wording.LONGEST:
            continue
        word = found[j]
        if (digits[j] or word & Cue.DATE) and lengths[j] < 90:
            dates[j] = wording.is_date(text)
        if word & Cue.CREDIT or opening[j] & Cue.CREDIT or "©" in text or "/" in text:
            credits[j] = wording.is_credit(text)
        if (word | opening[j]) & Cue.BYLINE:
            bylines[j] = wording.is_byline(text)
    out[:, 26] = repeated
    out[:, 35] = whole
    out[:, 29] = dates
    out[:, 30] = credits
    out[:, 31] = bylines
    masks = np.array([int(g) for g in GROUPS])
    out[:, _SELF : _SELF + _G] = (np.array(phrase)[:, None] & masks) > 0
    out[:, _SELF + _G : _SELF + 2 * _G] = (np.array(opening)[:, None] & masks) > 0
    out[:, _SELF + 2 * _G :] = ((np.array(found)[:, None] & masks) > 0) * np.sqrt(np.array(cues.share, np.float32))[:, None]
    return out


def matrix(mine: Floats, scores: Floats, place: Zone, total: int) -> Floats:
    """(m, WIDTH): each line's own features, those of its neighbours, means over windows, and its place in the document."""
    m = len(mine)
    near = mine[:, _NEAR]
    k = near.shape[1]
    padded = np.zeros((m + 6, k), np.float32)
    padded[3 : m + 3] = near
    wide = np.zeros((m + 2, _OWN), np.float32)
    wide[1 : m + 1] = mine
    sums = np.zeros((m + 1, k), np.float32)
    np.cumsum(near, axis=0, out=sums[1:])
    at = np.arange(m)
    blocks = [mine, wide[:m], wide[2:], padded[1 : m + 1], padded[5 : m + 5], padded[:m], padded[6:]]
    for span in (6, 18):
        before = np.maximum(at - span, 0)
        after = np.minimum(at + 1 + span, m)
        blocks.append((sums[at] - sums[before]) / span)
        blocks.append((sums[after] - sums[at + 1]) / span)
    where = np.empty((m, 10), np.float32)
    index = at + place.low
    prose = np.maximum(scores, 0)
    cumulated = np.cumsum(prose)
    whole = max(float(cumulated[-1]), 1e-6)
    share = cumulated[place.low : place.high] / whole
    where[:, 0] = share
    where[:, 1] = share < 1e-6
    where[:, 2] = share > 1 - 1e-6
    where[:, 3] = np.log1p(np.maximum(place.start - index, 0)) * 0.3
    where[:, 4] = np.log1p(np.maximum(index + 1 - place.start, 0)) * 0.3
    where[:, 5] = np.log1p(np.maximum(place.end - index, 0)) * 0.3
    where[:, 6] = np.log1p(np.maximum(index + 1 - place.end, 0)) * 0.3
    where[:, 7] = (index >= place.start) & (index < place.end)
    where[:, 8] = np.log1p(total) * 0.15
    long = near[:, 5] + near[:, 6] > 0
    where[:, 9] = float(mine[long, 24].mean()) if long.any() else 0.5
    blocks.append(where)
    return np.concatenate(blocks, axis=1)
