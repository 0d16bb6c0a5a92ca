"""The page in a Chromium under a stream: what it holds in memory and how long a click takes, minute by minute.

    python -m tests.bench page [--seconds N] [--rate N] [--articles N]

A view of `--articles` generated articles, the API over it in a process of its own, `--rate` articles a second that go on
coming. At each minute's end: the heap of the page after a collection, its nodes and listeners, how far the first article
shown is behind, the time from a mouse click on an article's title until its text stands there, and from a key in the search
box until it does; the longest time in that minute in which the page could not have answered.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.api import _build, _load
from tests.web import browser as chromium
from tests.web.browser import Browser

_WATCH = """
window.longest = 0; let last = performance.now();
setInterval(() => { const now = performance.now(); window.longest = Math.max(window.longest, now - last - 50); last = now; }, 50);
"""


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench page", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--articles", type=int, default=5000)
    args = parser.parse_args(argv)
    if (binary := chromium.find()) is None:
        print("no Chromium on this machine (Debian: apt install chromium)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="news-view-") as name:
        folder = Path(name)
        _build(folder, args.articles)
        command = [sys.executable, "-m", "tests.bench", "api", "--serve"]
        command += ["--view", str(folder), "--rate", str(args.rate)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            asyncio.run(_watch(binary, folder / "profile", url, args.seconds))
        finally:
            process.terminate()
            process.wait(30)
    return 0


async def _watch(binary: str, profile: Path, url: str, seconds: int) -> None:
    async with Browser(binary, profile) as browser:
        await browser.call("Performance.enable")
        await browser.open(url)
        await browser.until("document.querySelectorAll('#main > article').length", lambda n: n == 40)
        await browser.until("document.querySelector('#status').textContent", lambda text: text == "live")
        await browser.run(_WATCH)
        print(
            f"{'':<8}{'heap MB':>9}{'nodes':>8}{'listeners':>11}{'articles':>10}{'click ms':>10}{'key ms':>8}{'longest ms':>12}  came"
        )
        began = time.monotonic()
        while (at := time.monotonic() - began) < seconds:
            await asyncio.sleep(min(60 - at % 60, seconds - at))
            longest = await browser.run("(() => { const it = window.longest; window.longest = 0; return it; })()")
            shown = await browser.run("document.querySelectorAll('#main > article').length")
            await browser.call("HeapProfiler.collectGarbage")
            found = {each["name"]: each["value"] for each in (await browser.call("Performance.getMetrics"))["metrics"]}
            came = await browser.run("document.querySelector('#counts').textContent")
            click, key = await _click(browser), await _key(browser)
            minutes = (time.monotonic() - began) / 60
            print(
                f"{minutes:>5.1f} m {found['JSHeapUsedSize'] / 1e6:>9.1f}{found['Nodes']:>8.0f}"
                f"{found['JSEventListeners']:>11.0f}{shown:>10}{click:>10.0f}{key:>8.0f}{longest:>12.0f}  {came}",
                flush=True,
            )
        print(f"errors of the page: {browser.errors or 'none'}; {_load()}")


async def _click(browser: Browser) -> float:
    """Milliseconds from a real click on an article's title until its text stands there; then back to the list."""
    box = await browser.run(
        "(() => { const b = document.querySelector('#main h2 a').getBoundingClientRect(); return [b.x + 9, b.y + 9]; })()"
    )
    await browser.run(_until("document.querySelector('#main > article > .body')"))
    for kind in ("mousePressed", "mouseReleased"):
        await browser.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
    took = await browser.until("window.took", lambda value: value is not None)
    await browser.run("history.back()")
    await browser.until("document.querySelectorAll('#main > article').length", lambda n: n == 40)
    return float(took)


async def _key(browser: Browser) -> float:
    """Milliseconds from a key in the search box until the letter stands there; then it is taken away again."""
    await browser.run("document.querySelector('[name=q]').focus()")
    await browser.run(_until("document.querySelector('[name=q]').value"))
    await browser.call("Input.dispatchKeyEvent", type="char", text="b")
    took = await browser.until("window.took", lambda value: value is not None)
    await browser.run("document.querySelector('[name=q]').value = ''; document.activeElement.blur()")
    return float(took)


def _until(condition: str) -> str:
    """Set `window.took` to the milliseconds from the next press until a condition holds, as the page itself sees them."""
    return f"""(() => {{
      window.took = null;
      const look = (began) => {{ if ({condition}) window.took = performance.now() - began; else requestAnimationFrame(() => look(began)); }};
      const start = (event) => {{
        for (const kind of ["pointerdown", "keypress"]) removeEventListener(kind, start, true);
        look(event.timeStamp);
      }};
      for (const kind of ["pointerdown", "keypress"]) addEventListener(kind, start, true);
    }})()"""
