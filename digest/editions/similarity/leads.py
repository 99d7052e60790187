"""Which of several entries leads a story: nothing that publishers say of themselves decides it.

Of one link, the feed at whose own site it is leads, before any that only points to it. Else it is
who was seen first, and of those seen at once the first in the configuration.

A feed's own site is the host of its address, which the operator chose. The home page that it names
counts only where its host is inside that, or where the feed's is one that sites have for feeds:
`feeds.site.example` may speak for `site.example`, and `somebody.site.example` may not, since many
sites give such names to everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.editions.similarity.links import fold_host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry
_FOR_FEEDS = {"api", "atom", "backend", "cdn", "content", "feed", "feeds", "rss", "static", "xml"}
# What countries have names registered under: `co.uk`, `com.au`, `or.jp`.
_SHARED = {"ac", "co", "com", "edu", "gob", "gov", "go", "gouv", "ne", "net", "or", "org"}


def distance(link: str, entry: Entry) -> int:
    """How far an entry's feed is from the site that its folded link leads to: 0 if it is there."""
    host = link.partition("/")[0].partition(":")[0]
    own, home = _host(entry.feed_url), _host(entry.feed_home)
    if not host or not own:
        return 2
    if host == own:
        return 0
    label, _, above = own.partition(".")
    trusted = home and (_is_inside(home, own) or (label in _FOR_FEEDS and above == home))
    return 1 if _is_inside(host, own) or (trusted and host == home) else 2


def publishers(entries: Iterable[Entry]) -> int:
    """How many different sites have a story: several feeds of one publisher are one."""
    return len({_site(_host(entry.feed_url)) for entry in entries})


def _site(host: str) -> str:
    """The name that was registered, by a guess: `a.co.uk` of `www.a.co.uk`, else two labels."""
    labels = host.split(".")
    if labels[-1].isdecimal():
        return host
    shared = len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SHARED
    return ".".join(labels[-3 if shared else -2 :])


def _is_inside(host: str, other: str) -> bool:
    return host == other or host.endswith(f".{other}")


def _host(address: str) -> str:
    try:
        return fold_host(urlsplit(address).hostname or "")
    except ValueError:
        return ""
