"""Carries out what readers ask for on their pages: to subscribe, to leave, how often and when."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.config.addresses import former_key, mail_address, mail_key
from digest.editions.schedule import next_after
from digest.editions.weekly import is_lively, weekly_schedule
from digest.jobs.confirmations import GOOD_FOR
from digest.jobs.recipient_lists import named
from digest.language import ENGLISH, language_of
from digest.log import event
from digest.model import Recipient
from digest.store.confirmations import Ask
from digest.store.recipients import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, time

    from digest.jobs.confirmations import ConfirmationMailer
    from digest.jobs.context import JobContext
    from digest.language import Language
    from digest.model import Frequency
    from digest.signing.tokens import Confirmation, Tokens
    from digest.store import Store

_log = logging.getLogger(__name__)


class Subscriptions:
    """Carries out what a channel's recipient asks for; asked for once more, it changes nothing."""

    def __init__(
        self, context: JobContext, tokens: Tokens, confirmation_mailer: ConfirmationMailer
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._confirmation_mailer = confirmation_mailer
        self.tokens = tokens
        self.clock = context.clock

    @property
    def proxies(self) -> tuple[str, ...]:
        """Whose word on where requests come from is believed."""
        return self._settings.web.proxies if self._settings.web else ()

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
        return settings is not None and settings.open_to_all

    async def look(self, channel: str, address: str) -> Recipient:
        """What is known of whom a link means: of the list that most likely is the link's."""
        return await self._store.transact(
            lambda store: self._likeliest(self._meant(store, channel, address), channel, address)
        )

    def is_listed(self, recipient: Recipient) -> bool:
        """Whether the file or the store has a recipient on the list, whatever its state."""
        is_list = recipient.channel in self._settings.lists()
        return is_list and (recipient.listed or self._is_named(recipient))

    def is_sent(self, recipient: Recipient) -> bool:
        """Whether a recipient gets editions, or has paused them."""
        return self.is_listed(recipient) and recipient.state in {"active", "paused"}

    async def unsubscribe(self, channel: str, address: str) -> Recipient:
        """Send nothing more to it, of all that a link may mean; that is kept of everybody."""

        def leave(recipient: Recipient) -> Recipient:
            if recipient.state == "unsubscribed":
                return recipient
            return replace(recipient, state="unsubscribed", reason="by a link", paused_until=None)

        def choose(store: Store) -> list[Recipient]:
            meant, own = self._meant(store, channel, address), self._own(store, channel)
            if not any(recipient.channel == own for recipient in meant):
                meant.append(_unknown(own, address))
            return [
                recipient
                for recipient in meant
                if self.is_listed(recipient) or recipient.channel == own
            ]

        return await self._change(channel, address, choose, leave)

    async def resubscribe(self, channel: str, address: str) -> Recipient:
        """Send to it again, where it was on the list before; what it left in one go comes back."""

        def choose(store: Store) -> list[Recipient]:
            meant, own = self._meant(store, channel, address), self._own(store, channel)
            if own in self._settings.lists():
                return [recipient for recipient in meant if self.is_listed(recipient)]
            of_link = [recipient for recipient in meant if recipient.channel == own]
            left_at = {recipient.changed_at for recipient in of_link}
            on = [
                recipient
                for recipient in meant
                if self.is_listed(recipient) and recipient.changed_at in left_at
            ]
            return [*of_link, *on] if on else []

        return await self._change(channel, address, choose, _back)

    async def pause(self, channel: str, address: str, until: datetime | None) -> Recipient:
        """Send nothing to it before a time, or before it says so; who has left stays away."""

        def rest(recipient: Recipient) -> Recipient:
            if recipient.state not in {"active", "paused"}:
                return recipient
            return replace(recipient, state="paused", reason="by a link", paused_until=until)

        return await self._prefer(channel, address, rest)

    async def choose_time(
        self, channel: str, address: str, send_at: time | None, zone: str | None
    ) -> Recipient:
        """Send to it at a time of day of its own; with None as soon as there is an edition."""

        def choose(recipient: Recipient) -> Recipient:
            return replace(recipient, send_at=send_at, zone=zone if send_at else None)

        return await self._prefer(channel, address, choose)

    async def choose_frequency(self, channel: str, address: str, frequency: Frequency) -> Recipient:
        """Send it each edition, or weekly ones, from the next week on."""
        return await self._prefer(
            channel, address, lambda recipient: replace(recipient, frequency=frequency)
        )

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

    async def admits(self, peer: str) -> bool:
        """Whether a peer may ask for one more mail; empty: it cannot be told from others."""
        now = self.clock()
        return not peer or await self._store.transact(lambda store: store.asking.admit(peer, now))

    def ask(self, channel: str, address: str) -> None:
        """Have an address asked whether it is to be on an open list, in the background."""
        title, language = self.title(channel), self.language(channel)
        self._confirmation_mailer.ask(channel, address, title, language)

    async def confirm(self, asked: Confirmation) -> Recipient:
        """Put an address on the list that has said it is to be.

        Where it has left since it was asked, or the operator took it off, that holds.
        """
        now, asked_at = self.clock(), asked.until - GOOD_FOR

        def write(store: Store) -> tuple[Recipient, Recipient]:
            found = store.recipients.find(asked.channel, asked.address)
            before = found or _unknown(asked.channel, asked.address)
            ask = Ask(asked.channel, asked.address)
            left_at = before.changed_at if before.state in SUPPRESSED else None
            if store.asking.is_spent(ask, asked_at) or (left_at and left_at > asked_at):
                return before, before
            after = replace(_back(before), listed=before.listed or not self._is_named(before))
            store.recipients.put([after], now)
            store.asking.confirmed(ask, asked_at)
            return before, after

        before, after = await self._store.transact(write)
        _tell(before, after)
        return after

    async def never_ask(self, address: str) -> None:
        """Never ask a mailbox again, whoever wants it on whatever list."""
        now = self.clock()
        await self._store.transact(lambda store: store.asking.never(address, now))
        event(_log, logging.INFO, "never asked again", recipient=address)

    def _is_named(self, recipient: Recipient) -> bool:
        return (recipient.channel, mail_key(recipient.address)) in self._named

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        return named(self._settings)

    def _own(self, store: Store, channel: str) -> str:
        """The list that a link is of: by its own name, or the newest that this was moved to."""
        is_here = channel in self._settings.lists()
        return channel if is_here else [channel, *store.moves.after("channel", channel)][-1]

    def _meant(self, store: Store, channel: str, address: str) -> list[Recipient]:
        """Everybody whom a link may mean: the person at an address, on each of its lists.

        A link of a channel that was moved is one of where it went; one of a channel that is gone,
        and nobody knows where, may be one of any.
        """
        lists = self._settings.lists()
        after = store.moves.after("channel", channel)
        meant = [name for name in (channel, *after) if name in lists] or [*lists]
        key = mail_key(address)
        found = store.recipients.of_person({*meant, *after, channel}, key)
        known = {(recipient.channel, mail_key(recipient.address)) for recipient in found}
        for name in meant:
            for to in self._settings.audience_of(name):
                is_meant = key in {mail_key(to), former_key(to)}
                if is_meant and (name, mail_key(to)) not in known:
                    found.append(_unknown(name, mail_address(to)))
        return found

    def _likeliest(self, meant: Sequence[Recipient], channel: str, address: str) -> Recipient:
        """That which is sent something, or else is on a list, or is known at all."""

        def rank(recipient: Recipient) -> tuple[bool, bool, bool]:
            on = self.is_listed(recipient)
            return on and recipient.state not in SUPPRESSED, on, recipient.channel == channel

        return max(meant, key=rank, default=_unknown(channel, address))

    async def _prefer(
        self, channel: str, address: str, change: Callable[[Recipient], Recipient]
    ) -> Recipient:
        """Note what somebody wants who is on a list; of nobody else is anything stored."""

        def choose(store: Store) -> list[Recipient]:
            return [
                recipient
                for recipient in self._meant(store, channel, address)
                if self.is_listed(recipient)
            ]

        return await self._change(channel, address, choose, change)

    async def _change(
        self,
        channel: str,
        address: str,
        choose: Callable[[Store], list[Recipient]],
        change: Callable[[Recipient], Recipient],
    ) -> Recipient:
        now = self.clock()

        def write(store: Store) -> tuple[list[tuple[Recipient, Recipient]], Recipient]:
            likeliest = self._likeliest(self._meant(store, channel, address), channel, address)
            done = [(before, change(before)) for before in choose(store)]
            store.recipients.put([after for before, after in done if after != before], now)
            # The page is of the list that it was of before.
            of_page = [after for before, after in done if before.channel == likeliest.channel]
            return done, next(iter(of_page), likeliest)

        done, shown = await self._store.transact(write)
        for before, after in done:
            _tell(before, after)
        return shown


def _tell(before: Recipient, after: Recipient) -> None:
    if after != before:
        event(
            _log,
            logging.INFO,
            "recipient changed",
            channel=after.channel,
            recipient=after.address,
            state=after.state,
        )


def _unknown(channel: str, address: str) -> Recipient:
    return Recipient(channel, address, listed=False)


def _back(recipient: Recipient) -> Recipient:
    return replace(recipient, state="active", reason="", paused_until=None)
