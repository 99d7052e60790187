"""Enrolling: what readers say of themselves, on pages they find by links in their mail."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.config import EmailSettings
from digest.config.addresses import mail_key
from digest.editions.schedule import next_after
from digest.editions.weekly import is_lively, weekly_schedule
from digest.jobs.rostering import named
from digest.language import ENGLISH, language_of
from digest.log import event
from digest.model import Recipient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, time

    from digest.config import Settings
    from digest.jobs.confirming import Confirming
    from digest.language import Language
    from digest.model import Frequency
    from digest.rendering.tokens import Confirmation, Tokens
    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)


class Enrolling:
    """Carries out what a channel's recipient asks for; asked for once more, it changes nothing."""

    def __init__(
        self,
        settings: Settings,
        store: StoreThread[Store],
        tokens: Tokens,
        confirming: Confirming,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._confirming = confirming
        self.tokens = tokens
        self.clock = clock

    def language(self, channel: str) -> Language:
        """That of what goes to a channel, of the first digest where they differ."""
        digests = self._settings.digests_to(channel)
        return language_of(self._settings.digests[digests[0]].language if digests else ENGLISH)

    def title(self, channel: str) -> str:
        """What goes to a channel, by the names that readers know."""
        titles = [self._settings.title_of(name) for name in self._settings.digests_to(channel)]
        return self.language(channel).list_of(titles) or channel

    def zone(self, channel: str) -> str:
        """The time zone of what goes to a channel, of the first digest where they differ."""
        digests = self._settings.digests_to(channel)
        return self._settings.zone_of(digests[0]).key if digests else self._settings.timezone

    def is_open(self, channel: str) -> bool:
        """Whether anybody may subscribe."""
        settings = self._settings.channels.get(channel)
        return isinstance(settings, EmailSettings) and settings.subscribe == "open"

    async def look(self, channel: str, address: str) -> Recipient:
        """What is known of a recipient."""
        found = await self._store.run(lambda store: store.recipients.find(channel, address))
        return found or _unknown(channel, address)

    def is_listed(self, recipient: Recipient) -> bool:
        """Whether the file or the store has a recipient on the list, whatever its state."""
        return recipient.listed or self._is_named(recipient)

    async def unsubscribe(self, channel: str, address: str) -> Recipient:
        """Send nothing more to it."""

        def leave(one: Recipient) -> Recipient:
            return replace(one, state="unsubscribed", reason="by a link", paused_until=None)

        return await self._change(channel, address, leave)

    async def resubscribe(self, channel: str, address: str) -> Recipient:
        """Send to it again, where it was on the list before."""
        return await self._change(channel, address, _back)

    async def pause(self, channel: str, address: str, until: datetime | None) -> Recipient:
        """Send nothing to it before a time, or before it says so; who has left stays away."""

        def rest(one: Recipient) -> Recipient:
            if one.state not in {"active", "paused"}:
                return one
            return replace(one, state="paused", reason="by a link", paused_until=until)

        return await self._change(channel, address, rest)

    async def choose_time(
        self, channel: str, address: str, send_at: time | None, zone: str | None
    ) -> Recipient:
        """Send to it at a time of day of its own; with None as soon as there is an edition."""

        def choose(one: Recipient) -> Recipient:
            return replace(one, send_at=send_at, zone=zone if send_at else None)

        return await self._change(channel, address, choose)

    async def choose_frequency(self, channel: str, address: str, frequency: Frequency) -> Recipient:
        """Send it each edition, or weekly ones, from the next week on."""
        return await self._change(channel, address, lambda one: replace(one, frequency=frequency))

    def week_end(self, channel: str) -> datetime | None:
        """When the week ends that is on, of the first digest that has more than one edition in it.

        None where there is no such digest.
        """
        for name in self._settings.digests_to(channel):
            schedule = self._settings.digests[name].schedule
            if is_lively(schedule):
                zone = self._settings.zone_of(name)
                return next_after(weekly_schedule(schedule), zone, self.clock())
        return None

    async def ask(self, channel: str, address: str) -> None:
        """Have an address asked whether it is to be on an open list, in the background."""
        self._confirming.ask(channel, address, self.title(channel), self.language(channel))

    async def confirm(self, asked: Confirmation) -> Recipient:
        """Put an address on the list that has said it is to be."""

        def enter(one: Recipient) -> Recipient:
            return replace(_back(one), listed=one.listed or not self._is_named(one))

        return await self._change(asked.channel, asked.address, enter)

    def _is_named(self, one: Recipient) -> bool:
        return (one.channel, mail_key(one.address)) in self._named

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        return named(self._settings)

    async def _change(
        self, channel: str, address: str, change: Callable[[Recipient], Recipient]
    ) -> Recipient:
        now = self.clock()

        def write(store: Store) -> tuple[Recipient, Recipient]:
            before = store.recipients.find(channel, address) or _unknown(channel, address)
            after = change(before)
            if after != before:
                store.recipients.put([after], now)
            return before, after

        before, after = await self._store.run(write)
        if after != before:
            event(
                _log,
                logging.INFO,
                "recipient changed",
                channel=channel,
                recipient=after.address,
                state=after.state,
            )
        return after


def _unknown(channel: str, address: str) -> Recipient:
    return Recipient(channel, address, listed=False)


def _back(one: Recipient) -> Recipient:
    return replace(one, state="active", reason="", paused_until=None)
