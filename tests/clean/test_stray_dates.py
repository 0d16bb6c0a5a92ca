"""Dates in scripts, side boxes and attributes: only where they state one day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean.html import read_page
from worker.clean.stray_dates import only_day

FILL = "<p>Die alte Mühle am Fluss wird zum Haus der Bücher, so hat es der Rat der Stadt beschlossen.</p>" * 6


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ('<script>var page = {"id": 7, "publishedAt": "2024-03-14T08:00:00Z"}</script>', "metadata"),
        ('<script>x = "{\\"first-publication\\":\\"2024-03-14 08:00\\"}"</script>', "metadata"),
        ("<script>ga('set', {pubDate: '2024-03-14'})</script>", "metadata"),
        ('<aside><h3>Info</h3><time datetime="2024-03-14">14.3.</time></aside>', "page"),
        ('<footer><ul><li class="item meta__date">14. März 2024</li></ul></footer>', "page"),
        ('<nav><abbr title="2024-03-14T08:00:00Z">vor 1 Stunde</abbr></nav>', "page"),
        ('<nav><span data-origdate="2024-03-14 08:00:00 +0100"></span></nav>', "page"),
    ],
)
def test_the_only_day(place: str, source: str) -> None:
    page = f"<html lang='de'><body><h1>Die Mühle</h1>{FILL}{place}</body></html>"
    found = read_page(page, "https://www.a.de/m").meta.published
    assert found is not None and found.at.startswith("2024-03-14") and found.source == source
    other = place.replace("2024-03-14", "2024-02-11").replace("14. März", "11. Februar")
    assert read_page(page + other, "https://www.a.de/m").meta.published is None


@pytest.mark.parametrize(
    "place",
    [
        '<script>var page = {"unpublishDate": "2024-03-14"}</script>',
        '<script>var page = {"lastModifiedPublishDate": "2024-03-14"}</script>',
        '<aside class="related"><time datetime="2024-03-14">14.3.</time></aside>',
        '<footer class="comments"><span class="date">14. März 2024</span></footer>',
        '<nav><span data-publish="3 hours ago"></span></nav>',
    ],
)
def test_days_of_something_else(place: str) -> None:
    fetched = datetime(2024, 4, 1, tzinfo=UTC)
    assert only_day(place, place, fetched_at=fetched) is None


def test_no_day_to_come() -> None:
    place = '<time datetime="2024-05-14"></time>'
    assert only_day(place, place, fetched_at=datetime(2024, 4, 1, tzinfo=UTC)) is None
    assert only_day(place, place) is not None


@given(
    st.lists(
        st.sampled_from(
            ("<time", ' datetime="', '"', ">", "<span", ' class="', "date", "2024-03-14", "publish", ": ", "'", "x")
        )
    ).map("".join)
)
def test_any_markup(html: str) -> None:
    only_day(html, html)
