"""Which lines of a document are its body: the region of the article first, then each line in it beside its neighbours.

`judge` answers for both roads: a dump, where only wording, shape and order speak, and lines of a page with hints of its mark-up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from worker.clean import cues as wording
from worker.clean import features, headings, model
from worker.clean.agency import is_credit_line
from worker.clean.cues import Cues
from worker.clean.dates import is_date_line
from worker.clean.lines import Line
from worker.clean.lists import BEGINS, SURE, with_lists
from worker.clean.names import DAY_BY, is_byline
from worker.clean.notices import begins_box, is_biography
from worker.clean.second import is_wide
from worker.clean.shape import DIGIT, Flags, Floats, Letters, Shape, shape
from worker.clean.threads import comments_at
from worker.clean.words import STRONG, Cue

Shares = npt.NDArray[np.float64]

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

_KEPT = (BODY, HEADING)
_NEVER = STRONG | Cue.COMMENT | Cue.NAV | Cue.VIDEO | Cue.CREDIT
_MOST_CAPTIONS = 3  # lines between two counters of a gallery
_LONGEST_CAPTION = 60  # words
_SAY = {BODY: 0, HEADING: 1, "other": 2, "outside": 3} | dict.fromkeys(SURE, 4)
"""What a rule's label says to the vote; 5 stands for all other labels."""
_DATED_STORY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}: \S")
_CREDIT_LINE = re.compile(
    r"(?:foto|bild|photo|image|picture|bildrechte|bildquelle|credit|grafik|fotocredit|crédit)s?(?: by)?"
    r"\s?(?:credit|quelle)?\s?(?:[:©]\s?\S|\.\.\.$)|©\s?[^\W\d]"
    r"|(?:photo(?:graph|graphy)?|image|illustration|screenshot)s? by [^\W\d_]",
    re.I,
)
"""How the credit of the photo above begins, or says that it follows."""
_ABOUT = re.compile(
    r"(?i:about|über|sobre|à propos de|acerca de) (?:(?i:the authors?|den autor|die autor(?:in|en|:in)|[eo]l? autora?)\b"
    r"|[^\W\d_a-zß-ÿ][\w'’.-]{1,30} (?:von |van |de )?[^\W\d_a-zß-ÿ][\w'’-]{1,30}$)"
)
"""The heading of a box about the author, or the firm that speaks."""
_INITIALS = re.compile(r"[.!?…][\"'”“»«’‹›]{0,2} ?\([a-zäöü]{2,6}(?:[/,] ?[a-zäöü]{2,6}){0,3}\)$")
"""What ends the last paragraph of a report: who wrote it, an agency or some initials."""
_DOUBTED = frozenset(("teaser", "caption", "title", "other"))
_SENTENCE = 10  # words
_LONGEST_BAR = 40
"""Characters of a line of links or tools ("Drucken | Merken") at most."""
_LONGEST_BOX = 400
"""Characters of a box about the author at most."""
_LONG = 40
"""Words of a line that may be too long for notices to be looked for in it."""
_LONGEST_CREDIT = 12  # words
_QUOTED = frozenset("\"“„«»‘'")
_INSIDE = [model.BODY, model.HEADING, model.LEAD]
_MAYBE, _SURELY = 0.15, 0.65
"""How likely the model finds a caption at least, and to be the article's own at most."""
_FEW = 12
"""Lines that are hardly anything at most."""
_ARTICLE, _LEFT = 150, 0.25
"""Words of an article that must not be lost, and the share of them that says that it is not."""
_BOXES = Cue.RELATED | Cue.GALLERY
"""What begins a box of other stories."""
_COUNTS = frozenset("(0123456789bBfFiIpPsS")
"""How a counter begins: with a figure, or with a word for a picture."""
_COUNTED = re.compile(r"(\d{1,3})\s?(?:of|von|de|/)\s?(\d{1,3})(?:\s?\||\s?[^\W\d_a-z])")
_SIGN_OFF = 8
"""Words of a last line that says who made the article, or opens what a page does not show."""
_SIGNED = re.compile(r"©|[(（][^()（）.!?]{2,60}[)）]$|[A-ZÄÖÜ][\w-]{1,20} ?\([^().!?]{2,40}\)$")
"""A right, editors in brackets, `ABC (xy)`."""
_TAIL, _TAIL_WORDS, _TAIL_CHARS = 8, 5, 40
"""Lines behind the last sentence of a page at most, and the words and characters of each."""
_FACT = re.compile(r":.{0,20}\d")
"""What tells when, where, how much: "Eintritt: 5 Euro"."""
_OFFERS = frozenset(("offer", "newsletter", "notice"))
_GOES_ON = frozenset(
    ("mehr", "Mehr", "more", "More", "weiter", "Weiterlesen", "weiterlesen", "Lire la suite", "Leer más", "Leggi tutto")
)
"""The link below the first lines of a story that is told elsewhere."""
_PASSING = frozenset(
    ("credit", "caption", "advertisement", "gallery", "share", "newsletter", "repeated", "notice", "date", "video")
)
"""What a sub-heading may follow: lines that interrupt an article without another story in them."""
_AT_ONCE = 64
"""Dumps judged at once: more gain nothing and need their memory."""
_NO_LINES: frozenset[int] = frozenset()
_NAMES = tuple("other" if x in ("body", "heading", "lead") else x for x in model.LABELS)


