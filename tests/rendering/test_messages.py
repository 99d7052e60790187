"""Editions as Markdown messages: within the limit, each story once, and nothing broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from digest.feeds.text import well_formed
from digest.model import AlsoIn, Fact, More, Related
from digest.rendering.dialects import COMMON
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit, utf16_units
from tests.rendering.samples import TEXT, edition, ordinary, story
from tests.rendering.slack_samples import of_many, rich, rich_editions

if TYPE_CHECKING:
    from markdown_it.token import Token

    from digest.model import Edition

LEAST = 1_500
_READER = MarkdownIt("commonmark")


def messages(edition: Edition, most: int = 2_000, url: str = "") -> tuple[str, ...]:
    return edition_messages(COMMON, edition, [Limit(utf16_units, most)], url)


def inline(message: str) -> list[Token]:
    """What CommonMark reads in the lines of a message."""
    return [each for token in _READER.parse(message) for each in token.children or ()]


def shown(message: str) -> str:
    """The text that readers see."""
    marks = {"softbreak": "\n", "hardbreak": "\n"}
    blocks = [
        "".join(marks.get(each.type, each.content) for each in token.children or ())
        for token in _READER.parse(message)
        if token.children is not None
    ]
    return "\n".join(blocks)


def links(message: str) -> list[str]:
    return [str(each.attrs["href"]) for each in inline(message) if each.type == "link_open"]


def test_a_story_is_its_linked_title_what_to_know_of_it_and_its_excerpt() -> None:
    [message] = messages(edition(story()))

    assert message == (
        "# Weekly reading\n9 to 16 November 2026 · 1 story · about 4\u00a0min to read\n\n"
        "## A feed\n\n"
        "**[Story 1](<https://site.example/1>)**\nAda · Monday · 4\u00a0min\n"
        "What story 1 is about. And a little more."
    )


def test_all_that_an_edition_can_have_is_in_it() -> None:
    text = "\n".join(map(shown, messages(rich(), 100_000, "https://read.example/e/1")))

    for said in ("★ lantern", "also in Field Journal", "Related: How to move", "View in browser"):
        assert said in text
    assert "The next edition is due" in text


def test_an_edition_without_stories_says_so() -> None:
    [message] = messages(edition())

    assert message.endswith("\n\nNothing new this time.")


def test_excerpts_are_left_out_where_the_whole_then_fits() -> None:
    [message] = messages(ordinary(10))

    assert "Number 9" in message
    assert "three weeks" not in message


def test_parts_are_numbered_and_continue_their_section() -> None:
    parts = messages(ordinary(40))

    assert [part.partition("\n")[0] for part in parts] == [
        f"# Weekly reading ({number}/{len(parts)})" for number in range(1, len(parts) + 1)
    ]
    assert f"continued, part 2 of {len(parts)}" in parts[1]
    assert " (continued)" in parts[1]


def test_brief_stories_make_a_list() -> None:
    [message] = messages(edition(story(1, brief=True), story(2, brief=True), story(3)))

    assert "1>) · Monday\n- [Story 2](<https://site.example/2>) · Monday\n\n**[" in message


@pytest.mark.parametrize("most", [LEAST, 2_000, 4_096])
@pytest.mark.parametrize("count", [1, 29, 200])
def test_every_story_of_a_long_edition_is_in_one_part(count: int, most: int) -> None:
    long = of_many(count)
    parts = messages(long, most)

    found = [href for part in parts for href in links(part)]
    assert [href for href in found if "moving-a-database" in href] == [
        each.url for each in long.stories
    ]


@given(rich_editions(), st.sampled_from([LEAST, 2_000, 4_096]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_any_edition_is_within_the_limit_with_each_story_once(edition: Edition, most: int) -> None:
    parts = messages(edition, most, "https://read.example/e/1")

    assert all(utf16_units(part) <= most for part in parts)
    text = "\n".join(map(shown, parts))
    numbers = re.findall(r"(?m)^[\u200e\u200f]*#(\d+):", text)
    assert [int(number) for number in numbers] == list(range(1, len(edition.stories) + 1))


@given(rich_editions(), st.sampled_from([LEAST, 4_096]))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_what_feeds_say_can_break_no_link_and_no_emphasis(edition: Edition, most: int) -> None:
    for part in messages(edition, most):
        opened = [each.type for each in inline(part) if each.type.endswith("_open")]
        assert opened.count("link_open") == part.count("](<")
        assert set(opened) <= {"link_open", "strong_open"}
        assert not [each for each in inline(part) if each.type in {"html_inline", "code_inline"}]


@given(TEXT.map(well_formed))
def test_text_is_shown_as_it_is(text: str) -> None:
    line = " ".join(text.split())

    assert shown(f"x {COMMON.literal(text)} x").split() == f"x {line} x".split()


@pytest.mark.parametrize("url", ["https://x.example/a_(b)", "https://x.example/?a=1&amp=<2>", ""])
def test_a_link_ends_where_it_should(url: str) -> None:
    made = COMMON.link("Title [1]", url)

    assert made.count(")") == (1 if url else 0)
    assert shown(made) == "Title [1]"


@pytest.mark.parametrize(
    ("changes", "kept", "lost"),
    [
        ({"related": (Related("R" * 90, "https://r.example/" + "r" * 200, "Desk"),)}, "E", "RRR"),
        ({"url": "https://site.example/" + "u" * 1_000}, "https", "EEE"),
        ({"url": "https://site.example/" + "u" * 3_000}, "Story 1", "https"),
    ],
)
def test_a_story_that_is_too_large_alone_is_shortened(
    changes: dict[str, object], kept: str, lost: str
) -> None:
    excerpt = " ".join(["E" * 10] * 28)
    large = story(1, excerpt=excerpt, also_in=(), **changes)
    crowded = replace(edition(large), sections=(replace(edition(large).sections[0], top=True),))

    parts = messages(crowded, 420 if "related" in changes else LEAST - 300)

    assert kept in parts[0]
    assert lost not in parts[0]


def test_what_waits_is_told_under_its_section() -> None:
    waiting = tuple(More(f"Feed {number}", "", number) for number in range(1, 9))
    made = edition(story())
    made = replace(made, sections=(replace(made.sections[0], more=waiting),))

    counted = ", ".join(f"Feed {number} ({number})" for number in (8, 7, 6, 5, 4, 3))
    assert messages(made)[0].endswith(f"and 36 more: {counted}, 2 more feeds")


def test_what_was_measured_is_told_and_leads_to_the_discussion() -> None:
    facts = (Fact("points", 312), Fact("comments", 104), Fact("*size*", 4.5, "[MB]"))
    talk = "https://talk.example/?id=1"
    [message] = messages(edition(story(facts=facts, discussion=talk)))

    assert "4\u00a0min · 312\u00a0points · 104\u00a0comments · 4.5\u00a0[MB]\n" in shown(message)
    assert links(message)[-1] == talk


def test_words_of_another_direction_leave_the_rest_in_its_own() -> None:
    """Marks of direction stand at their ends, and before a line that begins with them."""
    made = edition(
        story(1, title="Ferries?", excerpt="Two left.", also_in=(AlsoIn("Desk", ""),)),
        story(2, title="Lantern", brief=True),
        language="he",
    )

    [message] = messages(made)

    right, left = "\u200f", "\u200e"
    assert f"[Ferries?{left}{right}](" in message
    assert f"\nTwo left.{left}{right}" in message
    assert f"\n{right}Ada{right} · " in message
    assert f"Desk{right}" in message
    assert f"\n- {right}[Lantern{right}](" in message
