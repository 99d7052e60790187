"""The order of an edition: top stories, then sections, and what is shown by its title only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.similarity.leads import publishers
from digest.editions.similarity.subjects import arrange, reading_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.editions.similarity.budget import Budget
    from digest.editions.similarity.stories import Cluster

# Fewer need no top: they are all seen at a glance.
_WORTH_A_TOP = 8
_ONE_ON_TOP_OF = 4


class Heading(Struct, frozen=True):
    """What a section is called; of one feed, its home page and its address, or else neither."""

    title: str
    url: str = ""
    feed_url: str = ""


class Layout(Struct, frozen=True):
    """How an edition is to be laid out.

    `headings` has the section of each feed, by address, in the order of the sections. `top` is
    the most stories that are raised above them, `fold` how many are shown with their text.
    """

    headings: Mapping[str, Heading]
    top: int
    fold: int


class Place(Struct, frozen=True):
    """A story in its place; a `brief` one is below the fold."""

    story: Cluster
    brief: bool = False


class Order(Struct, frozen=True):
    """Top stories, the others by heading, and the one that leads the edition."""

    top: tuple[Place, ...]
    sections: Mapping[Heading, tuple[Place, ...]]
    lead: Cluster | None


def order(
    stories: Sequence[Cluster],
    layout: Layout,
    watched: Collection[int] = (),
    budget: Budget | None = None,
) -> Order:
    """Put the stories, those with the better claim to a place first, in the order of reading."""
    subjects = {story.lead.id: story for story in arrange(stories, budget)}
    stories = [subjects[story.lead.id] for story in stories]
    best_first = _best_first(stories, watched)
    top = _top(best_first, layout.top, watched)
    rest = [story for story in stories if story not in top]
    above = layout.fold - len(top)
    places = [Place(story, brief=number >= above) for number, story in enumerate(rest)]
    sections: dict[Heading, list[Place]] = {heading: [] for heading in layout.headings.values()}
    for place in sorted(places, key=lambda place: _in_section(place, watched)):
        sections[layout.headings[place.story.lead.feed_url]].append(place)
    return Order(
        tuple(Place(story) for story in top),
        {heading: _by_subject(places) for heading, places in sections.items() if places},
        best_first[0] if best_first else None,
    )


def _best_first(stories: Iterable[Cluster], watched: Collection[int]) -> list[Cluster]:
    """Watched, then of most publishers, then of a feed that says little, then the newest."""
    stories = list(stories)
    of_feed = Counter(story.lead.feed_url for story in stories)

    def merit(story: Cluster) -> tuple[bool, int, int, bool, datetime, int]:
        lead = story.lead
        raised = not story.ids.isdisjoint(watched)
        # By powers of two: one story more or less makes no feed louder than another.
        loudness = of_feed[lead.feed_url].bit_length()
        return (
            raised,
            publishers(story.entries),
            -loudness,
            lead.published is not None,
            lead.dated,
            lead.id,
        )

    return sorted(stories, key=merit, reverse=True)


def _top(best_first: Sequence[Cluster], most: int, watched: Collection[int]) -> list[Cluster]:
    """The best, of different feeds but for what is watched, and none without its group.

    In a digest of one feed the newest story is no better than the next.
    """
    if len(best_first) < _WORTH_A_TOP:
        return []
    top: list[Cluster] = []
    feeds: set[str] = set()
    for story in best_first:
        if len(top) == min(most, len(best_first) // _ONE_ON_TOP_OF):
            break
        if story.group or (story.lead.feed_url in feeds and story.ids.isdisjoint(watched)):
            continue
        top.append(story)
        feeds.add(story.lead.feed_url)
    alone = len({story.lead.feed_url for story in best_first}) == 1
    return [story for story in top if not (alone and story.ids.isdisjoint(watched))]


def _in_section(place: Place, watched: Collection[int]) -> tuple[bool, bool, float, int]:
    lead = place.story.lead
    plain = place.story.ids.isdisjoint(watched)
    return plain, place.brief, -lead.dated.timestamp(), -lead.id


def _by_subject(places: Iterable[Place]) -> tuple[Place, ...]:
    """The same, those on one subject together where the first of them is, in reading order."""
    groups: dict[object, list[Place]] = {}
    for place in places:
        story = place.story
        key = (story.lead.feed_url, story.group) if story.group else story.lead.id
        groups.setdefault(key, []).append(place)
    return tuple(place for group in groups.values() for place in _in_reading_order(group))


def _in_reading_order(group: Sequence[Place]) -> Iterable[Place]:
    """The same stories; as many as before are shown with their text, now the first of them."""
    stories = sorted((place.story for place in group), key=reading_order)
    whole = sum(not place.brief for place in group)
    return (Place(story, brief=number >= whole) for number, story in enumerate(stories))