@lru_cache(maxsize=1024)
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
    """The first line that was read for its wording; `roles`, `own` and `form` count from here."""
    roles: Floats | None = None
    """What the model thinks of the lines from `low` on."""
    own: Floats | None = None
    """Their own features."""
    form: Rows | None = None
    """Their shape."""
    marked: dict[int, set[int]] = field(default_factory=dict)
    """The lines that have a feature of `worker.clean.features`: `DATED`, `CREDITED`, `SIGNED`, `REPEATED`."""

    def flagged(self, column: int) -> Set[int]:
        """The lines of `marked` that have a feature."""
        return self.marked.get(column, _NO_LINES)


@dataclass(slots=True)
class Rows:
    """What the rules ask of the lines of a document, from their `Shape`, in parallel lists."""

    words: list[float]
    ends: list[bool]
    dots: list[bool]
    stops: list[float]
    running: list[float]
    letters: list[float]

    @classmethod
    def of(cls, form: Shape) -> Self:
        """Those of all lines."""
        return cls(
            form.words.tolist(),
            form.ends.tolist(),
            form.dots.tolist(),
            form.stops.tolist(),
            form.lower_share.tolist(),
            form.letters.tolist(),
        )

    def part(self, start: int, end: int) -> Self:
        """Those of some lines."""
        return type(self)(
            self.words[start:end],
            self.ends[start:end],
            self.dots[start:end],
            self.stops[start:end],
            self.running[start:end],
            self.letters[start:end],
        )


def judge_dump(texts: list[str], gaps: list[bool], *, titled: bool = False) -> Judged:
    """Judge the lines of a dump: the rules' answer and the model's are added up.

    `titled`: the message states the title beside the text, so that the text may well be an article already.
    """
    return judge_dumps([(texts, gaps, titled)])[0]


def judge_dumps(dumps: Sequence[tuple[list[str], list[bool], bool]]) -> list[Judged]:
    """`judge_dump` for several dumps at once: what counts characters and multiplies does it for the lines of all of them.

    A dump is judged the same whatever others stand beside it.
    """
    judged = [Judged(texts, ["outside"] * len(texts)) for texts, _, _ in dumps]
    asked = [i for i, (texts, _, _) in enumerate(dumps) if texts]
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        _judge([dumps[i] for i in some], [judged[i] for i in some])
    return judged


