"""The order of an edition: top stories, then sections, and what is shown by its title only.

What stands first is what leads: the subject names it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.merit import WIDE, best_first, coverage, is_shared
from digest.editions.similarity.subjects import arrange, reading_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.editions.similarity.budget import Budget
    from digest.editions.similarity.stories import Cluster

# Fewer need no top: they are all seen at a glance.
_WORTH_A_TOP = 8
_ONE_ON_TOP_OF = 4
# So many stories on one subject are shown with their text on top; the others are lines.
_WHOLE_ON_TOP = 3
# Sections of no more than so many lines are gathered in one.
_SMALL = 2


class Heading(Struct, frozen=True):
    """What a section is called; of one feed, its home page and its address, or else neither."""

    title: str
    url: str = ""
    feed_url: str = ""


class Layout(Struct, frozen=True):
    """How an edition is to be laid out.

    `headings` has the section of each feed, by address, in the order of the sections. `top` is
    the most that is raised above them, where stories on one subject count as one; `fold` is how
    many stories are shown with their text. `also` is the section that gathers small ones.
    """

    headings: Mapping[str, Heading]
    top: int
    fold: int
    also: Heading = Heading("Also")


class Place(Struct, frozen=True):
    """A story in its place; a `brief` one is below the fold."""

    story: Cluster
    brief: bool = False


class Order(Struct, frozen=True):
    """Top stories, and the others by heading, in the order of reading."""

    top: tuple[Place, ...]
    sections: Mapping[Heading, tuple[Place, ...]]

    @property
    def lead(self) -> Cluster | None:
        """The story that stands first."""
        places = chain(self.top, *self.sections.values())
        return next((place.story for place in places), None)


def order(
    stories: Sequence[Cluster],
    layout: Layout,
    watched: Collection[int] = (),
    budget: Budget | None = None,
) -> Order:
    """Put the stories, those with the better claim to a place first, in the order of reading.

    A story that has entries of several feeds is never brief; what readers had is no news: it is of
    no subject, never on top, last in its section, and only ever a line.
    """
    news = [story for story in stories if story.had is None]
    subjects = {story.lead.id: story for story in arrange(news, budget)}
    news = [subjects[story.lead.id] for story in news]
    ranked = best_first(news, watched)
    top = tuple(chain(*map(_on_top, _top(_units(ranked), layout.top, watched))))
    raised = {place.story.lead.id for place in top}
    rest = [story for story in news if story.lead.id not in raised]
    whole = _whole(rest, layout.fold - sum(not place.brief for place in top))
    had = best_first((story for story in stories if story.had), watched)
    below = [*(story for story in ranked if story.lead.id not in raised), *had]
    sections = _by_heading(below, layout, first=not top)
    laid_out = {
        heading: _in_section(members, sum(story.lead.id in whole for story in members))
        for heading, members in sections.items()
    }
    return Order(top, _gathered(laid_out, layout.also, below, keep=0 if top else 1))


def _units(ranked: Iterable[Cluster]) -> list[list[Cluster]]:
    """Each story alone, or with all on its subject in the place of the best of them."""
    units: dict[object, list[Cluster]] = {}
    for story in ranked:
        key = (story.lead.feed_url, story.group) if story.group else story.lead.id
        units.setdefault(key, []).append(story)
    # To read the title of each that is alone would take longer than all else here.
    return [sorted(unit, key=reading_order) if len(unit) > 1 else unit for unit in units.values()]


def _top(
    units: Sequence[list[Cluster]], most: int, watched: Collection[int]
) -> list[list[Cluster]]:
    """The best units: what is watched, then one of each feed, a subject only if many tell of it.

    Of several places, what is watched leaves one to wide coverage. In a digest of one feed the
    newest story is no better than the next.
    """
    stories = [*chain(*units)]
    places = min(most, len(stories) // _ONE_ON_TOP_OF) if len(stories) >= _WORTH_A_TOP else 0
    raised = [unit for unit in units if _is_watched(unit, watched)][:places]
    others = [unit for unit in units if not _is_watched(unit, watched)]
    wide = [unit for unit in others if _is_wide(unit)][:1]
    if places < 2 or any(map(_is_wide, raised)):
        wide = []
    top = [*raised[: places - len(wide)], *wide]
    feeds = {unit[0].lead.feed_url for unit in top}
    has_feeds = len({story.lead.feed_url for story in stories}) > 1
    for unit in others if has_feeds else ():
        feed = unit[0].lead.feed_url
        if len(top) < places and feed not in feeds and (len(unit) == 1 or _is_wide(unit)):
            top.append(unit)
            feeds.add(feed)
    return top


def _is_watched(unit: Iterable[Cluster], watched: Collection[int]) -> bool:
    return any(not story.ids.isdisjoint(watched) for story in unit)


def _is_wide(unit: Iterable[Cluster]) -> bool:
    return any(coverage(story) >= WIDE for story in unit)


def _on_top(unit: Sequence[Cluster]) -> Iterator[Place]:
    for number, story in enumerate(unit):
        yield Place(story, brief=number >= _WHOLE_ON_TOP and not is_shared(story))


def _whole(stories: Sequence[Cluster], room: int) -> set[int]:
    """The leads of those that are above the fold: what several feeds have, then the first."""
    shared = {story.lead.id for story in stories if is_shared(story) and not story.had}
    others = [story.lead.id for story in stories if story.lead.id not in shared]
    return shared | {*others[: max(0, room - len(shared))]}


def _by_heading(
    ranked: Sequence[Cluster], layout: Layout, *, first: bool
) -> dict[Heading, list[Cluster]]:
    """The stories of each section, the best first.

    With `first` the section of the best of all stands first, where stories may be raised.
    """
    sections: dict[Heading, list[Cluster]] = {}
    if ranked and first and layout.top:
        sections[layout.headings[ranked[0].lead.feed_url]] = []
    sections |= {heading: [] for heading in layout.headings.values()}
    for story in ranked:
        sections[layout.headings[story.lead.feed_url]].append(story)
    filled = [(heading, members) for heading, members in sections.items() if members]
    # What readers had stands before nothing that is new.
    return dict(sorted(filled, key=lambda section: all(story.had for story in section[1])))


def _in_section(ranked: Sequence[Cluster], room: int) -> tuple[Place, ...]:
    """The same by subject, so many of them with their text."""
    stories = [*chain(*_units(ranked))]
    whole = _whole(stories, room)
    return tuple(Place(story, brief=story.lead.id not in whole) for story in stories)


def _gathered(
    sections: Mapping[Heading, tuple[Place, ...]],
    also: Heading,
    ranked: Sequence[Cluster],
    keep: int,
) -> dict[Heading, tuple[Place, ...]]:
    """The sections, the small ones in one behind them; so many of the first are kept."""
    small = [
        heading
        for heading, places in [*sections.items()][keep:]
        if len(places) <= _SMALL and all(place.brief for place in places)
    ]
    places = {place.story.lead.id: place for heading in small for place in sections[heading]}
    kept = {heading: places for heading, places in sections.items() if heading not in small}
    if places:
        gathered = tuple(places[story.lead.id] for story in ranked if story.lead.id in places)
        # A tag may be called the same.
        kept[also] = kept.get(also, ()) + gathered
    return kept
