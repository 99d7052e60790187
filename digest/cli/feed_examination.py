"""What polling a feed would learn, and what is not right with it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.feeds.revisions import is_stamped
from digest.language import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.feeds.http.messages import Response
    from digest.model import ParsedFeed

_SLOW_SECONDS = 5.0
_SHOWN = 3


class ShownEntry(Struct, frozen=True):
    """An entry as it is read; empty where it says nothing."""

    title: str
    link: str
    published: datetime | None


class PageText(Struct, frozen=True):
    """What `full_text` brings for the newest entry that has a link."""

    link: str
    feed_words: int
    """The words that the feed has of it."""
    page_words: int
    """The words of its page; 0 where the text of the feed stays."""
    reason: str | None
    """Why it stays."""


class Examination(Struct, frozen=True):
    """`feeds test`: what polling would learn; null where it does not come that far."""

    url: str
    error: str | None = None
    status: int | None = None
    final_url: str | None = None
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    seconds: float | None = None
    """The whole answer."""
    bytes: int | None = None
    """The decoded body."""
    format: str | None = None
    title: str | None = None
    home_page: str | None = None
    entries: int | None = None
    dated: int | None = None
    with_guid: int | None = None
    with_link: int | None = None
    with_title: int | None = None
    with_text: int | None = None
    with_image: int | None = None
    with_author: int | None = None
    first: tuple[ShownEntry, ...] = ()
    """The first three entries."""
    identity: dict[str, int] | None = None
    """How many entries are told apart by guid, link and content."""
    full_text: PageText | None = None
    """Only of a feed that asks for it."""
    problems: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """The feeds of a web page that stands in the place of a feed."""
    proposal: str | None = None
    """The lines of `feeds` by which what is no feed is read all the same."""


def answered(url: str, response: Response, seconds: float) -> Examination:
    """What an answer says by itself, after so many seconds."""
    return Examination(
        url,
        status=response.status,
        final_url=response.url,
        moved_to=response.moved_to,
        etag=response.etag,
        last_modified=response.last_modified,
        seconds=round(seconds, 3),
    )


def understood(seen: Examination, parsed: ParsedFeed, identity: Counter[str]) -> Examination:
    """With what its body says, and what its entries are told apart by."""
    entries = parsed.entries
    return replace(
        seen,
        format=parsed.format,
        title=parsed.title,
        home_page=parsed.link or None,
        entries=len(entries),
        dated=sum(entry.published is not None for entry in entries),
        with_guid=sum(bool(entry.guid) for entry in entries),
        with_link=sum(bool(entry.link) for entry in entries),
        with_title=sum(bool(entry.title) for entry in entries),
        with_text=sum(bool(entry.html) for entry in entries),
        with_image=sum(bool(entry.image) for entry in entries),
        with_author=sum(bool(entry.author) for entry in entries),
        first=tuple(
            ShownEntry(entry.title, entry.link, entry.published) for entry in entries[:_SHOWN]
        ),
        identity=dict(identity),
    )


def feed_problems(
    seen: Examination, parsed: ParsedFeed, identity: Counter[str], *, automatic: bool
) -> Iterator[str]:
    """What readers of the digests would notice, then what polling would.

    `automatic` is that no setting says what tells entries apart.
    """
    # A letter may well be nowhere on the web.
    is_on_web = (seen.final_url or "").startswith("http")
    yield from _problems_of_entries(parsed, identity, links=is_on_web)
    if automatic and (stamped := sum(map(is_stamped, parsed.entries))):
        yield (
            f"{counted(stamped, 'entry', 'entries')} with an id that probably changes with each"
            " edit; if entries come twice, `identity: link` tells them apart by their links"
        )
    if seen.moved_to:
        yield f"it moved for good to {seen.moved_to}"
    if not (seen.etag or seen.last_modified):
        yield "it sends no ETag or Last-Modified, so every poll takes all of it"
    if seen.seconds and seen.seconds > _SLOW_SECONDS:
        yield f"it took {seen.seconds:.0f} s"


def _problems_of_entries(
    parsed: ParsedFeed, identity: Counter[str], *, links: bool
) -> Iterator[str]:
    entries = parsed.entries
    if not entries:
        yield "it has no entries"
    guids = Counter(entry.guid for entry in entries if entry.guid)
    counts = {
        "without a date; they count from when they are first seen": sum(
            entry.published is None for entry in entries
        ),
        "without a title": sum(not entry.title for entry in entries),
        "without a link": sum(not entry.link for entry in entries) if links else 0,
        "without an id": sum(not entry.guid for entry in entries),
        "with the id of another": sum(count for count in guids.values() if count > 1),
        "told apart by their text alone; an edited one may be new": identity["content"],
        "that copy others, or are older versions of them": len(entries) - identity.total(),
    }
    for problem, count in counts.items():
        if count:
            yield f"{counted(count, 'entry', 'entries')} {problem}"
