"""All that is known of a feed, kept in memory: the diff without a store."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.feeds.diff import Changes, diff
from digest.feeds.identity import IdentityChoice, identify
from digest.feeds.names import CONTENT_KINDS, kind_of
from digest.model import KnownEntry, ParsedEntry, ParsedFeed


@dataclass
class Memory:
    """Reads bodies one after another, as polling does; `how` is the feed's `identity`."""

    how: IdentityChoice = "auto"
    known: dict[int, KnownEntry] = field(default_factory=dict)
    last: set[int] = field(default_factory=set)

    def read(self, *entries: ParsedEntry, format: str = "rss20", home: str = "") -> Changes:  # noqa: A002
        return self.read_feed(ParsedFeed("A feed", entries, format, home))

    def read_feed(self, feed: ParsedFeed) -> Changes:
        keyed = identify(feed, self.how)
        asked = {name for one in keyed for name in one.names}
        found = [self._asked(one, asked) for one in self.known.values() if one.names & asked]
        changes = diff(keyed, found)
        self.last = {one.known.id for one in changes.recognised}
        for one in changes.recognised:
            old = self.known[one.known.id]
            gone = {name for name in old.names if one.edited and kind_of(name) in CONTENT_KINDS}
            names = old.names - gone | set(one.new_names)
            link = one.keyed.entry.link if one.edited else old.link
            self.known[old.id] = KnownEntry(
                old.id, old.key, one.keyed.fingerprint, link, frozenset(names)
            )
        for new in changes.new:
            number = len(self.known)
            self.last.add(number)
            self.known[number] = KnownEntry(
                number, new.key, new.fingerprint, new.entry.link, frozenset(new.names)
            )
        keys = [one.key for one in self.known.values()]
        assert len(keys) == len(set(keys)), "two entries with one key, which a store refuses"
        return changes

    def _asked(self, one: KnownEntry, asked: set[str]) -> KnownEntry:
        return KnownEntry(
            one.id, one.key, one.fingerprint, one.link, one.names & asked, one.id in self.last
        )

    def titles(self, *entries: ParsedEntry, format: str = "rss20", home: str = "") -> list[str]:  # noqa: A002
        """The titles of what is new in a body of these entries."""
        return [new.entry.title for new in self.read(*entries, format=format, home=home).new]