def _judge(dumps: Sequence[tuple[list[str], list[bool], bool]], judged: Sequence[Judged]) -> None:
    """Fill `judged`; no dump is without lines."""
    here: list[str] = []
    gaps = features.Gaps([], [])
    edges = [0]
    places = features.zones([texts for texts, _, _ in dumps])
    for (texts, parted, _), one, place in zip(dumps, judged, places, strict=True):
        one.low = place.low
        here += texts[place.low : place.high]
        around = features.gaps_around(parted, place)
        gaps.before += around.before
        gaps.after += around.after
        edges.append(len(here))
    letters = Letters(here)
    form = shape(letters)
    scores = features.prose_scores(form)
    found = Cues(letters)
    own = features.own(here, gaps, form, scores, found, edges)
    near = features.marked_scores(scores, form, found)
    spans = list(pairwise(edges))
    cores = features.regions(near, edges)
    totals = [len(texts) for texts, _, _ in dumps]
    roles = model.roles(features.matrix(own, scores, cores, totals, edges), own, edges)
    rows = Rows.of(form)
    flags = own[:, (features.DATED, features.CREDITED, features.SIGNED)].T.tolist()
    ruled = _by_rules(here, form, rows, found, flags, edges, cores)
    said = np.fromiter((_SAY.get(x, 5) for x in ruled), np.int8, len(ruled))
    starts = np.repeat(np.array([a for a, _ in spans]), np.diff(edges))
    within = np.repeat(np.array(cores).reshape(-1, 2), np.diff(edges), axis=0) + starts[:, None]
    titled = np.array([titled for _, _, titled in dumps])
    keep = _vote(roles, said, form, _noise_shares(found, own, form, edges), within, titled, edges)
    words = rows.words
    phrase, opening, _ = found.bits
    told = np.bitwise_or.reduce(found.bits).tolist()
    short = form.words < 14
    begun = (phrase | opening * short).tolist()
    numbers = np.flatnonzero((form.first == DIGIT) | letters.begin_with(BEGINS)).tolist()
    kept: list[bool] = []
    behind = np.zeros(len(here), np.bool_)
    for (a, b), one in zip(spans, judged, strict=True):
        z = a + comments_at(keep[a:b], here[a:b], words[a:b], told[a:b], flags[0][a:b])
        some = keep[a:z]
        if z == b and _lost(some, ruled[a:b], words[a:b]):
            some = [label in _KEPT for label in ruled[a:b]]
        some = _without_islands(some, words[a:z], own[a:z, features.KIN : features.KIN + 2])
        first = [j - a for j in numbers[bisect_left(numbers, a) : bisect_left(numbers, z)]]
        some = with_lists(some, here[a:z], words[a:z], begun[a:z], ruled[a:z], flags[0][a:z], first) + [False] * (b - z)
        if len(one.texts) <= 5 and not any(some):  # a short message: whatever is no noise by its wording is the text
            some = [not (found.phrase[j] | found.opening[j] & _NEVER) and rows.letters[j] > 0 for j in range(a, b)]
        kept += some
        behind[z:b] = True
    labels = _named(ruled, said, np.array(kept), behind, phrase | opening * short & _NEVER, roles.argmax(axis=1))
    for column in (features.DATED, features.CREDITED, features.SIGNED, features.REPEATED):
        lines = np.flatnonzero(own[:, column]).tolist()
        for (a, b), one in zip(spans, judged, strict=True):
            off = one.low - a
            one.marked[column] = {j + off for j in lines[bisect_left(lines, a) : bisect_left(lines, b)]}
    for (a, b), one in zip(spans, judged, strict=True):
        one.roles, one.own, one.form = roles[a:b], own[a:b], rows.part(a, b)
        one.labels[one.low : one.low + b - a] = _settled(one, here[a:b], labels[a:b], ruled[a:b])


def _named(
    ruled: list[str],
    said: npt.NDArray[np.int8],
    kept: Flags,
    behind: Flags,
    cues: npt.NDArray[np.int32],
    best: npt.NDArray[np.intp],
) -> list[str]:
    """The label of each line: the rules' where it says what was done with the line, else the cues' or the model's.

    `said` are the rules' labels as `_SAY` counts them, `kept` the lines of the body, `behind` those from the comments on,
    `best` the model's likeliest roles.
    """
    labels = list(ruled)
    for j in np.flatnonzero(kept & (said > _SAY[HEADING])).tolist():
        labels[j] = HEADING if best[j] == model.HEADING else BODY
    dropped = ~kept & (said <= _SAY["outside"])
    for j in np.flatnonzero(dropped & behind).tolist():
        labels[j] = "comments"
    dropped &= ~behind
    at = np.flatnonzero(dropped & (cues == 0))
    for j, role in zip(at.tolist(), best[at].tolist(), strict=True):
        labels[j] = _NAMES[role]
    for j in np.flatnonzero(dropped & (cues != 0)).tolist():
        labels[j] = reason(int(cues[j]))
    return labels


def _lost(keep: list[bool], ruled: list[str], words: list[float]) -> bool:
    """Whether the vote left hardly anything of a long article that the rules see.

    Then the model took its headings and paragraphs for teasers, a title and a text each, to the last one.
    """
    if keep.count(True) > _FEW:
        return False
    told = [i for i, label in enumerate(ruled) if label == BODY]
    total = sum(words[i] for i in told)
    return total >= _ARTICLE and sum(words[i] for i in told if keep[i]) < _LEFT * total


