"""What makes a story better than another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions import merit
from digest.editions.merit import best_first, coverage, is_shared
from digest.editions.order import Heading, Layout, order
from digest.editions.select import Room, select
from digest.editions.similarity.stories import Cluster, group
from digest.model import Fact
from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

    from digest.model import Entry


def ranked(*entries: Entry, watched: Collection[int] = ()) -> list[int]:
    return [story.lead.id for story in best_first(group(entries), watched)]


def liked(number: int, feed: str, *facts: Fact) -> Entry:
    return replace(entry(number, feed), facts=facts)


def test_what_is_watched_comes_first_then_what_many_tell_then_the_quiet_then_the_newest() -> None:
    loud = [entry(number, "a") for number in range(1, 6)]
    told = [entry(10, "b", link="x"), entry(11, "c", link="x")]

    assert ranked(*loud, *told, entry(20, "d"), watched={4}) == [4, 11, 20, 1, 2, 3, 5]


def test_points_and_comments_count_by_powers_of_two() -> None:
    assert ranked(
        liked(1, "a", Fact("points", 40)),
        liked(2, "a", Fact("points", 45)),
        liked(3, "a", Fact("points", 20), Fact("comments", 80)),
        liked(4, "a", Fact("stars", 9_000), Fact("points", -5)),
    ) == [3, 1, 2, 4]


def test_what_is_only_related_is_no_coverage() -> None:
    story = Cluster((entry(1, "a"), entry(2, "b")), related=(entry(3, "c"), entry(4, "d")))

    assert coverage(story) == 2


def test_feeds_of_one_publisher_share_a_story_that_is_no_wide_coverage() -> None:
    story = Cluster((entry(1, "news.one"), entry(2, "blog.one")))

    assert coverage(story) == 1
    assert is_shared(story)
    assert not is_shared(Cluster((entry(1, "a"),), copies=(entry(2, "a"),)))


# A channel's short of eight seconds is newer than its film of the week.
SHORT = entry(1, title="The town that bought its own bridge #shorts", words=8)
FILM = entry(2, title="Why bridges move", words=33)


def test_a_film_comes_before_a_short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ranked(SHORT, FILM) == [2, 1]

    monkeypatch.setattr(merit, "WORDS", 5)
    assert ranked(SHORT, FILM) == [1, 2]


def test_a_recording_is_not_slight_for_its_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    song, talk = (replace(entry(n, words=3), seconds=seconds) for n, seconds in ((1, 60), (2, 900)))
    assert ranked(song, talk) == [2, 1]

    monkeypatch.setattr(merit, "SECONDS", 30)
    assert ranked(song, talk) == [1, 2]


def test_two_publishers_are_wide_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [entry(10, "b", link="x"), entry(11, "c", link="x")]
    watched = [entry(number, "a") for number in range(1, 9)]
    layout = Layout({f"https://{name}.example/": Heading(name) for name in "abc"}, 2, 100)

    def top() -> list[int]:
        made = order(group([*told, *watched]), layout, range(1, 9))
        return [place.story.lead.id for place in made.top]

    assert top() == [1, 11]
    monkeypatch.setattr("digest.editions.order.WIDE", 3)
    assert top() == [1, 2]


def test_a_site_of_links_has_two_stories_for_the_first_of_a_blog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = [liked(n, "links", Fact("points", 500 - n), Fact("comments", 90)) for n in range(1, 5)]
    blogs = [entry(10 + n, f"blog{n}") for n in range(4)]

    def shown() -> set[int]:
        return {story.lead.id for story in select([*links, *blogs], Room(4)).stories}

    assert shown() == {1, 2, 10, 11}

    monkeypatch.setattr(merit, "HIGH", 1_000)
    assert shown() == {1, 10, 11, 12}
