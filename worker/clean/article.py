"""From judged lines to the fields of an article: `from_dump` for text, `from_page` for HTML."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

from worker.clean import blocks, features, head, model, pictures, verdicts
from worker.clean.agency import agencies, is_credit_line
from worker.clean.dateline import dateline
from worker.clean.dates import Published, find_date, parse_date
from worker.clean.html import read_page
from worker.clean.language import UNKNOWN, Language, base, identify
from worker.clean.lines import Dump, split

if TYPE_CHECKING:
    from worker.messages import RawArticle

_KEPT = (blocks.BODY, blocks.HEADING)
_STATED = frozenset(("title", "section", "byline", "date"))
"""What is not lost where it is left out of the body."""
_NOT_LOST = _STATED | set(_KEPT)
_SAYS = 15  # characters of a caption that tells of a gallery
_NEAR_TITLE = 12
_SENTENCE, _CUT = 12, 20
"""Words of a sentence below a title, and of one that is cut, at least."""
_BEGINNING = 30
"""Words of the beginning of an article at least."""
_ABOVE = 3
"""Lines above a head that may hold the date."""
_YEAR = "年"
"""Stands behind the year of a day in Japanese and Chinese."""
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d).{1,24}?(?<!\d)\d{4}(?!\d)")
_LONGEST_DATE = 60
"""Characters of a line with such a day at most."""
_UNSURE = frozenset(("other", "outside", "teaser", "caption"))
_DATELESS = frozenset(("teaser", "gallery", "related", "title", *_KEPT))


@dataclass(slots=True)
class Article:
    """What cleaning found; `texts` are the lines it was found in, `labels` what was done with each."""

    status: str = "usable"
    content_type: str = "article"
    title: str | None = None
    lead: str | None = None
    body: str = ""
    section: str | None = None
    authors: list[str] = field(default_factory=list)
    agency: list[str] = field(default_factory=list)
    dateline: str | None = None
    images: list[dict[str, Any]] = field(default_factory=list)
    canonical_url: str | None = None
    language: Language = UNKNOWN
    published: dict[str, Any] | None = None
    flags: list[str] = field(default_factory=list)
    removed_chars: int = 0
    texts: Sequence[str] = ()
    labels: Sequence[str] = ()

    @property
    def removed(self) -> list[tuple[str, str]]:
        """The lines left out, each with why."""
        return [(text, label) for text, label in zip(self.texts, self.labels, strict=True) if label not in _KEPT]


def _published(found: Published | None, source: str, flags: list[str]) -> dict[str, Any] | None:
    if found is None:
        return None
    if found.zone_assumed:
        flags.append("timezone-assumed")
    return {"at": found.at, "precision": found.precision, "from": source}


def _of_message(raw: RawArticle, language: str, zone: str | None) -> Published | None:
    """The date that the message itself states, if it is well-formed."""
    if not raw.published_at:
        return None
    return parse_date(
        raw.published_at, language=language, fetched_at=raw.fetched_at, zone=zone, host=raw.source, source="message"
    )


def _remains(article: Article, judged: blocks.Judged) -> None:
    """Fill what was removed and the flags of whole blocks."""
    article.texts, article.labels = judged.texts, judged.labels
    stays = map(_NOT_LOST.__contains__, judged.labels)
    article.removed_chars = sum(map(len, judged.texts)) - sum(map(len, compress(judged.texts, stays)))
    labels = set(judged.labels)
    if "gallery" in labels:
        article.flags.append("gallery-removed")
    if "teaser" in labels or "related" in labels:
        article.flags.append("teasers-removed")


def _same(a: str, b: str) -> bool:
    return head.letters(a) == head.letters(b)


def _still(kept: Sequence[int], labels: Sequence[str]) -> int:
    """The first of some lines of the body that is still one; -1 if there is none."""
    return next((i for i in kept if labels[i] in _KEPT), -1)


def _begun(judged: blocks.Judged, title_at: int) -> int:
    """Keep the sentences below the title, where nothing else was kept; returns the first, -1 if there is none.

    What is shown of an article that must be paid for is too little to be told from teasers but by its place.
    """
    if judged.form is None or title_at < judged.low:
        return -1
    labels, form = judged.labels, judged.form
    credited = judged.flagged(features.CREDITED) | judged.flagged(features.REPEATED)
    found = []
    for i in range(title_at + 1, judged.low + len(form.words)):
        if labels[i] in ("related", "comments", "newsletter", "tags", "gallery"):
            break
        j = i - judged.low
        whole = form.words[j] >= (_SENTENCE if form.ends[j] and not form.dots[j] else _CUT)
        if whole and labels[i] in _UNSURE and i not in credited:
            found.append(i)
    if sum(form.words[i - judged.low] for i in found) < _BEGINNING:
        return -1
    for i in found:
        labels[i] = blocks.BODY
    return found[0]


def _told_twice(texts: list[str], labels: list[str], title_at: int) -> int:
    """Take both lines out of the body that hold the title; the shorter one holds nothing else."""
    labels[title_at] = labels[title_at + 1] = "title"
    return title_at + (len(texts[title_at + 1]) < len(texts[title_at]))


def _unname(judged: blocks.Judged, title_at: int) -> bool:
    """Take the title out of the body where it stands there again, some lines above or below; whether it did."""
    texts, labels = judged.texts, judged.labels
    title = texts[title_at]
    again = [
        i
        for i in range(max(0, title_at - _NEAR_TITLE), min(len(texts), title_at + _NEAR_TITLE))
        if labels[i] in _KEPT and abs(len(texts[i]) - len(title)) < 8 and _same(texts[i], title)
    ]
    for i in again:
        labels[i] = "title"
    return bool(again)


def from_dump(raw: RawArticle, text: str, zone: str | None) -> Article:
    """The article in a dump of text."""
    return from_dumps([(raw, text, zone)])[0]


def from_dumps(dumps: Sequence[tuple[RawArticle, str, str | None]]) -> list[Article]:
    """The articles in several dumps, each as `from_dump` finds it: what is done for all at once costs less.

    Each step is done for all before the next one: the models and tables of a step then stay in the processor's cache.
    """
    lines = [_read(text) for _, text, _ in dumps]
    judged = blocks.judge_dumps(
        [(dump.texts, dump.gaps, bool(raw.title)) for dump, (raw, _, _) in zip(lines, dumps, strict=True)]
    )
    drafts = []
    for dump, one, (raw, text, zone) in zip(lines, judged, dumps, strict=True):
        draft = _draft(raw, one, zone)
        draft.text = text
        if dump.cut:
            draft.article.flags.append("text-cut")
        drafts.append(draft)
    for draft in drafts:
        _hear(draft.article, draft.raw)
    return [_finished(draft) for draft in drafts]


def _read(text: str) -> Dump:
    """The lines of a dump with single spaces: a page's own indents and what stood between two tags part its words, no more."""
    dump = split(text)
    if "  " in text:
        dump.texts = [" ".join(line.split()) if "  " in line else line for line in dump.texts]
    return dump


