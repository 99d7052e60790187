"""A selection to an edition."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.compose import Frame, compose
from digest.editions.select import select
from digest.model import AlsoIn, Edition, Entry, Related
from tests.editions.entries import NOW, entry

NAMES = {"https://a.example/": "Feed A", "https://b.example/": "Feed B", "https://c.example/": None}


def composed(
    *entries: Entry, names: dict[str, str | None] | None = None, most: int = 50
) -> Edition:
    frame = Frame(
        digest="weekly",
        title="Weekly reading",
        timezone="Europe/Berlin",
        period_from=NOW - timedelta(days=7),
        period_to=NOW,
        composed_at=NOW,
        names=NAMES if names is None else names,
    )
    return compose(frame, select(entries, most, {}))


def test_sections_come_in_the_order_of_the_configuration() -> None:
    edition = composed(entry(1, "c", feed_title="Feed C"), entry(2, "b"), entry(3, "a"))

    assert [section.title for section in edition.sections] == ["Feed A", "Feed B", "Feed C"]


def test_a_feed_without_stories_has_no_section() -> None:
    assert [section.title for section in composed(entry(1, "b")).sections] == ["Feed B"]


def test_stories_of_a_section_come_newest_first() -> None:
    edition = composed(entry(3, "a"), entry(1, "a"), entry(2, "b"))

    assert [[s.title for s in section.stories] for section in edition.sections] == [
        ["Story 1", "Story 3"],
        ["Story 2"],
    ]
    assert edition.entry_ids == (1, 3, 2)


@pytest.mark.parametrize(
    ("configured", "feed_title", "name"),
    [("Mine", "Theirs", "Mine"), (None, "Theirs", "Theirs"), (None, "", "a.example")],
)
def test_what_a_feed_is_called(configured: str | None, feed_title: str, name: str) -> None:
    edition = composed(
        entry(1, "a", feed_title=feed_title), names={"https://a.example/": configured}
    )
    assert edition.sections[0].title == name
    assert edition.stories[0].feed == name


def test_a_story_of_two_feeds_says_where_else_it_is() -> None:
    edition = composed(
        entry(1, "a", link="https://site.example/x", words=50),
        entry(2, "b", link="https://site.example/x", words=400),
        entry(3, "c", link="https://site.example/x", words=10),
    )

    (story,) = edition.stories
    assert (story.title, story.feed, story.excerpt) == ("Story 2", "Feed B", "About 2")
    assert story.also_in == (
        AlsoIn("Feed A", "https://site.example/x"),
        AlsoIn("c.example", "https://site.example/x"),
    )
    assert story.entries == (2, 1, 3)
    assert [section.title for section in edition.sections] == ["Feed B"]


def test_a_story_takes_those_under_similar_titles_with_it() -> None:
    edition = composed(
        entry(1, "a", title="Boeing machinists vote to end seven-week strike", words=500),
        entry(2, "b", title="Boeing strike ends after machinists accept new contract"),
    )

    (story,) = edition.stories
    assert story.related == (
        Related(
            "Boeing strike ends after machinists accept new contract",
            "https://site.example/2",
            "Feed B",
        ),
    )
    assert story.also_in == ()
    assert story.entries == (1, 2)


def test_stories_of_a_feed_on_one_subject_stand_together_under_its_name() -> None:
    edition = composed(
        entry(1, title="Acme Bolt, part 3"),
        entry(2, title="Other"),
        entry(3, title="Acme Bolt, part 1"),
        entry(4, title="Acme Bolt, part 2"),
    )

    assert [(story.group, story.entries) for story in edition.stories] == [
        ("Acme Bolt", (3,)),
        ("Acme Bolt", (4,)),
        ("Acme Bolt", (1,)),
        ("", (2,)),
    ]


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (100, 1), (345, 2), (460, 2), (2300, 10)])
def test_reading_minutes(words: int, minutes: int) -> None:
    edition = composed(entry(1, words=words), entry(2, words=2300))

    assert edition.stories[0].reading_minutes == minutes
    assert edition.reading_minutes == minutes + 10


def test_an_edition_knows_its_frame_and_what_waits() -> None:
    edition = composed(entry(1), entry(2), entry(3), most=1)

    assert (edition.digest, edition.title) == ("weekly", "Weekly reading")
    assert (edition.period_from, edition.period_to) == (NOW - timedelta(days=7), NOW)
    assert edition.timezone == "Europe/Berlin"
    assert edition.held_back == 2


def test_an_empty_edition() -> None:
    edition = composed()

    assert edition.sections == ()
    assert edition.subject == "Weekly reading: nothing new"
    assert edition.reading_minutes == 0


@pytest.mark.parametrize(
    ("count", "subject"),
    [
        (1, "Weekly reading: Story 1"),
        (2, "Weekly reading: Story 1, and 1 more"),
        (9, "Weekly reading: Story 1, and 8 more"),
    ],
)
def test_the_subject_names_the_newest_story(count: int, subject: str) -> None:
    entries = [entry(number, "a" if number % 2 else "b") for number in range(1, count + 1)]

    assert composed(*reversed(entries)).subject == subject


def test_the_newest_story_may_be_in_a_later_section() -> None:
    assert composed(entry(2, "a"), entry(1, "b")).subject.startswith("Weekly reading: Story 1,")


def test_an_undated_story_leads_only_where_none_is_dated() -> None:
    assert "Story 2" in composed(entry(1, undated=True), entry(2)).subject
    assert "Story 1" in composed(entry(1, undated=True)).subject


def test_subjects_differ_with_the_leading_story() -> None:
    one = composed(entry(1, title="One"), entry(3))
    two = composed(entry(2, title="Two"), entry(3))

    assert one.subject != two.subject


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("x" * 90, "x" * 90),
        ("x" * 91, "x" * 89 + "…"),
        ("word " * 20, "word " * 16 + "word…"),
    ],
    ids=["just fits", "one long word", "many words"],
)
def test_a_long_title_is_cut_between_words(title: str, lead: str) -> None:
    assert composed(entry(1, title=title)).subject == f"Weekly reading: {lead}"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), max_size=20),
    st.integers(1, 10),
)
def test_an_edition_holds_exactly_what_was_selected(
    rows: list[tuple[str, str | None]], most: int
) -> None:
    entries = [entry(number, feed, link=link) for number, (feed, link) in enumerate(rows)]
    selection = select(entries, most, {})

    edition = composed(*entries, most=most)

    stories = chain.from_iterable(selection.by_feed.values())
    selected = [e.id for story in stories for e in story.everything]
    assert sorted(edition.entry_ids) == sorted(selected)
    assert len(edition.stories) + edition.held_back == len(
        composed(*entries, most=len(entries) + 1).stories
    )
    for story in edition.stories:
        assert len(story.also_in) + len(story.related) == len(story.entries) - 1
