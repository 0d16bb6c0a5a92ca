"""Every language survives: what no list of words knows is told by shape and place."""

from __future__ import annotations

from typing import Any

import pytest

from worker.clean import clean
from worker.messages import RawArticle

UKRAINIAN = (
    "Старий млин стане бібліотекою",
    "14 березня 2024, 16:20 Автор: Марта Олійник",
    "Міська рада вирішила в четвер увечері перебудувати старий млин біля річки на публічну бібліотеку.",
    "Роботи почнуться восени й коштуватимуть трохи більше двох мільйонів євро, третину з яких заплатить область.",
    ["Поділитися", "Пожежа знищила склад"],
)
HEBREW = (
    "הטחנה הישנה הופכת לספרייה",
    "14 במרץ 2024, 16:20 מאת: מירה אולמן",
    "מועצת העירייה החליטה ביום חמישי בערב להפוך את הטחנה הישנה שליד הנהר לספרייה ציבורית.",
    "העבודות יתחילו בסתיו ויעלו מעט יותר משני מיליון אירו, ששליש מהם ישלם המחוז.",
    ["שתף", "שריפה השמידה מחסן"],
)
HINDI = (
    "पुरानी चक्की बनेगी पुस्तकालय",
    "14 मार्च 2024, 16:20 लेखक: मीना शर्मा",
    "नगर परिषद ने गुरुवार शाम को नदी किनारे की पुरानी चक्की को सार्वजनिक पुस्तकालय में बदलने का फैसला किया।",
    "काम शरद ऋतु में शुरू होगा और इस पर बीस लाख यूरो से कुछ अधिक खर्च आएगा, जिसका एक तिहाई राज्य देगा।",
    ["शेयर करें", "गोदाम में आग लगी"],
)
ARABIC = (
    "الطاحونة القديمة تتحول إلى مكتبة",
    "١٤ مارس ٢٠٢٤ - ١٦:٢٠ بقلم: منى الحداد",
    "قرر المجلس البلدي مساء الخميس تحويل الطاحونة القديمة على ضفة النهر إلى مكتبة عامة.",
    "ستبدأ الأعمال في الخريف وستكلف ما يزيد قليلا على مليوني يورو، تدفع المنطقة ثلثها.",
    ["مشاركة", "حريق يدمر مستودعا"],
)
VIETNAMESE = (
    "Cối xay cũ trở thành thư viện",
    "14/03/2024 16:20 Tác giả: Nguyễn Minh Anh",
    "Hội đồng thành phố tối thứ Năm đã quyết định cải tạo cối xay cũ bên bờ sông thành thư viện công cộng.",
    "Công việc sẽ bắt đầu vào mùa thu và tốn hơn hai triệu euro một chút, trong đó vùng sẽ trả một phần ba.",
    ["Chia sẻ", "Cháy kho hàng"],
)
STORIES = {"uk": UKRAINIAN, "he": HEBREW, "hi": HINDI, "ar": ARABIC, "vi": VIETNAMESE}


def page(title: str, head: str, *paragraphs: str, tail: list[str]) -> dict[str, Any]:
    parts = "".join(f"<p>{text}</p>" for text in paragraphs) + "".join(f"<p>{text}</p>" for text in tail)
    html = (
        f"<html><head><title>{title}</title></head><body><div><h1>{title}</h1><p>{head}</p>{parts}</div></body></html>"
    )
    return clean(RawArticle(html=html, url="https://post.example/news/42"))


@pytest.mark.parametrize("code", STORIES)
def test_a_page_without_any_mark(code: str) -> None:
    title, head, one, two, tail = STORIES[code]
    found = page(title, head, one, two, tail=tail)
    assert (found["title"], found["body"], found["language"]["code"]) == (title, f"{one}\n\n{two}", code)
    assert found["published"]["at"].startswith("2024-03-14T16:20")
    assert found["authors"] and found["authors"][0] in head


@pytest.mark.parametrize("code", STORIES)
def test_a_dump(code: str) -> None:
    title, head, one, two, _ = STORIES[code]
    found = clean(RawArticle(text="\n".join((title, head, one, two))))
    assert (found["title"], found["body"]) == (title, f"{one}\n\n{two}")
    assert found["published"]["at"].startswith("2024-03-14T16:20")


def test_a_menu_in_a_writing_without_capitals_is_nobodys_name() -> None:
    menu = ["首页", "政治 新闻", "体育"]
    story = [
        "老磨坊将变成图书馆",
        "2024年3月14日 16:20",
        "市议会周四晚间决定把河边的老磨坊改建成公共图书馆，预计明年秋天对外开放。",
    ]
    text = "\n".join(
        [*menu, *story, "工程将于秋季开工，耗资略高于两百万欧元，其中三分之一由地区政府承担，其余由市里支付。"]
    )
    assert clean(RawArticle(text=text))["authors"] == []


def test_facts_behind_the_last_sentence_stay() -> None:
    title, head, one, two, _ = UKRAINIAN
    facts = ["Вхід вільний", "Початок: 19 година"]
    assert page(title, head, one, two, tail=facts)["body"].endswith("\n\n".join(facts))
