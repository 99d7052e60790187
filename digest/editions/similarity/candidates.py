"""Entries with what they are compared by: their links and titles, read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from digest.editions.similarity.leads import distance
from digest.editions.similarity.links import article_key
from digest.editions.similarity.terms import LONGEST, fold
from digest.editions.similarity.titles import UNREAD, Title, read_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.editions.similarity.budget import Budget
    from digest.model import Entry

# When an entry was first seen, the place of its feed in the configuration, and its number.
Seen = tuple[datetime, int, int]
# What reading a title takes is about its words.
_LETTERS = 6


class Candidate(Struct, frozen=True):
    """An entry, with what its link and its title come to.

    `seen` is when, and by the place of its feed after which others; `distance` is how far that is
    from the site of the link.
    """

    entry: Entry
    link: str
    title: Title
    seen: Seen
    distance: int

    @property
    def article(self) -> str | int:
        """What is the same for entries of one link."""
        return self.link or self.entry.id


def read_candidates(
    entries: Iterable[Entry],
    feeds: Sequence[str],
    budget: Budget,
    copies: Mapping[int, tuple[Entry, ...]],
) -> Iterator[Candidate]:
    """Entries with what they are compared by; of those beyond the budget that is nothing.

    Feeds take turns, the newest of each first, so that what one says leaves room for the others.
    """
    in_turns = _in_turns(entries)
    sites, order = _sites(in_turns), {url: at for at, url in enumerate(feeds)}
    for entry in in_turns:
        has_room = budget.takes(1 + min(len(entry.title), LONGEST) // _LETTERS)
        title = read_title(entry.title, sites) if has_room else UNREAD
        # What a feed has several entries at may be a page, and says nothing of other feeds.
        link = "" if entry.id in copies else _link(entry)
        seen = (entry.first_seen_at, order.get(entry.feed_url, len(order)), entry.id)
        yield Candidate(entry, link, title, seen, distance(link, entry))


def _in_turns(entries: Iterable[Entry]) -> list[Entry]:
    turns: Counter[str] = Counter()
    taken = []
    for entry in sorted(entries, key=lambda entry: (entry.dated, entry.id), reverse=True):
        turns[entry.feed_url] += 1
        taken.append((turns[entry.feed_url], entry))
    return [entry for _, entry in sorted(taken, key=lambda turn: turn[0])]


def _sites(entries: Iterable[Entry]) -> frozenset[str]:
    """What sites call themselves, which aggregators put behind titles."""
    titles = {entry.feed_title for entry in entries}
    addresses = {entry.feed_url for entry in entries} | {entry.feed_home for entry in entries}
    hosts = {(urlsplit(address).hostname or "").removeprefix("www.") for address in addresses}
    return frozenset(map(fold, titles | hosts)) - {""}


def _link(entry: Entry) -> str:
    link = article_key(entry.link)
    return "" if entry.feed_home and link == article_key(entry.feed_home) else link
