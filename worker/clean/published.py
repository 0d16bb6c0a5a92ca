"""When a page says that its article was published: JSON-LD, meta tags, what is marked as a date, what stands at the headline."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from worker.clean import linked, marks
from worker.clean.dates import Published, find_date, is_date_line, parse_date
from worker.clean.headline import ASIDE, head_of, is_aside, nodes_around
from worker.clean.meta_tags import Tags, clean
from worker.clean.months import MONTHS
from worker.clean.scan import Block, Scan
from worker.clean.zones import country_of_host, zones_of_country
from worker.clean.zones import zone as zone_named

_DATE_NAMES = tuple(
    (
        "article:published_time og:article:published_time datepublished parsely-pub-date sailthru.date pubdate publish-date "
        "publishdate publish_date article.published dc.date.issued dcterms.issued dc.date.created dcterms.created "
        "dc.created cxenseparse:recs:publishtime article_date_original originalpublicationdate og:pubdate og:published_time "
        "published_time article:published rnews:datepublished citation_publication_date citation_date ptime publication_date "
        "displaydate article.created bt:pubdate pub_date vr:published_time shareaholic:article_published_time"
    ).split()
)
_VAGUE_NAMES = ("date", "dc.date", "dcterms.date", "timestamp", "created")
"""Names that do not say what happened on the day: where the page shows another one for its article, that is it."""
_URL_DAYS = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        (
            r"[/\-_](?P<y>(?:19|20)\d\d)(?!\d\d-)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?=[/\-_.?#]|$)",
            "{y}-{m}-{d}",
        ),
        (r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})/", "{y}-{m}-{d}"),
        (r"/(?P<y>(?:19|20)\d\d)/(?P<m>[a-z]{3})/(?P<d>\d{1,2})/", "{d} {m} {y}"),
        (r"[/-](?P<d>\d\d)-(?P<m>\d\d)-(?P<y>(?:19|20)\d\d)(?=[/\-_.?#]|$)", "{d}-{m}-{y}"),
    )
)
"""The day in an address, and how it is written out to be read: `/2022/12/30/`, `title-20221230.html`, `/2022/dec/3/`."""


def published_of_page(
    article: dict[str, Any] | None,
    objects: Sequence[dict[str, Any]],
    tags: Tags,
    page: Scan,
    language: str | None,
    fetched_at: datetime | None,
    zone: str | None,
    host: str,
    title: str | None,
    url: str | None,
) -> Published | None:
    """The publication date of a page, None where it states none; `article` is its object among the `objects` of JSON-LD.

    What is declared goes before what is shown; `title` is the headline, near which a shown date must stand.
    """
    addresses = [address for address in (url, tags.canonical, tags.one("og:url")) if address]
    search = _Search(page, language, fetched_at, zone, host, title, addresses)
    candidates = search.declared(article, objects, tags)
    if not candidates and (found := search.beside_headline() or search.lone() or search.of_url()):
        candidates.append(found)
    if not candidates:
        return None
    best = candidates[0]
    if search.vague and (shown := search.shown_day()) is not None and shown.at[:10] != best.at[:10]:
        return search.in_local_time(shown)
    # a plain day gives way to a full time that falls on it or beside it
    for other in candidates[1:]:
        if best.precision == "day" and other.precision != "day" and other.at[:10] == best.at[:10]:
            return other
    return search.in_local_time(best)


@dataclass(slots=True)
class _Search:
    """What a page says of its date, place by place."""

    page: Scan
    language: str | None
    fetched_at: datetime | None
    zone: str | None
    host: str
    title: str | None
    addresses: Sequence[str]
    vague: bool = False
    """What is declared does not say what happened on the day."""

    def read(self, text: str | None, source: str) -> Published | None:
        """The date that a text states."""
        if not text or len(text) > 200:
            return None
        return parse_date(
            text, language=self.language, fetched_at=self.fetched_at, zone=self.zone, host=self.host, source=source
        )

    def find(self, texts: Sequence[str], *, whole: bool = False) -> Published | None:
        """The date of a line among others; `whole`: none of an update, nor one whose year is left to guess."""
        found = find_date(
            texts,
            language=self.language,
            fetched_at=None if whole else self.fetched_at,
            zone=self.zone,
            host=self.host,
            updates=not whole,
        )
        if found is None or (whole and self.fetched_at and found.instant > self.fetched_at + timedelta(hours=26)):
            return None
        return replace(found, source="page")

    def declared(
        self, article: dict[str, Any] | None, objects: Sequence[dict[str, Any]], tags: Tags
    ) -> list[Published]:
        """What JSON-LD, meta tags and microdata state, best first."""
        own = article or {}
        candidates: list[Published] = []
        if found := self.read(linked.number_or_string(own.get("datePublished")), "metadata"):
            candidates.append(found)
        if (not found or found.precision == "day") and (named := self._first([tags.one(name) for name in _DATE_NAMES])):
            candidates.append(named)
        if candidates:
            return candidates
        marked = [found for text in self.page.dates if (found := self.read(text, "metadata"))]
        if len({found.at[:10] for found in marked}) == 1:
            return marked[:1]
        if found := self._first([linked.number_or_string(own.get(name)) for name in ("dateCreated", "uploadDate")]):
            candidates.append(found)
        if found := self._first([tags.one(name) for name in _VAGUE_NAMES]):
            self.vague = not candidates
            candidates.append(found)
        if candidates:
            return candidates
        loose = [linked.number_or_string(value.get("datePublished")) for value in objects]
        loose += [clean(values[0]) for name, values in tags.values.items() if "publish" in name and "modif" not in name]
        found = self._first(loose)
        return [found] if found else marked[:1]

    def _first(self, texts: Sequence[str | None]) -> Published | None:
        """The first date that one of the texts states."""
        return next((found for text in texts if (found := self.read(text, "metadata"))), None)

    def near(self) -> Iterator[list[Block]]:
        """The blocks behind the headline, then those above it."""
        page = self.page
        first, at, last = head_of(page, self.title)
        if not last:
            return
        around = nodes_around(page, at)
        # where the headline itself stands in a "teaser", the name tells nothing of what stands beside it
        kinds = marks.COMMENT if is_aside(page, page.blocks[at].node, kinds=marks.TEASER) else ASIDE
        for low, high in ((at, last), (first, at)):
            yield [block for block in page.blocks[low:high] if not is_aside(page, block.node, around, kinds)]

    def beside_headline(self) -> Published | None:
        """The date at the headline: behind it before above it."""
        page = self.page
        for near in self.near():
            inside = {block.node for block in near}
            for text, node in page.times:
                if (node in inside or page.parents[node] in inside) and (found := self.read(text, "page")):
                    return found
            if found := self.find([block.text for block in near]):
                return found
        for near in self.near():
            # what is marked as the article's data may go on with links to print, to share and to comment it
            data = [block.text[:_LABEL_HOLDS] for block in near if page.marks[block.node] & (marks.DATE | marks.BYLINE)]
            if found := self.find(data) or self.opening(near):
                return found
        return None

    def opening(self, near: Sequence[Block]) -> Published | None:
        """The date with which the text opens, as those of press releases and short news do: `Basel, 3 May 2022 – …`."""
        opened = (_OPENING.match(block.text) for block in near if len(block.text) > _LONG)
        return self.find([found[1] for found in opened if found and _opens(found[1])])

    def lone(self) -> Published | None:
        """The only date far from the headline: called one in words, as `time` or by a class name, or a line for itself."""
        page = self.page
        own = [block for block in page.blocks if len(block.text) <= _LONGEST_LINE and _DIGIT.search(block.text)]
        for stated in (
            (
                self.find([text])
                for block in own
                if (text := _labelled(block.text)) and not is_aside(page, block.node, kinds=marks.COMMENT)
            ),
            (self.read(text, "page") for text, node in page.times if not is_aside(page, node)),
            self._marked(own),
            self._unmarked(own),
        ):
            days = [found for found in stated if found is not None]
            if days:
                return days[0] if len({found.at[:10] for found in days}) == 1 else None
        return None

    def _marked(self, blocks: Sequence[Block]) -> Iterator[Published | None]:
        page = self.page
        marked = [
            block.text
            for block in blocks
            if (page.marks[block.node] | block.marks) & marks.DATE
            and len(block.text) < 120
            and not is_aside(page, block.node)
        ]
        return (self.find([text]) for text in marked if len(marked) < _MOST_LONE)

    def _unmarked(self, blocks: Sequence[Block]) -> Iterator[Published | None]:
        """What lines that are nothing but a date state; in a table they tell of something else."""
        return (
            self.find([block.text], whole=True)
            for block in blocks
            if len(block.text) <= _LABEL_HOLDS
            and block.tag not in _CELLS
            and not is_aside(self.page, block.node)
            and is_date_line(block.text, language=self.language)
        )

    def of_url(self) -> Published | None:
        """The day in the page's address: that of the message, else the one that the page gives itself."""
        for address in self.addresses:
            for pattern, template in _URL_DAYS:
                if found := pattern.search(address):
                    return self.read(template.format(**found.groupdict()), "url")
        return None

    # -- the offset

    def in_local_time(self, published: Published) -> Published:
        """The same instant with the offset that the page shows it in, where it is stated in UTC.

        An offset may stand with the same instant elsewhere, and the time of day that is shown tells it. Where but a day
        is shown, and it is the one before or after that of UTC, the offset is that of the site's country, else the
        nearest that falls on this day: the instant stays what is stated, and the day is the one its readers see.
        """
        if published.precision == "day" or not published.at.endswith("+00:00"):
            return published
        for text, _ in self.page.times[:50]:
            local = parse_date(text)
            if local is None or local.zone_assumed or local.at.endswith("+00:00"):
                continue
            if abs((local.instant - published.instant).total_seconds()) < 60:
                return replace(published, at=local.at, zone_assumed=False)
        instant = published.instant
        if published.zone_assumed or not (instant.hour or instant.minute or instant.second):
            return published  # a bare day, written as midnight
        zones, sure = self._zones()
        if sure and all(instant.astimezone(zone_named(name)).date() == instant.date() for name in zones):
            return published
        shown = self.shown_day()
        if shown is None or abs((shown.instant.date() - instant.date()).days) != 1:
            return published
        return _on_day(published, shown, zones, sure)

    def shown_day(self) -> Published | None:
        """The day that the page shows at its headline or in its address, whatever else it declares."""
        for near in self.near():
            if found := self.find([block.text for block in near], whole=True):
                return found
        return self.of_url()

    def _zones(self) -> tuple[list[str], bool]:
        """The zones that the site may live in, the likeliest first, and whether it lives in one of them for sure."""
        if self.zone:
            return [self.zone], True
        if country := country_of_host(self.host):
            return zones_of_country(country), True
        region = (self.language or "").partition("-")[2]
        return zones_of_country(region), False


