"""Pictures of each view of the page, from the sample articles: what docs/page.md shows.

    python -m tests.screenshots [FOLDER]

Starts `news-worker demo` on the embedded broker, opens the page in a Chromium and writes a PNG a view into FOLDER
(default: docs/page).
"""

from __future__ import annotations

import asyncio
import base64
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from tests.first_hour import ARTICLES, OURS, Demo
from tests.web import browser as chromium
from tests.web.browser import Browser
from worker.identity import article_id

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "page"
# A name, what stands behind the # of the address, a script that makes it ready, width, height, dark.
_FIND = "[...document.querySelectorAll('#main > article')].find(each => each.textContent.includes({!r}))"
_OPEN = "{}.querySelector('details').open = true"
VIEWS = (
    ("articles", "/", _OPEN.format(_FIND.format("2 copies")), 1000, 860, False),
    ("articles-dark", "/", "", 1000, 640, True),
    ("article", "{original}", "", 1000, 900, False),
    ("why", "{original}", "document.querySelectorAll('#main details').forEach(each => { if (each.textContent.startsWith('What')) each.open = true; }); document.querySelector('#main details').scrollIntoView()", 1000, 820, False),
    ("versions", "{updated}", "document.querySelector('#versions').open = true; setTimeout(() => document.querySelector('#versions').scrollIntoView(), 500)", 1000, 520, False),
    ("sources", "/sources", "", 1000, 760, False),
    ("dead-letters", "/dead", "document.querySelectorAll('details').forEach(each => { each.open = true; })", 1000, 700, False),
    ("phone", "/", "", 390, 760, False),
)  # fmt: skip


def main() -> int:
    """Write the pictures."""
    if (binary := chromium.find()) is None:
        print("no Chromium on this machine (Debian: apt install chromium)", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with Demo(None) as demo, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        _update(demo, Path(profile))
        _, found = demo.get("/articles?limit=200&fields=id,title,copies,version")
        original = next(each["id"] for each in found["articles"] if each["copies"] and "Portugal" in each["title"])
        updated = next(each["id"] for each in found["articles"] if each["title"].startswith("Selmouth"))
        places = {"original": f"/a/{original}", "updated": f"/a/{updated}"}
        asyncio.run(_take(binary, Path(profile), demo.web, places, folder))
    return 0


def _update(demo: Demo, folder: Path) -> None:
    """An article, and an update of it when the page has seen the first."""
    first = ARTICLES[0]
    later = first | {
        "title": first["title"].replace("opens", "celebrates"),
        "text": first["text"].replace("some 600 people", "some 800 people").replace("38 million", "41 million"),
        "fetched_at": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(),
    }
    for n, article in enumerate((first, later), 1):
        file = folder / f"{n}.jsonl"
        file.write_bytes(orjson.dumps(article) + b"\n")
        demo.run("feed", str(file))
        path = f"/articles/{article_id(OURS, None, None, None)}"
        demo.until("the article is there", lambda path=path, n=n: (demo.get(path)[1].get("version")) == n)  # type: ignore[misc]


async def _take(binary: str, profile: Path, web: str, places: dict[str, str], folder: Path) -> None:
    async with Browser(binary, profile) as browser:
        for name, place, script, width, height, dark in VIEWS:
            await browser.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=width < 500,
            )
            scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
            await browser.call("Emulation.setEmulatedMedia", features=scheme)
            await browser.open("about:blank")
            await browser.open(f"{web}/#{place.format(**places)}")
            await browser.until("document.querySelector('#main')?.children.length > 0")
            await browser.until("document.querySelector('#status').textContent", lambda text: text == "live")
            if script:
                await browser.run(f"(() => {{ {script} }})()")
            await asyncio.sleep(1.5)
            taken = await browser.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)
            path = folder / f"{name}.png"
            path.write_bytes(base64.b64decode(taken["data"]))
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
