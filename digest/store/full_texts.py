"""Which entries have no text of their page yet, and what became of those that were asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.store.entries import is_awaited
from digest.store.tables import entries, feeds, full_texts, robots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from digest.store.database import Database

_DAY = timedelta(days=1)


class Wanted(Struct, frozen=True):
    """An entry whose page is to be asked for, as its feed has it; `tries` is how often it was."""

    id: int
    feed_url: str
    link: str
    title: str
    excerpt: str
    words: int
    tries: int


class FullText(Struct, frozen=True):
    """What became of an entry's page: its text, or the `reason` why the feed's text stays.

    `again_at` is when the page is asked for once more, if it is.
    """

    entry: int
    at: datetime
    tries: int
    reason: str = ""
    again_at: datetime | None = None
    html: str = ""
    excerpt: str = ""
    words: int = 0
    image: str = ""


class RobotsRules(Struct, frozen=True):
    """What robots.txt of an origin allows this program (`digest.feeds.http.robots`), as of then."""

    origin: str
    at: datetime
    rules: tuple[str, ...]


class FullTextQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wanted(self, urls: Collection[str], now: datetime) -> list[Wanted]:
        """Entries in the last bodies of these feeds that digests wait for, the newest first.

        Those that were asked for are none of them, but for what may answer now.
        """
        # Read by the index alone: rows are long, and most were asked for.
        listed = entries.alias()
        unasked = (
            sa.select(listed.c.id)
            .join(feeds, feeds.c.id == listed.c.feed_id)
            .join(full_texts, full_texts.c.entry_id == listed.c.id, isouter=True)
            .where(
                feeds.c.url.in_(urls),
                # As it stands in the index, or it would not be used.
                listed.c.listed == sa.literal_column("1"),
                sa.or_(full_texts.c.entry_id.is_(None), full_texts.c.again_at <= now),
            )
        )
        columns = (entries.c.link, entries.c.title, entries.c.excerpt, entries.c.words)
        tries = sa.func.coalesce(full_texts.c.tries, 0)
        query = (
            sa.select(entries.c.id, feeds.c.url, *columns, tries)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .join(full_texts, full_texts.c.entry_id == entries.c.id, isouter=True)
            .where(
                entries.c.id.in_(unasked),
                entries.c.hold == "",
                # One that was released has its text with the next poll.
                entries.c.fingerprint != "",
                entries.c.link != "",
                is_awaited(),
            )
            .order_by(entries.c.id.desc())
        )
        with self._database.statement() as connection:
            return [Wanted(*row) for row in connection.execute(query)]

    def asked_lately(self, urls: Collection[str], now: datetime) -> dict[str, int]:
        """How many pages were asked for in the last day, by feed; none that was only put off."""
        query = (
            sa.select(feeds.c.url, sa.func.count())
            .join(entries, entries.c.feed_id == feeds.c.id)
            .join(full_texts, full_texts.c.entry_id == entries.c.id)
            .where(feeds.c.url.in_(urls), full_texts.c.at > now - _DAY, full_texts.c.tries > 0)
            .group_by(feeds.c.url)
        )
        with self._database.statement() as connection:
            return dict(connection.execute(query).all())

    def of_same_page(self, wanted: Wanted, now: datetime) -> FullText | None:
        """The text of the page of an entry, where it was fetched for another in the last day."""
        columns = (entries.c.content, entries.c.excerpt, entries.c.words, entries.c.image)
        query = (
            sa.select(full_texts.c.at, *columns)
            .join(entries, entries.c.id == full_texts.c.entry_id)
            .where(
                full_texts.c.at > now - _DAY,
                full_texts.c.reason == "",
                entries.c.link == wanted.link,
                entries.c.words > wanted.words,
            )
            .limit(1)
        )
        with self._database.statement() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return FullText(
            *(wanted.id, row.at, wanted.tries),
            html=row.content,
            excerpt=row.excerpt,
            words=row.words,
            image=row.image,
        )

    def keep(self, text: FullText) -> None:
        """Keep what became of a page; its text takes the place of the feed's if it is longer."""
        shorter = entries.c.id == text.entry, entries.c.words < text.words
        with self._database.transaction() as connection:
            if not text.reason:
                connection.execute(sa.update(entries).where(*shorter).values(_said(text)))
            connection.execute(sa.delete(full_texts).where(full_texts.c.entry_id == text.entry))
            connection.execute(
                sa.insert(full_texts).values(
                    entry_id=text.entry,
                    reason=text.reason,
                    at=text.at,
                    tries=text.tries,
                    again_at=text.again_at,
                )
            )

    def robots(self, since: datetime) -> list[RobotsRules]:
        """What is known of robots.txt of each origin since then."""
        query = sa.select(robots).where(robots.c.at > since)
        with self._database.statement() as connection:
            return [
                RobotsRules(row.origin, row.at, tuple(row.rules.splitlines()))
                for row in connection.execute(query)
            ]

    def keep_robots(self, known: Iterable[RobotsRules]) -> None:
        """Keep these in the place of those of before."""
        rows = [
            {"origin": each.origin, "at": each.at, "rules": "\n".join(each.rules)} for each in known
        ]
        with self._database.transaction() as connection:
            connection.execute(sa.delete(robots))
            if rows:
                connection.execute(sa.insert(robots), rows)


def _said(text: FullText) -> dict[str, Any]:
    """What the page says in the place of the feed; its picture only where the feed has none."""
    return {
        "content": text.html,
        "size": len(text.html.encode()),
        "excerpt": text.excerpt,
        "words": text.words,
        "image": sa.case((entries.c.image == "", text.image), else_=entries.c.image),
    }
