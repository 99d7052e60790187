"""Plain titles are one story where the text, the author or the picture is the same too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.editions.similarity.stories import group
from tests.editions.entries import entry

if TYPE_CHECKING:
    from digest.model import Entry

TEXT = (
    "Every read of a file goes through the page cache, and most of what people believe about it "
    "is wrong. This is how it works, from the system call down to the disk, with pictures of each "
    "step on the way, and what to measure where it is slow. Then there is more."
)
PLAIN = "Understanding the Linux page cache"


def stories(*entries: Entry) -> list[tuple[int, ...]]:
    return sorted(tuple(sorted(entry.id for entry in story.entries)) for story in group(entries))


def posted(number: int, title: str = PLAIN, **more: object) -> Entry:
    """An entry of a feed and at an address of its own, with a text of its own."""
    made = entry(number, f"f{number}", title=title, link=f"https://f{number}.example/x")
    text = f"Text {number} says things of its own, at some length and in whole sentences."
    return replace(made, **{"excerpt": text, **more})


@pytest.mark.parametrize(
    "witness",
    [{"excerpt": TEXT}, {"author": "Jane Doe"}, {"image": "https://f.example/cover.png"}],
    ids=lambda witness: next(iter(witness)),
)
@pytest.mark.parametrize("title", [PLAIN, "How I write Go services", "SQLite is all you need"])
def test_a_plain_title_with_a_witness_is_one_story(title: str, witness: dict[str, str]) -> None:
    assert stories(posted(1, title, **witness), posted(2, title, **witness)) == [(1, 2)]
    assert stories(posted(1, title, **witness), posted(2, title)) == [(1,), (2,)]


def test_the_same_text_is_so_in_other_letters_and_cut() -> None:
    said = TEXT.replace("a file", "a  file").upper()
    assert stories(posted(1, excerpt=TEXT), posted(2, excerpt=said)) == [(1, 2)]
    assert stories(posted(1, excerpt=TEXT), posted(2, excerpt=TEXT[:120] + "…")) == [(1, 2)]


def test_a_text_that_goes_on_otherwise_is_another() -> None:
    other = TEXT[:100] + "right after all."
    assert stories(posted(1, excerpt=TEXT), posted(2, excerpt=other)) == [(1,), (2,)]


@pytest.mark.parametrize("title", ["Weekly links", "Release notes", "v3.0.0"])
def test_where_a_title_tells_nothing_only_the_text_is_a_witness(title: str) -> None:
    same = {"author": "Jane Doe", "image": "https://f.example/cover.png"}
    assert stories(posted(1, title, **same), posted(2, title, **same)) == [(1,), (2,)]
    assert stories(posted(1, title, excerpt=TEXT), posted(2, title, excerpt=TEXT)) == [(1, 2)]


@pytest.mark.parametrize("author", ["", "admin", "The Team"])
def test_an_author_who_is_nobody_is_no_witness(author: str) -> None:
    assert stories(posted(1, author=author), posted(2, author=author)) == [(1,), (2,)]


def test_an_author_is_the_same_however_the_name_is_set() -> None:
    assert stories(posted(1, author="Jane Doe"), posted(2, author="By JANE  DOE")) == [(1, 2)]


@pytest.mark.parametrize("text", ["", "Comments", "Read on."])
def test_what_says_little_is_no_witness(text: str) -> None:
    title = "Notes on bread"
    assert stories(posted(1, title, excerpt=text), posted(2, title, excerpt=text)) == [(1,), (2,)]


def test_the_same_text_under_other_titles_is_two_stories() -> None:
    first, second = posted(1, excerpt=TEXT), posted(2, "Computers at home", excerpt=TEXT)
    assert stories(first, second) == [(1,), (2,)]


def test_a_column_of_next_week_is_another_story() -> None:
    first, second = posted(1, excerpt=TEXT), posted(24 * 7, excerpt=TEXT)
    assert len(stories(first, second)) == 2


def test_where_one_only_points_there_less_of_a_title_is_enough() -> None:
    title = "Time, Clocks, and the Ordering of Events"
    pointing = posted(2, f"{title} [pdf] (1978)", excerpt="")
    assert stories(posted(1, title), pointing) == [(1, 2)]
    assert stories(posted(1, title), posted(2, title)) == [(1,), (2,)]
