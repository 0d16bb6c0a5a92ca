"""What the line model sees of each line: its shape, its wording, its place, and the same of its neighbours.

Only the lines near the article are read at all; `zones` finds them by their lengths. All arrays are float32, one row a
line of the zone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from worker.clean import cues as wording
from worker.clean.cues import Cues
from worker.clean.names import is_byline
from worker.clean.shape import BRACKET, COLON, COMMA, DASH, DIGIT, LOWER, QUOTE, SYMBOL, UPPER, Floats, Shape
from worker.clean.story import kinship
from worker.clean.windows import fill_beside, fill_means
from worker.clean.words import STRONG, Cue

GROUPS: tuple[int, ...] = (
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
_MASKS = np.array(GROUPS, np.int32)
_SELF = 39
_OWN = _SELF + 3 * _G
_BINS = np.array((0, 2.5, 5.5, 9.5, 16.5, 35.5), np.float32)
REPEATED, DATED, CREDITED, SIGNED, _WHOLE, KIN = 26, 29, 30, 31, 35, 37
_GAP = 24
_NEAR = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 19, 24, 25, 26, 28, 29, 30, 31, 32, 33, 34, 36, 37, 43, 45]
"""The columns whose values two and three lines off, and whose means over windows, are seen too."""
_SPANS = (6, 18)
_PLACE = 14
WIDTH = 3 * _OWN + 8 * len(_NEAR) + _PLACE

MARGIN = 24
"""How many lines around the region of long lines are looked at."""
MOST = 3000
"""How many lines are looked at altogether: more than any article has."""

_PROSE = 90
"""Characters of a long line at least."""
_LITTLE = 2500
"""Characters of long lines below which lists are looked for around them."""
_FAR = 250
"""How many lines of a list are looked for on each side."""
_MUCH = 6
_LONGEST_DATE = 90
"""Characters of a line with a date, which it must have fewer of."""
_FIGURE = re.compile(r"\d").search
_DAY = re.compile(r"(?:19|20)\d\d|\d:\d\d").search

_STOP = Cue.RELATED | Cue.COMMENT | Cue.GALLERY


@dataclass(slots=True)
class Zone:
    """The lines `low` to `high` of a document."""

    low: int
    high: int


def regions(scores: npt.NDArray[Any], edges: Sequence[int]) -> list[tuple[int, int]]:
    """For each document, start and end of the run of lines with the largest sum of scores; (0, 0) where none is above 0.

    Document i has the scores from `edges[i]` to `edges[i + 1]`; the answers count from its first line.
    """
    sizes = np.diff(edges)
    place = np.arange(sizes.max(initial=0) + 1)
    total = np.zeros((len(sizes), len(place)))
    total[:, 1:][place[:-1] < sizes[:, None]] = scores
    np.cumsum(total, axis=1, out=total)
    last = (total - np.minimum.accumulate(total, axis=1)).argmax(axis=1)
    total[place > last[:, None]] = np.inf
    return list(zip(np.where(last > 0, total.argmin(axis=1), 0).tolist(), last.tolist(), strict=True))


def zones(dumps: Sequence[Sequence[str]]) -> list[Zone]:
    """The neighbourhoods of articles, by the lengths of lines alone: a page's menus are short lines."""
    edges = [0, *accumulate(map(len, dumps))]
    lengths = np.fromiter(map(len, chain.from_iterable(dumps)), np.float32, edges[-1])
    scores = np.where(lengths >= _PROSE, np.minimum(lengths, 400) / 80, np.float32(-0.45))
    parts = pairwise(edges)
    return [
        _zone(texts, lengths[a:b], *place)
        for texts, (a, b), place in zip(dumps, parts, regions(scores, edges), strict=True)
    ]


def _zone(texts: Sequence[str], lengths: Floats, start: int, end: int) -> Zone:
    """The neighbourhood of an article whose long lines stand from line `start` to `end`."""
    n = len(texts)
    if n <= 2 * MARGIN:
        return Zone(0, n)
    if end <= start:
        return Zone(0, min(n, 4 * MARGIN))
    if (low := max(0, start - MARGIN)) or end + MARGIN < n:
        prose = lengths[start:end]
        if float(prose[prose >= _PROSE].sum()) < _LITTLE:  # lists may be what the article is made of
            start -= _listed(texts[max(0, start - _FAR) : start][::-1])
            end += _listed(texts[end : end + _FAR])
            low = max(0, start - MARGIN)
    return Zone(low, min(n, end + MARGIN, low + MOST))


