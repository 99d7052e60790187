"""Finding the feeds of a web page: what it links to, and where feeds usually are."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from digest.feeds.text import absolute_link

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_LINKS = 20
_MOST_TRIED = 500
_MOST_BYTES = 4_000_000
_MAX_LINK = 4_096
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
}
# Pages also announce their API, their sitemap and more in these.
_LOOSE_TYPES = {"application/json", "application/xml", "text/xml"}
_HINT = re.compile(r"feed|rss|atom", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"""
    ( (^|/)(feeds?|rss|atom)/?
    | (^|/)((feed|rss|atom|index)[\w-]*\.(xml|rdf)|feed\.json)
    | (^|/)feeds/posts/default
    | \.(rss|atom|rdf)
    | [?&](feed|format|alt)=(rss2?|atom|rdf)
    )($|[?&#])""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_USUAL_PATHS = (
    "feed",
    "rss",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "index.rdf",
    "feed.json",
    "feeds/posts/default",
)


def feed_links(body: bytes, url: str) -> tuple[str, ...]:
    """The feeds a web page from `url` links to, the likeliest first, at most 20.

    What is declared to be a feed (HTML Standard, 4.6.7.1) comes before what has the address of
    one, feeds of comments come last. Takes any bytes; addresses are absolute.
    """
    # Only worker processes need it; the daemon stays small.
    from lxml import etree

    # Markup and addresses are ASCII, so UTF-16 without its zeros will do.
    text = body[:_MOST_BYTES].replace(b"\0", b"").decode("utf-8", "replace")
    page = _Page(url)
    # As events, since a tree takes minutes for a tag of 100,000 attributes.
    parser = etree.HTMLParser(
        target=page,  # type: ignore[arg-type]  # the stubs ask for more than lxml does
        encoding="utf-8",
        no_network=True,
    )
    # What was read before markup that cannot be read counts.
    with suppress(etree.LxmlError):
        etree.fromstring(text.encode(), parser)
    return page.links()


def usual_addresses(url: str) -> tuple[str, ...]:
    """Where the feed of a page usually is: beside it, then at the root of its site."""
    folders = dict.fromkeys((urljoin(url, "."), urljoin(url, "/")))
    return tuple(urljoin(folder, path) for folder in folders for path in _USUAL_PATHS)


def is_of_the_site(found: str, asked: str) -> bool:
    """Whether what was found is at the host that was asked, and what was allowed there holds.

    The site's own network was meant, and not wherever its page leads.
    """
    return urlsplit(found).hostname == urlsplit(asked).hostname


def web_address(text: str) -> str:
    """The web address meant by what people and pages write, like `example.com` or `feed://...`."""
    address = without_feed_scheme(text.strip())
    return address if _SCHEME.match(address) else f"https://{address}"


def without_feed_scheme(address: str) -> str:
    """`feed://host/` and `feed:https://host/` are for feed readers what http and https are."""
    scheme, _, rest = address.partition(":")
    if scheme.lower() != "feed":
        return address
    whole = rest.removeprefix("//")
    return whole if whole.lower().startswith(("http:", "https:")) else f"http:{rest}"


class _Page:
    """What of an HTML document concerns feeds, noted as lxml's parser comes by it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._base = ""
        self._tried = 0
        self._noted: dict[str, int] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Notice an element."""
        href = without_feed_scheme(attributes.get("href", "").strip())
        if not href or len(href) > _MAX_LINK or self._tried >= _MOST_TRIED:
            return
        if tag == "base":
            # Of several the first holds (HTML Standard, 4.2.3).
            self._base = self._base or absolute_link(self._url, href, _MAX_LINK)
        elif tag in {"a", "area", "link"}:
            declared = _declared(attributes)
            if declared or (tag != "link" and _FEED_ADDRESS.search(href)):
                self._note(href, attributes.get("title", ""), declared=declared)

    def _note(self, href: str, title: str, *, declared: bool) -> None:
        self._tried += 1
        link = urldefrag(absolute_link(self._base or self._url, href, _MAX_LINK)).url
        if not link:
            return
        if _COMMENTS.search(href) or _COMMENTS.search(title):
            rank = 3
        elif declared:
            rank = 0
        else:
            rank = 1 if urlsplit(link).netloc == urlsplit(self._url).netloc else 2
        self._noted[link] = min(rank, self._noted.get(link, rank))

    def close(self) -> None:
        """Be done, as the parser's protocol has it."""

    def links(self) -> tuple[str, ...]:
        """The feeds, in the order of the page within each rank."""
        return tuple(sorted(self._noted, key=self._noted.__getitem__)[:_MOST_LINKS])


def _declared(attributes: Mapping[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if kind in _LOOSE_TYPES:
        hints = attributes.get("href", "") + attributes.get("title", "")
        return "alternate" in relations and bool(_HINT.search(hints))
    return "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES)