@dataclass(slots=True)
class _Draft:
    """An article of which title, lead and body stand, and what the rest is found with."""

    raw: RawArticle
    zone: str | None
    judged: blocks.Judged
    article: Article
    body: list[str]
    text: str = ""
    first: int = -1
    """The first line of the body; -1 where there is none."""
    title_at: int = -1
    credits: list[str] = field(default_factory=list)
    kickers: list[str] = field(default_factory=list)


def _draft(raw: RawArticle, judged: blocks.Judged, zone: str | None) -> _Draft:
    texts, labels = judged.texts, judged.labels
    article = Article()
    kept = blocks.kept_lines(labels)
    first = kept[0] if kept else -1
    if first < 0 and raw.url:
        first = _begun(judged, head.title_named(texts, judged, raw.url))
        kept = blocks.kept_lines(labels)
    title_at = -1
    kickers: list[str] = []
    lead_at = -1
    end = first
    if first >= 0:
        assert judged.roles is not None
        end = kept[-1] + 1
        if raw.title:
            title_at = next(
                (i for i in range(max(0, first - 40), min(len(texts), first + 3)) if _same(texts[i], raw.title)), -1
            )
        else:
            if raw.url and (below := head.title_below(texts, judged, first, raw.url)) > first:
                for i in range(first, below):
                    if labels[i] in _KEPT:
                        labels[i] = "teaser"
                first = _still(kept, labels)
            start = " ".join(texts[i] for i in range(first, min(end, first + 12)) if labels[i] in _KEPT)[:3000].lower()
            title_at = head.find_title(texts, judged, first, start, raw.url)
            if 0 <= title_at < len(texts) - 1 and head.same_title(texts[title_at], texts[title_at + 1]):
                title_at = _told_twice(texts, labels, title_at)
                first = _still(kept, labels)
        if title_at >= first:
            labels[title_at] = "title"
            first = _still(kept, labels)
        elif title_at >= 0:
            labels[title_at] = "title"
            kickers = [t for t in texts[max(0, title_at - 2) : title_at] if len(t) < 40]
            _find_section(article, texts, labels, judged, title_at)
        if title_at >= 0 and _unname(judged, title_at):
            first = _still(kept, labels)
        first = _keep_lead(judged, title_at, first)
        lead_at = _find_lead(texts, labels, judged, first)
        article.authors = head.find_authors(judged, title_at, first, end)
        blocks.tidy(texts, labels, article.authors)
    body = list(compress(texts, map(_KEPT.__contains__, labels)))
    article.body = "\n\n".join(body)
    credited = judged.flagged(features.CREDITED)
    span = (
        range(max(0, title_at if 0 <= title_at < first else first - 8), min(len(texts), end + 3))
        if first >= 0
        else range(0)
    )
    credits = [texts[i] for i in span if labels[i] not in _KEPT and is_credit_line(texts[i])]
    if "caption" in labels[span.start : span.stop]:
        lines, said = texts[span.start : span.stop], labels[span.start : span.stop]
        article.images = pictures.pair(lines, said, [i in credited for i in span])
    article.title = raw.title or (texts[title_at] if title_at >= 0 else None)
    article.lead = texts[lead_at] if lead_at >= 0 else None
    return _Draft(raw, zone, judged, article, body, "", first, title_at, credits, kickers)