def _settled(one: Judged, texts: list[str], labels: list[str], ruled: Sequence[str]) -> list[str]:
    """`labels` after another look at single lines, now that those around them stand."""
    assert one.roles is not None and one.form is not None
    words = one.form.words
    for i in range(1, len(ruled) - 1):
        if (  # a sentence between two paragraphs, as the rules see them, is no caption
            ruled[i] == BODY
            and labels[i] in _DOUBTED
            and words[i] >= _SENTENCE
            and ruled[i + 1] == BODY == labels[i + 1]
            and labels[i - 1] in _KEPT
        ):
            labels[i] = BODY
    for i in headings.missed(texts, labels, ruled, words, one.roles):
        labels[i] = HEADING
    for i in sorted(j - one.low - 1 for j in one.flagged(features.CREDITED)):
        if (  # before a credit, below which the article goes on, and a caption to the model as well
            0 < i < len(labels) - 2
            and labels[i] == BODY == labels[i + 2]
            and labels[i + 1] not in _KEPT
            and words[i + 1] < _LONGEST_CREDIT
            and labels[i - 1] != "credit"
            and _SENTENCE <= words[i] < _LONGEST_CAPTION
            and texts[i][0] not in _QUOTED
            and one.roles[i, model.CAPTION] > _MAYBE
            and one.roles[i, _INSIDE].sum() < _SURELY
            and any(map(_KEPT.__contains__, labels[:i]))
        ):
            labels[i] = "caption"
    for text in _GOES_ON.intersection(texts):
        for i in [i for i, other in enumerate(texts) if i and other == text and labels[i - 1] == BODY]:
            labels[i - 1] = "teaser"
    for i in headings.mistaken(texts, labels):
        labels[i] = "other"
    return labels


def _noise_shares(found: Cues, own: Floats, form: Shape, edges: Sequence[int]) -> Shares:
    """For each document, how many of its short lines carry the wording of menus, tools and other noise."""
    short = form.words < 14
    noisy = own[:, features.DATED : features.SIGNED + 1].any(axis=1)
    noisy |= (found.bits[0] > 0) | (found.bits[1] & _NEVER > 0)
    bounds = edges[:-1]
    count = np.add.reduceat(short, bounds, dtype=np.int32)
    said = np.add.reduceat(noisy & short, bounds, dtype=np.int32)
    return np.where(said > 1, said / np.maximum(count, 1), 0.0)  # one is the head's own: a date, a byline


def _vote(
    roles: Floats,
    said: npt.NDArray[np.int8],
    form: Shape,
    noise: Shares,
    cores: npt.NDArray[np.intp],
    titled: Flags,
    edges: Sequence[int],
) -> list[bool]:
    """Which lines stay: the model's log odds and the rules' say are added up.

    The rules' say is worth 1.5, more for long paragraphs, which the made pages of the training know too little of, and
    for headings. A short line without a noise label right before a paragraph is left to the model: there its view of
    both sides is better than any rule of ours. `said` are the rules' labels as `_SAY` counts them; `noise` and `titled`
    have an entry a document, `cores` a row a line.
    """
    m = len(said)
    inside = roles[:, model.BODY] + roles[:, model.HEADING] + roles[:, model.LEAD]
    words = form.words
    ruled_in = said <= 1
    other = said == 2
    before_text = np.zeros(m, np.bool_)
    before_text[:-1] = said[1:] == 0
    before_text[np.array(edges[1:]) - 1] = False
    open_case = other & before_text & (words <= 14)
    say = np.where(ruled_in, 1.5, -1.5) + np.minimum(words - 20, 0) * 0.03
    say += 2 * (said == 1).astype(np.float32)
    say[said == 4] = -20
    say = np.where(open_case, 1.0, say) + np.clip(words - 20, 0, 60) * 0.05
    say += np.where(ruled_in & (words > 20), np.minimum(words, 80) * 0.03, 0)
    quiet = noise < 0.1  # hardly any noise around: short lines between paragraphs are the article's own
    if quiet.any():
        bounds = edges[:-1]
        sizes = np.diff(edges)
        told = np.add.reduceat(ruled_in, bounds, dtype=np.int32) / sizes
        long = np.add.reduceat(words >= 14, bounds, dtype=np.int32) / sizes
        plain = quiet & (titled | (told > 0.6) | (long > 0.8))  # no dump of a page: a text as it is
        at = np.arange(m)
        own_list = other & (at >= cores[:, 0]) & (at < cores[:, 1])
        say = np.where(np.repeat(quiet, sizes) & own_list, np.maximum(say, 4.0), say)
        say = np.where(np.repeat(quiet, sizes) & ruled_in, np.maximum(say, 8.0), say)
        say = np.where(np.repeat(plain, sizes) & (other | (said == 3)), np.maximum(say, 8.0), say)
    keep: list[bool] = (np.log(inside + 1e-4) - np.log(1 - inside + 1e-4) + say > 0).tolist()
    return keep


