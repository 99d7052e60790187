"""Which stories a digest has had: a link that an earlier edition showed is no story again."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions.similarity.links import article_key
from digest.editions.similarity.stories import are_other_releases
from digest.editions.similarity.titles import read_title

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.editions.similarity.stories import Cluster
    from digest.model import ShownEntry

# What is left of stories that are all nothing but what readers had.
ALL_HAD = "an earlier edition had its link, and there is nothing else"
# So many feeds that had a link before are enough to compare a title with.
_MOST_OF_A_LINK = 20


def mark_had(
    stories: Sequence[Cluster], earlier: Iterable[ShownEntry], watched: Collection[int] = ()
) -> list[Cluster]:
    """The stories, each that has a link of an earlier edition with the time of the newest such.

    What is watched is new where a channel that takes nothing else was not given it then.
    """
    earlier = [*earlier]
    anywhere = _by_link(earlier)
    if not anywhere:
        return [*stories]
    everywhere = _by_link(entry for entry in earlier if not entry.withheld)
    return [
        replace(story, had=_had(story, anywhere if story.ids.isdisjoint(watched) else everywhere))
        for story in stories
    ]


def _by_link(earlier: Iterable[ShownEntry]) -> dict[str, list[ShownEntry]]:
    """What was shown by the article that its link leads to, the newest first.

    A link that a feed has had more than once is a page, and its entries are no article.
    """
    found: dict[str, list[ShownEntry]] = defaultdict(list)
    for entry in earlier:
        if key := article_key(entry.link):
            found[key].append(entry)
    return {key: _articles(entries) for key, entries in found.items()}


def _articles(entries: Sequence[ShownEntry]) -> list[ShownEntry]:
    times = Counter(entry.feed_url for entry in entries)
    once = (entry for entry in entries if times[entry.feed_url] == 1)
    return sorted(once, key=lambda entry: entry.at, reverse=True)[:_MOST_OF_A_LINK]


def _had(story: Cluster, by_link: Mapping[str, Sequence[ShownEntry]]) -> datetime | None:
    # What was edited, in a feed whose edits are sent again, is news.
    if any(entry.resend_at for entry in story.entries):
        return None
    times = (
        shown.at
        for entry in story.entries
        for shown in by_link.get(article_key(entry.link), ())
        if not are_other_releases(read_title(entry.title), read_title(shown.title))
    )
    return max(times, default=None)
