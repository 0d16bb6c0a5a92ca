"""What a page declares of itself: JSON-LD, then OpenGraph and other meta tags, then what stands on the page."""

from dataclasses import dataclass, field

from worker.clean.dates import Published
from worker.clean.scan import Reduced, Scan


@dataclass(slots=True)
class Image:
    url: str | None = None
    caption: str | None = None
    credit: str | None = None


@dataclass(slots=True)
class Metadata:
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    published: Published | None = None
    canonical_url: str | None = None
    language: str | None = None
    images: list[Image] = field(default_factory=list)
    description: str | None = None
    type: str | None = None
    free: bool | None = None
    site_name: str | None = None
    body: str | None = None


def read_metadata(reduced: Reduced, page: Scan, url: str | None) -> Metadata:
    meta = Metadata()
    for block in page.blocks:
        if block.tag == "h1":
            meta.title = block.text
            break
    return meta