def _finished(draft: _Draft) -> Article:
    """The article of a draft whose language is known."""
    raw, zone, article, judged = draft.raw, draft.zone, draft.article, draft.judged
    texts, labels, first, title_at = judged.texts, judged.labels, draft.first, draft.title_at
    _finish(article, raw, judged, draft.body, draft.credits)
    stated = _of_message(raw, article.language.code, zone)
    if stated is not None:
        article.published = _published(stated, "message", article.flags)
    elif first >= 0:
        top = max(0, (title_at if 0 <= title_at <= first else first) - 3)
        dated = judged.flagged(features.DATED)
        near = [i for i in range(top, min(len(texts), first + 6)) if labels[i] not in _DATELESS]
        lines = [texts[i] for i in near if i in dated or (_YEAR in texts[i] and len(texts[i]) < _LONGEST_DATE)][:4]
        find = partial(find_date, language=article.language.code, fetched_at=raw.fetched_at, zone=zone, host=raw.source)
        found = find(lines) or find(_dates_around(judged, top, first, dated))
        if found is None:  # in other figures, with words around the month that no feature knows
            found = find([texts[i] for i in near if len(texts[i]) < _LONGEST_DATE and _DAY.search(texts[i])][:4])
        article.published = _published(found, "text", article.flags)
    text = draft.text
    whole = text if len(text) < 6000 else text[:3000] + "\n" + text[-3000:]
    _verdict(article, raw, judged, draft.body, whole, draft.kickers, None)
    return article