def _listed(texts: Sequence[str]) -> int:
    """How many of these lines belong to a list of amounts or numbers that may begin with the first of them."""
    if len(texts) <= MARGIN:
        return 0
    figures = np.fromiter((_FIGURE(text) is not None and _DAY(text) is None for text in texts), np.bool_, len(texts))
    told = np.cumsum(np.where(figures, np.float32(0.7), np.float32(-0.25)))
    last = int(told.argmax())
    return last + 1 if told[last] > _MUCH else 0


def prose_scores(form: Shape) -> Floats:
    """How much each line looks like running text, by shape alone: above 0 for sentences, below for labels and lists."""
    words = form.words
    sentence = (form.stops > 0) | form.ends | (form.colon & (words > 6))
    running = np.clip(form.lower_share * 1.6 - 0.2, 0, 1)
    long = words >= 12
    scores = np.where(
        sentence & (words >= 5), np.where(long, np.minimum(words, 60) / 10, 0.3) * running, np.where(long, -0.2, -0.45)
    )
    scores[form.dots & (words < 40)] = -0.3
    return scores.astype(np.float32)


def marked_scores(scores: Floats, form: Shape, cues: Cues) -> Floats:
    """The prose scores, lowered where the wording says that something else begins."""
    phrase, opening, _ = cues.bits
    marked = scores - 2.5 * ((phrase & _STOP) > 0) - 0.6 * ((phrase & STRONG) > 0)
    return (marked - ((form.words < 14) & ((opening & _STOP) > 0))).astype(np.float32)


def own(texts: list[str], gaps: Gaps, form: Shape, scores: Floats, cues: Cues, edges: Sequence[int]) -> Floats:
    """(m, 39 + 33) features of the lines by themselves.

    The lines of several documents may stand one behind the other: document i from line `edges[i]` to `edges[i + 1]`.
    """
    m = len(texts)
    words = form.words
    chars = form.chars
    counts = form.counts
    out = np.zeros((_OWN, m), np.float32)  # a feature a row, as long as they are filled one by one
    out[np.searchsorted(_BINS, words), np.arange(m)] = 1
    out[0] = np.log1p(words) * 0.4
    out[7] = form.lower_share
    out[8] = form.upper_share
    out[9] = counts[DIGIT] / chars
    out[10] = np.minimum(form.stops, 4) * 0.25
    out[11] = form.ends
    out[12] = form.dots
    out[13] = form.asks
    out[14] = form.colon
    commas = counts[COMMA]
    out[15] = commas > 0
    out[16] = np.minimum(commas / words, 0.5) * 2
    out[17] = counts[QUOTE] > 1
    first = form.first
    out[18] = first == QUOTE
    out[19] = first == LOWER
    out[20] = first == DIGIT
    out[21] = (first == SYMBOL) | (first == DASH) | (first == BRACKET)
    out[22] = np.minimum(counts[SYMBOL], 4) * 0.25
    out[23] = counts[BRACKET] > 0
    out[_GAP] = gaps.before
    out[_GAP + 1] = gaps.after
    out[27] = np.minimum(form.letters / words, 16) * 0.0625
    out[28] = scores * 0.2
    out[32] = (form.upper_share > 0.7) & (counts[UPPER] > 3)
    out[33] = counts[COLON] > 0
    out[34] = words > 60
    found = (*_repeated(texts, chars.tolist(), edges), *_by_text(texts, form, cues))
    for column, lines in zip((REPEATED, _WHOLE, DATED, CREDITED, SIGNED), found, strict=True):
        out[column, lines] = 1
    out[36] = np.minimum(np.array(cues.notice, np.float32), 3) * 0.3333
    stems, kin = kinship(cues.letters, scores > 1, edges)
    many = np.minimum(stems, 6) * np.float32(0.16667)
    out[37] = kin * many
    out[38] = many - kin * many
    bits = cues.bits
    at = np.flatnonzero(bits.any(axis=0))
    if len(at):
        hits = ((bits[:, at, None] & _MASKS) > 0).astype(np.float32)
        hits[2] *= np.sqrt(np.array(cues.share, np.float32)[at])[:, None]
        out[_SELF:, at] = hits.transpose(0, 2, 1).reshape(3 * _G, len(at))
    return np.ascontiguousarray(out.T)


