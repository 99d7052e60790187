"""The HTML of an edition within what mail programs show.

Gmail shows about 102 KB of a message's HTML and hides the rest. What is too much is shown in less
detail, the stories furthest down first: not their content but the excerpt, a shorter one, the
title alone. In the end some are only counted: "and 12 more from X". What several feeds have is no
line: it keeps its headline, and who else has it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from heapq import heapify, heappop, heapreplace
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.rendering.email.mime import encoded_size
from digest.rendering.excerpts import excerpt
from digest.rendering.full_list import without_list

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from digest.model import Edition, Story

MOST_BYTES = 90_000
# The first stories, and those that several feeds have, keep an excerpt for as long as there is
# another way.
_LEADING = 10
_SHORT_EXCERPT = 120
# Near enough: to come nearer costs more renderings than the detail is worth.
_NEAR_BYTES = 3_000
# About what a story takes beside its words: first what is around its title, then the rest.
_AROUND_TITLE, _AROUND_WORDS = 450, 350


def fit(edition: Edition, render: Callable[[Edition], str]) -> tuple[Edition, str]:
    """The edition in as much detail as fits into MOST_BYTES as encoded, and its HTML.

    Every story is still in it, cut or not; the full list of what is counted is not. Where a
    template shows too much even of an edition that is all cut, so be it.
    """
    edition = without_list(edition)
    html = render(edition)
    size = encoded_size(html)
    return (edition, html) if size <= MOST_BYTES else _Ladder(edition).descend(render, size)


class _Rung(Struct, frozen=True):
    size: int
    edition: Edition
    html: str


class _Ladder:
    """The ways to render an edition, each in one step less detail than the one before."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        stories = edition.stories
        shared = {number for number, story in enumerate(stories) if story.is_shared}
        self._steps = list(_steps([len(section.stories) for section in edition.sections], shared))
        levels: Counter[int] = Counter()
        saved = []
        for number in self._steps:
            saved.append(_savings(stories[number], levels[number]))
            levels[number] += 1
        # What the first n steps save together, by a guess.
        self._saved = [0, *accumulate(saved)]

    def descend(self, render: Callable[[Edition], str], size: int) -> tuple[Edition, str]:
        """The highest rung that fits, or one little below; `size` is that of the first."""
        low, high, best, scale = 0, len(self._steps), None, 1.0
        while best is None or (high - low > 1 and best.size < MOST_BYTES - _NEAR_BYTES):
            wanted = self._saved[low] + (size - MOST_BYTES + _NEAR_BYTES / 2) / scale
            at = min(max(bisect_left(self._saved, wanted), low + 1), high - (best is not None))
            rung = self._rung(at, render)
            if best is None:
                scale = (size - rung.size) / (self._saved[at] - self._saved[low])
            if rung.size > MOST_BYTES and at < high:
                low, size = at, rung.size
            else:
                high, best = at, rung
            if best is not None:
                scale = (size - best.size) / (self._saved[high] - self._saved[low])
            scale = max(scale, 0.1)
        return best.edition, best.html

    def _rung(self, steps: int, render: Callable[[Edition], str]) -> _Rung:
        levels = Counter(self._steps[:steps])
        numbers = iter(range(len(self._edition.stories)))
        sections = tuple(
            replace(
                section,
                stories=tuple(_reduced(story, levels[next(numbers)]) for story in section.stories),
            )
            for section in self._edition.sections
        )
        edition = replace(self._edition, sections=sections)
        html = render(edition)
        return _Rung(encoded_size(html), edition, html)


def _steps(sections: Sequence[int], shared: Collection[int]) -> Iterator[int]:
    """The numbers of stories in the order in which each loses a level; `sections` are lengths."""
    everything = range(sum(sections))[::-1]
    leading = [number for number in everything if number < _LEADING or number in shared]
    last = {*leading}
    following = [number for number in everything if number not in last]
    yield from everything
    yield from following
    yield from following
    yield from _from_the_longest(sections, {*following})
    for _ in range(3):
        yield from leading


def _from_the_longest(sections: Sequence[int], following: Collection[int]) -> Iterator[int]:
    """All but the leading stories, each the last that is left of the longest section."""
    left = [
        [number for number in range(end - length, end) if number in following]
        for length, end in zip(sections, accumulate(sections), strict=True)
    ]
    # Of sections as long as each other the last.
    order = [(-len(numbers), -at) for at, numbers in enumerate(left) if numbers]
    heapify(order)
    while order:
        length, at = order[0]
        yield left[-at].pop()
        if left[-at]:
            heapreplace(order, (length + 1, at))
        else:
            heappop(order)


def _reduced(story: Story, level: int) -> Story:
    if level == 0:
        return story
    without_content = replace(story, html="")
    if level == 1:
        return without_content
    short = replace(without_content, excerpt=excerpt(story.excerpt, _SHORT_EXCERPT), related=())
    if level == 2:
        return short
    title_only = replace(short, excerpt="", picture=None, facts=(), discussion="")
    if not story.is_shared:
        title_only = replace(title_only, also_in=(), brief=True)
    return title_only if level == 3 else replace(title_only, cut=True)


def _savings(story: Story, level: int) -> int:
    """About how many bytes a story gives when it loses the level."""
    match level:
        case 0:
            return len(story.html) and max(1, len(story.html) - len(story.excerpt))
        case 1:
            return max(0, len(story.excerpt) - _SHORT_EXCERPT)
        case 2:
            return min(len(story.excerpt), _SHORT_EXCERPT) + _AROUND_WORDS
        case _:
            return len(story.title) + len(story.url) + _AROUND_TITLE
