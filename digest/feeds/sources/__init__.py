"""Kinds of sources: what is polled, a module each behind one protocol, found by the kind's name.

A kind is two modules of the same name: `digest.config.sources.<kind>` has its settings, and
`digest.feeds.sources.<kind>` a `SOURCE` that says what to ask for and what the answers mean. All
else is the same for every kind: limits and manners of requests, identity, diff, quotas, schedule.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from digest.feeds.http import rate_limits
from digest.feeds.http.messages import FEED_TYPES, Request
from digest.feeds.http.permanent_moves import settled
from digest.model import repr_without

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import SourceSettings
    from digest.config.sources.base import WebSourceSettings
    from digest.feeds.requests import OtherRequest
    from digest.model import Fact, FeedState, ParsedFeed

S = TypeVar("S", bound="SourceSettings")
W = TypeVar("W", bound="WebSourceSettings")

# Plain values, by name: what a worker process needs of the settings.
Options = Mapping[str, Any]

# What may follow from an answer; all share the seconds and the bytes of one poll.
MOST_FURTHER = 10
# Entries whose facts are asked for in one request.
MOST_REFRESHED = 30


class Document(Struct, frozen=True):
    """A decoded body, in UTF-8 whatever its server sent, and where it came from."""

    body: bytes
    url: str

    __repr__ = repr_without("body")


class Source(Generic[S]):
    """What a kind of source has to say; all of it is pure, and holds nothing between two calls.

    `has_own_address` says that the operator gave its address: then a 410 means that there is
    nothing left to poll. `remembers_moves` says that a permanent redirect is remembered, as
    `state.move`, for `request` to ask there. `fails_for_days` says that its service refuses for
    days what is there all the time, so that three days pass before anybody is told;
    `further_may_be_missing` that a 404 to a further request only means that there is none.
    `brings_only_new` says that an answer to validators has what came since: what is not in it is
    neither gone nor missed.
    """

    has_own_address: ClassVar[bool] = False
    remembers_moves: ClassVar[bool] = False
    fails_for_days: ClassVar[bool] = False
    further_may_be_missing: ClassVar[bool] = False
    brings_only_new: ClassVar[bool] = False

    def request(
        self, settings: S, state: FeedState | None, now: datetime
    ) -> Request | OtherRequest:
        """What a poll asks for first; with `state` (at `now`), only what has changed since.

        `state.resolved` is `ParsedFeed.resolved` as a document told it last: what the settings mean
        to the service, like the id of an account that may change its name; ask by it. A 304 ends a
        poll: a kind with further requests asks with validators only where the first answer tells of
        every change. Where private networks are allowed, and how limit headers are read, is added
        by the caller. What is no HTTP server's to answer is an `OtherRequest`, from which no
        further ones follow.
        """
        raise NotImplementedError

    def options(self, settings: S) -> Options:
        """What `further` and `parse` need of the settings: plain values that can be pickled.

        They go into worker processes; a secret has no business there.
        """
        del settings
        return {}

    def further(self, first: Document, options: Options) -> Sequence[str]:
        """The addresses to ask next, by what the first answer says; runs in a worker process.

        They are on the origin of the first request, and MOST_FURTHER at most; each is asked
        without validators, with the headers of the first. Where one of them fails, so does the
        poll, and nothing of it is stored.

        Raises:
            FeedError: the answer cannot be read.
        """
        del first, options
        return ()

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """What the answers say: the first, then those of `further` in their order.

        Runs in a worker process. The documents are as hostile as can be: of any size up to
        polling.max_body together, cut short, of other types than promised.
        `digest.feeds.parsing.json_values` reads JSON that may be anything, and
        `digest.feeds.parsing.bounds` holds what was read to the limits.

        Raises:
            FeedError: they are not what the kind is of, in one clear line.
        """
        raise NotImplementedError

    def refresh(self, settings: S, guids: Sequence[str]) -> Request:
        """What asks for the facts of these entries as they are now, MOST_REFRESHED at most.

        It is asked before an edition is made, in seconds; a kind without it has the facts of its
        last poll.
        """
        raise NotImplementedError

    def facts(self, document: Document) -> Mapping[str, tuple[Fact, ...]]:
        """What the answer to `refresh` says of entries, by guid; those it does not have are gone.

        Runs in a worker process, where the document is as hostile as in `parse`.

        Raises:
            FeedError: it is not what the kind is of, in one clear line.
        """
        raise NotImplementedError

    def proposal(self, document: Document) -> Mapping[str, str]:
        """The settings, beside `url`, by which this kind would read a document that is no feed.

        None where it sees nothing that it could read. Runs in a worker process.
        """
        del document
        return {}

    def not_before(self, headers: Mapping[str, str], now: datetime) -> datetime | None:
        """From when the service may be asked again by its own limit headers (names in any case).

        None where it does not say; `Retry-After` is read by the caller. Beyond a day is a day. A
        kind whose service means its headers as most do has nothing to say.
        """
        return rate_limits.not_before(headers, now)

    def remedy(self, settings: S, status: int) -> str:
        """How an operator mends what the service answers with this status, which is no success.

        It goes on from the reason, after a semicolon, in logs and alerts; empty where the kind
        knows nothing better than what holds for all. Of whatever has a source wait for its host the
        status is 429: then it is how the service allows more.
        """
        del settings, status
        return ""

    @property
    def asks_further(self) -> bool:
        """Whether further requests may follow from an answer."""
        return type(self).further is not Source.further

    @property
    def refreshes(self) -> bool:
        """Whether the facts of entries can be asked for."""
        return type(self).refresh is not Source.refresh


class WebSource(Source[W]):
    """Asks for one document at the operator's address, where it moved once it did so for good."""

    has_own_address: ClassVar[bool] = True
    remembers_moves: ClassVar[bool] = True
    accept: ClassVar[str] = FEED_TYPES

    def request(self, settings: W, state: FeedState | None, now: datetime) -> Request:
        """The document, if it has changed."""
        headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        if state is None:
            return Request(settings.url, headers=headers, accept=self.accept)
        moved = settled(state.move, now)
        return Request(
            settings.url,
            etag=state.etag,
            last_modified=state.last_modified,
            answered_by=state.answered_by,
            headers=headers,
            moved_to=state.move.to if state.move and moved else None,
            accept=self.accept,
        )


@cache
def kinds() -> tuple[str, ...]:
    """Every kind there is."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


@cache
def source_of(kind: str) -> Source[Any]:
    """The source of a kind."""
    source: Source[Any] = import_module(f"{__name__}.{kind}").SOURCE
    return source
