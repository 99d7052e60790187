"""What a channel is given of an edition, and what it is not given, which is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.config.forms import ChannelForm
from digest.editions.channel_view import NOTHING_NEW, ONLY_WATCHED, edition_for
from digest.editions.compose import Frame, compose
from digest.editions.select import NO_CHANNEL, Room, Standing, select
from digest.model import Listed, More, NotGiven
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.editions.select import Selection
    from digest.model import Edition, Story, Unwatched

FEEDS = ("a", "b", "c")


def chosen(
    numbers: range, watched: Collection[int] = (), most: int = 25, unwatched: Unwatched = "shown"
) -> Selection:
    """What is selected of stories of three feeds that take turns, the newest first."""
    pending = [entry(n, FEEDS[n % 3], title=f"{n * 7919:x} {n * 104729:x}") for n in numbers]
    room = Room(most, unwatched=unwatched)
    return select(
        pending, room, Standing(watched=watched), [f"https://{f}.example/" for f in FEEDS]
    )


def composed(selection: Selection, watched: Collection[int] = (), top: int = 3) -> Edition:
    frame = Frame(
        *("daily", "Daily", "UTC", None, NOW, NOW),
        names={f"https://{feed}.example/": feed.upper() for feed in FEEDS},
        watched=dict.fromkeys(watched, ("word",)),
        top=top,
        fold=5,
    )
    return compose(frame, selection)


def edition_of(numbers: range, watched: Collection[int] = (), most: int = 25) -> Edition:
    return composed(chosen(numbers, watched, most), watched)


def counts_of(selection: Selection, watched: Collection[int]) -> dict[int, bool]:
    raised = selection.counted_among(watched)
    return {number: number in raised for number in selection.counted_entries}


def counted_in(edition: Edition) -> int:
    return sum(more.stories for section in edition.sections for more in section.more)


def test_a_channel_without_a_form_is_given_the_edition_as_it_is() -> None:
    edition = edition_of(range(1, 12))

    assert edition_for(edition, None).edition is edition
    assert edition_for(edition, ChannelForm(channel="team")).edition is edition
    assert edition_for(edition, ChannelForm(channel="team", max_entries=11)).edition is edition


def test_only_what_is_watched_with_a_subject_of_its_own() -> None:
    edition = edition_of(range(1, 12), watched={5, 7})

    view = edition_for(edition, ChannelForm(channel="phone", only="watched"))

    assert [story.entries for story in view.edition.stories] == [(5,), (7,)]
    assert [section.title for section in view.edition.sections] == ["Top stories"]
    assert view.edition.subject == "Daily: 9aab 7fd7d, and 1 more"
    (left_out,) = view.not_given
    assert left_out.reason == ONLY_WATCHED
    assert sorted(left_out.entries) == [1, 2, 3, 4, 6, 8, 9, 10, 11]


def test_where_nothing_is_watched_no_story_is_left() -> None:
    view = edition_for(edition_of(range(1, 5)), ChannelForm(channel="phone", only="watched"))

    assert view.edition.sections == ()
    assert view.edition.subject == "Daily: nothing new"
    assert sorted(view.not_given[0].entries) == [1, 2, 3, 4]


def test_the_best_are_those_that_a_smaller_edition_would_have() -> None:
    whole = edition_of(range(1, 40))
    smaller = edition_of(range(1, 40), most=10)

    view = edition_for(whole, ChannelForm(channel="team", max_entries=10))

    shown = {number for story in view.edition.stories for number in story.entries}
    assert shown == set(smaller.entry_ids)
    # All others are counted, those of the edition before what it only counts itself.
    assert counted_in(view.edition) == 29
    first = view.edition.listed[0].listed[0]
    assert first.url in {story.url for story in whole.stories}
    (counted,) = view.not_given
    assert counted.reason == "the best 10 of 25 stories are shown there"
    assert counted.counted
    assert len(counted.entries) == 15
    (counted,) = edition_for(whole, ChannelForm(channel="team", max_entries=1)).not_given
    assert counted.reason == "the best of 25 stories is shown there"


def test_what_stands_on_top_and_what_leads_comes_first() -> None:
    edition = edition_of(range(1, 30))

    (only,) = edition_for(edition, ChannelForm(channel="a", max_entries=1)).edition.stories

    assert only == edition.stories[0]


def test_counts_of_feeds_that_have_no_story_left_are_in_the_last_section() -> None:
    edition = edition_of(range(1, 30))

    view = edition_for(edition, ChannelForm(channel="a", max_entries=1)).edition

    assert [(more.feed, more.stories) for more in view.sections[-1].more] == [
        *(("A", 9), ("B", 9), ("C", 10))
    ]


def test_watched_stories_that_are_only_counted_stay_counted() -> None:
    watched = set(range(1, 20))
    selection = chosen(range(1, 30), watched, most=10)

    form = ChannelForm(channel="phone", only="watched", max_entries=4)
    view = edition_for(composed(selection, watched), form, counts_of(selection, watched))

    assert len(view.edition.stories) == 4
    assert counted_in(view.edition) == 15
    assert all(item.watched for more in view.edition.listed for item in more.listed)
    by_reason = {part.reason: sorted(part.entries) for part in view.not_given}
    assert by_reason[ONLY_WATCHED] == list(range(20, 30))
    assert len(by_reason["the best 4 of 10 stories are shown there"]) == 6


def test_a_channel_is_told_of_nothing_that_an_earlier_edition_had_alone() -> None:
    whole = edition_of(range(1, 5), watched={2})
    had = (replace(part, stories=tuple(map(_had, part.stories))) for part in whole.sections)
    edition = replace(whole, sections=tuple(had))

    view = edition_for(edition, ChannelForm(channel="phone", only="watched"))

    assert view.edition.stories == ()
    assert NotGiven("phone", NOTHING_NEW, (2,)) in view.not_given


def _had(story: Story) -> Story:
    return replace(story, had=NOW, brief=True) if story.watched else story


def test_two_feeds_that_are_called_the_same_keep_their_counts() -> None:
    edition = edition_of(range(1, 10))
    last = edition.sections[-1]
    same = tuple(More("A", "", 3, (Listed("x", ""),)) for _ in range(2))
    edition = replace(edition, sections=(*edition.sections[:-1], replace(last, more=same)))

    view = edition_for(edition, ChannelForm(channel="a", max_entries=2)).edition

    assert counted_in(view) == 7 + 6


@pytest.mark.parametrize(("unwatched", "left_out"), [("left out", {1, 3, 4}), ("kept", set())])
def test_what_no_channel_takes_is_left_out_or_kept_for_the_others(
    unwatched: Unwatched, left_out: set[int]
) -> None:
    selection = chosen(range(1, 5), {2}, unwatched=unwatched)

    assert [story.lead.id for story in selection.stories] == [2]
    assert selection.waiting == selection.counted == ()
    assert selection.left_out == dict.fromkeys(left_out, NO_CHANNEL)


FORMS = st.builds(
    ChannelForm,
    channel=st.just("phone"),
    only=st.sampled_from([None, "watched"]),
    max_entries=st.none() | st.integers(1, 12),
)


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 40),
    watched=st.sets(st.integers(1, 40), max_size=20),
    most=st.integers(1, 25),
    top=st.integers(0, 4),
    form=FORMS,
)
def test_each_entry_is_shown_counted_or_not_given_and_each_once_in_order(
    number: int, watched: set[int], most: int, top: int, form: ChannelForm
) -> None:
    selection = chosen(range(1, number + 1), watched, most)
    edition, counts = composed(selection, watched, top), counts_of(selection, watched)

    view = edition_for(edition, form, counts)

    shown = view.edition.entry_ids
    not_given = [entry for part in view.not_given for entry in part.entries]
    left_out = {entry for part in view.not_given if not part.counted for entry in part.entries}
    others = set(counts) - left_out
    assert sorted([*shown, *not_given, *others]) == sorted([*edition.entry_ids, *counts])
    places = [edition.entry_ids.index(entry) for entry in shown]
    assert places == sorted(places)
    assert len(shown) <= (form.max_entries or 1000)
    # What is counted there is in its counts.
    if shown:
        counted = [entry for part in view.not_given if part.counted for entry in part.entries]
        assert counted_in(view.edition) == len(counted) + len(others)
        assert view.edition.stories[view.edition.lead].title in view.edition.subject
    else:
        assert not others
    assert all(section.stories for section in view.edition.sections)
    if form.only:
        assert all(story.is_watched for story in view.edition.stories)