def _without_islands(keep: list[bool], words: list[float], kin: Floats) -> list[bool]:
    """`keep` without small groups of lines that stand apart behind the body: other stories' teasers, comments, a page's notices.

    The further a group stands behind its neighbour, the larger it must be, measured in words of the largest group. A group
    of paragraphs that share their longer words with others (`kin`: how many do, how many do not) is of the same story.
    """
    groups: list[tuple[int, list[int]]] = []
    last = -1
    for i in compress(range(len(keep)), keep):
        if not groups or i - last > 3:
            groups.append((i - last - 1, []))
        groups[-1][1].append(i)
        last = i
    if len(groups) < 2:
        return keep
    sizes = [sum(words[i] for i in lines) for _, lines in groups]
    main = max(range(len(sizes)), key=sizes.__getitem__)
    for (gap, lines), size in zip(groups[main + 1 :], sizes[main + 1 :], strict=True):
        paragraphs = gap < 6 and size >= 25 * len(lines)
        if not paragraphs and gap < 10 and size >= 20 * len(lines):
            paragraphs = _kin_share(kin, lines) > 0.5
        if not paragraphs and size < min(0.04 * gap, 0.35) * sizes[main]:
            for i in lines:
                keep[i] = False
    return keep


def _kin_share(kin: Floats, lines: list[int]) -> float:
    """The share of longer words that other paragraphs hold too."""
    shares = kin[lines].tolist()
    shared = sum(x[0] for x in shares)
    return shared / max(shared + sum(x[1] for x in shares), 1e-6)


def _by_rules(
    here: list[str],
    form: Shape,
    rows: Rows,
    cues: Cues,
    flags: Sequence[list[float]],
    edges: Sequence[int],
    cores: Sequence[tuple[int, int]],
) -> list[str]:
    """The rules' label for each line; articles are looked for in the lines of `cores`, counted from those of `edges`.

    `flags` are the features `DATED`, `CREDITED` and `SIGNED`.
    """
    labels = ["outside"] * len(here)
    sentences = form.ends | ((form.stops >= 1) & (form.words >= 40))  # else it is a caption with its credit
    for j in np.flatnonzero(~sentences & (form.words >= 10)).tolist():
        sentences[j] = here[j][-1] == ")" and _INITIALS.search(here[j][-40:]) is not None
    prose = (form.words >= 10) & ~form.dots & (form.lower_share > np.float64(0.3)) & sentences
    telling = np.flatnonzero(prose | (cues.bits[0] & _BOXES > 0)).tolist()
    is_prose = prose.tolist()
    counts = form.counts[DIGIT] > 0
    counting = [j for j in np.flatnonzero(counts).tolist() if here[j][0] in _COUNTS]
    for (low, high), (start, end) in zip(pairwise(edges), cores, strict=True):
        core = low + start, low + end
        some = [(j, is_prose[j]) for j in telling[bisect_left(telling, core[0]) : bisect_left(telling, core[1])]]
        _by_rule(labels, here, rows, cues, flags, core, some)
        _fill_galleries(labels, here, rows.words, counting[bisect_left(counting, low) : bisect_left(counting, high)])
    return labels


