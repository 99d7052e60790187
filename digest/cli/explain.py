"""`digest explain`: tells why an entry arrived, or did not."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.app.human_units import clock_time
from digest.app.troubled_feeds import troubled_feeds
from digest.app.wiring import job_context, utc_now
from digest.cli import aio, pass_settings
from digest.cli.explain_verdicts import Explainer, Verdict, day_clock
from digest.cli.output import print_result, say
from digest.errors import UsageError
from digest.feeds.text import one_line
from digest.jobs.drafts import Drafter
from digest.model import Fact
from digest.store import Store, StoreThread, database_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from digest.config import Settings, SourceSettings
    from digest.store.explain import AskedPage, Record

_MOST = 20
_LONGEST_KEY = 500


class Match(Struct, frozen=True):
    """An entry that was asked for."""

    feed: str
    title: str
    link: str
    key: str
    """What it is known as."""
    published: datetime | None
    first_seen: datetime
    in_first_body: bool
    """Whether the feed had it when it was first read."""
    last_seen: datetime
    in_feed: bool
    """Whether the feed had it at the last poll."""
    edited: datetime | None
    facts: tuple[Fact, ...]
    """What the source last measured, like points and comments."""
    discussion: str
    """Where people talk about it, or empty."""
    full_text: str | None
    """What became of its page; null where that was not asked for."""
    digests: tuple[Verdict, ...]


class Explain(Struct, frozen=True):
    """`explain`: the entries that match, at most 20."""

    query: str
    matches: tuple[Match, ...]


@click.command()
@click.argument("text", metavar="URL-OR-TEXT")
@pass_settings
def explain(settings: Settings, text: str) -> int:
    """Explain why an entry arrived, or did not.

    Of each that matches: when it was seen, and where it went or what keeps it.
    """
    if not text.strip():
        raise UsageError("give an address, or some words of a title")
    database = database_of(settings)
    database.refuse_missing()
    store = StoreThread(lambda: Store(database, read_only=True))
    records, matches, troubled = aio.run(_search(settings, store, text.strip()))
    titles = {record.feed_url: record.feed_title for record in records}
    print_result(Explain(text, matches), lambda result: _print(settings, result, titles, troubled))
    return 0 if matches else 1


async def _search(
    settings: Settings, store: StoreThread[Store], text: str
) -> tuple[list[Record], tuple[Match, ...], list[str]]:
    """The entries that match, also with their verdicts, and what troubles feeds."""
    await store.open()
    try:
        explainer = Explainer(settings, Drafter(job_context(settings, store)), utc_now())
        records = await store.transact(lambda opened: opened.explaining.find(text, _MOST))
        zone = settings.zone
        matches = [_match(each, await explainer.verdicts(each), zone) for each in records]
        return records, tuple(matches), await store.transact(partial(troubled_feeds, settings))
    finally:
        await store.close()


def _told(page: AskedPage, zone: ZoneInfo) -> str:
    """Whose text an entry has, and why."""
    if not page.reason:
        return f"the text is that of its page, fetched {day_clock(page.at, zone)}"
    again = f", and is asked again {day_clock(page.again_at, zone)}" if page.again_at else ""
    asked = f"its page was asked for {day_clock(page.at, zone)}{again}"
    if page.again_at and not page.tries:
        asked = f"its page waits until {day_clock(page.again_at, zone)}"
    return f"the text is the feed's: {page.reason}; {asked}"


def _match(record: Record, verdicts: list[Verdict], zone: ZoneInfo) -> Match:
    return Match(
        feed=record.feed_url,
        title=record.title,
        link=record.link,
        key=record.key,
        published=record.published,
        first_seen=record.first_seen_at,
        in_first_body=record.in_first_body,
        last_seen=record.last_seen_at,
        in_feed=record.in_feed,
        edited=record.edited_at,
        facts=record.facts,
        discussion=record.discussion,
        full_text=_told(record.full_text, zone) if record.full_text else None,
        digests=tuple(verdicts),
    )


def _print(
    settings: Settings, result: Explain, titles: Mapping[str, str], troubled: Sequence[str]
) -> None:
    feeds = {feed.address: feed for feed in settings.feeds}
    for match in result.matches:
        say(match.title)
        lines = _history(match, titles[match.feed], feeds.get(match.feed), settings.zone)
        for line in lines:
            say(f"  {line}")
        for verdict in match.digests:
            say(f"  {verdict.digest}: {verdict.message}")
        if not match.digests:
            say("  no digest takes this feed")
        say()
    if len(result.matches) == _MOST:
        say(f"Only the newest {_MOST} are shown.")
    if not result.matches:
        say(f"No entry matches {result.query!r}: no feed had it when it was polled.")
        for line in troubled:
            say(f"! {line}")


def _history(
    match: Match, title: str, settings: SourceSettings | None, zone: ZoneInfo
) -> list[str]:
    feed = (settings and settings.name) or title or match.feed
    how = "in the feed's first body" if match.in_first_body else "new then"
    last = "and is there still" if match.in_feed else "and is gone from the feed since"
    published = clock_time(match.published, zone) if match.published else "without a date"
    first_seen, last_seen = clock_time(match.first_seen, zone), clock_time(match.last_seen, zone)
    key = one_line(match.key, _LONGEST_KEY)
    lines = [
        match.link or "without a link",
        f"from {feed}, published {published}, known as {key}",
        f"first seen {first_seen}, {how}; last seen {last_seen}, {last}",
    ]
    if match.facts:
        measured = (f"{fact.value:,} {fact.unit or fact.name}" for fact in match.facts)
        lines.append(f"last measured {', '.join(measured)}")
    if match.discussion:
        lines.append(f"talked about at {match.discussion}")
    if match.full_text:
        lines.append(match.full_text)
    elif settings and settings.full_text:
        lines.append("the text is the feed's: its page was not asked for")
    if match.edited:
        lines.append(f"last edited {clock_time(match.edited, zone)}")
    if settings and settings.paused:
        lines.append("the feed is paused, so nothing new comes from it")
    return lines
