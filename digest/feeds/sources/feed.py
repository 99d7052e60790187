"""Feeds: RSS, Atom, RDF, CDF and JSON Feed, by their address and a conditional GET."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.feeds.sources import Document, Options, WebSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import ParsedFeed


def parse_feed(body: bytes, url: str) -> ParsedFeed:
    """Parse a body in UTF-8 that came from `url`.

    XML goes to the fast reader, and to the tolerant one where that has no rule for it; where it is
    not well-formed, only after it was mended.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    # Only worker processes need them; the daemon stays small.
    from digest.feeds.parsing import fast, tolerant
    from digest.feeds.parsing.json_feed import looks_like_json, parse_json_feed
    from digest.feeds.parsing.markup import mended

    if looks_like_json(body):
        return parse_json_feed(body, url)
    feed = fast.parse(body, url)
    if feed is None and (well_formed := mended(body)) is not body:
        body = well_formed
        feed = fast.parse(body, url)
    return feed or tolerant.parse(body, url)


class Feed(WebSource[Any]):
    """A feed at its address."""

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The document."""
        del options
        (document,) = documents
        return parse_feed(document.body, document.url)


SOURCE = Feed()
