"""What makes a story better than another: by this the lead, the top and every section are ordered.

Numbers that are tuned are here; `tests/editions/test_merit.py` moves each, and has its case.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.editions.similarity.leads import publishers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry

# So many publishers that tell the same make wide coverage: a blog and a link site that has it.
WIDE = 2
# What has fewer words, and is no recording of so many seconds, is slight: a film that is announced
# in a paragraph comes before the short of the same channel, which has a line.
WORDS, SECONDS = 20, 90
# So many points and comments are many: the best of a day on a site of links.
HIGH = 200

Merit = tuple[bool, int, int, int, int, bool, bool, "datetime", int]


def coverage(story: Cluster) -> int:
    """How many publishers tell the same; what is only related is something else."""
    return publishers(story.entries) if len(story.entries) > 1 else 1


def is_shared(story: Cluster) -> bool:
    """Whether it has entries of two feeds or more."""
    return len({entry.feed_url for entry in story.everything}) > 1


def best_first(stories: Iterable[Cluster], watched: Collection[int]) -> list[Cluster]:
    """The stories, the best first.

    That is what is watched, then what many tell, what this digest's readers want more of, and not
    less, what is of a feed that says little, what others count high, what is more than slight, and
    the newest; undated ones come last.
    """
    stories = list(stories)
    of_feed = Counter(story.lead.feed_url for story in stories)

    def merit(story: Cluster) -> Merit:
        lead = story.lead
        return (
            not story.ids.isdisjoint(watched),
            coverage(story),
            story.leaning.step,
            # By powers of two: one story more or less makes no feed louder than another.
            -of_feed[lead.feed_url].bit_length(),
            *interest(story),
            lead.published is not None,
            lead.dated,
            lead.id,
        )

    return sorted(stories, key=merit, reverse=True)


def is_counted_high(story: Cluster) -> bool:
    """Whether many readers count a story: it has its place among those of other feeds."""
    return _counted(story) >= HIGH


def interest(story: Cluster) -> tuple[int, bool]:
    """What tells stories of one feed apart: how high others count it, and if it is not slight.

    By powers of two: one point more or less makes no story better.
    """
    return _counted(story).bit_length(), not _is_slight(story.lead)


def _counted(story: Cluster) -> int:
    """The points and comments where it has most of them."""
    return max(entry.counted for entry in story.entries)


def _is_slight(entry: Entry) -> bool:
    return entry.words < WORDS and (entry.seconds or 0) < SECONDS
