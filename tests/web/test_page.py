"""The page in a real browser."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.view import made
from tests.web import browser as chromium
from tests.web.browser import Browser
from worker.stream.record import Record
from worker.view.writer import Writer
from worker.web import stream
from worker.web.app import make_app
from worker.web.readers import Readers
from worker.web.stream import Bell

COUNT_REQUESTS = "window.requests = []; const ask = window.fetch; window.fetch = (url, o) => { window.requests.push(String(url)); return ask(url, o); };"
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
STATE: dict[str, Any] = {"live": True, "ready": True, "broker": "up", "broker_down_seconds": None, "lag": 0}


class Shown:
    def __init__(self, writer: Writer, bell: Bell, url: str, browser: Browser) -> None:
        self.writer, self.bell, self.url, self.browser = writer, bell, url, browser

    def write(self, *records: Record) -> None:
        self.writer.apply(records)
        self.bell.ring()

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
    bell = Bell()
    server = TestServer(make_app(readers, lambda: STATE, bell=bell))
    await server.start_server()
    async with Browser(binary, tmp_path / "profile") as browser:
        yield Shown(writer, bell, str(server.make_url("")).rstrip("/"), browser)
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

    shown.write(made.full(4))  # it comes while the page is open, and somebody reads
    await shown.browser.until("document.querySelector('#newer').textContent", lambda v: v == "show 1 new")
    await shown.browser.run("document.querySelector('details details').open = true")
    await shown.browser.until(
        "document.querySelector('.difference')?.textContent",
        lambda v: v == "title: Bridge number 3 opensA copy of three",
    )
    assert (await shown.titles())[0] == "Bridge number 3 opens"
    await shown.browser.run("document.querySelector('#newer').click()")
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 4 opens")
    await shown.browser.until(
        "document.querySelector('#counts').textContent", lambda v: v.startswith("4 originals, 1 ")
    )

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


async def test_an_article_runs_as_its_script_does(shown: Shown) -> None:
    text = "أعلنت المدينة خطة جديدة (EUR) في 2024.\n\nThe bridge opens."
    shown.write(made.full(5, title=text[:20], body=text, language={"code": "ar", "confidence": 0.9}))
    await shown.open()
    await shown.browser.run(f"location.hash = '#/a/{made.ident(5)}'")
    await shown.browser.until("document.querySelector('#main .body')?.lang", lambda v: v == "ar")
    assert await shown.browser.run("document.querySelector('#main h2').lang") == "ar"
    place = "((at) => { const range = document.createRange(), text = document.querySelector('#main .body').firstChild; "
    place += "range.setStart(text, at); range.setEnd(text, at + 1); return range.getBoundingClientRect().x; })"
    first, stop = text.index("أ"), text.index(".")
    assert await shown.browser.run(f"{place}({stop}) < {place}({first})"), "the full stop is at the left end"
    latin = text.index("T")
    assert await shown.browser.run(f"{place}({latin}) < {place}({latin + 4})")


async def test_search_and_filters(shown: Shown) -> None:
    await shown.open()
    shown.write(made.full(9, title="Ein Zug fährt", language={"code": "de", "confidence": 1.0}))
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
    text = await shown.browser.run("document.querySelector('#main dl').textContent")
    assert f"Addressjavascript:window.hacked=1Authors{EVIL}Section{EVIL}" in text
    await shown.browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not await shown.browser.run("document.querySelector('#main a[href^=javascript]')")
    await shown.browser.run("location.hash = '#/dead'")
    await shown.browser.until("document.querySelector('pre')?.textContent", lambda v: v == EVIL)
    assert await shown.browser.run("window.hacked === undefined && !document.querySelector('#main script, #main img')")
    # the policy is the second line: even a mistake of ours could not run what an article brings
    await shown.browser.run("document.querySelector('#main').innerHTML = '<img src=x onerror=\"window.hacked=1\">'")
    await shown.browser.run("new Promise(done => setTimeout(done, 300))")
    assert await shown.browser.run("window.hacked === undefined")


async def test_versions_show_what_changed_and_smuggle_nothing_in(shown: Shown) -> None:
    shown.write(
        made.full(3, revision=2, version=2, title=f"Bridge number 3 closes {EVIL}", body=f"New. {EVIL}", authors=[EVIL])
    )
    await shown.open(f"/#/a/{made.ident(3)}")
    await shown.browser.until("document.querySelector('#main h2')?.textContent", lambda v: v and "closes" in v)
    await shown.browser.run("document.querySelector('#versions').open = true")
    await shown.browser.until("document.querySelectorAll('#versions section').length", lambda v: v == 2)
    texts = "[...document.querySelectorAll('#versions {}')].map(e => e.textContent).join('|')"
    removed, added = await shown.browser.run(texts.format("del")), await shown.browser.run(texts.format("ins"))
    assert removed.startswith("opens|The mayor") and added.startswith(f"closes {EVIL}|New. {EVIL}")
    assert await shown.browser.run("window.hacked === undefined && !document.querySelector('#main script, #main img')")
    # an article that is taken down while it is looked at goes
    shown.write(made.tombstone(made.ARTICLES, 3, 9, "taken-down"))
    await shown.browser.until(
        "document.querySelector('#main').textContent", lambda v: v == "this article was taken down"
    )


async def test_a_flood_is_drawn_in_gulps_and_nothing_piles_up(shown: Shown) -> None:
    await shown.open()
    await shown.browser.until("document.querySelector('#status').textContent", lambda v: v == "live")
    await shown.browser.run(COUNT_REQUESTS)
    nodes = "document.querySelectorAll('*').length"
    before = 0
    for n in range(60):
        shown.write(
            *(
                made.full(100 + 20 * n + i, first_seen_at=f"2024-04-01T{n // 60:02d}:{n % 60:02d}:{i:02d}Z")
                for i in range(20)
            )
        )
        await asyncio.sleep(0.02)
        if n == 20:
            await shown.browser.until("document.querySelectorAll('#main > article').length", lambda v: v == 40)
            before = await shown.browser.run(nodes)
    await shown.browser.until(
        "document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 1299 opens"
    )
    assert len(await shown.titles()) == 40 and await shown.browser.run(nodes) < before + 200
    # 1,200 events came, the page looked a few times
    assert await shown.browser.run("window.requests.filter(url => url.includes('articles?')).length") < 60
    # whoever goes on reading further down is not disturbed, and finds all of them page by page
    seen = set(await shown.titles())
    for _ in range(31):
        if not await shown.browser.run(
            "[...document.querySelectorAll('#main > button')].some(b => b.textContent === 'older')"
        ):
            break
        last = await shown.browser.run("document.querySelector('#main h2').textContent")
        await shown.browser.run(
            "[...document.querySelectorAll('#main > button')].find(b => b.textContent === 'older').click()"
        )
        await shown.browser.until("document.querySelector('#main h2').textContent", lambda v, last=last: v != last)  # type: ignore[misc]
        seen |= set(await shown.titles())
    assert len(seen) == 1203 and await shown.browser.run("document.querySelectorAll('#main > article').length") <= 40
    assert shown.browser.errors == []


async def test_goes_on_where_the_stream_was_cut(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    follow = stream.follow

    async def spy(request: Any, readers: Any, bell: Any, since: Any, *rest: Any, **more: Any) -> Any:
        asked.append(since)
        if len(asked) > 1:
            return await follow(request, readers, bell, since, *rest, **more)
        task = asyncio.ensure_future(follow(request, readers, bell, since, *rest, **more))
        await cut.wait()
        task.cancel()
        request.transport.close()
        return await task

    cut = asyncio.Event()
    monkeypatch.setattr(stream, "follow", spy)
    await shown.open()
    await shown.browser.until("document.querySelector('#status').textContent", lambda v: v == "live")
    shown.write(made.full(5))
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 5 opens")
    cut.set()
    while len(asked) < 2:
        await asyncio.sleep(0.05)
    # not «from now on», and not from the start either
    assert asked[0] is None and asked[1][made.ARTICLES, 0] == shown.writer.positions()[made.ARTICLES, 0]
    shown.write(made.full(6))
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 6 opens")


async def test_looks_by_itself_where_no_stream_gets_through(shown: Shown) -> None:
    await shown.browser.call("Network.enable")
    await shown.browser.call("Network.setBlockedURLs", urls=["*/stream*"])
    await shown.open()
    shown.write(made.full(5))
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 5 opens")
    assert await shown.browser.run("document.querySelector('#status').textContent") != "live"


async def test_the_list_stands_still_on_request(shown: Shown) -> None:
    await shown.open()
    await shown.browser.until("document.querySelector('#status').textContent", lambda v: v == "live")
    await shown.browser.run("document.querySelector('#live').click()")
    shown.write(made.full(5), made.full(6))
    await shown.browser.until("document.querySelector('#newer').textContent", lambda v: v == "show 2 new")
    assert (await shown.titles())[0] == "Bridge number 3 opens"
    await shown.browser.run("document.querySelector('#live').click()")
    await shown.browser.until("document.querySelector('#main h2').textContent", lambda v: v == "Bridge number 6 opens")
    assert await shown.browser.run("document.querySelector('#newer').hidden")


async def test_pages_that_were_left_hold_no_connection(shown: Shown) -> None:
    """A browser has six of them to one place: the seventh page would wait for ever."""
    for n in range(8):
        await shown.open(f"/?{n}")
        await shown.browser.until("document.querySelector('#status').textContent", lambda v: v == "live")


async def test_fits_a_phone(shown: Shown) -> None:
    await shown.browser.call(
        "Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=2, mobile=True
    )
    for path in ("/", f"/#/a/{made.ident(3)}", "/#/dead", "/#/sources"):
        await shown.open(path)
        width = await shown.browser.run("document.documentElement.scrollWidth")
        assert width <= 360, (path, width)