def _by_rule(
    labels: list[str],
    texts: list[str],
    form: Rows,
    cues: Cues,
    flags: Sequence[list[float]],
    core: tuple[int, int],
    telling: Sequence[tuple[int, bool]],
) -> None:
    """Label the lines of one article; `telling` are those that look like paragraphs (True) or begin a box."""
    start, end = core
    words, ends, dots = form.words, form.ends, form.dots
    dated, credited, signed = flags
    phrase, opening, notice, said = cues.phrase, cues.opening, cues.notice, cues.words
    paragraphs = set()
    seen: set[str] = set()
    boxes: set[int] = set()
    box = -1
    for j, prose in telling:
        if box >= 0:
            boxes.update(range(box, j + 1))
            box = j + 1
        if phrase[j] & _BOXES and box < 0:
            box = j + 1
        if not prose:
            continue
        text = texts[j]
        if _DATED_STORY.match(text):
            labels[j] = "gallery"
            continue
        if (notice[j] or words[j] > _LONG) and begins_box(text):
            labels[j] = "notice"
            continue
        if box >= 0 and (
            words[j] < 22 or dated[j] or (words[j] < 60 and j > start and words[j - 1] < 9 and dated[j - 1])
        ):
            labels[j] = "teaser"
            continue
        box = -1
        cue = phrase[j] | (opening[j] if words[j] < 14 else 0)
        if cue & STRONG:
            labels[j] = reason(cue)
        elif (credited[j] and words[j] < 40) or (
            words[j] < 55 and (j + 1 < end and _CREDIT_LINE.match(texts[j + 1]) and words[j + 1] < 12)
        ):
            labels[j] = "caption"
        elif text in seen:
            labels[j] = "repeated"
        elif words[j] < 45 and (notice[j] > 1 or (notice[j] and words[j] < 25)):
            labels[j] = "notice"
        else:
            labels[j] = BODY
            paragraphs.add(j)
            seen.add(text)
    if box >= 0:
        boxes.update(range(box, end))
    for j in range(start, end):
        if labels[j] != "outside":
            continue
        cue = phrase[j] | opening[j]
        text = texts[j]
        labels[j] = "other"
        if cue & _NEVER or (words[j] < 5 and (cue := said[j] & Cue.READING) and not ends[j]):
            labels[j] = reason(cue)
        elif words[j] < 7 and " | " in text:
            labels[j] = "navigation"
        elif credited[j]:
            labels[j] = "credit"
        elif words[j] < 9 and dated[j]:
            labels[j] = "date"
        elif signed[j]:
            labels[j] = "byline"
        elif text in seen:
            labels[j] = "repeated"
        elif notice[j] > 1:
            labels[j] = "notice"
        else:
            before = j > start and labels[j - 1] in _KEPT
            after = j + 1 in paragraphs
            if ends[j] and words[j] >= 3 and (before or after) and not dots[j]:
                labels[j] = BODY
            elif (
                after
                and words[j] <= 14
                and j not in boxes
                and (labels[j - 1] == BODY if before else j > start and labels[j - 1] in _PASSING)
            ):
                labels[j] = HEADING


def _fill_galleries(labels: list[str], texts: list[str], words: list[float], may: Sequence[int]) -> None:
    """Label the counters of a gallery ("Bild 1 von 6"), wherever it stands, and the texts of its pictures between them.

    A counter may stand before the text on one line ("1 of 6 | The harbour", "2of6The pier"), if another line counts on.
    `may` are the lines with a figure that begin like a counter.
    """
    counters = [j for j in may if wording.is_counter(texts[j])]
    counting = [(j, found) for j in may if (found := _COUNTED.match(texts[j]))]
    for (j, one), (k, two) in pairwise(counting):
        if one[2] == two[2] and int(two[1]) == int(one[1]) + 1 and k - j <= _MOST_CAPTIONS + 1:
            counters += (j, k)
    counters = sorted(set(counters))
    for j in counters:
        labels[j] = "gallery"
    for a, b in pairwise(counters):
        if b - a <= _MOST_CAPTIONS + 1 and all(words[j] < _LONGEST_CAPTION for j in range(a + 1, b)):
            labels[a + 1 : b] = ["gallery"] * (b - a - 1)


