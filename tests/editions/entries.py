"""Entries for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.model import Entry

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def entry(
    number: int,
    feed: str = "a",
    *,
    link: str | None = None,
    hours_ago: int | None = None,
    undated: bool = False,
    title: str | None = None,
    feed_title: str = "",
    words: int = 100,
) -> Entry:
    """An entry of the feed `https://<feed>.example/`; the higher its number, the older."""
    at = NOW - timedelta(hours=number if hours_ago is None else hours_ago)
    return Entry(
        id=number,
        feed_url=f"https://{feed}.example/",
        feed_title=feed_title,
        title=f"Story {number}" if title is None else title,
        link=f"https://site.example/{number}" if link is None else link,
        author="",
        published=None if undated else at,
        first_seen_at=at,
        excerpt=f"About {number}",
        words=words,
    )
