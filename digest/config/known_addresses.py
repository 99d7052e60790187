"""What the address of a page of a well-known service stands for: a source of a kind, or a feed.

Everything that takes addresses asks here: the file, `feeds add`, `discover`, `test`, `init`, OPML.
"""

from __future__ import annotations

import re
from itertools import groupby

from digest.config.known_pages import PAGES, Page

_SCHEMES = {"http", "https"}
# What says to be a feed is one, wherever it is.
_FEED = r"[^?]*\.(?:atom|rss|rdf|xml)(?:\?.*)?|.*[?&](?:alt|feed|format)=(?:atom|rss).*"
_END = r"/?(?:[?&].*)?"


def _domain(page: Page) -> str:
    """The last two labels of its host's name."""
    return ".".join(page.example.split("/")[2].rsplit(".", 2)[-2:])


# Compiled when an address of the domain is met: most files name few of them.
_PAGES = {
    domain: [(page.pattern + _END, page.source) for page in pages]
    for domain, pages in groupby(sorted(PAGES, key=_domain), _domain)
}


def known_source(address: str) -> str:
    """The short form, or the feed's address, that a page's address stands for; else itself.

    Of what is known already nothing else is made.
    """
    scheme, _, rest = address.partition("://")
    # There may be thousands of addresses, and nearly all of them end here.
    host, slash, path = rest.partition("/")
    pages = _PAGES.get(".".join(host.rsplit(".", 2)[-2:]))
    if not pages or scheme not in _SCHEMES:
        return address
    place = f"{host}{slash}{path.partition('#')[0]}"
    if re.fullmatch(_FEED, place):
        return address
    matches = ((re.fullmatch(pattern, place), source) for pattern, source in pages)
    return next(
        (source.format_map(found.groupdict()) for found, source in matches if found), address
    )
