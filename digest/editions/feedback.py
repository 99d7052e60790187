"""What readers' votes on stories of earlier editions come to for those of the next.

More like a story is more on its subject, of any feed, and more from its feed; less is less from its
feed. Votes move a story among those that as many tell, and leave none out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions.similarity.subjects import are_about, read_words
from digest.editions.similarity.terms import LONGEST
from digest.model import NO_LEANING, Leaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set

    from digest.editions.similarity.budget import Budget
    from digest.editions.similarity.stories import Cluster
    from digest.editions.similarity.subjects import Words
    from digest.model import Feedback

    Readers = Set[int]

# What a reader's votes come to for a story: more on its subject, more from its feed, and less.
SUBJECT, FEED, LESS = 2, 1, -1
# Two titles are on one subject where this share of the words of each is the same: two words of ten.
# "PostgreSQL 19 vacuums in parallel" has four, of which one is in other news of PostgreSQL.
SHARE = 1 / 5
# What reading a title takes is about its words.
_LETTERS = 6


def mark_votes(
    stories: Sequence[Cluster], feedback: Sequence[Feedback], budget: Budget
) -> list[Cluster]:
    """The stories, each with what the votes of readers come to for it.

    However often a reader voted, it counts once for a story. Subjects beyond the budget are not
    compared.
    """
    if not feedback:
        return [*stories]
    more = _by_feed(each for each in feedback if each.vote == "more")
    less = _by_feed(each for each in feedback if each.vote == "less")
    wanted = _Wanted(feedback, budget)

    def leaning(story: Cluster) -> Leaning:
        feed = story.lead.feed_url
        return _leaning(
            wanted.readers(story.lead.title), more.get(feed, set()), less.get(feed, set())
        )

    return [replace(story, leaning=leaning(story)) for story in stories]


def _by_feed(feedback: Iterable[Feedback]) -> Mapping[str, Readers]:
    found: dict[str, set[int]] = defaultdict(set)
    for each in feedback:
        found[each.feed_url].add(each.reader)
    return found


def _leaning(on_subject: Readers, of_feed: Readers, against: Readers) -> Leaning:
    voices = Counter(dict.fromkeys(of_feed, FEED) | dict.fromkeys(on_subject, SUBJECT))
    for reader in against:
        voices[reader] += LESS
    if not voices:
        return NO_LEANING
    return Leaning(
        more=sum(voice > 0 for voice in voices.values()),
        less=sum(voice < 0 for voice in voices.values()),
        sum=voices.total(),
    )


class _Wanted:
    """The titles that readers want more like, found by their words."""

    def __init__(self, feedback: Iterable[Feedback], budget: Budget) -> None:
        self._budget = budget
        readers: dict[str, set[int]] = defaultdict(set)
        for each in feedback:
            if each.vote == "more":
                readers[each.title].add(each.reader)
        self._titles = [
            (words, readers[title]) for title in readers if (words := self._read(title))
        ]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for at, (words, _) in enumerate(self._titles):
            for root in words.roots:
                self._holders[root].append(at)

    def readers(self, title: str) -> Readers:
        """Those who want more on the subject of a title."""
        if not self._titles or not (words := self._read(title)):
            return set()
        candidates = {at for root in words.roots for at in self._holders.get(root, ())}
        if not self._budget.takes(len(candidates)):
            return set()
        found: set[int] = set()
        for at in candidates:
            other, readers = self._titles[at]
            shared = words.roots & other.roots
            if are_about(shared, (words, other), SHARE):
                found |= readers
        return found

    def _read(self, title: str) -> Words | None:
        has_room = self._budget.takes(1 + min(len(title), LONGEST) // _LETTERS)
        return read_words(title) if has_room else None
