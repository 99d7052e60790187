"""What a poll hands to the store, to be kept in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model import Fact, Move, PollHints, Spent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from digest.feeds.parsing.body import BodyIndex
    from digest.model import CleanEntry, FeedState


class Validators(Struct, frozen=True):
    """What the server at an address gave to recognise a body by; opaque, byte for byte."""

    etag: str | None
    last_modified: str | None
    url: str | None = None


class Measured(Struct, frozen=True):
    """What the source says of a known entry now that is no content, and edits nothing."""

    entry: int
    facts: tuple[Fact, ...]
    discussion: str


class Update(Struct, frozen=True):
    """What one changed body brought.

    `edited`, `seen` and `renamed` are by the entries' ids; `renamed` has the names each goes by
    that it did not before. `flood` holds the new ones; `resend` makes edited ones pending again.
    Entries that were last there before `forget_before` are forgotten. `windows` is `first_edition`
    by subscribed digest; `redraw` draws their baselines anew. `listing` is the body by hashes, and
    `listed` names its entries, in that order: by id, new ones by key; none where that is not sure.
    `home` is the feed's home page. Of those that are edited, these are only `restored`: what they
    said before, as it is read now, is not known. `reading` is what the body was read by; `rotates`
    tells that the feed gives entries other guids again and again. `spent` is what the feed brought
    on this day; `left` new entries of the body are not taken now, and `complaint` says what else of
    it is not kept.
    """

    title: str
    body_hash: str
    validators: Validators
    new: Sequence[CleanEntry]
    edited: Sequence[tuple[int, CleanEntry]]
    renamed: Mapping[int, Collection[str]]
    seen: Collection[int]
    windows: Mapping[str, timedelta]
    poll_hints: PollHints
    reading: int
    flood: bool = False
    missed: bool = False
    resend: bool = False
    redraw: bool = False
    forget_before: datetime | None = None
    listing: BodyIndex | None = None
    listed: Sequence[int | str] = ()
    home: str = ""
    restored: Collection[int] = ()
    spent: Spent = Spent()
    left: int = 0
    complaint: str = ""
    measured: Sequence[Measured] = ()
    rotates: bool = False


class Visit(Struct, frozen=True):
    """When a poll was, how the server answered, when the next one is, and where the feed moved.

    `whole_at` is when a whole body came last, `refused_at` when the server refused validators;
    `resolved` is what the settings of the source mean to its service, as far as it is known.
    """

    at: datetime
    status: int
    next_poll_at: datetime
    move: Move | None = None
    whole_at: datetime | None = None
    refused_at: datetime | None = None
    resolved: str = ""


class Unchanged(Struct, frozen=True):
    """A poll that brought nothing: a 304, or a body with nothing new that may have another hash."""

    state: FeedState
    validators: Validators
    visit: Visit
    body_hash: str | None = None


class Failure(Struct, frozen=True):
    """A poll that failed; `gone` says that the server calls the feed gone for good.

    `move` is what stays remembered of a permanent redirect. With `lasting` somebody has to mend it.
    """

    error: str
    status: int | None
    at: datetime
    next_poll_at: datetime
    move: Move | None = None
    gone: bool = False
    lasting: bool = False
