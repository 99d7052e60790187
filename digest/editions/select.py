"""Which pending stories an edition takes, and how many wait for the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.editions.stories import group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.editions.stories import Cluster
    from digest.model import Entry


@dataclass(frozen=True, slots=True)
class Selection:
    """Stories by the address of the leading entry's feed, newest first; and how many wait."""

    by_feed: dict[str, list[Cluster]]
    held_back: int


def select(pending: Iterable[Entry], max_stories: int, max_by_feed: Mapping[str, int]) -> Selection:
    """Take the newest stories, feed by feed in turns, so that a loud feed leaves room.

    `max_by_feed` limits the stories of single feeds, by address.
    """
    newest_first = sorted(pending, key=lambda entry: (entry.dated, entry.id), reverse=True)
    waiting: dict[str, list[Cluster]] = defaultdict(list)
    for story in group(newest_first):
        waiting[story.lead.feed_url].append(story)
    total = sum(len(stories) for stories in waiting.values())
    room = {url: max_by_feed.get(url, max_stories) for url in waiting}
    taken: dict[str, list[Cluster]] = {url: [] for url in waiting}
    left = max_stories
    turn = 0
    while left and any(turn < min(room[url], len(waiting[url])) for url in waiting):
        for url, stories in waiting.items():
            if left and turn < min(room[url], len(stories)):
                taken[url].append(stories[turn])
                left -= 1
        turn += 1
    count = sum(len(stories) for stories in taken.values())
    return Selection({url: stories for url, stories in taken.items() if stories}, total - count)
