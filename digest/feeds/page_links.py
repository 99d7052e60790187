"""The links of a web page that may lead to its feeds, from its markup and its headers."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_BYTES = 4_000_000
_MOST_LINKS = 500
_MAX_HREF = 4_096
# "Subscribe to our RSS feed", and no sentence.
_MAX_LABEL = 40
_FEED_TYPE = re.compile(r"(?:application|text)/(?:x[.-])?(?:(?:rss|atom|rdf)(?:\+xml)?|feed\+json)")
# Pages also announce their API, their sitemap and more in these.
_LOOSE_TYPES = {"application/json", "application/xml", "text/xml"}
_HINT = re.compile(r"feed|rss|atom", re.IGNORECASE)
_LABEL = re.compile(r"(?<![a-z])(?:rss|atom|feeds?)(?![a-z])", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""
    ( ^(feeds?|rss|itpcs?|pcast|podcast):.*
    | (^|/)(feeds?|rss|atom)/?
    | (^|/)((feed|rss|atom|index)[\w-]*\.(xml|rdf)|feed\.json)
    | (^|/)feeds/posts/default
    | \.(rss|atom|rdf)
    | [?&](feed|format|alt)=(rss2?|atom|rdf)
    )($|[?&#])""",
    re.IGNORECASE | re.VERBOSE,
)
# What pages of podcasts have among the data of their scripts.
_FEED_IN_DATA = re.compile(r'"feedUrl"\s*:\s*"(https?:[^"\s]{1,4096})"')
# What follows the seconds (HTML Standard, 4.2.5.3).
_REFRESH = re.compile(
    r"\s*(?:[\d.]+\s*)?[;,]\s*(?:url\s*=\s*)?+[\"']?(?P<href>[^\"'\s][^\"']*)", re.IGNORECASE
)
# A link of a header, and a parameter of it (RFC 8288, section 3).
_HEADER_LINK = re.compile(r'<([^<>]*)>((?:[^<>,"]|"[^"]*")*+)')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')


class PageLink(Struct, frozen=True):
    """A link as it stands there; `label` is all that people read of it."""

    href: str
    label: str
    is_declared: bool = False
    """To be a feed (HTML Standard, 4.6.7.1)."""

    @property
    def has_feed_address(self) -> bool:
        """Whether its address looks like that of a feed."""
        return bool(_ADDRESS.search(self.href))

    @property
    def is_called_feed(self) -> bool:
        """Whether it says that it leads to a feed."""
        return len(self.label) <= _MAX_LABEL and bool(_LABEL.search(self.label))


class PageLinks(Struct, frozen=True):
    """What may lead to feeds, in the order of the page, and what its addresses are relative to."""

    base: str
    links: tuple[PageLink, ...]


def links_of_page(body: bytes) -> PageLinks:
    """The links of an HTML document of any bytes, 500 at most."""
    # Only worker processes need it; the daemon stays small.
    from lxml import etree

    # Markup and addresses are ASCII, so UTF-16 without its zeros will do.
    text = body[:_MOST_BYTES].replace(b"\0", b"").decode("utf-8", "replace")
    page = _Page()
    # As events, since a tree takes minutes for a tag of 100,000 attributes.
    parser = etree.HTMLParser(
        target=page,  # type: ignore[arg-type]  # the stubs ask for more than lxml does
        encoding="utf-8",
        no_network=True,
    )
    # What was read before markup that cannot be read counts.
    with suppress(etree.LxmlError):
        etree.fromstring(text.encode(), parser)
    return PageLinks(page.base, (*page.links, *_link_in_data(text)))


def _link_in_data(text: str) -> Iterator[PageLink]:
    """The first feed that a page's data names: later ones are of what it recommends."""
    if found := _FEED_IN_DATA.search(text):
        with suppress(ValueError):
            yield PageLink(str(json.loads(f'"{found[1]}"')), "", is_declared=True)


def links_of_header(header: str) -> Iterator[PageLink]:
    """The feeds that `Link` headers declare (RFC 8288)."""
    for href, parameters in islice(_HEADER_LINK.findall(header), _MOST_LINKS):
        attributes = {"href": href}
        for name, quoted, bare in _PARAMETER.findall(parameters):
            # Of several the first holds (RFC 8288, section 3.3).
            attributes.setdefault(name.lower(), quoted or bare)
        if _is_declared(attributes):
            yield PageLink(href, attributes.get("title", ""), is_declared=True)


class _Page:
    """What of an HTML document concerns feeds, noted as lxml's parser comes by it."""

    def __init__(self) -> None:
        self.base = ""
        self.links: list[PageLink] = []
        # The attributes and the text of an anchor, while it is open.
        self._anchor: Mapping[str, str] | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Notice an element."""
        if tag in {"a", "area"}:
            self._end_anchor()
            self._anchor = attributes
            self._text = [attributes.get(name, "") for name in ("title", "aria-label", "alt")]
        elif tag == "link":
            if _is_declared(attributes):
                self._note(attributes, attributes.get("title", ""), is_declared=True)
        elif tag == "base":
            # Of several the first holds (HTML Standard, 4.2.3).
            self.base = self.base or attributes.get("href", "")
        elif tag == "img":
            self.data(attributes.get("alt", ""))
        elif tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            self._note_refresh(attributes.get("content", ""))

    def data(self, text: str) -> None:
        """Notice text."""
        if self._anchor is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """Notice the end of an element."""
        if tag in {"a", "area"}:
            self._end_anchor()

    def close(self) -> None:
        """Be done, as the parser's protocol has it."""
        self._end_anchor()

    def _end_anchor(self) -> None:
        if self._anchor is None:
            return
        attributes, self._anchor = self._anchor, None
        label = " ".join(" ".join(self._text).split())
        self._note(attributes, label, is_declared=_is_declared(attributes))

    def _note_refresh(self, content: str) -> None:
        """Notice where the page leads on to by itself."""
        if len(content) > _MAX_HREF or len(self.links) >= _MOST_LINKS:
            return
        if refresh := _REFRESH.match(content):
            self.links.append(PageLink(refresh["href"].strip(), ""))

    def _note(self, attributes: Mapping[str, str], label: str, *, is_declared: bool) -> None:
        href = attributes.get("href", "").strip()
        if not href or len(href) > _MAX_HREF or len(self.links) >= _MOST_LINKS:
            return
        link = PageLink(href, label, is_declared)
        if is_declared or link.has_feed_address or link.is_called_feed:
            self.links.append(link)


def _is_declared(attributes: Mapping[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if kind in _LOOSE_TYPES:
        hints = attributes.get("href", "") + attributes.get("title", "")
        return "alternate" in relations and bool(_HINT.search(hints))
    return "feed" in relations or ("alternate" in relations and bool(_FEED_TYPE.fullmatch(kind)))
