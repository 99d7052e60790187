"""Entries to stories: what is the same is one, what is alike stands together.

The same link or the same title in different feeds is one story. Titles that are alike stay entries
of their own, shown with one of them. Two entries of one feed are only one if their link is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from digest.editions.similarity import constants
from digest.editions.similarity.budget import Budget
from digest.editions.similarity.candidates import Candidate, read_candidates
from digest.editions.similarity.copies import older_copies
from digest.editions.similarity.likeness import contradict, likely_pairs
from digest.editions.similarity.numbers import differ
from digest.editions.similarity.witnesses import (
    author_witness,
    has_text,
    is_in_title,
    picture_witness,
    same_text,
    text_witness,
)
from digest.model import NO_LEANING, Leaning

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.editions.similarity.candidates import Seen
    from digest.editions.similarity.titles import Title
    from digest.model import Entry

_T = TypeVar("_T")
# More stories are not shown with one.
_MOST_TOGETHER = 40


class Cluster(Struct, frozen=True):
    """A story: the entries that it is, of different feeds, and those under titles that are alike.

    The one that leads comes first (`digest.editions.similarity.leads`). `copies` are older ones of
    the feed and link of one of these. `group` is the subject it has in common with others. `had` is
    when an earlier edition had its link (`digest.editions.earlier`). `leaning` is what readers'
    votes come to (`digest.editions.feedback`).
    """

    entries: tuple[Entry, ...]
    related: tuple[Entry, ...] = ()
    copies: tuple[Entry, ...] = ()
    group: str = ""
    had: datetime | None = None
    leaning: Leaning = NO_LEANING

    @property
    def lead(self) -> Entry:
        """The entry that is shown."""
        return self.entries[0]

    @property
    def everything(self) -> tuple[Entry, ...]:
        """Every entry that it stands for."""
        return self.entries + self.related + self.copies

    @property
    def ids(self) -> frozenset[int]:
        """The ids of all its entries."""
        return frozenset(entry.id for entry in self.everything)


def group(
    entries: Iterable[Entry], feeds: Sequence[str] = (), budget: Budget | None = None
) -> list[Cluster]:
    """Group entries into stories, each in the place of the first of its entries.

    Which entries are together depends on no order. `feeds` are addresses in the order of the
    configuration. What the budget has no room for stays apart.
    """
    given, budget = list(entries), budget or Budget()
    copies = older_copies(given)
    older = {copy.id for same in copies.values() for copy in same}
    shown = [entry for entry in given if entry.id not in older]
    candidates = _newest_first(read_candidates(shown, feeds, budget, copies))
    same = [_leading_first(story) for story in _same(candidates, budget)]
    place = {entry.id: at for at, entry in enumerate(given)}
    clusters = [_cluster(alike, copies) for alike in _alike(same, budget)]
    return sorted(
        clusters, key=lambda cluster: min(place[entry.id] for entry in cluster.everything)
    )


def _newest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(
        candidates, key=lambda candidate: (candidate.entry.dated, candidate.entry.id), reverse=True
    )


def _leading_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The entries of a story: article by article as they were first seen, its own site first."""
    began: dict[str | int, Seen] = {}
    for candidate in candidates:
        began[candidate.article] = min(began.get(candidate.article, candidate.seen), candidate.seen)
    return sorted(
        candidates,
        key=lambda candidate: (began[candidate.article], candidate.distance, candidate.seen),
    )


def _same(candidates: Sequence[Candidate], budget: Budget) -> list[list[Candidate]]:
    """Those with the same link or the same title, and each of the rest by itself.

    A title that two may come up with needs a witness: the same text, author or picture.
    """
    home = {candidate.entry.id: [candidate] for candidate in candidates}
    _join(home, candidates, lambda candidate: candidate.link, _same_by_link, budget)
    _join(home, candidates, _titled, _same_by_title, budget)
    titles = Counter(candidate.title.key for candidate in candidates)
    shared = [candidate for candidate in candidates if titles[candidate.title.key] > 1]
    _join(home, shared, _witnessed(text_witness), _same_by_text, budget)
    for witness in (author_witness, picture_witness):
        _join(home, shared, _witnessed(witness), _same_by_witness, budget)
    _join(home, candidates, _text_of, _same_by_longer_title, budget)
    return _distinct(home.values())


def _titled(candidate: Candidate) -> str:
    title = candidate.title
    return title.key if title.tells_one(constants.TELLING_OF_DOCUMENT) else ""


def _text_of(candidate: Candidate) -> str:
    return text_witness(candidate.entry, candidate.title)


def _witnessed(witness: Callable[[Entry, Title], str]) -> Callable[[Candidate], str]:
    def name(candidate: Candidate) -> str:
        seen = candidate.title.key and witness(candidate.entry, candidate.title)
        return f"{candidate.title.key}\n{seen}" if seen else ""

    return name


