"""What is asked of a server, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from digest.errors import FeedError
from digest.feeds.http import rate_limits
from digest.model import repr_without

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, "
    "*/*;q=0.5"
)

# Finds in the body of a refusal why it is one; nothing where it does not say.
ReadReason = Callable[[bytes], str]
# Reads a service's own limit headers, by names in any case: from when it may be asked again.
NotBefore = Callable[[Mapping[str, str], datetime], datetime | None]
# Hears where a redirect leads, and raises a FeedError where it is not to be followed.
MayFollow = Callable[[str], Awaitable[None]]


class Allowance:
    """The seconds and bytes that are left to a poll, over all its requests."""

    def __init__(self, seconds: float, size: int) -> None:
        self.seconds = seconds
        self.size = self.most = size

    def too_large(self) -> FeedError:
        """The error of a body that has more bytes than are left."""
        return FeedError(f"the body is larger than {self.most:,} bytes", status=200)


class Request(Struct, frozen=True):
    """What to ask for; `etag` and `last_modified` are sent back byte for byte.

    They mean something only to the server at `answered_by`, which is `url` where it is None.
    `moved_to` is asked in place of `url`; `headers` go to the origin of `url` only, and so does
    `secret_query`, which joins the query of an address only while that is asked. `accept` says what
    kinds of content are of use (RFC 9110, section 12.5.1), `not_before` reads the limit headers of
    the answer, and `read_reason` the body of a refusal; a 403 with `limit_words` in its body is
    about the pace, whatever its headers say. `may_follow`, if there is one, is asked before a
    redirect is followed.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    answered_by: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    allow_private_networks: bool = False
    moved_to: str | None = None
    accept: str = FEED_TYPES
    not_before: NotBefore = rate_limits.not_before
    secret_query: Mapping[str, str] = field(default_factory=dict)
    limit_words: bytes = b""
    read_reason: ReadReason | None = None
    may_follow: MayFollow | None = None

    __repr__ = repr_without("headers", "secret_query")


class Response(Struct, frozen=True):
    """A 200 or 203 with its whole body as it came, or a 304 without one.

    `url` is where it came from. `coding` is the body's content-coding, `body_hash` of its bytes in
    it, and `charset` what the server says the text is in; `moved_to` is where permanent redirects
    alone led from the address that was asked; `fresh_for` is how long the answer says that asking
    again is of no use, and `rest` how long its limit headers do; `links` is what its `Link` headers
    say. `further` are the answers to the requests that followed from it; `body_hash` is then of all
    bodies. `refused_validators` says that the server answered only when it was asked again without
    validators.
    """

    status: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body: bytes | None = None
    body_hash: str | None = None
    coding: str = ""
    charset: str | None = None
    fresh_for: timedelta | None = None
    rest: timedelta | None = None
    links: str = ""
    moved_to: str | None = None
    further: tuple[Response, ...] = ()
    refused_validators: bool = False

    __repr__ = repr_without("body", "further")
