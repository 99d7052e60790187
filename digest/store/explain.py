"""Everything the store knows of an entry, for `explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from msgspec import Struct, convert

from digest.editions.weekly import weekly_of
from digest.feeds.aliases import guid_aliases, link_aliases
from digest.model import Edition
from digest.store.aliases import entries_with
from digest.store.entry_rows import facts_from_json
from digest.store.not_given import read_not_given
from digest.store.tables import (
    deliveries,
    edition_entries,
    editions,
    entries,
    feeds,
    full_texts,
    passed_over,
    subscriptions,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import Fact, NotGiven, ShownAs, Summary
    from digest.store.database import Database


class TakenBy(Struct, frozen=True):
    """The edition that took an entry, and the states of its deliveries as (to, state) pairs.

    They are those of channels that were given the entry; `not_given` has the channels that do not
    show it. `summary` is how the text of its story came about, where the digest asked for
    summaries. `shown_as` is None where an earlier version made it. `more` and `less` are how many
    readers wanted more like it, and less from its feed.
    """

    edition_id: int
    composed_at: datetime
    deliveries: tuple[tuple[str, str], ...]
    shown_as: ShownAs | None
    more: int
    less: int
    not_given: tuple[NotGiven, ...] = ()
    summary: Summary | None = None


class Subscribed(Struct, frozen=True):
    """What a digest's subscription says about an entry: whether it is for it, and what took it.

    `left_out` is the rule that left it out for good; `weekly` is the digest's weekly edition that
    has it.
    """

    subscribed_at: datetime
    since: datetime | None
    in_baseline: bool
    taken: TakenBy | None
    again: bool
    left_out: str | None
    weekly: TakenBy | None


class AskedPage(Struct, frozen=True):
    """What became of the page of an entry: why it has the feed's text, empty if it has the page's.

    `again_at` is when the page is asked for once more, if it is; `tries` is how often it was, none
    where its host did not answer.
    """

    reason: str
    at: datetime
    again_at: datetime | None
    tries: int


class Record(Struct, frozen=True):
    """An entry with its history; `in_first_body` is what the feed had when first read."""

    id: int
    feed_url: str
    feed_title: str
    key: str
    title: str
    link: str
    published: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    edited_at: datetime | None
    in_feed: bool
    in_first_body: bool
    hold: Literal["", "held", "discarded"]
    subscriptions: dict[str, Subscribed]
    facts: tuple[Fact, ...] = ()
    discussion: str = ""
    full_text: AskedPage | None = None


class ExplainQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text: str, most: int) -> list[Record]:
        """The entries that go by this address, or have this text in title, link or key.

        At most so many, the newest first.
        """
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        names = (*link_aliases(text, ""), *guid_aliases(text, ""))
        searched = (entries.c.title, entries.c.link, entries.c.key)
        every = entries.alias()
        first = sa.select(sa.func.min(every.c.first_seen_at)).where(every.c.feed_id == feeds.c.id)
        query = (
            sa.select(
                entries,
                full_texts.c.reason,
                full_texts.c.at,
                full_texts.c.again_at,
                full_texts.c.tries,
                feeds.c.url,
                feeds.c.title.label("feed_title"),
                feeds.c.succeeded_at,
                entries.c.listed.label("in_feed"),
                (entries.c.first_seen_at == first.scalar_subquery()).label("in_first_body"),
            )
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .join(full_texts, full_texts.c.entry_id == entries.c.id, isouter=True)
            .where(
                sa.or_(
                    entries.c.id.in_(entries_with(names)),
                    *(column.like(pattern, escape="\\") for column in searched),
                )
            )
            .order_by(entries.c.id.desc())
            .limit(most)
        )
        with self._database.transaction() as connection:
            return [
                Record(
                    id=row.id,
                    feed_url=row.url,
                    feed_title=row.feed_title,
                    key=row.key,
                    title=row.title,
                    link=row.link,
                    published=row.published,
                    first_seen_at=row.first_seen_at,
                    # What the last body had was there until the last poll that worked.
                    last_seen_at=row.succeeded_at if row.in_feed else row.last_seen_at,
                    edited_at=row.edited_at,
                    in_feed=bool(row.in_feed),
                    in_first_body=bool(row.in_first_body),
                    hold=row.hold,
                    subscriptions=_subscriptions(connection, row),
                    facts=facts_from_json(row.facts),
                    discussion=row.discussion,
                    full_text=_asked_page(row),
                )
                for row in connection.execute(query).all()
            ]


_HOW_TAKEN = edition_entries.c.shown_as, edition_entries.c.more, edition_entries.c.less


def _asked_page(row: Any) -> AskedPage | None:
    return AskedPage(row.reason, row.at, row.again_at, row.tries) if row.at else None


def _subscriptions(connection: Connection, entry: Any) -> dict[str, Subscribed]:
    query = (
        sa.select(
            subscriptions,
            editions.c.id,
            editions.c.period_to,
            *_HOW_TAKEN,
            passed_over.c.rule,
            passed_over.c.at,
        )
        .join(
            edition_entries,
            sa.and_(
                edition_entries.c.digest == subscriptions.c.digest,
                edition_entries.c.entry_id == entry.id,
            ),
            isouter=True,
        )
        .join(editions, editions.c.id == edition_entries.c.edition_id, isouter=True)
        .join(
            passed_over,
            sa.and_(
                passed_over.c.digest == subscriptions.c.digest,
                passed_over.c.entry_id == entry.id,
            ),
            isouter=True,
        )
        .where(subscriptions.c.feed_id == entry.feed_id)
    )
    found = {}
    for row in connection.execute(query).all():
        recent = row.since and entry.published and entry.published >= row.since
        resent = entry.resend_at is not None and row.id and row.period_to < entry.resend_at
        judged_since = row.at and (entry.resend_at is None or row.at >= entry.resend_at)
        found[row.digest] = Subscribed(
            subscribed_at=row.subscribed_at,
            since=row.since,
            in_baseline=entry.id <= row.baseline and not recent,
            taken=_taken_by(connection, row, entry.id) if row.id else None,
            again=bool(resent),
            left_out=row.rule if judged_since else None,
            weekly=_weekly(connection, row.digest, entry.id),
        )
    return found


def _weekly(connection: Connection, digest: str, entry_id: int) -> TakenBy | None:
    query = (
        sa.select(editions.c.id, editions.c.period_to, *_HOW_TAKEN)
        .join(edition_entries, edition_entries.c.edition_id == editions.c.id)
        .where(
            edition_entries.c.digest == weekly_of(digest), edition_entries.c.entry_id == entry_id
        )
    )
    row = connection.execute(query).first()
    return _taken_by(connection, row, entry_id) if row else None


def _taken_by(connection: Connection, row: Any, entry_id: int) -> TakenBy:
    parts = read_not_given(connection, row.id)
    not_given = tuple(part for part in parts if entry_id in part.entries)
    without = {part.channel for part in not_given if not part.counted}
    sent = _sent(connection, row.id, without)
    shown_as = row.shown_as or None
    summary = _summary(connection, row.id, entry_id)
    return TakenBy(row.id, row.period_to, sent, shown_as, row.more, row.less, not_given, summary)


def _summary(connection: Connection, edition_id: int, entry_id: int) -> Summary | None:
    """The summary of the story of an entry; most editions have none, and are not read."""
    has_one = editions.c.snapshot.contains('"summary": {', autoescape=True)
    query = sa.select(editions.c.snapshot).where(editions.c.id == edition_id, has_one)
    snapshot = connection.execute(query).scalar()
    stories = convert(json.loads(snapshot), Edition).stories if snapshot else ()
    return next((story.summary for story in stories if entry_id in story.entries), None)


def _sent(
    connection: Connection, edition_id: int, without: Collection[str]
) -> tuple[tuple[str, str], ...]:
    query = (
        sa.select(deliveries.c.channel, deliveries.c.recipient, deliveries.c.state)
        .where(deliveries.c.edition_id == edition_id, deliveries.c.channel.not_in(without))
        .order_by(deliveries.c.id)
    )
    rows = connection.execute(query).all()
    return tuple((f"{row.channel} ({row.recipient})", row.state) for row in rows)
