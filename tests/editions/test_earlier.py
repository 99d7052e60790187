"""A link that an earlier edition had is no story again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.editions.compose import Frame, compose
from digest.editions.earlier import ALL_HAD, mark_had
from digest.editions.select import Room, Standing, select
from digest.editions.similarity.stories import group
from digest.model import Entry, ShownEntry
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from datetime import datetime

POSTGRES = "https://www.postgresql.org/about/news/postgresql-19-released-3100/"
DAY = timedelta(days=1)


def shown(
    link: str = POSTGRES, feed: str = "news", title: str = "PostgreSQL 19 Released!", days: int = 1
) -> ShownEntry:
    return ShownEntry(link, title, f"https://{feed}.example/", NOW - days * DAY)


def had(earlier: list[ShownEntry], *entries: Entry) -> list[datetime | None]:
    return [story.had for story in mark_had(group(entries), earlier)]


@pytest.mark.parametrize(
    "link",
    [
        POSTGRES,
        f"{POSTGRES}?utm_source=lobsters&utm_medium=rss",
        "http://postgresql.org/about/news/postgresql-19-released-3100#comments",
    ],
)
def test_a_link_in_any_form_is_one_that_readers_had(link: str) -> None:
    assert had([shown()], entry(1, link=link)) == [NOW - DAY]


def test_another_link_is_new() -> None:
    assert had([shown()], entry(1, link=f"{POSTGRES}/notes"), entry(2, link="")) == [None, None]
    assert had([shown("https://late.example/"), shown("")], entry(1, link="")) == [None]


def test_a_story_was_had_when_one_of_its_entries_was_the_last_time_counts() -> None:
    title = "PostgreSQL 19 is released with many new things in it"
    two = (entry(1, title=title), entry(2, "b", title=title, link=POSTGRES))

    assert had([shown(days=3), shown(feed="b", days=2)], *two) == [NOW - 2 * DAY]


def test_a_link_that_one_feed_has_again_and_again_is_a_page() -> None:
    page = [shown(title="Monday"), shown(title="Tuesday", days=2)]

    assert had(page, entry(1, "news", link=POSTGRES)) == [None]
    assert had([*page, shown(feed="b", days=3)], entry(1, link=POSTGRES)) == [NOW - 3 * DAY]


def test_another_version_at_one_link_is_new() -> None:
    earlier = [shown("https://x.example/releases/all", title="Widget 2.4.1 released")]
    later = entry(1, link="https://x.example/releases/all", title="Widget 2.4.2 released")

    assert had(earlier, later) == [None]
    assert had(earlier, replace(later, title="Widget 2.4.1 is out")) == [NOW - DAY]


def test_what_is_sent_again_since_it_was_edited_is_new() -> None:
    edited = replace(entry(1, link=POSTGRES), edited_at=NOW, resend_at=NOW)

    assert had([shown()], edited) == [None]


def test_what_readers_had_comes_behind_all_that_is_new_as_a_line() -> None:
    entries = [entry(0, "late", link=POSTGRES), *(entry(n, "abc"[n % 3]) for n in range(1, 12))]
    standing = Standing(watched={0}, earlier=[shown()])

    selection = select(entries, Room(12), standing)
    edition = compose(frame(), selection)

    assert [story.lead.id for story in selection.stories][-1] == 0
    (section,) = [s for s in edition.sections if any(s.had for s in s.stories)]
    assert not section.top
    (story,) = [story for story in edition.stories if story.had]
    assert (story.had, story.brief, story.entries) == (NOW - DAY, True, (0,))
    assert edition.stories[edition.lead].had is None
    assert select(entries, Room(11), standing).counted_entries == {0}


def test_an_edition_has_something_new_in_it_or_is_none() -> None:
    selection = select([entry(1, "late", link=POSTGRES)], Room(9), Standing(earlier=[shown()]))

    assert (selection.stories, selection.counted) == ((), ())
    assert selection.left_out == {1: ALL_HAD}


@pytest.mark.slow
def test_it_takes_no_longer_for_one_link_of_very_many_feeds() -> None:
    earlier = [shown(feed=f"f{n}") for n in range(5_000)]
    entries = [entry(n, f"g{n}", link=POSTGRES, title=f"Number {n} of them") for n in range(500)]

    assert set(had(earlier, *entries)) == {NOW - DAY}


def frame() -> Frame:
    return Frame(
        digest="weekly",
        title="Weekly reading",
        timezone="UTC",
        period_from=NOW - 7 * DAY,
        period_to=NOW,
        composed_at=NOW,
        names=dict.fromkeys(f"https://{feed}.example/" for feed in ("late", *"abc")),
        top=3,
    )
