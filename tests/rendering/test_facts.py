"""What the forms of an edition have in common: facts, and what is said at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from digest.model import ALERTS, Fact, Picture, Section
from digest.rendering.footer import closing
from digest.rendering.measures import measures
from digest.rendering.phrases import facts, sources, summary
from digest.rendering.pictures import source
from tests.rendering.samples import NOW, edition, story


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["Ada", "Monday", "4\u00a0min"]),
        ({"updated": True}, ["Updated", "Ada", "Monday", "4\u00a0min"]),
        ({"feed": "Elsewhere"}, ["Elsewhere", "Ada", "Monday", "4\u00a0min"]),
        ({"feed": "Ada"}, ["Ada", "Monday", "4\u00a0min"]),
        ({"feed": "Forem: Ada Byron", "author": "Ada Byron"}, ["Forem: Ada Byron", "4\u00a0min"]),
        ({"author": "A feed", "published": None, "reading_minutes": 0}, []),
    ],
)
def test_facts_that_are_known_are_not_told_again(
    changes: dict[str, object], said: list[str]
) -> None:
    one = replace(story(), **changes)
    if one.author == "Ada Byron":
        one = replace(one, published=None)
    assert facts(edition(one), Section("A feed", (one,)), one) == said


def test_stories_without_words_are_counted_and_take_no_time() -> None:
    links = [story(number, reading_minutes=0) for number in (1, 2)]

    assert summary(edition(*links)) == "9 to 16 November 2026 · 2 stories"
    assert summary(edition(*links, digest=ALERTS)) == "9 to 16 November 2026"


def test_a_recording_is_to_be_heard() -> None:
    one = story(author="", reading_minutes=103, recording=True)
    section = Section("A feed", (one,))

    assert facts(edition(one), section, one) == ["Monday", "listen 1\u00a0h\u00a043\u00a0min"]
    assert facts(edition(one, language="de"), section, one) == [
        *("Montag", "Hörzeit 1\u00a0Std.\u00a043\u00a0Min."),
    ]


def test_a_video_is_to_be_watched() -> None:
    one = story(author="", reading_minutes=12, recording=True, video=True)
    section = Section("A feed", (one,))

    times = {tag: facts(edition(one, language=tag), section, one)[-1] for tag in ("en", "fr", "ja")}
    assert times == {
        "en": "watch 12\u00a0min",
        "fr": "vidéo de 12\u00a0min",
        "ja": "動画12分",
    }
    assert summary(edition(one)).endswith(" · about 12\u00a0min to watch")


def test_totals_add_what_is_known() -> None:
    said = summary(
        edition(
            story(1, reading_minutes=4),
            story(2, reading_minutes=3, brief=True),
            story(3, reading_minutes=0),
            story(4, reading_minutes=103, recording=True),
        )
    )
    assert said == (
        "9 to 16 November 2026 · 4 stories · about 7\u00a0min to read"
        " · about 1\u00a0h\u00a043\u00a0min to listen"
    )


def test_no_line_parts_a_number_from_its_unit() -> None:
    one = story(facts=(Fact("points", 812), Fact("comments", 301), Fact("length", 4.5, "km")))
    assert [text for text, _ in measures(edition(one), one)] == [
        *("812\u00a0points", "301\u00a0comments", "4.5\u00a0km"),
    ]


def test_brief_facts_have_neither_author_nor_time() -> None:
    one = story(feed="Elsewhere")
    assert facts(edition(one), Section("A feed", (one,)), one, brief=True) == [
        "Elsewhere",
        "Monday",
    ]


def test_a_date_is_whole_where_that_is_wanted() -> None:
    one = story()
    assert facts(edition(one), Section("A feed", (one,)), one, whole_date=True) == [
        *("Ada", "16 November 2026", "4\u00a0min")
    ]


def test_facts_are_in_the_language_of_the_edition() -> None:
    one = story(updated=True, feed="Elsewhere")
    said = facts(edition(one, language="he"), Section("דנה", (one,)), one)
    assert said == ["עודכן", "Elsewhere\u200f", "Ada\u200f", "יום שני", "4\u00a0דקות"]


def test_the_last_sentence_says_why() -> None:
    assert closing(edition(story())) == [
        "You get this because your address is on the list for Weekly reading."
    ]


def test_the_next_edition_is_told_in_the_time_of_the_digest() -> None:
    said = closing(edition(story(), next_at=NOW + timedelta(days=7)))
    assert said[0] == "The next edition is due on Monday, 23 November at 10:00."


def test_a_picture_in_the_message_is_loaded_from_there() -> None:
    picture = Picture("https://site.example/a.png", 1, 1)
    assert source(picture) == picture.url
    assert source(replace(picture, content_id="a@x.example")) == "cid:a@x.example"


def test_a_release_does_not_name_its_project_twice() -> None:
    release = story(title="larder v3.0.0", feed="larder", author="")
    section = Section("Also", (release,))
    assert sources(section, release) == []
    plan = story(title="larder plans a release", feed="larder", author="")
    assert sources(section, plan) == ["larder"]
