"""A readable table of finished articles: what `demo` prints when the samples are through."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from typing import Any

from worker.terminal import Style, fit, plain

_MOST_WIDTH = 150


def report(articles: list[dict[str, Any]], taken_down: list[str], dead: list[dict[str, Any]]) -> str:
    """Originals with their copies below them, then what was withheld, taken down and dead-lettered, and why.

    `articles` as the API gives them, copies included; `taken_down` by name; `dead` as /dlq gives them.
    """
    style = Style(sys.stdout)
    width = max(80, min(_MOST_WIDTH, shutil.get_terminal_size((120, 24)).columns))
    title, topics, countries = int(width * 0.48) - 6, int(width * 0.34), int(width * 0.18) - 6
    lines = ["", style(f"{'':<5}{fit('TITLE', title)} {fit('TOPICS', topics)} {fit('COUNTRIES', countries)}", "bold")]
    copies: dict[str, list[dict[str, Any]]] = {}
    for article in articles:
        if article["dedup"]["verdict"] != "original":
            copies.setdefault(article["dedup"]["cluster"], []).append(article)
    withheld = [article for article in articles if article["status"] == "withheld"]
    originals = [a for a in articles if a["status"] != "withheld" and a["dedup"]["verdict"] == "original"]
    for article in sorted(
        originals, key=lambda each: (each["language"]["code"], each["first_seen_at"] or "", each["id"])
    ):
        mark = f" (version {article['version']})" if article["version"] > 1 else ""
        name = fit(_title(article), title - len(mark)).rstrip() + mark
        lines.append(
            f"{style(fit(article['language']['code'], 4), 'blue')} {fit(name, title)} {fit(_topics(article), topics)} "
            f"{fit(' '.join(article['countries']), countries)}".rstrip()
        )
        for copy in sorted(copies.get(article["id"], ()), key=lambda each: (each["first_seen_at"] or "", each["id"])):
            how = (
                "exact copy" if copy["dedup"]["verdict"] == "exact" else f"near copy {_percent(copy['dedup']['score'])}"
            )
            lines.append("     " + style(f"└ {how}: {plain(_title(copy))[: width - 45]} ({copy['source']})", "yellow"))
    lines += _section(
        style,
        "Withheld: delivered, but no article",
        (f"{a['content_type']}: {a['url'] or _title(a)}" for a in withheld),
    )
    lines += _section(style, "Taken down", taken_down)
    lines += _section(
        style,
        "Dead letters",
        (
            f"{d['code']}: {d['message']} ({d['source']['topic']} {d['source']['partition']}:{d['source']['offset']})"
            for d in dead
        ),
    )
    return "\n".join(lines) + "\n"


def _section(style: Style, name: str, items: Iterable[str]) -> list[str]:
    lines = [f"     {plain(item)}" for item in items]
    return ["", style(f"     {name}", "bold"), *lines] if lines else []


def _title(article: dict[str, Any]) -> str:
    return str(article["title"] or (article["body"] or "").split("\n", 1)[0] or article["id"])


def _topics(article: dict[str, Any]) -> str:
    return ", ".join(topic["name"] for topic in article["topics"]) or "-"


def _percent(score: float | None) -> str:
    return "" if score is None else f"{score:.0%}"
