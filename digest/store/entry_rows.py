"""Entries as they are read, with what is said of them by their feeds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import json

from digest.model import Entry, Fact
from digest.store.tables import entries, feeds


def select_entries() -> sa.Select[Any]:
    """All entries, for `entry_of`."""
    columns = [column for column in entries.c if column is not entries.c.content]
    return sa.select(*columns, feeds.c.url, feeds.c.title.label("feed_title"), feeds.c.home).join(
        feeds, feeds.c.id == entries.c.feed_id
    )


def entry_of(row: Any) -> Entry:
    """The entry of a row, without its HTML."""
    return Entry(
        id=row.id,
        feed_url=row.url,
        feed_title=row.feed_title,
        title=row.title,
        link=row.link,
        author=row.author,
        published=row.published,
        first_seen_at=row.first_seen_at,
        excerpt=row.excerpt,
        words=row.words,
        image=row.image,
        seconds=row.seconds,
        edited_at=row.edited_at,
        resend_at=row.resend_at,
        categories=tuple(row.categories.splitlines()),
        feed_home=row.home,
        facts=facts_from_json(row.facts),
        discussion=row.discussion,
        video=bool(row.video),
        gone_at=row.gone_at,
    )


def facts_to_json(facts: tuple[Fact, ...]) -> str:
    """Facts as a row has them."""
    return json.encode(facts).decode() if facts else ""


def facts_from_json(text: str) -> tuple[Fact, ...]:
    """The other way round."""
    return json.decode(text, type=tuple[Fact, ...]) if text else ()
