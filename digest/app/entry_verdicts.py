"""What became of an entry in each digest, and why, for `digest explain` and for bots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.app.edition_reasons import (
    NotGivenTo,
    copies_in,
    feedback_lines,
    not_given_of,
    not_given_to,
)
from digest.app.human_units import clock_time
from digest.editions.earlier import ALL_HAD
from digest.editions.filter import NOT_INCLUDED
from digest.editions.select import NO_CHANNEL
from digest.editions.thresholds import is_about_facts
from digest.editions.weekly import weekly_of
from digest.model import NO_LEANING, ShownAs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.config import Settings
    from digest.jobs.draft_material import Draft
    from digest.jobs.drafts import Drafter
    from digest.model import Leaning
    from digest.store.explain import Record, Subscribed, TakenBy

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
    not_given: tuple[NotGivenTo, ...] = ()
    """The channels of the digest that did not show it, or would not."""


class Explainer:
    """Verdicts for the configured digests; composes each one's next edition when first needed.

    With `channels` only what goes there is told, and nothing of who else gets it.
    """

    def __init__(
        self,
        settings: Settings,
        drafter: Drafter,
        now: datetime,
        channels: Collection[str] | None = None,
    ) -> None:
        self._settings = settings
        self._drafter = drafter
        self._now = now
        self._channels = channels
        self._drafts: dict[str, Draft] = {}

    async def verdicts(self, record: Record) -> list[Verdict]:
        """A verdict of every digest that takes the entry's feed."""
        verdicts = []
        for digest in self._digests_of(record):
            found = record.subscriptions.get(digest)
            if found is None:
                message = "has not subscribed to the feed yet"
                verdicts.append(Verdict(digest, "not subscribed", message))
                continue
            verdicts.append(await self._verdict(digest, record, found))
            if found.weekly and self._channels is None:
                verdicts.append(self._taken(weekly_of(digest), record.id, found.weekly))
        return verdicts

    async def _verdict(self, digest: str, record: Record, found: Subscribed) -> Verdict:
        zone = self._settings.zone
        if found.taken and not found.again:
            return self._taken(digest, record.id, found.taken)
        if record.hold:
            return Verdict(digest, record.hold, _HELD[record.hold])
        if found.in_baseline:
            return Verdict(digest, "baseline", _why_old(record, found, zone))
        draft = await self._draft(digest)
        if rule := found.left_out or draft.judged.left_out.get(record.id):
            is_told = rule in {NOT_INCLUDED, ALL_HAD, NO_CHANNEL} or is_about_facts(rule)
            by = f", since {rule}" if is_told else f" by {rule}"
            return Verdict(digest, "left out", f"left out{by}")
        again = "was edited and is sent again; " if found.again else ""
        voted = _voted(draft.leanings.get(record.id, NO_LEANING))
        if shown_as := draft.shown_as.get(record.id):
            because = f"{_as(shown_as)}{_because(draft, record.id)}{_summarised(draft, record.id)}"
            because += voted
            parts = not_given_of(draft, self._settings.digests[digest].forms)
            not_given = self._of_channels(not_given_to(parts, record.id))
            message = f"{again}will be in the next edition{because}{_but(not_given)}"
            return Verdict(digest, "next", message, shown_as=shown_as, not_given=not_given)
        why = draft.waiting.get(record.id) or f"waits behind others, {_NO_ROOM}"
        return Verdict(digest, "waiting", f"{again}{why}{voted}")

    def _taken(self, digest: str, number: int, taken: TakenBy) -> Verdict:
        sent = ", ".join(self._sent(taken))
        at = day_clock(taken.composed_at, self._settings.zone)
        summary = f", {taken.summary.line}" if taken.summary else ""
        place = f"in edition {taken.edition_id} of {at}{_as(taken.shown_as)}{summary}"
        not_given = self._of_channels(not_given_to(taken.not_given, number))
        message = f"{place}{_voted(taken)}; {sent or 'sent nowhere'}{_but(not_given)}"
        return Verdict(digest, "taken", message, taken.edition_id, taken.shown_as, not_given)

    def _sent(self, taken: TakenBy) -> Iterable[str]:
        """What became of the deliveries, parts of which the same is to be told once."""
        if self._channels is None:
            return dict.fromkeys(f"{to}: {state}" for to, state in taken.deliveries)
        by_channel = ((to.partition(" (")[0], state) for to, state in taken.deliveries)
        return dict.fromkeys(f"{to}: {state}" for to, state in by_channel if to in self._channels)

    def _of_channels(self, not_given: Iterable[NotGivenTo]) -> tuple[NotGivenTo, ...]:
        told = self._channels
        return tuple(each for each in not_given if told is None or each.channel in told)

    def _digests_of(self, record: Record) -> list[str]:
        digests = self._settings.digests_of(record.feed_url)
        if self._channels is None:
            return list(digests)
        reached = {name for to in self._channels for name in self._settings.digests_to(to)}
        return [digest for digest in digests if digest in reached]

    async def _draft(self, digest: str) -> Draft:
        if digest not in self._drafts:
            self._drafts[digest] = await self._drafter.edition(digest, self._now)
        return self._drafts[digest]


def _but(not_given: Iterable[NotGivenTo]) -> str:
    """The channels that do not show an entry, for a person."""
    return "".join(f"; {to.line}" for to in not_given)


def _as(shown_as: ShownAs | None) -> str:
    return ", counted" if shown_as == "counted" else f", as a {shown_as}" if shown_as else ""


def _voted(counted: Leaning | TakenBy) -> str:
    return "".join(f", {line}" for line in feedback_lines(counted.more, counted.less))


def _because(draft: Draft, number: int) -> str:
    """Why an entry is shown as it is, where that is not for its own sake."""
    if newer := copies_in(draft).get(number):
        return f" under {newer}, which is newer and has the same link"
    story = next((each for each in draft.edition.stories if number in each.entries), None)
    if story and story.had:
        return f", since the edition of {story.had:%Y-%m-%d} had its link"
    return ""


def _summarised(draft: Draft, number: int) -> str:
    """What stands in the place of an entry's excerpt, and why."""
    stories = (each for each in draft.edition.stories if number in each.entries)
    summary = next((story.summary for story in stories), None)
    return f", {summary.line}" if summary else ""


def _why_old(record: Record, found: Subscribed, zone: ZoneInfo) -> str:
    there = f"was in the feed when the digest subscribed, {day_clock(found.subscribed_at, zone)},"
    if found.since is None:
        return f"{there} and first_edition takes nothing from then"
    if record.published is None:
        return f"{there} and has no date; first_edition takes dated entries only"
    return f"{there} and first_edition reaches back to {day_clock(found.since, zone)} only"


def day_clock(at: datetime, zone: ZoneInfo) -> str:
    """A time as it is told of an entry, with its day of the week."""
    return f"{at.astimezone(zone):%a} {clock_time(at, zone)}"
