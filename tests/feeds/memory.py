"""All that is known of a feed, kept in memory: the diff without a store."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from digest.feeds.aliases import CONTENT_KINDS, kind_of
from digest.feeds.diff import Changes, diff
from digest.feeds.identity import IdentityChoice, candidate_keys, identify
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
        names = {name for one in keyed for name in one.names}
        keys = {key for one in keyed for key in candidate_keys(one)}
        found = [
            replace(one, in_last_body=one.id in self.last)
            for one in self.known.values()
            if one.names & names or one.key in keys
        ]
        changes = diff(keyed, found)
        self.last = {one.known.id for one in changes.recognised}
        for one in changes.recognised:
            old = self.known[one.known.id]
            gone = {name for name in old.names if one.edited and kind_of(name) in CONTENT_KINDS}
            called = old.names - gone | set(one.new_names)
            said = one.keyed.entry if one.edited else old
            self.known[old.id] = replace(
                old,
                fingerprint=one.keyed.fingerprint,
                names=called,
                title=said.title,
                link=said.link,
            )
        for new in changes.new:
            number = len(self.known)
            self.last.add(number)
            self.known[number] = KnownEntry(
                number,
                new.key,
                new.fingerprint,
                frozenset(new.names),
                title=new.entry.title,
                link=new.entry.link,
                published=new.entry.published,
            )
        every = [one.key for one in self.known.values()]
        assert len(every) == len(set(every)), "two entries with one key, which a store refuses"
        return changes

    def titles(self, *entries: ParsedEntry, format: str = "rss20", home: str = "") -> list[str]:  # noqa: A002
        """The titles of what is new in a body of these entries."""
        return [new.entry.title for new in self.read(*entries, format=format, home=home).new]