def _dates_around(judged: blocks.Judged, top: int, first: int, dated: Set[int]) -> list[str]:
    """The date lines somewhat above the head of an article, and between its lead and the next paragraph."""
    labels = judged.labels
    below = head.second(labels, first)
    lines = [*range(first + 6, below), *range(max(0, top - _ABOVE), top)]
    return [judged.texts[i] for i in lines if i in dated and labels[i] in ("date", "byline")][:2]


def _find_section(article: Article, texts: list[str], labels: list[str], judged: blocks.Judged, title_at: int) -> None:
    """The label right above the title."""
    assert judged.roles is not None
    for i in range(title_at - 1, max(-1, title_at - 3), -1):
        line = texts[i]
        if (
            len(line) <= 40
            and line.count(" ") < 4
            and not line.endswith((".", "?", "!"))
            and labels[i] not in _KEPT
            and labels[i] != "date"
        ):
            if i == 0 or (
                judged.low <= i < judged.low + len(judged.roles) and judged.roles[i - judged.low, model.SECTION] > 0.3
            ):
                article.section = line.strip(" :|>")
                labels[i] = "section"
            return


def _keep_lead(judged: blocks.Judged, title_at: int, first: int) -> int:
    """Keep what reads like a lead between the title and the first paragraph; returns where the body begins then.

    Right below the title a line of eight words is enough; further down it must be a sentence that no credit follows.
    """
    if judged.form is None or not 0 <= title_at < first <= title_at + 9:
        return first
    texts, labels = judged.texts, judged.labels
    poor = judged.flagged(features.CREDITED) | judged.flagged(features.SIGNED) | judged.flagged(features.REPEATED)
    dated = judged.flagged(features.DATED)
    for i in range(title_at + 1, first):
        j = i - judged.low
        if (
            i in poor
            or (i in dated and len(texts[i]) < _LONGEST_DATE)
            or labels[i] not in ("other", "outside", "teaser", "caption", "title", "section")
            or texts[i] == texts[title_at]
            or head.same_title(texts[title_at], texts[i])
        ):
            continue
        words = judged.form.words[j]
        if words >= 9 and labels[i + 1 : i + 3] == ["credit", "credit"]:  # of pictures without captions
            labels[i] = blocks.BODY
            return i
        if words < 7 or judged.form.dots[j]:
            continue
        if i == title_at + 1 or (words >= 9 and judged.form.ends[j] and _opens(labels, title_at, i, judged)):
            labels[i] = blocks.BODY
            return i
    return first


def _opens(labels: list[str], title_at: int, i: int, judged: blocks.Judged) -> bool:
    """Whether line `i` below the title may be its lead: no credit follows, or only who wrote it and when stands between."""
    credited = labels[i + 1] == "credit" or i + 1 in judged.flagged(features.CREDITED)
    return not credited or all(label in ("byline", "date", "section", "title") for label in labels[title_at + 1 : i])


def _find_lead(texts: list[str], labels: list[str], judged: blocks.Judged, first: int) -> int:
    """The first paragraph, where something parts it from the next or the model takes it for the lead."""
    if first < 0 or labels[first] != blocks.BODY or len(texts[first]) > 700:
        return -1
    following = next((i for i in range(first + 1, min(len(texts), first + 12)) if labels[i] in _KEPT), -1)
    if following < 0:
        return -1
    assert judged.roles is not None
    likely = float(judged.roles[first - judged.low, model.LEAD]) if 0 <= first - judged.low < len(judged.roles) else 0.0
    return first if following > first + 1 or likely > 0.5 else -1


def _finish(article: Article, raw: RawArticle, judged: blocks.Judged, body: list[str], credits: list[str]) -> None:
    """What both roads do alike once the body stands."""
    if raw.authors:
        article.authors = list(raw.authors)
    if raw.section:
        article.section = raw.section
    article.agency = agencies(article.title, body, credits, article.authors)
    if body:
        article.dateline = dateline(body[0]) or (dateline(body[1]) if len(body) > 1 else None)
    _remains(article, judged)