def judge_lines(lines: list[Line]) -> Judged:
    """Judge the lines of a page: the hints of its mark-up first, then the wording, which must be plain to overrule a hint."""
    texts = [line.text for line in lines]
    if not texts:
        return Judged([], [])
    letters = Letters(texts)
    form = shape(letters)
    found = Cues(letters)
    words = form.words.tolist()
    ends = form.ends.tolist()
    labels: list[str] = []
    offer = ""  # what the line ahead of a list was, if one of those that say what is offered by items
    for i, line in enumerate(lines):
        if line.tag != "li" or not i:
            offer = ""
        elif lines[i - 1].tag != "li" and labels[-1] in _OFFERS:
            offer = labels[-1]
        cue = found.phrase[i] | (found.opening[i] if words[i] < 12 else 0)
        marked = line.hint in ("body", "lead", "subheading")
        if line.hint in ("caption", "credit", "byline", "date", "teaser", "nav", "section", "title"):
            labels.append(line.hint)
        elif found.phrase[i] & STRONG or (cue & Cue.RELATED and words[i] < 12):
            labels.append(reason(cue))
        elif found.notice[i] > 1 and words[i] < 40:
            labels.append("notice")
        elif line.tag == "li" and offer:
            labels.append(offer)
        elif words[i] < 12 and (
            is_byline(line.text) or (DAY_BY.match(line.text) and not ends[i] and BODY not in labels[-8:])
        ):
            labels.append("byline")
        elif (
            words[i] < 12
            and line.tag in ("p", "div")
            and not any(x == BODY for x in labels[-8:])
            and is_date_line(line.text)
        ):
            labels.append("date")
        elif words[i] < 8 and not (marked and line.hint == "subheading") and is_credit_line(line.text):
            labels.append("agency")
        elif marked:
            labels.append(HEADING if line.hint == "subheading" else BODY)
        elif words[i] >= 8 and ends[i]:
            labels.append(BODY)
        else:
            labels.append(reason(cue) if cue else "other")
    _sign_off(texts, labels, words)
    _without_tail(lines, labels, words, ends)
    return Judged(texts, labels, form=Rows.of(form))


def _sign_off(texts: list[str], labels: list[str], words: list[float]) -> None:
    """Take off the end of a page's body what opens nothing more, and who made it."""
    for i in reversed(kept_lines(labels)[-3:]):
        if words[i] > _SIGN_OFF or labels[i] == HEADING or i == 0:
            break
        if texts[i][-1] in ":：":
            labels[i] = "heading-of-nothing"
        elif _SIGNED.match(texts[i]):
            labels[i] = "agency"
        else:
            break


def _without_tail(lines: list[Line], labels: list[str], words: list[float], ends: list[bool]) -> None:
    """Take off the few short lines that follow the last sentence of a page: what its buttons and other stories are called.

    So much holds in every language, whose words for "share" no list knows.
    """
    tail: list[int] = []
    for i in reversed(kept_lines(labels)):
        line = lines[i]
        if ends[i]:
            if words[i] >= _SENTENCE or (is_wide(line.text) and len(line.text) >= _SENTENCE):
                for j in tail:
                    labels[j] = "tail"
            return
        if (
            line.tag not in ("p", "div", "section", "span")
            or words[i] > _TAIL_WORDS
            or len(line.text) > _TAIL_CHARS
            or len(tail) == _TAIL
            or _FACT.search(line.text)
        ):
            return
        tail.append(i)


def kept_lines(labels: Sequence[str]) -> list[int]:
    """The lines of the body."""
    return list(compress(range(len(labels)), map(_KEPT.__contains__, labels)))


def tidy(texts: list[str], labels: list[str], authors: list[str]) -> None:
    """Take out of a body who the author is, and off its end headings of nothing and agency sign-offs."""
    kept = kept_lines(labels)
    for author in authors:
        for i in kept[1:]:
            if texts[i].startswith(author) and len(texts[i]) < _LONGEST_BOX:
                more = texts[i][len(author) :].lstrip(" ,|")
                if not more or more[0] == "@":
                    labels[i] = "byline"
                elif is_biography(texts[i]):
                    labels[i] = "biography"
    if authors:
        kept = kept_lines(labels)
    about = next(
        (at for at, i in enumerate(kept[-4:], max(0, len(kept) - 4)) if at and _ABOUT.match(texts[i])), len(kept)
    )
    for i in kept[about:]:
        labels[i] = "biography"
    del kept[about:]
    for i in reversed(kept[-4:]):
        text = texts[i]
        if labels[i] == HEADING:
            labels[i] = "heading-of-nothing"
        elif is_credit_line(text):
            labels[i] = "agency"
        elif len(text) < _LONGEST_BAR and " | " in text and i > kept[0]:
            labels[i] = "navigation"
        elif (len(text) < 600 and any(text.startswith(a) for a in authors) and i > kept[0]) or (
            len(text) < _LONGEST_BOX
            and i - 1 >= 0
            and labels[i - 1] not in _KEPT
            and i != kept[0]
            and is_biography(text)
        ):
            labels[i] = "biography"
        else:
            break