def _repeated(texts: list[str], lengths: list[float], edges: Sequence[int]) -> tuple[list[int], list[int]]:
    """Indices of lines that come again, and of those that hold the text of a shorter line."""
    repeated: list[int] = []
    whole: list[int] = []
    for start, end in pairwise(edges):
        heads: dict[str, int] = {}
        for j, text in enumerate(texts[start:end], start):
            head = text[:40]
            other = heads.setdefault(head, j)
            if other != j:
                more = lengths[j] - lengths[other]
                if more > 20:
                    whole.append(j)
                    repeated.append(other)
                    heads[head] = j
                elif more < -20:
                    repeated.append(j)
                    whole.append(other)
                else:
                    repeated += (j, other)
    return repeated, whole


def _by_text(texts: list[str], form: Shape, cues: Cues) -> tuple[list[int], list[int], list[int]]:
    """Indices of lines that name a day, a photo credit, an author."""
    _, opening, words = cues.bits
    cue = (opening | words) * (form.chars <= wording.LONGEST)
    dated = (form.chars < _LONGEST_DATE) & ((form.counts[DIGIT] > 2) | (cue & Cue.DATE > 0))
    credited = cue & Cue.CREDIT > 0
    for sign in "/©":
        credited[cues.letters.holding(sign)] = True
    credited &= form.chars <= wording.LONGEST
    return (
        [j for j in np.flatnonzero(dated).tolist() if wording.is_date(texts[j])],
        [j for j in np.flatnonzero(credited).tolist() if wording.is_credit(texts[j])],
        [j for j in np.flatnonzero(cue & Cue.BYLINE).tolist() if is_byline(texts[j])],
    )


def matrix(
    mine: Floats, scores: Floats, cores: Sequence[tuple[int, int]], totals: Sequence[int], edges: Sequence[int]
) -> Floats:
    """(m, WIDTH): each line's own features, those of its neighbours, means over windows, and its place among them.

    For each document: its region of the marked scores in `cores`, in `totals` the number of its lines before `zones`.
    Every value is the same whatever other documents stand beside it.
    """
    m = len(mine)
    out = np.empty((m, WIDTH), np.float32)
    bounds = np.array(edges)
    sizes = np.diff(bounds)
    start = np.repeat(bounds[:-1], sizes)
    near = mine.take(_NEAR, axis=1)
    out[:, :_OWN] = mine
    column = _OWN
    for step, source in ((1, mine), (2, near), (3, near)):
        column = fill_beside(out, column, source, -step, edges)
        column = fill_beside(out, column, source, step, edges)
    column = fill_means(out, column, near, _SPANS, edges)
    shares = np.empty(m, np.float32)
    bold = np.maximum(scores, 0)
    for a, b in pairwise(edges):
        prose = np.cumsum(bold[a:b])
        shares[a:b] = prose / max(float(prose[-1]), 1e-6)
    around = np.array([(*place, *core) for place, core in zip(regions(scores, edges), cores, strict=True)], np.float32)
    own_edges = np.repeat(around, sizes, axis=0)
    at = (np.arange(m) - start).astype(np.float32)
    away = at[:, None] - own_edges
    place = out[:, column:]
    place[:, 0] = shares
    place[:, 1] = shares < 1e-6
    place[:, 2] = shares > 1 - 1e-6
    place[:, 3:7] = np.log1p(np.maximum(-away, 0)) * 0.3
    place[:, 7:11] = np.log1p(np.maximum(away + 1, 0)) * 0.3
    place[:, 11] = (at >= own_edges[:, 2]) & (at < own_edges[:, 3])
    place[:, 12] = np.repeat((np.log1p(np.array(totals)) * 0.15).astype(np.float32), sizes)
    long = mine[:, 5] + mine[:, 6] > 0
    paragraphs = np.add.reduceat(long, bounds[:-1], dtype=np.int32)
    parted = np.add.reduceat(long & (mine[:, _GAP] > 0), bounds[:-1], dtype=np.int32)
    place[:, 13] = np.repeat(np.where(paragraphs > 0, parted / np.maximum(paragraphs, 1), 0.5), sizes)
    return out


@dataclass(slots=True)
class Gaps:
    """Whether an empty line stands before each line, and after it."""

    before: list[bool]
    after: list[bool]


def gaps_around(gaps: list[bool], place: Zone) -> Gaps:
    """The gaps of the lines of a zone."""
    low, high = place.low, place.high
    return Gaps(gaps[low:high], [*gaps[low + 1 : high + 1], *([True] if high >= len(gaps) else [])])
