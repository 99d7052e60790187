"""Which entry is which: a stable key for every entry of a feed.

The key is the entry's guid, its link or a hash of its content, as the feed said it: the first that
tells it apart from the rest of its body. By the aliases beside it the diff recognises the entry
when a feed changes its mind about one of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from digest.feeds.aliases import (
    GUID,
    LINK,
    WHOLE,
    all_fields,
    bare_link,
    content_alias,
    content_aliases,
    digest_of,
    guid_aliases,
    kind_of,
    link_aliases,
)
from digest.model import KeyedEntry, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IdentityChoice = Literal["auto", "guid", "link", "content"]


class _AliasedEntry(NamedTuple):
    """An entry, all its aliases, and those to trust where they are unique."""

    entry: ParsedEntry
    names: tuple[str, ...]
    trusted: tuple[str, ...]


def identify(feed: ParsedFeed, how: IdentityChoice = "auto") -> tuple[KeyedEntry, ...]:
    """Key the entries of a body, in their order; copies and older revisions are left out.

    `how` is what the operator chose: with `auto`, guid, link and content are trusted in this order,
    each only where it is unique in the body. The others are trusted alone, wherever an entry has
    it, and entries that share it are one.
    """
    distinct: dict[tuple[str, ...], ParsedEntry] = {}
    for entry in feed.entries:
        distinct.setdefault(all_fields(entry), entry)
    named = [_aliased(entry, feed.link, how) for entry in distinct.values()]
    named = _without_older_revisions(named, feed.format, how)
    times = Counter(chain.from_iterable(aliased.names for aliased in named))
    shared = {name for name, count in times.items() if count > 1}
    return tuple(_keyed(aliased, shared) for aliased in named)


def _keyed(aliased: _AliasedEntry, shared: set[str]) -> KeyedEntry:
    telling = aliased.trusted
    if not shared.isdisjoint(telling):
        telling = tuple(name for name in telling if name not in shared)
    entry, names, _ = aliased
    key = next(_candidates(entry, names, telling))
    return KeyedEntry(key, _fingerprint(entry), entry, names, telling)


def choice(feed: ParsedFeed, how: IdentityChoice = "auto") -> Counter[str]:
    """How many entries of a body are told apart by `guid`, by `link` and by `content`."""
    kinds = (keyed.key.partition(":")[0] for keyed in identify(feed, how))
    return Counter("content" if kind == "hash" else kind for kind in kinds)


def candidate_keys(keyed: KeyedEntry) -> Iterator[str]:
    """The keys an entry may have, best first; the last is of everything it says."""
    return _candidates(keyed.entry, keyed.names, keyed.telling)


def whole_key(keyed: KeyedEntry) -> str:
    """The key of everything an entry says."""
    return _whole(keyed.names)


def _candidates(entry: ParsedEntry, names: Sequence[str], telling: Sequence[str]) -> Iterator[str]:
    for kind, value in ((GUID, entry.guid), (LINK, entry.link)):
        if any(name.startswith(f"{kind}:") for name in telling):
            yield f"{kind}:{value}"
    yield _whole(names)


def _whole(names: Sequence[str]) -> str:
    # Every entry has this name, at the end or near it.
    name = next(name for name in reversed(names) if name.startswith(f"{WHOLE}:"))
    return f"hash:{name.removeprefix(f'{WHOLE}:')}"


def _aliased(entry: ParsedEntry, home: str, how: IdentityChoice) -> _AliasedEntry:
    guid = guid_aliases(entry.guid, home, trusting=how == "guid")
    link = link_aliases(entry.link, home, trusting=how == "link")
    content = content_aliases(entry)
    names = (*guid, *link, *content)
    if how == "auto":
        return _AliasedEntry(entry, names, names)
    trusted: tuple[str, ...] = link or content
    if how == "content":
        trusted = (content_alias(entry),)
    elif how == "guid" and guid:
        trusted = guid
    return _AliasedEntry(entry, tuple(dict.fromkeys((*names, *trusted))), trusted)


def _without_older_revisions(
    named: list[_AliasedEntry], form: str, how: IdentityChoice
) -> list[_AliasedEntry]:
    """The newest of each, where a feed lists several revisions (RFC 4287, section 4.1.1)."""
    groups = [
        (aliased.entry.guid, aliased.entry.link) if how == "auto" else aliased.trusted[:1]
        for aliased in named
    ]
    if len(set(groups)) == len(named):
        return named
    newest_first = sorted(range(len(named)), key=lambda n: _time(named[n].entry), reverse=True)
    kept: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n in newest_first:
        same = kept[groups[n]]
        if how == "auto":
            is_older = any(_are_revisions(named[n], named[m], form) for m in same)
        else:
            is_older = bool(same)
        if not is_older:
            same.append(n)
    return [named[n] for n in sorted(n for same in kept.values() for n in same)]


def _are_revisions(left: _AliasedEntry, right: _AliasedEntry, form: str) -> bool:
    """Whether two entries with the same guid and link are one."""
    if GUID not in map(kind_of, left.names):
        return False
    entry, other = left.entry, right.entry
    same_title = entry.title == other.title
    same_date = entry.published is not None and entry.published == other.published
    # In these formats the guid of an entry is its own for ever; RSS generators are less careful.
    if form.startswith(("atom", "json")):
        return same_title or same_date
    return same_title and (same_date or entry.html == other.html)


def _time(entry: ParsedEntry) -> float:
    return entry.published.timestamp() if entry.published else 0.0


def _fingerprint(entry: ParsedEntry) -> str:
    return digest_of(entry.title, bare_link(entry.link), entry.author, entry.html)
