"""Feeds: RSS, Atom, RDF, CDF and JSON Feed, by their address and a conditional GET."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from digest.feeds.http.messages import Request
from digest.feeds.http.permanent_moves import settled
from digest.feeds.sources import Document, Options, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.config import FeedSettings
    from digest.model import FeedState, ParsedFeed


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


class Feed(Source["FeedSettings"]):
    """Asks for one document, where it moved once it did so for good."""

    has_own_address: ClassVar[bool] = True

    def request(self, settings: FeedSettings, state: FeedState | None, now: datetime) -> Request:
        """The feed, if it has changed."""
        headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        if state is None:
            return Request(settings.url, headers=headers)
        moved = settled(state.move, now)
        return Request(
            settings.url,
            etag=state.etag,
            last_modified=state.last_modified,
            answered_by=state.answered_by,
            headers=headers,
            moved_to=state.move.to if state.move and moved else None,
        )

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The document."""
        del options
        (document,) = documents
        return parse_feed(document.body, document.url)


SOURCE = Feed()
