"""What an inbox shows: who sends it, the subject and the preheader; none repeats another."""

from __future__ import annotations

from typing import Any

import pytest

from digest.language import language_of, languages
from digest.rendering.inbox import preheader, subject_from
from tests.rendering.samples import NOW, edition, story


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("", "Weekly reading: Story 1"),
        ("A robot", "Weekly reading: Story 1"),
        ("Weekly reading", "Story 1"),
        ("weekly READING by Ada", "Story 1"),
        ("Weekly", "Weekly reading: Story 1"),
    ],
)
def test_the_subject_leaves_out_what_the_sender_says(sender: str, subject: str) -> None:
    assert subject_from(edition(story()), sender) == subject


@pytest.mark.parametrize("tag", languages())
def test_it_does_in_any_language(tag: str) -> None:
    language = language_of(tag)
    named = language.translate("{digest}: {story}", digest="Weekly reading", story="Story 1")
    made = edition(story(), language=tag, subject=named)

    assert subject_from(made, "Weekly reading") == "Story 1"


def test_a_subject_of_nothing_is_a_sentence() -> None:
    assert subject_from(edition(), "A robot") == "Weekly reading: nothing new"
    assert subject_from(edition(), "Weekly reading") == "Nothing new this time."


def test_the_preheader_names_what_follows_the_lead() -> None:
    assert preheader(edition(*map(story, range(1, 7)))) == "Story 2 · Story 3 · Story 4"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "What story 1 is about. And a little more."),
        ({"excerpt": "Story 1. It is about a well."}, "It is about a well."),
        ({"excerpt": ""}, "Ada · Monday · 4\u00a0min"),
        ({"excerpt": "word " * 60}, ("word " * 27).strip() + "…"),
    ],
)
def test_of_a_single_story_it_is_the_excerpt(changes: dict[str, Any], expected: str) -> None:
    shown = preheader(edition(story(1, **changes)))

    assert shown == expected
    assert len(shown) <= 140


def test_a_title_stands_once() -> None:
    twice = edition(story(1), story(2, title="Story 1"), story(3, title="A"), story(4, title="A"))
    assert preheader(twice) == "A"
    assert preheader(edition(story(1), story(2, title="Story 1"))) == story(1).excerpt


def test_an_empty_edition_says_so_in_a_sentence() -> None:
    assert preheader(edition()) == "None of the feeds brought anything."
    assert preheader(edition(next_at=NOW)) == (
        "None of the feeds brought anything. The next edition is due on Monday, 16 November at"
        " 10:00."
    )
