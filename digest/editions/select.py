"""Which pending stories an edition shows, and what becomes of the others.

An edition covers its period: it takes all that is pending. What it has no room for is counted, or
waits for a later one, or is dropped, as the digest says.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from digest.editions.earlier import ALL_HAD, mark_had
from digest.editions.feedback import mark_votes
from digest.editions.merit import coverage, interest, is_counted_high
from digest.editions.similarity.budget import Budget
from digest.editions.similarity.stories import group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry, Feedback, Leaning, Overflow, ShownEntry, Unwatched

# What has waited for so many editions waits for no other.
MOST_WAITS = 3
# Of what readers count high, a feed has so many stories a turn: a site of links is many writers.
_STORIES_A_TURN = 2
# What is remembered of an entry that no edition has.
DROPPED = "overflow: drop"
NO_CHANNEL = "no channel takes stories that are not watched"


class Room(Struct, frozen=True):
    """How many stories an edition shows: in all, and of single feeds, by address.

    `overflow` is what becomes of the others, and `unwatched` of those that are not watched, for
    which there is room or not.
    """

    stories: int
    by_feed: Mapping[str, int] = field(default_factory=dict)
    overflow: Overflow = "list"
    unwatched: Unwatched = "shown"


class Standing(Struct, frozen=True):
    """What is known of pending entries, by their numbers.

    `watched` are raised; `waited` is how many editions passed each by; `counted` are those that
    are in no story unless one of the others is. `unread` are those that nobody looked at, by the
    address of their feed. `earlier` is what earlier editions showed; `feedback` is what readers
    said of it.
    """

    watched: Collection[int] = ()
    waited: Mapping[int, int] = field(default_factory=dict)
    counted: Collection[int] = ()
    unread: Mapping[str, Sequence[int]] = field(default_factory=dict)
    earlier: Sequence[ShownEntry] = ()
    feedback: Sequence[Feedback] = ()


class Selection(Struct, frozen=True):
    """The stories shown, counted and waiting, those with the better claim first.

    `unread` are entries that are counted beside these, by the address of their feed; `left_out`
    has, by its number, why an entry is in no edition.
    """

    stories: tuple[Cluster, ...]
    counted: tuple[Cluster, ...] = ()
    waiting: tuple[Cluster, ...] = ()
    unread: Mapping[str, Sequence[int]] = field(default_factory=dict)
    left_out: Mapping[int, str] = field(default_factory=dict)

    @property
    def counted_entries(self) -> frozenset[int]:
        """The numbers of all entries that are only counted."""
        return frozenset(chain(*self.unread.values(), *(story.ids for story in self.counted)))

    def counted_among(self, watched: Collection[int]) -> frozenset[int]:
        """The numbers of the entries of counted stories that have any of these."""
        stories = (story.ids for story in self.counted if not story.ids.isdisjoint(watched))
        return frozenset(chain.from_iterable(stories))

    @property
    def leanings(self) -> dict[int, Leaning]:
        """What votes come to for the entries on whose stories there are any, by their numbers."""
        stories = chain(self.stories, self.counted, self.waiting)
        voted = (story for story in stories if story.leaning.more or story.leaning.less)
        return {number: story.leaning for story in voted for number in story.ids}


class _Claim(Struct, frozen=True):
    """What a story has to say for itself: whether there may be room for it, and how good it is."""

    story: Cluster
    may_be_shown: bool
    merit: tuple[bool, bool, int, int, int, int, int]


def select(
    pending: Iterable[Entry],
    room: Room,
    standing: Standing = Standing(),  # noqa: B008 - immutable
    feeds: Sequence[str] = (),
    budget: Budget | None = None,
) -> Selection:
    """Show what is watched, what has waited longest, what most publishers tell, and the others.

    These take turns, the best of each feed first, so that a loud feed leaves room. In each turn
    what readers want more of comes first, and what is of a feed that they want less from comes
    last. What an earlier edition had comes behind all else. `feeds` are addresses in the order of
    the configuration; what the budget has no room for is in no story with others.
    """
    newest_first = sorted(pending, key=lambda entry: (entry.dated, entry.id), reverse=True)
    grouped = group(newest_first, feeds, budget)
    if room.unwatched != "shown":
        return _select_watched(grouped, room, standing)
    return _select(grouped, room, standing)


def _select_watched(stories: Sequence[Cluster], room: Room, standing: Standing) -> Selection:
    """Select of what is watched; the others are left out, or no business of this edition."""
    watched = [story for story in stories if not story.ids.isdisjoint(standing.watched)]
    selection = _select(watched, room, replace(standing, unread={}))
    if room.unwatched == "kept":
        return selection
    others = (story for story in stories if story.ids.isdisjoint(standing.watched))
    unread = dict.fromkeys(chain(*standing.unread.values()), NO_CHANNEL)
    left_out = {**_left_out(others, NO_CHANNEL), **unread, **selection.left_out}
    return replace(selection, left_out=left_out)


def _select(stories: Sequence[Cluster], room: Room, standing: Standing) -> Selection:
    stories = mark_had(stories, standing.earlier, standing.watched)
    # With a budget of its own: what readers said takes nothing from the comparing of titles.
    stories = mark_votes(stories, standing.feedback, Budget())
    claims = sorted(_claims(stories, room, standing), key=lambda claim: claim.merit)
    shown = [claim.story for claim in claims if claim.may_be_shown][: room.stories]
    taken = {story.lead.id for story in shown}
    rest = [claim.story for claim in claims if claim.story.lead.id not in taken]
    if all(story.had for story in shown):
        # An edition has something new in it, or there is none.
        selection = _with_rest((), rest, room, standing)
        return replace(selection, left_out=_left_out(shown, ALL_HAD) | dict(selection.left_out))
    return _with_rest(tuple(shown), rest, room, standing)


def _claims(stories: Iterable[Cluster], room: Room, standing: Standing) -> Iterable[_Claim]:
    queues: dict[str, list[Cluster]] = defaultdict(list)
    for story in stories:
        queues[story.lead.feed_url].append(story)
    for place, (url, queue) in enumerate(queues.items()):
        # In a feed's own queue the best of these come first, then the newest.
        queue.sort(key=lambda story: (story.leaning.step, *interest(story)), reverse=True)
        queue.sort(key=lambda story: _rank(story, standing))
        most = room.by_feed.get(url, room.stories)
        for number, story in enumerate(queue):
            may_be_shown = number < most and not story.ids.issubset(standing.counted)
            turn = number // _STORIES_A_TURN if is_counted_high(story) else number
            yield _Claim(
                story, may_be_shown, (*_rank(story, standing), turn, -story.leaning.step, place)
            )


def _rank(story: Cluster, standing: Standing) -> tuple[bool, bool, int, int]:
    return (
        story.had is not None,
        story.ids.isdisjoint(standing.watched),
        -_waited(story, standing),
        -coverage(story),
    )


def _waited(story: Cluster, standing: Standing) -> int:
    """How many editions passed by the one of its entries that waits longest."""
    return max(standing.waited.get(number, 0) for number in story.ids)


def _with_rest(
    shown: tuple[Cluster, ...], rest: Sequence[Cluster], room: Room, standing: Standing
) -> Selection:
    match room.overflow:
        case "list":
            return Selection(shown, counted=tuple(rest), unread=standing.unread)
        case "drop":
            unread = dict.fromkeys(chain(*standing.unread.values()), DROPPED)
            return Selection(shown, left_out=_left_out(rest, DROPPED) | unread)
        case "next":
            return Selection(
                shown,
                counted=tuple(story for story in rest if not _may_wait(story, standing)),
                waiting=tuple(story for story in rest if _may_wait(story, standing)),
                unread=standing.unread,
            )


def _may_wait(story: Cluster, standing: Standing) -> bool:
    return _waited(story, standing) < MOST_WAITS


def _left_out(stories: Iterable[Cluster], reason: str) -> dict[int, str]:
    return {number: reason for story in stories for number in story.ids}
