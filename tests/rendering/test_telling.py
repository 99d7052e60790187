"""What the forms of an edition have in common: facts, closing sentences, sizes of pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from markupsafe import Markup

from digest.model import Picture, Quiet, Section
from digest.rendering.telling import (
    closing,
    facts,
    fit,
    is_long,
    language_direction,
    name,
    say,
    source,
)
from tests.rendering.samples import NOW, edition, story


def test_a_text_is_said_with_its_values() -> None:
    assert say("{a} and {b}", a=1, b="{a}") == "1 and {a}"


def test_a_value_that_is_html_makes_the_text_html() -> None:
    said = say("<{a}> {b}", a=Markup("<b>x</b>"), b="<y>")
    assert said == "&lt;<b>x</b>&gt; &lt;y&gt;"
    assert isinstance(said, Markup)


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"no value for \{a\} in 'Of \{a\}'"):
        say("Of {a}", b=1)


def test_a_text_does_not_reach_into_its_values() -> None:
    assert say("{a.__class__} {a!r}", a="x") == "{a.__class__} {a!r}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["Ada", "16 November 2026", "4 min"]),
        ({"updated": True}, ["Updated", "Ada", "16 November 2026", "4 min"]),
        ({"feed": "Elsewhere"}, ["Elsewhere", "Ada", "16 November 2026", "4 min"]),
        ({"feed": "Ada"}, ["Ada", "16 November 2026", "4 min"]),
        ({"feed": "Forem: Ada Byron", "author": "Ada Byron"}, ["Forem: Ada Byron", "4 min"]),
        ({"author": "A feed", "published": None, "reading_minutes": 0}, []),
    ],
)
def test_facts_that_are_known_are_not_told_again(
    changes: dict[str, object], said: list[str]
) -> None:
    one = replace(story(), **changes)  # type: ignore[arg-type]
    if one.author == "Ada Byron":
        one = replace(one, published=None)
    assert facts(edition(one), Section("A feed", (one,)), one) == said


def test_brief_facts_have_neither_author_nor_date() -> None:
    one = story(feed="Elsewhere")
    assert facts(edition(one), Section("A feed", (one,)), one, brief=True) == ["Elsewhere", "4 min"]


def test_the_last_sentence_says_why() -> None:
    assert closing(edition(story()), say) == [
        "You get this because your address is on the list for Weekly reading."
    ]


def test_the_next_edition_is_told_in_the_time_of_the_digest() -> None:
    said = closing(edition(story(), next_at=NOW + timedelta(days=7)), say)
    assert said[0] == "The next edition is due on 23 November 2026 at 10:00."


def test_quiet_feeds_are_named_up_to_three() -> None:
    quiet = tuple(Quiet(f"Feed {n}", NOW) for n in range(5))
    since = "(since 16 November 2026)"
    said = closing(edition(story(), quiet=quiet), say)[0]
    assert said == (
        f"Nothing new for long: Feed 0 {since}, Feed 1 {since}, Feed 2 {since}, 2 more feeds."
    )


@pytest.mark.parametrize(
    ("stories", "sections", "long"), [(12, 4, False), (13, 3, False), (13, 4, True)]
)
def test_what_is_long(stories: int, sections: int, long: bool) -> None:
    made = edition(*(story(n, feed=f"Feed {n % sections}") for n in range(stories)))
    assert is_long(made) is long


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1200, 630), (132, 69)),
        ((630, 1200), (69, 132)),
        ((40, 30), (40, 30)),
        ((9000, 1), (132, 1)),
    ],
)
def test_a_picture_is_shown_in_its_shape(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert fit(Picture("https://site.example/a.png", *size), 132, 132) == shown


def test_a_picture_in_the_message_is_loaded_from_there() -> None:
    picture = Picture("https://site.example/a.png", 1, 1)
    assert source(picture) == picture.url
    assert source(replace(picture, content_id="a@x.example")) == "cid:a@x.example"


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("he", "rtl"),
        ("ar-EG", "rtl"),
        ("fa", "rtl"),
        ("ur_PK", "rtl"),
        ("arn", "ltr"),
    ],
)
def test_the_direction_of_a_language(language: str, direction: str) -> None:
    assert language_direction(language) == direction


def test_a_name_does_not_turn_the_line_it_is_in() -> None:
    assert name("Ada", "en") == "Ada"
    assert name("דנה", "en") == "דנה\u200e"
    assert name("Ada", "he") == "Ada\u200f"
    assert name("דנה", "he") == "דנה"
