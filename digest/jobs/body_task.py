"""What a worker process does with a body, in one trip there and back.

What reads and cleans is imported by the tasks: the daemon needs none of it, and stays small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.feeds.parsing.body import Body, ParsedBody

if TYPE_CHECKING:
    from digest.feeds.http.messages import Response
    from digest.feeds.sources import Options
    from digest.model import CleanEntry, Fact


class CleanedBody(Struct, frozen=True):
    """A reading, and its entries clean where they are probably new."""

    reading: ParsedBody
    clean: tuple[CleanEntry, ...] = ()


def body_of(response: Response, limit: int, kind: str, options: Options) -> Body:
    """The body of a response, of at most `limit` bytes without its coding, as a kind reads it."""
    return Body(
        raw=response.body or b"",
        coding=response.coding,
        limit=limit,
        url=response.url,
        charset=response.charset,
        kind=kind,
        options=options,
        further=tuple(body_of(answer, limit, kind, options) for answer in response.further),
    )


def further_addresses(body: Body) -> tuple[str, ...]:
    """What its source asks after a body.

    Raises:
        FeedError: it cannot be decoded, or read.
    """
    from digest.feeds.parsing.read import further_addresses as addresses_in

    return addresses_in(body)


def read_facts(body: Body) -> dict[str, tuple[Fact, ...]]:
    """What the answer to `Source.refresh` says of entries, by guid.

    Raises:
        FeedError: it cannot be decoded, or read.
    """
    from digest.feeds.parsing.read import facts_in

    return facts_in(body)


def read_and_clean(body: Body, *, first: bool) -> CleanedBody:
    """Read a body; clean its entries too if it is the first of its feed, or only some are read.

    Raises:
        FeedError: it cannot be decoded, or is no feed, or not a whole one.
    """
    from digest.feeds.parsing.read import read_body

    reading = read_body(body)
    if not (first or reading.kept):
        return CleanedBody(reading)
    from digest.rendering.clean import clean_entries

    clean = clean_entries(reading.entries)
    if not first:
        return CleanedBody(reading, clean)
    # Nobody asks for the texts as they came any more; with them the daemon would hold nearly half
    # as much again of every body.
    bare = tuple(replace(keyed, entry=replace(keyed.entry, html="")) for keyed in reading.entries)
    return CleanedBody(replace(reading, entries=bare), clean)
