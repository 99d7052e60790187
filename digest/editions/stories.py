"""Entries to stories: what is the same is one, what is alike stands together.

The same link or the same title in different feeds is one story. Titles that are alike stay entries
of their own, shown with one of them. Two entries of one feed are never the same.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import chain, combinations
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from digest.editions.links import fold_link
from digest.editions.numbers import differ
from digest.editions.similar import contradict, likely_pairs
from digest.editions.titles import read_title
from digest.editions.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from digest.editions.titles import Title
    from digest.model import Entry

_T = TypeVar("_T")
# Less than a week: columns come every week under the same title.
_NEWS_FOR = timedelta(days=6)


class Cluster(Struct, frozen=True):
    """A story: the entries that it is, of different feeds, and those under titles that are alike.

    The best described of all leads `entries`. `group` is the subject it has in common with others.
    """

    entries: tuple[Entry, ...]
    related: tuple[Entry, ...] = ()
    group: str = ""

    @property
    def lead(self) -> Entry:
        """The entry that is shown."""
        return self.entries[0]

    @property
    def everything(self) -> tuple[Entry, ...]:
        """Every entry that it stands for."""
        return self.entries + self.related

    @property
    def ids(self) -> frozenset[int]:
        """The ids of all its entries."""
        return frozenset(entry.id for entry in self.everything)


class _Read(Struct, frozen=True):
    """An entry, with what its link and its title come to."""

    entry: Entry
    link: str
    title: Title


def group(entries: Iterable[Entry]) -> list[Cluster]:
    """Group entries into stories, each in the place of the first of its entries.

    Which entries are together depends on no order.
    """
    given = list(entries)
    sites = _sites(given)
    read = [_Read(one, _link(one), read_title(one.title, sites)) for one in _newest_first(given)]
    same = [_best_first(one) for one in _same(read)]
    place = {entry.id: at for at, entry in enumerate(given)}
    clusters = [_cluster(alike) for alike in _alike(same)]
    return sorted(clusters, key=lambda one: min(place[entry.id] for entry in one.everything))


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.dated, entry.id), reverse=True)


def _best_first(read: Iterable[_Read]) -> list[_Read]:
    newest_first = sorted(read, key=lambda one: (one.entry.dated, one.entry.id), reverse=True)
    return sorted(newest_first, key=lambda one: (not one.entry.excerpt, -one.entry.words))


def _sites(entries: Iterable[Entry]) -> frozenset[str]:
    """What sites call themselves, which aggregators put behind titles."""
    titles = {entry.feed_title for entry in entries}
    addresses = {entry.feed_url for entry in entries} | {entry.feed_home for entry in entries}
    hosts = {(urlsplit(address).hostname or "").removeprefix("www.") for address in addresses}
    return frozenset(map(fold, titles | hosts)) - {""}


def _link(entry: Entry) -> str:
    link = fold_link(entry.link)
    return "" if entry.feed_home and link == fold_link(entry.feed_home) else link


def _same(read: Sequence[_Read]) -> list[list[_Read]]:
    """Those with the same link or the same title, and each of the rest by itself."""
    home = {one.entry.id: [one] for one in read}
    _join(home, read, lambda one: one.link, _same_by_link)
    _join(home, read, lambda one: one.title.key if one.title.tells_one else "", _same_by_title)
    return _distinct(home.values())


def _join(
    home: dict[int, list[_Read]],
    read: Sequence[_Read],
    name: Callable[[_Read], str],
    may: Callable[[_Read, _Read], bool],
) -> None:
    """Join the homes of entries that share a name, where all of one may stand beside the other.

    A name that two entries of one feed have is no name.
    """
    by_name: dict[str, list[_Read]] = defaultdict(list)
    for one in read:
        by_name[name(one)].append(one)
    for named, same in by_name.items():
        if not named or len({one.entry.feed_url for one in same}) < len(same):
            continue
        for one, other in combinations(same, 2):
            mine, theirs = home[one.entry.id], home[other.entry.id]
            if mine is not theirs and _fit(mine, theirs, may):
                mine += theirs
                home.update((moved.entry.id, mine) for moved in theirs)


def _distinct(lists: Iterable[list[_T]]) -> list[list[_T]]:
    return list({id(one): one for one in lists}.values())


def _fit(one: Sequence[_Read], other: Sequence[_Read], may: Callable[[_Read, _Read], bool]) -> bool:
    feeds = {read.entry.feed_url for read in one}
    return all(read.entry.feed_url not in feeds for read in other) and all(
        may(a, b) for a in one for b in other
    )


def _same_by_link(one: _Read, other: _Read) -> bool:
    # A page of all releases is no article.
    return not differ(_releases(one.title), _releases(other.title))


def _releases(title: Title) -> dict[str, frozenset[str]]:
    versions = title.numbers.get("version", frozenset())
    return {"version": frozenset(version for version in versions if "." in version)}


def _same_by_title(one: _Read, other: _Read) -> bool:
    return _close(one, other) and not contradict(one.title, other.title)


def _close(one: _Read, other: _Read) -> bool:
    return abs(one.entry.dated - other.entry.dated) < _NEWS_FOR


def _alike(same: Sequence[list[_Read]]) -> list[list[list[_Read]]]:
    """Stories put together by their leading titles, the most alike first.

    One joins others where it is like at least half of them, and contradicts none.
    """
    titles = [one[0].title for one in same]
    pairs = {
        (a, b): score
        for a, b, score in likely_pairs(titles)
        if same[a][0].entry.feed_url != same[b][0].entry.feed_url and _close(same[a][0], same[b][0])
    }
    together = {at: [at] for at in range(len(same))}
    for a, b in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        mine, theirs = together[a], together[b]
        if mine is not theirs and _agree(mine, theirs, pairs.keys(), titles):
            mine += theirs
            together.update((at, mine) for at in theirs)
    return [[same[at] for at in members] for members in _distinct(together.values())]


def _agree(
    one: Sequence[int],
    other: Sequence[int],
    pairs: Collection[tuple[int, int]],
    titles: Sequence[Title],
) -> bool:
    across = [(min(a, b), max(a, b)) for a in one for b in other]
    alike = sum(pair in pairs for pair in across)
    return alike * 2 >= len(across) and not any(contradict(titles[a], titles[b]) for a, b in across)


def _cluster(alike: Sequence[Sequence[_Read]]) -> Cluster:
    stories = {one[0].entry.id: one for one in alike}
    first, *rest = _best_first([one[0] for one in alike])
    related = chain.from_iterable(stories[one.entry.id] for one in rest)
    return Cluster(
        tuple(one.entry for one in stories[first.entry.id]), tuple(one.entry for one in related)
    )
