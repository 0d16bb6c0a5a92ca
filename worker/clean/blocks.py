"""Which lines of a document are its body: the region of the article first, then each line in it beside its neighbours.

`judge` answers for both roads: a dump, where only wording, shape and order speak, and lines of a page with hints of its mark-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from worker.clean import cues as wording
from worker.clean.cues import Cues
from worker.clean.lines import Line
from worker.clean.shape import Shape, kinds, shape
from worker.clean.words import STRONG, Cue

BODY, HEADING = "body", "heading"
_REASONS = (
    (Cue.GALLERY, "gallery"),
    (Cue.COOKIE, "cookies"),
    (Cue.NEWSLETTER, "newsletter"),
    (Cue.OFFER, "offer"),
    (Cue.AD, "advertisement"),
    (Cue.RELATED, "related"),
    (Cue.SHARE, "share"),
    (Cue.COMMENT, "comments"),
    (Cue.TAGS, "tags"),
    (Cue.CREDIT, "credit"),
    (Cue.READING, "tools"),
    (Cue.VIDEO, "video"),
    (Cue.LEGAL, "legal"),
    (Cue.LIVE, "navigation"),
    (Cue.NAV, "navigation"),
    (Cue.BYLINE, "byline"),
    (Cue.DATE, "date"),
)


def reason(cue: int) -> str:
    """The word for the strongest of some cues."""
    for flag, name in _REASONS:
        if cue & flag:
            return name
    return "other"


@dataclass(slots=True)
class Judged:
    """The verdict on each line: `body` and `heading` are kept, anything else says why not."""

    texts: list[str]
    labels: list[str]
    start: int
    """The first line of the region of the article."""
    end: int
    """The line after its last."""
    form: Shape | None
    low: int = 0
    """The first line that was read for its wording."""
    cues: Cues | None = None
    prose: list[float] = field(default_factory=list)


def region(scores: np.ndarray) -> tuple[int, int]:
    """Start and end of the run of lines with the largest sum of scores."""
    total = np.cumsum(scores, dtype=np.float64)
    floor = np.minimum.accumulate(np.concatenate(([0.0], total[:-1])))
    gain = total - floor
    last = int(gain.argmax())
    if gain[last] <= 0:
        return 0, 0
    first = int(np.flatnonzero(np.concatenate(([0.0], total[: last + 1]))[: last + 1] == floor[last])[-1])
    return first, last + 1


def prose_scores(form: Shape) -> np.ndarray:
    """How much each line looks like running text, by shape alone: above 0 for sentences, below for labels and lists."""
    words = form.words
    sentence = (form.stops > 0) | form.ends | (form.colon & (words > 6))
    running = np.clip(form.lower_share * 1.6 - 0.2, 0, 1)
    prose = np.minimum(words, 60) / 10 * running
    scores = np.where(
        sentence & (words >= 12),
        prose,
        np.where(sentence & (words >= 5), 0.3 * running, np.where(words >= 12, -0.2, -0.45)),
    )
    return np.where(form.dots & (words < 40), -0.3, scores)


def judge_dump(texts: list[str], gaps: list[bool]) -> Judged:
    """Judge the lines of a dump."""
    n = len(texts)
    if not n:
        return Judged([], [], 0, 0, None)
    text = "\n".join(texts)
    form = shape(text, kinds(text))
    scores = prose_scores(form)
    start, end = region(scores)
    if end <= start:
        start, end = 0, min(n, 60)
    low, high = max(0, start - 60), min(n, end + 30)
    lows = [t.lower() for t in texts[low:high]]
    found = Cues(lows)
    phrase = np.asarray(found.phrase)
    opening = np.asarray(found.opening)
    near = scores[low:high]
    stop = int(Cue.RELATED | Cue.COMMENT | Cue.GALLERY)
    near = near - np.where(phrase & stop, 2.5, 0) - np.where((phrase & int(STRONG)) > 0, 0.6, 0)
    short = form.words[low:high] < 14
    near = near - np.where(short & ((opening & stop) > 0), 1.0, 0)
    start, end = region(near)
    start += low
    end += low
    labels = ["outside"] * n
    _decide(texts, gaps, labels, form, found, low, start, end)
    return Judged(texts, labels, start, end, form, low, found, near.tolist())


def _decide(
    texts: list[str], gaps: list[bool], labels: list[str], form: Shape, found: Cues, low: int, start: int, end: int
) -> None:
    """Label the lines of the region."""
    words = form.words[start:end].tolist()
    ends = form.ends[start:end].tolist()
    stops = form.stops[start:end].tolist()
    running = form.lower_share[start:end].tolist()
    dots = form.dots[start:end].tolist()
    m = end - start
    paragraph = [False] * m
    seen: set[str] = set()
    for j in range(m):
        i = start + j
        t = texts[i]
        long = words[j] >= 10 and (ends[j] or stops[j] >= 1) and running[j] > 0.3
        c = i - low
        cue = found.phrase[c] | (found.opening[c] if words[j] < 14 else 0)
        if long and not dots[j]:
            if cue & STRONG or wording.is_credit(t) and words[j] < 40:
                labels[i] = reason(cue) if cue & STRONG else "caption"
                continue
            if t in seen:
                labels[i] = "repeated"
                continue
            lowered = t.lower() if len(t) < 700 else ""
            noise = [flag for mark, flag in wording.NOISE_IN_PROSE if mark in lowered]
            if noise and (len(noise) > 1 or words[j] < 25):
                labels[i] = reason(int(noise[0]))
                continue
            labels[i] = BODY
            paragraph[j] = True
            seen.add(t)
    for j in range(m):
        i = start + j
        if labels[i] != "outside":
            continue
        t = texts[i]
        c = i - low
        cue = found.phrase[c] | found.opening[c]
        if cue & (STRONG | Cue.COMMENT | Cue.NAV | Cue.VIDEO | Cue.CREDIT):
            labels[i] = reason(cue)
        elif wording.is_counter(t):
            labels[i] = "gallery"
        elif wording.is_credit(t):
            labels[i] = "credit"
        elif words[j] < 9 and wording.is_date(t):
            labels[i] = "date"
        elif wording.is_byline(t):
            labels[i] = "byline"
        elif t in seen:
            labels[i] = "repeated"
        elif j and paragraph[j - 1] or j and labels[i - 1] in (BODY, HEADING):
            before = labels[i - 1] in (BODY, HEADING)
            after = j + 1 < m and paragraph[j + 1]
            if ends[j] and words[j] >= 3 and (before or after) and not dots[j]:
                labels[i] = BODY
            elif after and before and words[j] <= 14 and labels[i - 1] == BODY:
                labels[i] = HEADING
            else:
                labels[i] = "other"
        elif j + 1 < m and paragraph[j + 1] and ends[j] and words[j] >= 3:
            labels[i] = BODY
        else:
            labels[i] = "other"


def judge_lines(lines: list[Line]) -> Judged:
    """Judge the lines of a page: its hints first, then the wording."""
    texts = [line.text for line in lines]
    if not texts:
        return Judged([], [], 0, 0, None)
    text = "\n".join(texts)
    form = shape(text, kinds(text))
    found = Cues([t.lower() for t in texts])
    labels = []
    for i, line in enumerate(lines):
        cue = found.phrase[i] | (found.opening[i] if form.words[i] < 12 else 0)
        if line.hint in ("caption", "credit", "byline", "date", "teaser", "nav", "section", "title"):
            labels.append(line.hint)
        elif cue & STRONG:
            labels.append(reason(cue))
        elif line.hint in ("body", "lead", "subheading"):
            labels.append(HEADING if line.hint == "subheading" else BODY)
        elif form.words[i] >= 8 and form.ends[i]:
            labels.append(BODY)
        else:
            labels.append("other")
    return Judged(texts, labels, 0, len(texts), form, 0, found)
