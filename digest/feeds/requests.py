"""Requests that no HTTP server answers: what they say, and what answers one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from digest.feeds.http.messages import Response


class AnswerLimits(Struct, frozen=True):
    """Seconds that an answer may take, and bytes that its body may have."""

    seconds: float
    size: int


class OtherRequest(Struct, frozen=True):
    """A request by another protocol than HTTP; a subclass for each of them answers it.

    `url` is where the answer comes from, without credentials; `host` what counts as one place
    among those that are asked in turn. `etag` is what an answer had before, whatever it means to
    the protocol, and `last_modified` likewise.
    """

    url: str
    host: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private_networks: bool = False

    def answer(self, limits: AnswerLimits) -> Response:
        """Ask, and wait for the answer; runs in a thread.

        200 with a body, or 304 without one where nothing is new; either with the validators that
        the next request is to have.

        Raises:
            FeedError: there is none; with the status 429 its place allows no more requests now.
        """
        raise NotImplementedError
