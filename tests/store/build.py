"""What the store's tests put in, and how they look at what is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.feeds.rereading import READING
from digest.model import (
    Backoff,
    CleanEntry,
    Delivery,
    Edition,
    FeedState,
    KnownEntry,
    Move,
    PollHints,
    Rendition,
    Section,
    Story,
)
from digest.store.schedules import DigestPlan
from digest.store.tables import metadata
from digest.store.updates import Failure, Update, Validators, Visit
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from digest.store import Store

URL = "https://site.example/feed.xml"
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def entry(key: str, published: datetime | None = NOW, *, fingerprint: str = "f") -> CleanEntry:
    """An entry that is titled by its key."""
    return CleanEntry(
        key=key,
        fingerprint=fingerprint,
        title=key,
        link=f"https://site.example/{key}",
        author="",
        published=published,
        html=f"<p>{key}</p>",
        excerpt=key,
        words=1,
        names=(f"guid:{key}", f"text:{key}{fingerprint}"),
    )


def plan_of(
    name: str = "weekly",
    *,
    feeds: tuple[str, ...] = (URL,),
    window: timedelta = WEEK,
    schedule: str = "every monday at 09:00 (UTC)",
    next_edition_at: datetime = NOW + WEEK,
) -> DigestPlan:
    return DigestPlan(name, schedule, next_edition_at, feeds, window)


def state_of(store: Store, url: str = URL) -> FeedState:
    (state,) = store.feeds.states([url])
    return state


def feed_id(store: Store, url: str = URL) -> int:
    return state_of(store, url).id


def update_of(
    *new: CleanEntry,
    windows: Mapping[str, timedelta] | None = None,
    edited: Iterable[tuple[int, CleanEntry]] = (),
    seen: Collection[int] = (),
    etag: str | None = '"a"',
    body_hash: str = "hash",
    title: str = "A feed",
    **more: Any,
) -> Update:
    return Update(
        title=title,
        body_hash=body_hash,
        validators=Validators(etag, None),
        new=new,
        edited=tuple(edited),
        renamed={number: [one.names[1]] for number, one in edited},
        seen=seen,
        windows={"weekly": WEEK} if windows is None else windows,
        reading=READING,
        poll_hints=PollHints(),
        **more,
    )


def visit(now: datetime = NOW, *, status: int = 200, move: Move | None = None) -> Visit:
    """A poll that worked; the next one is a day later."""
    return Visit(now, status, now + DAY, move)


def fail(
    store: Store, error: str = "answered 500", status: int | None = 500, now: datetime = NOW
) -> None:
    state = state_of(store)
    store.feeds.record_failure(state, Failure(error, status, now, now + DAY, state.move))


def learn(
    store: Store,
    *new: CleanEntry,
    url: str = URL,
    now: datetime = NOW,
    windows: Mapping[str, timedelta] | None = None,
    **more: Any,
) -> None:
    """Record a changed body with these new entries."""
    update = update_of(*new, windows=windows, **more)
    store.feeds.record_update(state_of(store, url), update, visit(now))


def known(store: Store, *keys: str, url: str = URL) -> dict[str, KnownEntry]:
    """What is known of the entries with these keys, by key."""
    names = [f"guid:{key}" for key in keys]
    return {one.key: one for one in store.feeds.known(feed_id(store, url), names)}


def pending(store: Store, digest: str = "weekly", urls: tuple[str, ...] = (URL,)) -> list[str]:
    """The titles of what is pending."""
    return [found.title for found in store.editions.pending(digest, urls)]


def ids(store: Store, *titles: str, digest: str = "weekly") -> tuple[int, ...]:
    found = {one.title: one.id for one in store.editions.pending(digest, (URL,))}
    return tuple(found[title] for title in titles)


def edition_of(
    *entries: int, digest: str = "weekly", period_to: datetime = NOW, held_back: int = 0
) -> Edition:
    stories = tuple(
        Story(f"Story {one}", "", "A feed", "", None, "", 1, entries=(one,)) for one in entries
    )
    return Edition(
        digest=digest,
        title="Weekly",
        subject="Weekly: a story",
        period_from=period_to - WEEK,
        period_to=period_to,
        composed_at=period_to,
        timezone="UTC",
        sections=(Section("A feed", stories),) if stories else (),
        held_back=held_back,
    )


INBOX = Rendition("inbox", "email", ("ada@example.com", "grace@example.com"), (b"mail",))
TEAM = Rendition("team", "slack", ("webhook",), (b"one", b"two"))


def name_message(channel: str, recipient: str, part: int) -> str:
    return f"<{channel}.{recipient}.{part}>"


def publish(
    store: Store,
    *entries: int,
    digest: str = "weekly",
    at: datetime = NOW,
    sent_as: tuple[Rendition, ...] = (INBOX,),
    following: datetime | None = None,
) -> int:
    edition = edition_of(*entries, digest=digest, period_to=at)
    return store.editions.publish(edition, at, sent_as, name_message, following)


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store.database.transaction() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
        }


def rest(store: Store, channel: str, now: datetime = NOW) -> None:
    """Have a channel take nothing."""
    claimed = Delivery(0, 0, "weekly", channel, "", 1, "pending", 0, now, "")
    store.ledger.back_off(claimed, Backoff(now, 1, "cannot connect", now + DAY), now)
