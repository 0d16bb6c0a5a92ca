"""Which lines of a document are its body: the region of the article first, then each line in it beside its neighbours.

`judge` answers for both roads: a dump, where only wording, shape and order speak, and lines of a page with hints of its mark-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from worker.clean import cues as wording
from worker.clean import features, model
from worker.clean.cues import Cues
from worker.clean.lines import Line
from worker.clean.shape import Floats, Shape, kinds, shape
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
    low: int = 0
    """The first line that was read for its wording; the lines of `roles` and `credits` count from here."""
    roles: Floats | None = None
    """What the model thinks of the lines from `low` on."""
    credits: list[bool] = field(default_factory=list)
    form: Shape | None = None


def judge_dump(texts: list[str], gaps: list[bool]) -> Judged:
    """Judge the lines of a dump: the rules' answer and the model's are added up."""
    n = len(texts)
    if not n:
        return Judged([], [])
    text = "\n".join(texts)
    form = shape(text, kinds(text))
    scores = features.prose_scores(form)
    place = features.zone(scores)
    low, high = place.low, place.high
    found = Cues([t.lower() for t in texts[low:high]])
    own = features.own(texts, gaps, form, scores, place, found)
    roles = model.roles(features.matrix(own, scores, place, n), own)
    phrase = np.asarray(found.phrase)
    opening = np.asarray(found.opening)
    stop = int(Cue.RELATED | Cue.COMMENT | Cue.GALLERY)
    near = scores[low:high] - np.where(phrase & stop, 2.5, 0) - np.where((phrase & int(STRONG)) > 0, 0.6, 0)
    short = form.words[low:high] < 14
    near = near - np.where(short & ((opening & stop) > 0), 1.0, 0)
    start, end = features.region(near)
    labels = ["outside"] * n
    _decide(texts, labels, form, found, low, start + low, end + low)
    inside = roles[:, model.BODY] + roles[:, model.HEADING] + roles[:, model.LEAD]
    words = form.words[low:high]
    logit = np.log(inside + 1e-4) - np.log(1 - inside + 1e-4) + np.minimum(words - 20, 60) * 0.05
    ruled = np.fromiter((2.0 if x in (BODY, HEADING) else -2.0 for x in labels[low:high]), np.float64, high - low)
    keep = (logit + ruled > 0).tolist()
    best = roles.argmax(axis=1).tolist()
    for j, kept in enumerate(keep):
        i = low + j
        if kept:
            if labels[i] not in (BODY, HEADING):
                labels[i] = HEADING if best[j] == model.HEADING else BODY
        elif labels[i] in (BODY, HEADING, "outside", "other"):
            name = model.LABELS[best[j]]
            labels[i] = name if name not in (BODY, HEADING, "lead") else "other"
    return Judged(texts, labels, low, roles, (own[:, 30] > 0).tolist(), form)


def _decide(
    texts: list[str], labels: list[str], form: Shape, found: Cues, low: int, start: int, end: int
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
    """Judge the lines of a page: the hints of its mark-up first, then the wording."""
    texts = [line.text for line in lines]
    if not texts:
        return Judged([], [])
    text = "\n".join(texts)
    form = shape(text, kinds(text))
    found = Cues([t.lower() for t in texts])
    words = form.words.tolist()
    ends = form.ends.tolist()
    labels: list[str] = []
    for i, line in enumerate(lines):
        cue = found.phrase[i] | (found.opening[i] if words[i] < 12 else 0)
        if line.hint in ("caption", "credit", "byline", "date", "teaser", "nav", "section", "title"):
            labels.append(line.hint)
        elif found.phrase[i] & STRONG or (cue & Cue.RELATED and words[i] < 12):
            labels.append(reason(cue))
        elif line.hint in ("body", "lead", "subheading"):
            labels.append(HEADING if line.hint == "subheading" else BODY)
        elif words[i] >= 8 and ends[i]:
            labels.append(BODY)
        else:
            labels.append("other")
    return Judged(texts, labels, 0, None, [wording.is_credit(t) if len(t) < wording.LONGEST else False for t in texts], form)
