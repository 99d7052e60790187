"""A selection to an edition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.compose import Frame, compose
from digest.editions.select import Room, Standing, select
from digest.model import AlsoIn, Edition, Entry, Listed, More, Related
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = {"https://a.example/": "Feed A", "https://b.example/": "Feed B", "https://c.example/": None}


def composed(
    *entries: Entry,
    names: dict[str, str | None] | None = None,
    most: int = 50,
    watched: Mapping[int, tuple[str, ...]] | None = None,
    **more: Any,
) -> Edition:
    frame = Frame(
        digest="weekly",
        title="Weekly reading",
        timezone="Europe/Berlin",
        period_from=NOW - timedelta(days=7),
        period_to=NOW,
        composed_at=NOW,
        names=NAMES if names is None else names,
        watched=watched or {},
        **more,
    )
    return compose(frame, select(entries, Room(most), Standing(frame.watched)))


def test_sections_come_in_the_order_of_the_configuration() -> None:
    edition = composed(entry(1, "c", feed_title="Feed C"), entry(2, "b"), entry(3, "a"))

    assert [section.title for section in edition.sections] == ["Feed A", "Feed B", "Feed C"]


def test_a_feed_without_stories_has_no_section() -> None:
    assert [section.title for section in composed(entry(1, "b")).sections] == ["Feed B"]


def test_stories_of_a_section_that_are_as_good_come_newest_first() -> None:
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
        entry(1, "a", link="https://site.example/x", hours_ago=8),
        entry(2, "b", link="https://site.example/x", hours_ago=9),
        entry(3, "c", link="https://site.example/x", hours_ago=7),
    )

    (story,) = edition.stories
    assert (story.title, story.feed, story.excerpt) == ("Story 2", "Feed B", "About 2")
    assert story.also_in == (
        AlsoIn("Feed A", "https://site.example/x"),
        AlsoIn("c.example", "https://site.example/x"),
    )
    assert story.entries == (2, 1, 3)
    assert [section.title for section in edition.sections] == ["Feed B"]


@pytest.mark.parametrize(
    ("feed", "host", "is_kept"),
    [
        ("a", "a.example", True),
        ("b", "a.example", False),
        ("b", "A.EXAMPLE:8080", False),
        ("b", "user@a.example", False),
        ("b", "b.example", True),
        ("a", "cdn.example", True),
        # That is no feed's, and so public or refused.
        ("b", "a.example.", True),
    ],
)
def test_a_picture_at_a_host_inside_is_for_the_feed_that_is_there(
    feed: str, host: str, *, is_kept: bool
) -> None:
    image = f"https://{host}/a.png"
    (story,) = composed(
        replace(entry(1, feed), image=image), inside=frozenset({"a.example"})
    ).stories
    assert story.image == (image if is_kept else "")


def test_what_a_related_post_says_is_said_once() -> None:
    post = "Boeing strike ends after machinists accept new contract"
    edition = composed(
        entry(1, "a", title="Boeing machinists vote to end seven-week strike", hours_ago=3),
        replace(entry(2, "b", title=post), excerpt=post),
    )
    (related,) = edition.stories[0].related
    assert (related.title, related.excerpt) == (post, "")


def test_a_story_takes_those_under_similar_titles_with_it() -> None:
    edition = composed(
        entry(1, "a", title="Boeing machinists vote to end seven-week strike", hours_ago=3),
        entry(2, "b", title="Boeing strike ends after machinists accept new contract"),
    )

    (story,) = edition.stories
    assert story.related == (
        Related(
            "Boeing strike ends after machinists accept new contract",
            "https://site.example/2",
            "Feed B",
            NOW - timedelta(hours=2),
            "About 2",
        ),
    )
    assert story.also_in == ()
    assert story.entries == (1, 2)


def test_a_post_beside_a_story_says_what_it_says_once() -> None:
    post = "Boeing strike ends after machinists accept new contract"
    edition = composed(
        entry(1, "a", title="Boeing machinists vote to end seven-week strike", hours_ago=3),
        replace(entry(2, "b", title=post), excerpt=post),
    )

    (story,) = edition.stories
    assert [(other.title, other.excerpt) for other in story.related] == [(post, "")]


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


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 0), (1, 0), (199, 0), (200, 1), (345, 2), (2300, 10)]
)
def test_reading_minutes(words: int, minutes: int) -> None:
    edition = composed(entry(1, words=words), entry(2, words=2300))

    assert {story.entries: story.reading_minutes for story in edition.stories}[(1,)] == minutes
    assert edition.reading_minutes == minutes + 10


def test_an_edition_knows_its_frame_and_what_waits() -> None:
    edition = composed(entry(1), entry(2), entry(3), most=1)

    assert (edition.digest, edition.title) == ("weekly", "Weekly reading")
    assert (edition.period_from, edition.period_to) == (NOW - timedelta(days=7), NOW)
    assert edition.timezone == "Europe/Berlin"
    assert (edition.held_back, edition.sections[0].more[0].stories) == (0, 2)


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


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        ("de", ["nichts Neues", "Story 1", "Story 1 und ein weiterer Artikel"]),
        ("ja", ["新着なし", "Story 1", "Story 1、ほか1件"]),
        ("ar", ["لا جديد", "Story 1", "Story 1، ومقال آخر"]),
    ],
)
def test_the_subject_is_in_the_language_of_the_digest(language: str, subjects: list[str]) -> None:
    entries = [entry(1), entry(2)]
    editions = [composed(*entries[:count], language=language) for count in range(3)]

    assert {edition.language for edition in editions} == {language}
    between = "：" if language == "ja" else ": "
    assert [edition.subject for edition in editions] == [
        f"Weekly reading{between}{subject}" for subject in subjects
    ]


def test_without_a_top_the_subject_names_what_stands_first() -> None:
    edition = composed(entry(2, "a"), entry(1, "b"))

    assert [section.title for section in edition.sections] == ["Feed A", "Feed B"]
    assert edition.subject.startswith("Weekly reading: Story 2,")


def test_where_stories_may_be_raised_the_section_of_the_best_stands_first() -> None:
    edition = composed(entry(2, "a"), entry(1, "b"), entry(3, "c"), top=3)

    assert layout(edition) == {"Feed B": [1], "Feed A": [2], "c.example": [3]}
    assert edition.subject.startswith("Weekly reading: Story 1,")


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


def layout(edition: Edition) -> dict[str, list[int]]:
    return {
        section.title: [story.entries[0] for story in section.stories]
        for section in edition.sections
    }


LOUD = [entry(number, "a") for number in range(1, 15)]


def test_top_stories_are_of_different_feeds_those_in_more_feeds_and_rare_ones_first() -> None:
    seen_twice = [entry(20, "b", link="x"), entry(21, "c", link="x", words=500)]

    edition = composed(*LOUD, entry(22, "b"), entry(23, "b"), *seen_twice, top=3)

    top, *rest = edition.sections
    assert (top.title, top.top) == ("Top stories", True)
    assert [story.entries[0] for story in top.stories] == [21, 22, 1]
    assert not any(section.top for section in rest)
    assert layout(edition)["Feed A"] == list(range(2, 15))
    assert layout(edition)["Feed B"] == [23]
    assert edition.subject.startswith("Weekly reading: Story 21,")


def test_watched_stories_are_on_top_and_say_why() -> None:
    edition = composed(*LOUD, watched={9: ("kubernetes",), 12: ("x", "y")}, top=3)

    top = edition.sections[0]
    assert [story.entries[0] for story in top.stories] == [9, 12]
    assert [story.watched for story in top.stories] == [("kubernetes",), ("x", "y")]


def test_watched_stories_without_room_on_top_lead_their_section() -> None:
    watched = dict.fromkeys((9, 10, 11), ("x",))

    edition = composed(*LOUD[:11], watched=watched, top=1)

    assert layout(edition)["Top stories"] == [9]
    assert layout(edition)["Feed A"][:3] == [10, 11, 1]


@pytest.mark.parametrize(("count", "top"), [(7, 0), (8, 2), (12, 3), (40, 3)])
def test_a_short_edition_has_few_top_stories_or_none(count: int, top: int) -> None:
    watched = dict.fromkeys(range(count), ("x",))

    edition = composed(*(entry(n) for n in range(count)), watched=watched, top=3)

    assert sum(len(section.stories) for section in edition.sections if section.top) == top


def test_below_the_fold_there_are_titles_and_quiet_feeds_are_above_it() -> None:
    edition = composed(*LOUD, entry(30, "b"), entry(31, "b"), fold=4)

    shown = [story.entries[0] for story in edition.stories if not story.brief]
    assert shown == [1, 2, 30, 31]
    assert [story.brief for story in edition.sections[0].stories] == [False, False] + [True] * 12


def test_of_a_subject_the_first_in_reading_order_are_above_the_fold() -> None:
    series = [entry(number, title=f"Acme Bolt, part {5 - number}") for number in range(1, 5)]

    edition = composed(*series, fold=2)

    assert [story.title[-1] for story in edition.stories] == ["1", "2", "3", "4"]
    assert [story.brief for story in edition.stories] == [False, False, True, True]


def test_top_stories_count_above_the_fold() -> None:
    edition = composed(*LOUD, entry(30, "b"), entry(31, "b"), top=2, fold=3)

    assert edition.sections[0].top
    assert [story.entries[0] for story in edition.stories if not story.brief] == [30, 1, 2]


def test_a_digest_of_one_feed_has_no_top_but_what_is_watched() -> None:
    assert [section.top for section in composed(*LOUD, top=3).sections] == [False]


def test_sections_by_tag() -> None:
    tags = {"https://b.example/": "Science", "https://c.example/": "Science"}

    edition = composed(entry(1, "a"), entry(2, "b"), entry(3, "c"), entry(4, "b"), tags=tags)

    assert layout(edition) == {"Science": [3, 2, 4], "More": [1]}
    assert [story.feed for story in edition.sections[0].stories] == [
        *("c.example", "Feed B", "Feed B"),
    ]


def test_two_feeds_of_one_name_have_a_section_each() -> None:
    names: dict[str, str | None] = {"https://a.example/": "News", "https://b.example/": "News"}

    edition = composed(entry(1, "a"), entry(2, "b"), entry(3, "a"), names=names)

    assert [len(section.stories) for section in edition.sections] == [2, 1]


def test_a_section_links_to_its_feed_and_counts_what_it_has_no_room_for() -> None:
    at_home = [replace(one, feed_home="https://a.example/home") for one in LOUD]

    edition = composed(*at_home, entry(30, "b"), most=5)

    first, second = edition.sections
    assert (first.url, second.url) == ("https://a.example/home", "")
    listed = tuple(Listed(one.title, one.link) for one in at_home[4:])
    assert first.more == (More("Feed A", "https://a.example/home", 10, listed),)
    assert second.more == ()
    assert edition.listed == first.more


@pytest.mark.parametrize(
    ("content", "excerpt", "html"),
    [("excerpt", "About 1", ""), ("full", "About 1", "<p>All</p>"), ("none", "", "")],
)
def test_what_is_shown_of_an_entry(content: str, excerpt: str, html: str) -> None:
    edition = composed(replace(entry(1), html="<p>All</p>"), content=content)

    assert (edition.stories[0].excerpt, edition.stories[0].html) == (excerpt, html)


def test_teasers_are_the_first_stories_but_for_the_one_in_the_subject() -> None:
    edition = composed(entry(2, "a"), entry(3, "a"), entry(1, "b"), entry(5, "c"), entry(6, "c"))

    assert "Story 2" in edition.subject
    assert [story.title for story in edition.teasers] == ["Story 3", "Story 1", "Story 5"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), max_size=20),
    st.integers(1, 10),
)
def test_an_edition_holds_exactly_what_was_selected(
    rows: list[tuple[str, str | None]], most: int
) -> None:
    entries = [entry(number, feed, link=link) for number, (feed, link) in enumerate(rows)]
    selection = select(entries, Room(most))

    edition = composed(*entries, most=most, top=3, fold=4)

    selected = [number for story in selection.stories for number in story.ids]
    assert sorted(edition.entry_ids) == sorted(selected)
    counted = [more for section in edition.sections for more in section.more]
    assert len(edition.stories) + sum(more.stories for more in counted) == len(
        composed(*entries, most=len(entries) + 1).stories
    )
    for story in edition.stories:
        assert len(story.also_in) + len(story.related) == len(story.entries) - 1


def test_headings_are_in_the_language_of_the_digest() -> None:
    edition = composed(*LOUD, watched={9: ("kubernetes",)}, top=1, tags={}, language="de")

    assert [section.title for section in edition.sections] == ["Top-Artikel", "Weitere"]


def test_the_full_list_has_an_end() -> None:
    long = [entry(n, title=f"{n} " + "word " * 40_000) for n in range(1, 6)]

    (section,) = composed(*long, most=1).sections

    (more,) = section.more
    assert (more.stories, len(more.listed), more.unlisted) == (4, 2, 2)


def test_feeds_without_a_section_are_counted_in_the_last() -> None:
    edition = composed(entry(1, "a"), entry(2, "b"), entry(3, "c", feed_title="Feed C"), most=2)

    told = [(section.title, [more.feed for more in section.more]) for section in edition.sections]
    assert told == [("Feed A", []), ("Feed B", ["Feed C"])]
    assert edition.listed[0].listed == (Listed("Story 3", "https://site.example/3"),)