_QUARTER, _HOUR, _FURTHEST = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=14)
_WESTERNMOST, _EASTERNMOST = -10, 13  # hours east of UTC where news is made


def _on_day(published: Published, shown: Published, zones: Sequence[str], sure: bool) -> Published:
    """`published` in an offset in which it falls on the day of `shown`, one before or after that of UTC.

    As it is where none does: of the zones, if the site is `sure` to live in one of them.
    """
    instant, local = published.instant, shown.instant.replace(tzinfo=UTC)
    if shown.precision == "minute" and shown.zone_assumed and not sure:
        offset = local - instant.replace(second=0)
        if not offset % _QUARTER and abs(offset) <= _FURTHEST:
            return replace(published, at=instant.astimezone(timezone(offset)).isoformat())
    for name in zones:
        moment = instant.astimezone(zone_named(name))
        if moment.date() == local.date():
            return replace(published, at=moment.isoformat(), zone_assumed=True)
    past = instant - local.replace(hour=0, minute=0, second=0)
    hours = -(past // _HOUR) if past < timedelta() else -((past - timedelta(days=1)) // _HOUR) - 1
    if sure or not _WESTERNMOST <= hours <= _EASTERNMOST:
        return published
    return replace(published, at=instant.astimezone(timezone(hours * _HOUR)).isoformat(), zone_assumed=True)


_LABEL = re.compile(
    r"(?<![^\W\d_])(?:published|posted|submitted by|date of publication|publication date|press release|"
    r"pressemitteilung (?:vom|nr)|veröffentlicht|veröffentlichung|erschienen|publiziert|erstellt|eingestellt|gespeichert von|"
    r"publiée?|mise? en ligne|publicad[oa]|publicación|publicação|pubblicat[oa]|pubblicazione|gepubliceerd|geplaatst|"
    r"opublikowano|data publikacji|publicerad|publisert|udgivet|julkaistu|publikováno|zveřejněno|publikované|objavljeno|"
    r"közzétéve|publicat|опубликован[оа]?|опубліковано|дата публикации|публикувано|објављено|δημοσιεύτηκε|δημοσίευση|"
    r"yayınlanma|yayımlanma|yayın tarihi|تم نشره|تاريخ النشر|نشر في|פורסם|प्रकाशित|প্রকাশ|diterbitkan|dipublikasikan)"
    r"(?![^\W\d_])|^(?:datum|date|fecha|data|tanggal)\s?:|发布|发表|發布|發表|公開日|掲載日|投稿日|게시|등록|입력",
    re.I,
)
_DIGIT = re.compile(r"\d")
_LONGEST_LINE = 400  # characters; more is prose
_LABEL_AT = 80  # the last character of a line at which a label starts
_CELLS = ("td", "th", "tr", "dd")
_LABEL_HOLDS = 60  # characters, itself included


def _labelled(text: str) -> str | None:
    """What a line calls its day of publication, its label included."""
    found = _LABEL.search(text, 0, _LABEL_AT)
    if found is None or (len(text) > 120 and found.start() > 45):
        return None
    return text[found.start() : found.start() + _LABEL_HOLDS]


_LONG = 80  # characters from which a block is no line but a paragraph
_OPENING = re.compile(r"(.{6,60}?)(?:\s?(?:--|[–—|·/„“])|(?<=\d)\)|\s-\s|:\s)")


_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_COUNT = re.compile(r"\d")
_PLACE_END = re.compile(r"[,)]\s")
_LONGEST_TAIL = 8  # characters behind the last digit: `Uhr`, a zone


def _opens(text: str) -> bool:
    """Whether a full date makes the opening of a paragraph, behind nothing but a place or an agency."""
    parts = _COUNT.split(text)
    ahead = _PLACE_END.split(parts[0])[-1].lstrip("( ")
    return (
        _YEAR.search(text) is not None
        and len(parts[-1]) < _LONGEST_TAIL
        and (_LABEL.match(ahead) is not None or all(word.casefold().strip(".") in MONTHS for word in ahead.split()))
    )


_MOST_LONE = 10
"""Elements with a date by their class name from which the page is a list."""