def _hear(article: Article, raw: RawArticle) -> None:
    """Find the language: all else that is read of an article may ask for it."""
    article.language = identify("\n".join((article.title or "", article.body)), raw.language)


def _verdict(
    article: Article,
    raw: RawArticle,
    judged: blocks.Judged,
    body: list[str],
    whole: str,
    kickers: list[str],
    declared: str | None,
    shown: Container[str] | None = None,
) -> None:
    """Set the verdict; `shown` are the texts that stand with a picture, where the mark-up tells."""
    labels = judged.labels
    captions = [t for t, label in zip(judged.texts, labels, strict=True) if label == "caption"]
    if shown is not None:
        captions = [text for text in captions if text in shown and len(text) >= _SAYS]
    words = article.body.count(" ", 0, verdicts.LONG) + len(body)
    if words < verdicts.MANY and len(article.body) > verdicts.LONG:
        words = article.body.count(" ") + len(body)
    told = False
    if judged.form is not None:
        rows = zip(judged.form.words, judged.form.stops, labels[judged.low :], strict=False)
        told = any(words >= 8 and stops > 0 and label in _KEPT for words, stops, label in rows)
    verdict = verdicts.judge(
        title=article.title,
        section=article.section,
        url=raw.url,
        body=article.body,
        paragraphs=len(body),
        words=words,
        told=told,
        whole=whole,
        lines=judged.texts,
        captions=len(captions),
        kickers=kickers,
        declared=declared,
    )
    article.status = verdict.status
    article.content_type = verdict.content_type
    article.flags += [f for f in verdict.flags if f and f not in article.flags]


def from_page(raw: RawArticle, html: str, zone: str | None) -> Article:
    """The article on a page of HTML."""
    page = read_page(html, raw.url, fetched_at=raw.fetched_at, zone=zone)
    meta = page.meta
    judged = blocks.judge_lines(page.lines)
    labels = judged.labels
    article = Article(flags=list(page.flags))
    blocks.tidy(judged.texts, labels, meta.authors)
    body = [t for t, label in zip(judged.texts, labels, strict=True) if label in _KEPT]
    article.body = "\n\n".join(body)
    article.title = raw.title or meta.title or next((x.text for x in page.lines if x.hint == "title"), None)
    article.authors = list(meta.authors)
    article.section = meta.section
    article.canonical_url = meta.canonical_url
    article.images = pictures.of_page(meta.images, judged.texts, labels, page.pictures)
    article.lead = next(
        (x.text for x, label in zip(page.lines, labels, strict=True) if x.hint == "lead" and label in _KEPT), None
    )
    credits = [t for t, label in zip(judged.texts, labels, strict=True) if label not in _KEPT and is_credit_line(t)]
    _hear(article, raw)
    _finish(article, raw, judged, body, credits)
    if article.language.code == "und" and (declared := base(meta.language)):
        article.language = Language(declared, 0.5)
    stated = _of_message(raw, article.language.code, zone)
    if stated is not None:
        article.published = _published(stated, "message", article.flags)
    elif meta.published is not None:
        article.published = _published(meta.published, meta.published.source, article.flags)
    else:
        lines = [t for t, label in zip(judged.texts, labels, strict=True) if label in ("date", "byline")][:4]
        found = find_date(lines, language=article.language.code, fetched_at=raw.fetched_at, zone=zone, host=raw.source)
        article.published = _published(found, "text", article.flags)
    kickers = [t for t, label in zip(judged.texts, labels, strict=True) if label == "section"][:3]
    _verdict(
        article,
        raw,
        judged,
        body,
        "\n".join((article.title or "", *judged.texts))[:6000],
        kickers,
        page.content_type,
        page.pictures,
    )
    return article
