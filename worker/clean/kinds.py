"""What kind of page the mark-up tells: a ticker, a video, an index of other pages, a wall. Use `kind_of_page` behind the cut.

An article is withheld only where nothing on the page speaks for one: what declares itself an article, or holds some
paragraphs of prose, stays usable.
"""

import re
from urllib.parse import urlsplit

from worker.clean import marks
from worker.clean.lines import Line
from worker.clean.metadata import Metadata
from worker.clean.scan import Block, Scan
from worker.clean.second import SHORT, prose

_FULL = 1500
"""Characters from which a text is taken for whole although it is declared to be paid for."""
_STUB = 1000
"""Characters below which links, pictures or a film are what a page is about."""
_WALL = 600
"""Characters below which the text beside a consent dialog is part of it."""
_FRONT = 20
"""Linked headlines of a page that is an index."""
_TICKS = 5
"""Times that stand in a ticker, one an entry."""

_INDEX = frozenset(("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage"))
_ERROR = re.compile(
    r"^(?:error |http |fehler )?40[34](?:$|\W{1,3}(?:error|page|not found|forbidden|seite|fehler))|\berror 40[34]$|^not found$|"
    r"\b(?:page|site|document|file|url|content|article|seite|artikel|inhalt)\W{1,3}(?:was |could |wurde )?"
    r"(?:not (?:be )?found|nicht gefunden)|"
    r"^access denied|^forbidden$|^attention required|^just a moment|page introuvable|página no encontrada|pagina non trovata|"
    r"^service unavailable|^bad gateway|^internal server error|"
    r"are you (?:a )?(?:human|robot)\?|^pardon our interruption|^robot or human",
    re.I,
)
_CONSENT = re.compile(
    r"cookies?\b|zustimm|consent|einwillig|tracking|accept all|alle akzeptieren|pur-abo|werbefrei|"
    r"our (?:\d+ )?partners|unsere (?:\d+ )?partner|personenbezogene|personal data|privacy|datenschutz",
    re.I,
)
_OFFER = re.compile(
    r"subscribe to (?:continue|read|keep|unlock)|to (?:continue|keep) reading|for subscribers only|subscribers? only|"
    r"unlock (?:this|the) (?:article|story)|(?:um )?(?:diesen artikel |jetzt )?weiterlesen (?:mit|zu können)|jetzt weiterlesen|"
    r"nur für abonnent|exklusiv für abonnent|artikel freischalten|réservée? (?:à nos |aux )abonnés|"
    r"il vous reste .{1,12} de cet article|exclusivo para (?:suscriptores|assinantes)|riservato agli abbonati",
    re.I,
)


def kind_of_page(page: Scan, lines: list[Line], meta: Metadata, url: str | None) -> tuple[str | None, list[str]]:
    """The content type that the mark-up tells, None for an ordinary article, and the flags that go with it.

    `lines` are the article's as cut. `empty` and `index-page` mean that there is no article.
    """
    kinds = meta.kinds
    size = prose(lines)
    declared = meta.declared or meta.published is not None
    if not declared and size < _WALL and _is_error(page, meta.title):
        return "empty", ["error-page"]
    if not declared and size < _WALL and _is_consent(page):
        return "empty", ["cookie-wall"]
    film = any(kind.startswith("og:video") for kind in kinds) or ("VideoObject" in kinds and not meta.declared)
    if not meta.declared and not film and size < _STUB and _is_index(page, size, kinds, url):
        return "index-page", ["index-page"]
    if "LiveBlogPosting" in kinds or _is_ticker(page):
        return "live-blog", ["live-blog"]
    if "AdvertiserContentArticle" in kinds:
        return "advertorial", ["advertorial"]
    if film and size < _STUB:
        return "video", ["video"]
    if size < _STUB and ("og:gallery" in kinds or (kinds & {"ImageGallery", "MediaGallery"} and not meta.declared)):
        return "gallery", ["gallery"]
    cut = size < _FULL and (meta.free is False or (meta.free is None and _is_offered(page, lines)))
    if cut:
        return "paywalled", ["paywalled"]
    flags = ["paywalled"] if meta.free is False else []
    return ("opinion", flags) if "OpinionNewsArticle" in kinds else (None, flags)


def _is_error(page: Scan, title: str | None) -> bool:
    headings = [block.text for block in page.blocks[:60] if block.tag in ("h1", "h2")][:2]
    return any(len(text) < 80 and _ERROR.search(text) for text in (title or "", *headings))


def _is_consent(page: Scan) -> bool:
    """Whether the texts of a page speak of little but consent."""
    said = total = 0
    for block in page.blocks[:400]:
        if not block.links:
            total += len(block.text)
            said += len(block.text) if _CONSENT.search(block.text) else 0
    return said > 150 and said * 2 > total


def _is_index(page: Scan, size: int, kinds: frozenset[str], url: str | None) -> bool:
    """Whether a page leads to others: many linked headlines, and more of them than prose of its own."""
    titles = [block for block in page.blocks if _is_linked_title(block)]
    linked = sum(block.links for block in titles)
    if len(titles) < _FRONT or linked < size:
        return False
    if kinds & _INDEX or _is_root(url):
        return True
    headed = sum(1 for block in titles if block.tag in ("h1", "h2", "h3", "h4"))
    return size < SHORT and (headed >= _FRONT // 2 or len(titles) >= 2 * _FRONT)


def _is_linked_title(block: Block) -> bool:
    return len(block.text) >= 20 and block.links * 10 > len(block.text) * 8


def _is_root(url: str | None) -> bool:
    """Whether an address is that of a site rather than of a page in it."""
    try:
        return bool(url) and not urlsplit(url or "").path.strip("/")
    except ValueError:
        return False


def _is_ticker(page: Scan) -> bool:
    """Whether an element that is called a ticker holds entries with a time each."""
    live = [node for node, bits in enumerate(page.marks) if bits & marks.LIVE]
    if not live or len(page.times) < _TICKS:
        return False
    wanted = set(live)
    inside = 0
    for _, node in page.times:
        steps = 0
        while node and steps < 12:
            if node in wanted and page.tags[node] not in ("body", "html"):
                inside += 1
                break
            node = page.parents[node]
            steps += 1
    return inside >= _TICKS


def _is_offered(page: Scan, lines: list[Line]) -> bool:
    """Whether the text breaks off at an offer to pay for the rest: one behind its last line."""
    last = next((line.text for line in reversed(lines) if line.hint in ("body", None)), None)
    if last is None:
        return False
    at = next((i for i, block in enumerate(page.blocks) if block.text == last), -1)
    return at >= 0 and any(_OFFER.search(block.text) for block in page.blocks[at : at + 12] if len(block.text) < 300)
