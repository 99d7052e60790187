"""`digest explain`: tells why an entry arrived, or did not."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

import click
from msgspec import Struct

from digest.app.edition_reasons import copies_in, feedback_lines
from digest.app.human_units import clock_time
from digest.app.troubled_feeds import troubled_feeds
from digest.app.wiring import job_context, utc_now
from digest.cli import aio, pass_settings
from digest.cli.output import print_result, say
from digest.editions.earlier import ALL_HAD
from digest.editions.filter import NOT_INCLUDED
from digest.editions.thresholds import is_about_facts
from digest.editions.weekly import weekly_of
from digest.errors import UsageError
from digest.feeds.text import one_line
from digest.jobs.drafts import Drafter
from digest.model import NO_LEANING, Fact, ShownAs
from digest.store import Store, StoreThread, database_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from digest.config import Settings, SourceSettings
    from digest.jobs.draft_material import Draft
    from digest.model import Leaning
    from digest.store.explain import AskedPage, Record, Subscribed, TakenBy

_MOST = 20
_LONGEST_KEY = 500
_NO_ROOM = "since an edition has room for max_entries only"
_HELD = {
    "held": "came with far more entries than usual, and is held; decide with `digest held`",
    "discarded": "was held with a flood of entries, and discarded",
}


class Verdict(Struct, frozen=True):
    """What became of an entry in a digest."""

    digest: str
    state: Literal[
        "taken", "next", "waiting", "left out", "baseline", "held", "discarded", "not subscribed"
    ]
    message: str
    edition: int | None = None
    shown_as: ShownAs | None = None
    """A story, a line or only counted: in that edition, or in the next; null where unknown."""


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
        explainer = _Explainer(settings, Drafter(job_context(settings, store)), utc_now())
        records = await store.transact(lambda opened: opened.explaining.find(text, _MOST))
        zone = settings.zone
        matches = [_match(each, await explainer.verdicts(each), zone) for each in records]
        return records, tuple(matches), await store.transact(partial(troubled_feeds, settings))
    finally:
        await store.close()


class _Explainer:
    """Verdicts for the configured digests; composes each one's next edition when first needed."""

    def __init__(self, settings: Settings, drafter: Drafter, now: datetime) -> None:
        self._settings = settings
        self._drafter = drafter
        self._now = now
        self._drafts: dict[str, Draft] = {}

    async def verdicts(self, record: Record) -> list[Verdict]:
        """A verdict of every digest that takes the entry's feed."""
        verdicts = []
        for digest in self._settings.digests_of(record.feed_url):
            found = record.subscriptions.get(digest)
            if found is None:
                message = "has not subscribed to the feed yet"
                verdicts.append(Verdict(digest, "not subscribed", message))
                continue
            verdicts.append(await self._verdict(digest, record, found))
            if found.weekly:
                verdicts.append(self._taken(weekly_of(digest), found.weekly))
        return verdicts

    async def _verdict(self, digest: str, record: Record, found: Subscribed) -> Verdict:
        zone = self._settings.zone
        if found.taken and not found.again:
            return self._taken(digest, found.taken)
        if record.hold:
            return Verdict(digest, record.hold, _HELD[record.hold])
        if found.in_baseline:
            return Verdict(digest, "baseline", _why_old(record, found, zone))
        draft = await self._draft(digest)
        if rule := found.left_out or draft.judged.left_out.get(record.id):
            is_told = rule in {NOT_INCLUDED, ALL_HAD} or is_about_facts(rule)
            by = f", since {rule}" if is_told else f" by {rule}"
            return Verdict(digest, "left out", f"left out{by}")
        again = "was edited and is sent again; " if found.again else ""
        voted = _voted(draft.leanings.get(record.id, NO_LEANING))
        if shown_as := draft.shown_as.get(record.id):
            because = f"{_as(shown_as)}{_because(draft, record.id)}{voted}"
            message = f"{again}will be in the next edition{because}"
            return Verdict(digest, "next", message, shown_as=shown_as)
        why = draft.waiting.get(record.id) or f"waits behind others, {_NO_ROOM}"
        return Verdict(digest, "waiting", f"{again}{why}{voted}")

    def _taken(self, digest: str, taken: TakenBy) -> Verdict:
        sent = ", ".join(f"{to}: {state}" for to, state in taken.deliveries)
        at = _local(taken.composed_at, self._settings.zone)
        place = f"in edition {taken.edition_id} of {at}{_as(taken.shown_as)}"
        message = f"{place}{_voted(taken)}; {sent or 'sent nowhere'}"
        return Verdict(digest, "taken", message, taken.edition_id, taken.shown_as)

    async def _draft(self, digest: str) -> Draft:
        if digest not in self._drafts:
            self._drafts[digest] = await self._drafter.edition(digest, self._now)
        return self._drafts[digest]


def _as(shown_as: ShownAs | None) -> str:
    return ", counted" if shown_as == "counted" else f", as a {shown_as}" if shown_as else ""


def _voted(counted: Leaning | TakenBy) -> str:
    return "".join(f", {said}" for said in feedback_lines(counted.more, counted.less))


def _because(draft: Draft, number: int) -> str:
    """Why an entry is shown as it is, where that is not for its own sake."""
    if newer := copies_in(draft).get(number):
        return f" under {newer}, which is newer and has the same link"
    story = next((each for each in draft.edition.stories if number in each.entries), None)
    if story and story.had:
        return f", since the edition of {story.had:%Y-%m-%d} had its link"
    return ""


def _why_old(record: Record, found: Subscribed, zone: ZoneInfo) -> str:
    there = f"was in the feed when the digest subscribed, {_local(found.subscribed_at, zone)},"
    if found.since is None:
        return f"{there} and first_edition takes nothing from then"
    if record.published is None:
        return f"{there} and has no date; first_edition takes dated entries only"
    return f"{there} and first_edition reaches back to {_local(found.since, zone)} only"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a} {clock_time(at, zone)}"


def _told(page: AskedPage, zone: ZoneInfo) -> str:
    """Whose text an entry has, and why."""
    if not page.reason:
        return f"the text is that of its page, fetched {_local(page.at, zone)}"
    again = f", and is asked again {_local(page.again_at, zone)}" if page.again_at else ""
    asked = f"its page was asked for {_local(page.at, zone)}{again}"
    if page.again_at and not page.tries:
        asked = f"its page waits until {_local(page.again_at, zone)}"
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
