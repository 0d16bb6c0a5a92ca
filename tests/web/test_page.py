"""The page in a real browser."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.view import made
from tests.web import browser as chromium
from tests.web.browser import Browser
from worker.view.writer import Writer
from worker.web.app import make_app
from worker.web.readers import Readers

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
STATE: dict[str, Any] = {"live": True, "ready": True, "broker": "up", "broker_down_seconds": None, "lag": 0}


class Shown:
    def __init__(self, writer: Writer, url: str, browser: Browser) -> None:
        self.writer, self.url, self.browser = writer, url, browser

    async def open(self, path: str = "/") -> None:
        await self.browser.open(self.url + path)
        await self.browser.until("document.querySelector('#main')?.children.length > 0")

    async def titles(self) -> Any:
        return await self.browser.run("[...document.querySelectorAll('#main > article > h2')].map(e => e.textContent)")


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Shown]:
    binary = chromium.find()
    if binary is None:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail("CI needs Chromium: apt-get install chromium")
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    writer = made.writer(tmp_path)
    writer.apply([*(made.full(n) for n in range(1, 4)), made.full(7, of=3, title="A copy of three"), made.dead()])
    readers = Readers(writer.path)
    server = TestServer(make_app(readers, lambda: STATE))
    await server.start_server()
    async with Browser(binary, tmp_path / "profile") as browser:
        yield Shown(writer, str(server.make_url("")).rstrip("/"), browser)
    await server.close()
    readers.close()


async def test_shows_articles_copies_details_and_dead_letters(shown: Shown) -> None:
    await shown.open()
    assert await shown.titles() == ["Bridge number 3 opens", "Bridge number 2 opens", "Bridge number 1 opens"]
    assert await shown.browser.until("document.querySelector('details summary').textContent") == "1 copy"
    await shown.browser.run("document.querySelector('details').open = true")
    await shown.browser.until(
        "document.querySelector('details article h2')?.textContent", lambda v: v == "A copy of three"
    )

    shown.writer.apply([made.full(4)])  # it comes while the page is open
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 4 opens")
    assert "5 copies" not in await shown.browser.run("document.querySelector('#status').textContent")

    await shown.browser.run(f"location.hash = '#/a/{made.ident(3)}'")
    text = await shown.browser.until("document.querySelector('#main dl')?.textContent")
    assert "Ada Example" in text and "news.raw, partition 0, offset 3" in text

    await shown.browser.run("location.hash = '#/dead'")
    await shown.browser.until("document.querySelector('#main h2')?.textContent", lambda v: v == "json-invalid")
    await shown.browser.run("location.hash = '#/sources'")
    text = await shown.browser.until("document.querySelector('tbody')?.textContent")
    assert text.startswith("example.org5")
    await shown.browser.run("document.querySelector('tbody a').click()")
    await shown.browser.until("document.querySelectorAll('#main > article').length", lambda v: v == 4)
    assert await shown.browser.run("document.querySelector('[name=source]').value") == "example.org"
    assert shown.browser.errors == []


async def test_search_and_filters(shown: Shown) -> None:
    await shown.open()
    shown.writer.apply([made.full(9, title="Ein Zug fährt", language={"code": "de", "confidence": 1.0})])
    await shown.browser.until(
        "[...document.querySelector('[name=language]').options].map(o => o.value).join()", lambda v: "de" in v
    )
    type_in = "(() => {{ const f = document.querySelector('[name={}]'); f.value = '{}'; f.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    await shown.browser.run(type_in.format("language", "de"))
    await shown.browser.until("document.querySelectorAll('#main > article').length", lambda v: v == 1)
    assert await shown.titles() == ["Ein Zug fährt"]
    await shown.browser.run(type_in.format("q", "bridge"))
    await shown.browser.until("document.querySelector('#main').textContent", lambda v: "Nothing here" in v)
    assert shown.browser.errors == []


async def test_what_an_article_smuggles_in_stays_text(shown: Shown) -> None:
    shown.writer.apply(
        [
            made.full(
                8,
                title=EVIL,
                body=EVIL,
                lead=EVIL,
                url="javascript:window.hacked=1",
                source=EVIL,
                authors=[EVIL],
                section=EVIL,
                keywords=[EVIL],
                people=[{"name": EVIL, "count": 1}],
                topics=[{"code": "medtop:04000000", "name": EVIL, "relevance": 1}],
                explain={"removed": [{"text": EVIL, "why": EVIL}], "tags": {EVIL: EVIL}},
            ),
            made.dead(value=EVIL.encode(), **{"dlq-message": EVIL}),
        ]
    )
    await shown.open()
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == EVIL)
    await shown.browser.run(f"location.hash = '#/a/{made.ident(8)}'")
    await shown.browser.until("document.querySelector('.body')?.textContent", lambda v: v == EVIL)
    await shown.browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not await shown.browser.run("document.querySelector('#main a[href^=javascript]')")
    await shown.browser.run("location.hash = '#/dead'")
    await shown.browser.until("document.querySelector('pre')?.textContent", lambda v: v == EVIL)
    assert await shown.browser.run("window.hacked === undefined && !document.querySelector('#main script, #main img')")
    # the policy is the second line: even a mistake of ours could not run what an article brings
    await shown.browser.run("document.querySelector('#main').innerHTML = '<img src=x onerror=\"window.hacked=1\">'")
    await shown.browser.run("new Promise(done => setTimeout(done, 300))")
    assert await shown.browser.run("window.hacked === undefined")


async def test_fits_a_phone(shown: Shown) -> None:
    await shown.browser.call(
        "Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=2, mobile=True
    )
    for path in ("/", f"/#/a/{made.ident(3)}", "/#/dead", "/#/sources"):
        await shown.open(path)
        width = await shown.browser.run("document.documentElement.scrollWidth")
        assert width <= 360, (path, width)
