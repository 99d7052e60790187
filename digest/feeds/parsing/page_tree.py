"""A web page as a tree of bounded size, and what can be read of its elements."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from digest.feeds.limits import MAX_HTML, MAX_LINK, MAX_TITLE
from digest.feeds.parsing.dates import read_date
from digest.feeds.text import absolute_link

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml import etree

    Element = etree._Element  # noqa: SLF001 - the type has no other name

# Of a page that is larger, what is beyond is left out; a browser stops at 512 deep.
_MOST_ELEMENTS = 300_000
_DEEPEST = 250
_MOST_ATTRIBUTES = 60
# What nobody reads.
_UNREAD = {"script", "style", "template"}
# What stands between a date and other words, as in "Ada | 12 May 2026 | 5 minutes".
_BESIDE_A_DATE = re.compile(r"\s*[·•|()]\s*|\s+[-–—]\s+")
# Longer texts are no date with a few words beside it.
_LONGEST_DATE_LINE = 300


def page_tree(body: bytes) -> Element | None:
    """The tree of an HTML document in UTF-8 of any bytes, without scripts; None if it is empty."""
    # Only worker processes need it; the daemon stays small.
    from lxml import etree

    parser = etree.HTMLParser(
        target=_Builder(etree.TreeBuilder()),  # type: ignore[arg-type] # as in page_links.py
        encoding="utf-8",
        no_network=True,
        # Its own bounds refuse a whole page that ours only shorten.
        huge_tree=True,
    )
    tree = None
    # Markup that cannot be read, or nothing to read, ends in an error.
    with suppress(etree.LxmlError, AssertionError):
        tree = etree.fromstring(body.replace(b"\0", b""), parser)
    return tree


class _Builder:
    """Builds a tree of what lxml's parser comes by, as far as its bounds go."""

    def __init__(self, tree: etree.TreeBuilder) -> None:
        self._tree = tree
        self._left = _MOST_ELEMENTS
        # Of each element that is open, whether it is in the tree.
        self._open: list[bool] = []
        self._unread = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element."""
        self._unread += tag in _UNREAD
        is_built = not self._unread and self._left > 0 and len(self._open) < _DEEPEST
        self._open.append(is_built)
        if is_built:
            self._left -= 1
            self._tree.start(tag, dict(islice(attributes.items(), _MOST_ATTRIBUTES)))

    def end(self, tag: str) -> None:
        """Close an element."""
        self._unread -= tag in _UNREAD
        if self._open.pop():
            self._tree.end(tag)

    def data(self, text: str) -> None:
        """Add text to what is open."""
        if not self._unread and self._open:
            self._tree.data(text)

    def close(self) -> Element:
        """The tree, as the parser's protocol has it."""
        return self._tree.close()


def base_of(page: Element, url: str) -> str:
    """What the addresses of a page from `url` are relative to (HTML Standard, 4.2.3)."""
    base = page.find(".//base[@href]")
    return absolute_link(url, base.get("href", ""), MAX_LINK) or url if base is not None else url


def text_of(element: Element, limit: int = MAX_TITLE) -> str:
    """All text in an element, on one line, of about `limit` characters."""
    pieces, size = [], 0
    for piece in element.itertext():
        pieces.append(str(piece))
        size += len(piece)
        # White space between elements may be most of it.
        if size > 8 * limit:
            break
    return " ".join("".join(pieces).split())[:limit]


def html_of(element: Element) -> str:
    """An element as HTML; only its beginning, where it is long."""
    from lxml import etree

    whole = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return whole[:MAX_HTML]


def link_of(element: Element) -> str:
    """Where an element leads: by itself, by the first link in it, or by one that it is in."""
    if href := element.get("href"):
        return href
    inside = next(element.iter("a"), None)
    around = inside if inside is not None else next(element.iterancestors("a"), None)
    return around.get("href", "") if around is not None else ""


def image_of(element: Element) -> str:
    """The address of a picture: of the element, or of the first picture in it.

    Where a script is to load it later, its address is in an attribute that has no standard.
    """
    picture = next(element.iter("img"), element)
    addresses = (picture.get(name, "") for name in ("data-src", "data-lazy-src", "src", "content"))
    return next((address for address in addresses if address), "")


def date_of(element: Element) -> datetime | None:
    """The moment that an element names: in `datetime`, or in its text."""
    timed = element if element.get("datetime") else element.find(".//time[@datetime]")
    stated = read_date(timed.get("datetime", "")) if timed is not None else None
    return stated or date_in(text_of(element, _LONGEST_DATE_LINE))


def date_in(text: str) -> datetime | None:
    """The moment that a line names, alone or beside a few words."""
    parts = (text, *_BESIDE_A_DATE.split(text))
    return (
        next(filter(None, map(read_date, parts)), None) if len(text) <= _LONGEST_DATE_LINE else None
    )
