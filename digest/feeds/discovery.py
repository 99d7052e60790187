"""Finding the feeds of a web page: what it links to, and where feeds usually are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from digest.feeds.comments import is_of_comments
from digest.feeds.page_links import PageLink, links_of_header, links_of_page
from digest.feeds.text import absolute_link

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINKS = 20
_MAX_LINK = 4_096
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Of a source that is no feed, in which a space may be one.
_SHORT_FORM = re.compile(r"[a-z][a-z0-9+.-]*:(?!//)", re.IGNORECASE)
# What feed readers and programs for podcasts register for themselves, and what it is on the web.
_FEED_SCHEMES = {
    **dict.fromkeys(("feed", "rss", "itpc", "pcast", "podcast"), "http"),
    **dict.fromkeys(("feeds", "itpcs"), "https"),
}
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
# Ranks of links, of which the least is likeliest.
_DECLARED, _HAS_ADDRESS, _LEADS_ELSEWHERE, _CALLED, _OF_COMMENTS = range(5)


def feed_links(body: bytes, url: str, header: str = "") -> tuple[str, ...]:
    """The feeds a web page from `url` links to, the likeliest first, at most 20.

    What the page or its `Link` header declares to be a feed comes before what has the address of
    one. What is only called a feed, and where the page leads on to by itself, count where none is
    declared. Feeds of comments come last. Takes any bytes; addresses are absolute.
    """
    found = [(*pair, _rank(*pair, url)) for pair in _found(body, url, header)]
    any_declared = any(rank == _DECLARED for _, _, rank in found)
    ranks: dict[str, int] = {}
    for link, address, rank in found:
        if link.is_declared or link.has_feed_address or not any_declared:
            ranks[address] = min(rank, ranks.get(address, rank))
    # In the order of the page within each rank.
    return tuple(sorted(ranks, key=ranks.__getitem__)[:_MOST_LINKS])


def _found(body: bytes, url: str, header: str) -> Iterator[tuple[PageLink, str]]:
    """The links of a header and a page that lead elsewhere, with their absolute addresses."""
    page = links_of_page(body)
    base = absolute_link(url, plain_address(page.base), _MAX_LINK) or url
    placed = [(url, link) for link in links_of_header(header)]
    for place, link in [*placed, *((base, link) for link in page.links)]:
        address = urldefrag(absolute_link(place, plain_address(link.href), _MAX_LINK)).url
        if address not in ("", url):
            yield link, address


def _rank(link: PageLink, address: str, url: str) -> int:
    if is_of_comments(link.href, link.label):
        return _OF_COMMENTS
    if link.is_declared:
        return _DECLARED
    if not link.has_feed_address:
        return _CALLED
    return _HAS_ADDRESS if urlsplit(address).netloc == urlsplit(url).netloc else _LEADS_ELSEWHERE


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
    address = plain_address(text)
    return address if _SCHEME.match(address) else f"https://{_encoded(address)}"


def web_addresses(text: str) -> tuple[str, ...]:
    """The web addresses that a text may mean: without a scheme that by https, then that by http.

    A password is sent by no guess without encryption.
    """
    address = web_address(text)
    if address == plain_address(text) or urlsplit(address).username is not None:
        return (address,)
    return address, f"http{address.removeprefix('https')}"


def plain_address(address: str) -> str:
    """An address as a browser has it, and of http or https where it is of a scheme for feeds.

    White space around it and line ends in it say nothing (URL Standard, 4.4), and a space in it is
    percent-encoded. `feed://host/` and `feed:https://host/` are what http and https are, and
    programs for podcasts have such schemes too.
    """
    address = address.strip()
    scheme, _, rest = address.partition(":")
    http = _FEED_SCHEMES.get(scheme.lower()) if rest else None
    if not http:
        return address if _SHORT_FORM.match(address) else _encoded(address)
    whole = _encoded(rest).removeprefix("//")
    return whole if whole.lower().startswith(("http:", "https:")) else f"{http}://{whole}"


def _encoded(address: str) -> str:
    return re.sub(r"\s", lambda space: quote(space[0]), re.sub(r"[\t\r\n]", "", address))
