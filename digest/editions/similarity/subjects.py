"""Articles of one feed on one subject: a heading of the feed's own words, and an order to read in.

Titles are on one subject where they share words that make up a good part of each.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from digest.editions.similarity import constants
from digest.editions.similarity.budget import Budget
from digest.editions.similarity.terms import tokens, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from digest.editions.similarity.stories import Cluster

# More stories of a feed, or more sets of words that they share, take long to compare.
_MOST_STORIES, _MOST_CANDIDATES = 100, 200
_MARKS = re.compile(r"[:|•·»()\[\]?!;]|\s[-–—]+\s")
# What may stand before a heading, where a title begins with it.
_ARTICLE = re.compile(r"^(?:the|a|an|der|die|das|le|la|les|el|los|las)\s+$", re.IGNORECASE)


class _Span(NamedTuple):
    """Words of a title, and how much in them is not shared: other words, and marks twice."""

    others: int
    text: str


class _Term(NamedTuple):
    """A telling word of a title, or a product with its version: its root, and where it stands."""

    root: str
    marked: bool
    start: int
    end: int


class Words(Struct, frozen=True):
    """The roots of the telling words of a title, and those of them that are written like names."""

    roots: frozenset[str]
    marked: frozenset[str]


class _Titled(Struct, frozen=True):
    """A story with the telling words of its title."""

    cluster: Cluster
    terms: tuple[_Term, ...]
    words: Words

    @property
    def roots(self) -> frozenset[str]:
        return self.words.roots


def arrange(clusters: Iterable[Cluster], budget: Budget | None = None) -> list[Cluster]:
    """The stories, those on one subject with its heading as their `group`.

    Three or more of one feed on one subject stand together in the place of the first of them, in
    `reading_order`.
    """
    given, budget = list(clusters), budget or Budget()
    by_feed: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in given:
        by_feed[cluster.lead.feed_url].append(cluster)
    together = {
        cluster.lead.id: members
        for of_feed in by_feed.values()
        for members in _subjects(of_feed, budget)
        for cluster in members
    }
    arranged: dict[int, Cluster] = {}
    for cluster in given:
        if cluster.lead.id not in arranged:
            arranged |= {
                member.lead.id: member for member in together.get(cluster.lead.id, [cluster])
            }
    return list(arranged.values())


def reading_order(story: Cluster) -> tuple[int, datetime]:
    """What stories on one subject are sorted by: the number of the part, then the oldest first."""
    parts = [token.text for token in tokens(story.lead.title) if token.kind == "series"]
    return (int(parts[-1]) if parts and parts[-1].isdecimal() else 0, story.lead.dated)


def _subjects(clusters: Sequence[Cluster], budget: Budget) -> Iterator[list[Cluster]]:
    """The stories of each subject of one feed, that of the most stories first."""
    left = [_read(cluster) for cluster in clusters[:_MOST_STORIES]]
    site = {term.root for term in _terms(clusters[0].lead.feed_title)}
    while len(left) >= constants.SUBJECT_STORIES and budget.takes(len(left) ** 2):
        found = next(_groups(left, site), None)
        if not found:
            return
        heading, members = found
        stories = sorted((member.cluster for member in members), key=reading_order)
        yield [replace(story, group=heading) for story in stories]
        left = [member for member in left if member not in members]


def _read(cluster: Cluster) -> _Titled:
    terms = tuple(_terms(cluster.lead.title))
    return _Titled(cluster, terms, _words(terms))


def read_words(title: str) -> Words:
    """The telling words of a title."""
    return _words(tuple(_terms(title)))


def _words(terms: Iterable[_Term]) -> Words:
    terms = tuple(terms)
    return Words(
        frozenset(term.root for term in terms),
        frozenset(term.root for term in terms if term.marked),
    )


def _terms(title: str) -> Iterator[_Term]:
    before = ""
    for token in tokens(title):
        if token.kind in {"version", "count"} and before:
            yield _Term(f"{before} {token.text}", True, token.start, token.end)
        if token.kind != "word":
            before = ""
            continue
        read_word = word(title[token.start : token.end])
        before = read_word.terms[-1][0] if read_word.name and read_word.terms else ""
        for root, weight in read_word.terms:
            if weight >= constants.ORDINARY:
                yield _Term(root, weight >= constants.MARKED, token.start, token.end)


def _groups(titled: Sequence[_Titled], site: set[str]) -> Iterator[tuple[str, list[_Titled]]]:
    """Headings with their stories, the largest first, of two the one that says more."""
    candidates = Counter(
        shared
        for first, second in combinations(titled, 2)
        if (shared := first.roots & second.roots)
    )
    found = []
    for shared, _ in candidates.most_common(_MOST_CANDIDATES):
        members = [member for member in titled if shared <= member.roots]
        titles = [member.words for member in members]
        enough = len(members) >= constants.SUBJECT_STORIES and are_about(
            shared, titles, constants.SUBJECT_SHARE
        )
        if enough and not shared <= site:
            found.append((shared, members))
    found.sort(key=lambda group: sorted(group[0]))
    found.sort(key=lambda group: (len(group[0]) > 1, len(group[1]), len(group[0])), reverse=True)
    for shared, members in found:
        if heading := _heading(shared, members):
            yield heading, members


def are_about(shared: frozenset[str], titles: Sequence[Words], share: float) -> bool:
    """Whether the shared words are what the titles are about: such a share of the words of each.

    A single one has to be written like a name.
    """
    if len(shared) == 1 and not any(shared & title.marked for title in titles):
        return False
    return all(len(shared) >= share * len(title.roots) for title in titles)


def _heading(shared: frozenset[str], members: Sequence[_Titled]) -> str:
    """The words of a title that hold all that is shared and little else, as most titles say it."""
    spans = Counter(_span(member, shared) for member in members)
    best = min(spans, key=lambda span: (span.others, -spans[span], len(span.text), span.text))
    fits = len(best.text) <= constants.LONGEST_HEADING
    return best.text if fits and best.others <= constants.MOST_OTHER_WORDS else ""


def _span(titled: _Titled, shared: frozenset[str]) -> _Span:
    """The shortest run of words that holds all that is shared, from an article before it on."""
    title, terms = titled.cluster.lead.title, titled.terms
    run = _shortest(terms, shared)
    others = len({term.root for term in run} - shared)
    text = title[run[0].start : run[-1].end]
    if article := _ARTICLE.search(title[: run[0].start]):
        text = article[0] + text
    return _Span(others + 2 * len(_MARKS.findall(text)), text)


def _shortest(terms: Sequence[_Term], shared: frozenset[str]) -> Sequence[_Term]:
    """The shortest run of terms that has all that is shared, the first of several."""
    inside: Counter[str] = Counter()
    shortest, start = terms, 0
    for end, term in enumerate(terms, 1):
        inside[term.root] += term.root in shared
        while terms[start].root not in shared or inside[terms[start].root] > 1:
            inside[terms[start].root] -= terms[start].root in shared
            start += 1
            if start == end:
                break
        if end - start < len(shortest) and all(inside[root] for root in shared):
            shortest = terms[start:end]
    return shortest
