"""What is told to be a post, and what to be little but a picture."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from digest.editions.posts import is_pictorial, is_untitled
from tests.editions.entries import entry

PHOTO = replace(
    entry(1), title="By the weir.", excerpt="By the weir.", image="https://a.example/x.jpg", words=3
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("By the weir", "By the weir"),
        ("🎉🎉🎉", "🎉🎉🎉"),
        ("It rains.", "It rains. It pours."),
        ("Does it rain?", "Does it rain? we asked."),
        ("It rains on…", "It rains on the weir."),
        ("It rains on...", "It rains on the weir."),
        ("雨が降る。", "雨が降る。堰の上に。"),
    ],
)
def test_a_title_that_is_how_the_text_begins_is_none(title: str, text: str) -> None:
    assert is_untitled(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("SQLite", "SQLite is a library."),
        ("It rains", "It rains on the weir."),
        ("It rains.", "The weir is full."),
        ("It rains…", "The weir is full."),
        ("By the weir", ""),
        ("", ""),
    ],
)
def test_another_is_a_title(title: str, text: str) -> None:
    assert not is_untitled(title, text)


def test_a_photo_and_a_comic_are_little_but_a_picture() -> None:
    assert is_pictorial(PHOTO)
    assert is_pictorial(replace(PHOTO, title="Compass", words=0))


@pytest.mark.parametrize(
    "changes",
    [{"image": ""}, {"seconds": 60}, {"words": 21}, {"title": "News"}, {"words": 0, "excerpt": ""}],
)
def test_articles_recordings_and_links_are_more(changes: dict[str, object]) -> None:
    assert not is_pictorial(replace(PHOTO, **changes))
