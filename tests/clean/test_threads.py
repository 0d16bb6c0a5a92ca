"""Comments behind an article, texts of our own."""

from __future__ import annotations

import pytest

from worker.clean import clean
from worker.clean.threads import comments_at
from worker.clean.words import Cue
from worker.messages import RawArticle

ARTICLE = """The ferry gets a second boat

March 3, 2024

The island council has decided to buy a second boat for the ferry, after two winters in which the old one lay in the dock for weeks. It will cost 1.2 million and should arrive in the autumn of next year.

"We have waited long enough for this," the mayor said after the meeting, and thanked the captain for his patience with the old engine.
"""
SAID = """I have taken this boat for twenty years, and in all these years nobody has asked us what we think of it. My neighbours have seen four mayors come and go.
They could have mended the old engine for half of that money. My uncle worked in the dock until last summer, and he told everybody who would listen.
Where will the second one lie at night? There is no room behind the breakwater since the fishermen moved their nets, and the yachts pay for their places.
Finally! My children go to school on the mainland and came home at midnight twice this month, because the evening boat did not run at all.
I agree with the mayor for once. We pay our taxes like everybody else in this country, so we should be able to leave the island in winter too.""".split(
    "\n"
)
POSTS = "\n".join(
    f"\n{name}\n{i} days ago at 07:4{i}\n{text}\nRating: {i} Votes"
    for i, (name, text) in enumerate(
        zip(("harbourcat", "Old Sailor", "mike77", "Nina B", "tidewatcher"), SAID, strict=True), 1
    )
)


@pytest.mark.parametrize("head", ["[ 5 comments ]", "5 Responses to The ferry gets a second boat", "Comments (5)"])
def test_what_readers_write_is_not_the_body_even_if_it_is_longer(head: str) -> None:
    body = clean(RawArticle(text=f"{ARTICLE}\n{head}\n{POSTS}"))["body"]
    assert "thanked the captain" in body
    assert "four mayors" not in body


def test_a_link_to_the_comments_in_the_head_ends_nothing() -> None:
    keep = [True, False, True, True]
    texts = ["A lead.", "12 comments", "A long paragraph.", "Another one."]
    cues = [0, int(Cue.COMMENT), 0, 0]
    assert comments_at(keep, texts, [50, 2, 90, 80], cues, [0] * 4) == 4
    assert comments_at(keep, texts, [500, 2, 90, 80], cues, [0] * 4) == 1


def test_turns_need_a_date_above_most_texts() -> None:
    texts = ["A lead.", "12 comments", "anna, 3 May", "Text.", "ben, 4 May", "Text.", "carl", "Text."]
    keep = [True, False, False, True, False, True, False, True]
    cues = [0, int(Cue.COMMENT)] + [0] * 6
    words: list[float] = [50, 2, 3, 90, 3, 90, 1, 90]
    assert comments_at(keep, texts, words, cues, [0, 0, 1, 0, 1, 0, 0, 0]) == 1
    assert comments_at(keep, texts, words, cues, [0, 0, 1, 0, 0, 0, 0, 0]) == 8


def test_comments_begin_where_their_number_is_told_again() -> None:
    texts = ["27 comments", "A paragraph.", "See all comments (27)", "What a boat.", "And what a captain."]
    cues = [int(Cue.COMMENT), 0, int(Cue.COMMENT), 0, 0]
    keep = [False, True, False, True, True]
    assert comments_at(keep, texts, [2, 50, 4, 60, 60], cues, [0] * 5) == 2
    assert comments_at(keep, ["3 comments", *texts[1:]], [2, 50, 4, 60, 60], cues, [0] * 5) == 5


def test_one_comment_that_is_shown_within_an_article_ends_nothing() -> None:
    keep = [True, False, False, True]
    texts = ["A paragraph.", "Top Comment", "What a boat.", "Another paragraph."]
    assert comments_at(keep, texts, [500, 2, 3, 90], [0, int(Cue.COMMENT), 0, 0], [0] * 4) == 4