def _join(
    home: dict[int, list[Candidate]],
    candidates: Sequence[Candidate],
    name: Callable[[Candidate], str],
    may: Callable[[Candidate, Candidate], bool],
    budget: Budget,
) -> None:
    """Join the homes of entries that share a name, where all of one may stand beside the other.

    A name that two entries of one feed have says nothing of these, and no less of the others.
    """
    by_name: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_name[name(candidate)].append(candidate)
    for named, same in by_name.items():
        if not named:
            continue
        joined: list[list[Candidate]] = []
        for theirs in _distinct(home[candidate.entry.id] for candidate in _only_ones(same)):
            mine = next((mine for mine in joined if _fit(mine, theirs, may, budget)), None)
            if mine is None:
                joined.append(theirs)
                continue
            mine += theirs
            home.update((moved.entry.id, mine) for moved in theirs)


def _only_ones(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that are the only one of their feed."""
    times = Counter(candidate.entry.feed_url for candidate in candidates)
    return [candidate for candidate in candidates if times[candidate.entry.feed_url] == 1]


def _distinct(lists: Iterable[list[_T]]) -> list[list[_T]]:
    return list({id(members): members for members in lists}.values())


def _fit(
    story: Sequence[Candidate],
    other: Sequence[Candidate],
    may: Callable[[Candidate, Candidate], bool],
    budget: Budget,
) -> bool:
    if not budget.takes(
        len(story) * len(other) * (story[0].title.terms + other[0].title.terms + 1)
    ):
        return False
    feeds = {candidate.entry.feed_url for candidate in story}
    return all(candidate.entry.feed_url not in feeds for candidate in other) and all(
        may(a, b) for a in story for b in other
    )


def _same_by_link(candidate: Candidate, other: Candidate) -> bool:
    return not are_other_releases(candidate.title, other.title)


def are_other_releases(title: Title, other: Title) -> bool:
    """Whether two titles name other versions, so that a link of both is a page of all releases."""
    return differ(_releases(title), _releases(other))


def _releases(title: Title) -> dict[str, frozenset[str]]:
    versions = title.numbers.get("version", frozenset())
    return {"version": frozenset(version for version in versions if "." in version)}


def _same_by_title(candidate: Candidate, other: Candidate) -> bool:
    first, second = candidate.title, other.title
    part = _enough(candidate, other)
    return (
        first.tells_one(part)
        and second.tells_one(part)
        and not (first.source and second.source and first.source != second.source)
        and _same_by_witness(candidate, other)
    )


def _enough(candidate: Candidate, other: Candidate) -> float:
    """How much a title has to tell, of what it needs: less where one entry only points there."""
    texts = has_text(candidate.entry) + has_text(other.entry)
    if texts < 2 and (candidate.title.marked or other.title.marked):
        return constants.TELLING_OF_DOCUMENT
    return constants.TELLING_OF_LINK if texts == 1 else 1.0


def _same_by_witness(candidate: Candidate, other: Candidate) -> bool:
    return _close(candidate, other) and not contradict(candidate.title, other.title)


def _same_by_text(candidate: Candidate, other: Candidate) -> bool:
    return _same_by_witness(candidate, other) and same_text(candidate.entry, other.entry)


def _same_by_longer_title(candidate: Candidate, other: Candidate) -> bool:
    return is_in_title(candidate.title, other.title) and _same_by_text(candidate, other)


def _close(candidate: Candidate, other: Candidate) -> bool:
    return abs(candidate.entry.dated - other.entry.dated) < constants.NEWS_FOR


def _alike(same: Sequence[list[Candidate]], budget: Budget) -> list[list[list[Candidate]]]:
    """Stories put together by their leading titles, the most alike first.

    One joins others where it is like at least half of them, and contradicts none.
    """
    titles = [story[0].title for story in same]

    def may(a: int, b: int) -> bool:
        first, second = same[a][0], same[b][0]
        return first.entry.feed_url != second.entry.feed_url and _close(first, second)

    pairs = {(a, b): score for a, b, score in likely_pairs(titles, may, budget)}
    together = {at: [at] for at in range(len(same))}
    for a, b in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        mine, theirs = together[a], together[b]
        if mine is not theirs and _agree(mine, theirs, pairs.keys(), titles, budget):
            mine += theirs
            together.update((at, mine) for at in theirs)
    return [[same[at] for at in members] for members in _distinct(together.values())]


def _agree(
    mine: Sequence[int],
    theirs: Sequence[int],
    pairs: Collection[tuple[int, int]],
    titles: Sequence[Title],
    budget: Budget,
) -> bool:
    if len(mine) + len(theirs) > _MOST_TOGETHER:
        return False
    across = [(min(a, b), max(a, b)) for a in mine for b in theirs]
    if not budget.takes(sum(titles[a].terms + titles[b].terms for a, b in across)):
        return False
    alike = sum(pair in pairs for pair in across)
    return alike * 2 >= len(across) and not any(contradict(titles[a], titles[b]) for a, b in across)


def _cluster(
    alike: Sequence[Sequence[Candidate]], copies: Mapping[int, tuple[Entry, ...]]
) -> Cluster:
    # "Larder 3.0 is out" on a link site came before the release itself, which two others point to.
    first, *rest = sorted(
        alike, key=lambda story: (-len(story), min(candidate.seen for candidate in story))
    )
    entries = tuple(candidate.entry for candidate in first)
    related = tuple(candidate.entry for candidate in chain.from_iterable(rest))
    older = (copies.get(entry.id, ()) for entry in entries + related)
    return Cluster(entries, related, tuple(chain.from_iterable(older)))
