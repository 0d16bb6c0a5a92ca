"""Pages of a WARC archive (ISO 28500) as raw messages: what `feed` reads from a crawl."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from worker.cli.item import Item

_ENCODED = ("Content-Encoding", "Transfer-Encoding")
_PAGES = ("text/html", "application/xhtml+xml")


def pages(file: Any, name: str, *, most: int) -> Iterator[Item]:
    """Each HTML answer with status 200 in the archive `file`; other records are passed over.

    The address and the time of the crawl become headers, the page's charset stays in its content type. Of a page at most
    `most` + 1 bytes are read. Raises OSError where the archive is broken.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    number = 0
    for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True, auto_decode="all"):
        answer = record.http_headers
        url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
        kind = (answer.get("Content-Type") or "").strip() if answer is not None else ""
        if answer is None or answer.status_code != 200 or not kind.lower().startswith(_PAGES) or not url:
            continue
        number += 1
        headers = [("content-type", kind.encode("utf-8", "replace")), ("url", url.encode("utf-8", "replace"))]
        if date := record.headers.get("WARC-Date"):
            headers.append(("fetched_at", date.encode("utf-8", "replace")))
        length = record.content_length  # of what is packed, where it is
        page = record.reader.read(most + 1)
        if len(page) < min(length, most) and not any(answer.get(each) for each in _ENCODED):
            raise OSError(f"the archive ends within page {number}")
        yield Item(f"{name} page {number} ({url[:200]})", url.encode("utf-8", "replace"), page, tuple(headers))
    if not number:
        raise OSError("no HTML page in this archive")
