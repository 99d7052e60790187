"""Where an entry or a site may be read, by the links that a feed gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.feeds.parsing.feedparser_fields import details_in, text_in
from digest.feeds.parsing.media import RECORDINGS, kinds_in

if TYPE_CHECKING:
    from collections.abc import Iterator

Attributes = dict[str, str]

_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_PAGES = {"", "text/html", "html", "application/xhtml+xml", "xhtml"}
# RFC 4287, section 4.2.7.2: a registered relation may be written as its address.
_REGISTRY = "http://www.iana.org/assignments/relation/"
_PERMALINK = {"true", "1", "yes"}


def is_permalink(attributes: Attributes) -> bool:
    """Whether the attributes of a guid make it a link; without any it is one (RSS 2.0)."""
    return attributes.get("ispermalink", "true").strip().lower() in _PERMALINK


def is_web_address(identifier: str) -> bool:
    """Whether an id is an address, rather than only a name."""
    return _WEB.fullmatch(identifier) is not None


def link_from(attributes: Attributes) -> Attributes:
    """A link by the attributes of its element, its address as `href`."""
    link = {"rel": "alternate", **attributes}
    link["rel"] = link["rel"].removeprefix(_REGISTRY)
    if address := link.get("url", link.get("uri", link.get("href"))):
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = address
    return link


def page_links(parsed: Any) -> Iterator[str]:
    """The addresses of the page of an entry or a feed, the best first."""
    yield text_in(parsed, "link")
    alternates = [link for link in details_in(parsed, "links") if link.get("rel") == "alternate"]
    yield from (text_in(link, "href") for link in alternates if _is_page(link))
    yield from (text_in(link, "href") for link in alternates)
    identifier = text_in(parsed, "id")
    # A path from the root is meant as a link, `tag/2026-54` is not.
    is_address = identifier.startswith("/") or is_web_address(identifier)
    if is_address and parsed.get("guidislink") is not False:
        yield identifier


def last_resorts(entry: Any) -> Iterator[str]:
    """The addresses to give for an entry that has no page, the best first."""
    links = details_in(entry, "links")
    for relation in ("self", "related"):
        yield from (text_in(link, "href") for link in links if link.get("rel") == relation)
    yield text_in(entry, "comments")
    enclosures = [link for link in links if link.get("rel") == "enclosure"]
    for medium in (*enclosures, *details_in(entry, "media_content")):
        if not RECORDINGS.isdisjoint(kinds_in(medium)):
            yield text_in(medium, "href") or text_in(medium, "url")
    # A picture is shown as such, and several entries may have the same.
    yield from (text_in(link, "href") for link in enclosures if "image" not in kinds_in(link))


def discussion_page(entry: Any) -> str:
    """The address of the comments on an entry; some feeds have only a number or a word there."""
    address = text_in(entry, "comments").strip()
    return address if address.startswith("/") or is_web_address(address) else ""


def _is_page(link: dict[str, Any]) -> bool:
    return text_in(link, "type").partition(";")[0].strip() in _PAGES
