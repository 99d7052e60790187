"""Which pending stories an edition takes, and how many wait for the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.similarity.stories import group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.editions.similarity.budget import Budget
    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry


class Selection(Struct, frozen=True):
    """The stories taken, those with the better claim to a place first; and how many wait, by feed.

    Feeds are given by address.
    """

    stories: tuple[Cluster, ...]
    waiting: Mapping[str, int]

    @property
    def held_back(self) -> int:
        """How many stories wait, in all."""
        return sum(self.waiting.values())


def select(
    pending: Iterable[Entry],
    max_stories: int,
    max_by_feed: Mapping[str, int],
    watched: Collection[int] = (),
    feeds: Sequence[str] = (),
    budget: Budget | None = None,
) -> Selection:
    """Take what is watched, then the newest stories, feed by feed in turns.

    So a loud feed leaves room. `max_by_feed` limits the stories of single feeds, by address;
    `watched` are ids of entries. `feeds` are addresses in the order of the configuration; what the
    budget has no room for is in no story with others.
    """
    newest_first = sorted(pending, key=lambda entry: (entry.dated, entry.id), reverse=True)
    queues: dict[str, list[Cluster]] = defaultdict(list)
    for story in group(newest_first, feeds, budget):
        queues[story.lead.feed_url].append(story)
    claims = []
    for place, (url, queue) in enumerate(queues.items()):
        queue.sort(key=lambda story: story.ids.isdisjoint(watched))
        room = max_by_feed.get(url, max_stories)
        claims += [
            (story.ids.isdisjoint(watched), turn, place, story)
            for turn, story in enumerate(queue[:room])
        ]
    claims.sort(key=lambda claim: claim[:3])
    taken = tuple(story for *_, story in claims[:max_stories])
    by_feed = Counter(story.lead.feed_url for story in taken)
    waiting = {url: len(queue) - by_feed[url] for url, queue in queues.items()}
    return Selection(taken, {url: number for url, number in waiting.items() if number})
