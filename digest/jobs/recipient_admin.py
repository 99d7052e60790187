"""Carries out the operator's commands about the recipients that are kept in the store."""

from __future__ import annotations

import logging
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, convert
from msgspec.structs import replace

from digest.config.addresses import mail_address, mail_key
from digest.editions.weekly import is_lively
from digest.errors import UsageError
from digest.jobs.recipient_import import RecipientsImport, merged, plan_import
from digest.jobs.recipient_lists import as_of, check_channel, named, recipient_key
from digest.log import event
from digest.model import Recipient
from digest.store.confirmations import Ask
from digest.store.recipients import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from digest.jobs.context import JobContext
    from digest.store import Store

_log = logging.getLogger(__name__)

_WHY = {"unsubscribed": "has unsubscribed", "bounced": "bounced"}


class Recipients(Struct, frozen=True):
    """`recipients`: those that were asked for, or that something became of."""

    recipients: tuple[Recipient, ...]


class RecipientsAllow(Struct, frozen=True):
    """`recipients allow`."""

    address: str
    """What may be asked again."""


class RecipientAdmin:
    """Carries out the commands about recipients."""

    def __init__(self, context: JobContext) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock

    async def carry_out(self, command: str, asked: dict[str, Any]) -> Struct:
        """Carry out a command by its name; answers what there is to show.

        Raises:
            UsageError: it cannot be done; nothing is done.
        """
        if command in {"add", "import", "set"}:
            return await self._take(command, asked)
        if command == "allow":
            return await self.allow(asked["address"])
        do = {"remove": self.remove, "restore": self.restore}[command]
        done = await do(asked["address"], asked["channel"])
        return self._shown(done)

    async def _take(self, command: str, asked: dict[str, Any]) -> Struct:
        given = convert(asked["recipients"], list[Recipient])
        if command == "set":
            return self._shown(await self.change(given[0], asked["channel"], asked["columns"]))
        for channel in {recipient.channel for recipient in given}:
            check_channel(self._settings, channel)
        if command == "add":
            return self._shown([await self.add(given[0])])
        return await self.take_over(given, asked["columns"])

    def _shown(self, recipients: Sequence[Recipient]) -> Recipients:
        now = self._clock()
        return Recipients(tuple(as_of(recipient, now) for recipient in recipients))

    async def add(self, recipient: Recipient) -> Recipient:
        """Put one on the list.

        Raises:
            UsageError: it is on it, or has left it.
        """
        wanted = replace(recipient, listed=not self._is_named(recipient))

        def write(store: Store) -> Recipient:
            known = store.recipients.find(recipient.channel, recipient.address)
            if known and known.state in SUPPRESSED:
                raise UsageError(
                    f"{known.address} {_WHY[known.state]}; only if it wants to be on the list"
                    f" again, `digest recipients restore {known.address}`"
                )
            if (known and known.listed) or not wanted.listed:
                raise UsageError(f"{recipient.address} is on the list of {recipient.channel}")
            store.recipients.put([wanted], self._clock())
            if known is None:
                self._welcome(store, [wanted])
            return self._find(store, recipient.address, recipient.channel)[0]

        return self._log_each("recipient added", [await self._store.transact(write)])[0]

    async def take_over(
        self, given: Sequence[Recipient], columns: Collection[str]
    ) -> RecipientsImport:
        """Have the store say what these columns do, all of it or nothing; who has left stays away.

        What no column tells of one that is known stays as it is.
        """
        now = self._clock()

        def write(store: Store) -> RecipientsImport:
            known = {recipient_key(recipient): recipient for recipient in store.recipients.all()}
            plan = plan_import(given, known, store.asking.void(), self._named, columns)
            store.recipients.put(plan.wanted.values(), now)
            self._welcome(store, [plan.wanted[key] for key in plan.new])
            return plan.result

        result = await self._store.transact(write)
        event(_log, logging.INFO, "recipients imported", new=result.added, changed=result.changed)
        return result

    def _welcome(self, store: Store, new: Collection[Recipient]) -> None:
        """Have those who begin with weekly editions get the week that is on as one."""
        wanted: dict[str, list[Recipient]] = defaultdict(list)
        for recipient in new:
            # Whom the file names gets editions already.
            if recipient.listed and recipient.frequency == "weekly":
                wanted[recipient.channel].append(recipient)
        for channel, some in wanted.items():
            digests = self._settings.digests_to(channel)
            schedules = {name: self._settings.digests[name].schedule for name in digests}
            store.weeks.join([name for name in digests if is_lively(schedules[name])], some)

    async def change(
        self, recipient: Recipient, channel: str | None, columns: Collection[str]
    ) -> list[Recipient]:
        """Have an address be as these columns say, on every list that it is on, or on one.

        Raises:
            UsageError: it is on none.
        """
        key, now = mail_key(recipient.address), self._clock()
        if channel is not None:
            check_channel(self._settings, channel)

        def write(store: Store) -> list[Recipient]:
            known = {
                each.channel: each
                for each in store.recipients.all(channel)
                if mail_key(each.address) == key
            }
            named = {
                on for on, recipients in self._named if recipients == key and channel in {None, on}
            }
            lists = sorted(named.union(known))
            if not lists:
                raise UsageError(
                    f"there is no recipient {recipient.address}; see `recipients list`"
                )
            changed = [
                merged(known.get(on), replace(recipient, channel=on), columns, self._named)
                for on in lists
            ]
            store.recipients.put(changed, now)
            return [self._find(store, recipient.address, on)[0] for on in lists]

        return self._log_each("recipient changed", await self._store.transact(write))

    async def remove(self, address: str, channel: str | None) -> list[Recipient]:
        """Take an address off the lists of the store, or of one channel.

        Raises:
            UsageError: it is on none; the file names it; it has left, which is not to be forgotten.
        """
        now = self._clock()

        def write(store: Store) -> list[Recipient]:
            found = self._find(store, address, channel)
            for recipient in found:
                if recipient.state in SUPPRESSED:
                    raise UsageError(
                        f"{recipient.address} {_WHY[recipient.state]}; that is kept, for good"
                    )
                if self._is_named(recipient):
                    raise UsageError(
                        f"{recipient.address} is in the configuration file; take it out"
                    )
            for recipient in found:
                store.recipients.remove(recipient.channel, recipient.address)
                store.asking.taken_off(Ask(recipient.channel, recipient.address), now)
            return found

        return self._log_each("recipient removed", await self._store.transact(write))

    async def restore(self, address: str, channel: str | None) -> list[Recipient]:
        """Send to an address again that has unsubscribed or bounced.

        Raises:
            UsageError: it has done neither.
        """
        now = self._clock()

        def write(store: Store) -> list[Recipient]:
            found = self._find(store, address, channel)
            away = [recipient for recipient in found if recipient.state in SUPPRESSED]
            if not away:
                raise UsageError(f"{address} has neither unsubscribed nor bounced")
            back = [replace(recipient, state="active", reason="") for recipient in away]
            store.recipients.put(back, now)
            return back

        return self._log_each("recipient restored", await self._store.transact(write))

    async def allow(self, address: str) -> RecipientsAllow:
        """Let an address be asked again whether it is to be on a list.

        Raises:
            UsageError: nothing keeps it from being asked.
        """
        if not await self._store.transact(lambda store: store.asking.allow(address)):
            raise UsageError(f"{address} may be asked; nothing keeps it from that")
        event(_log, logging.INFO, "may be asked again", recipient=address)
        return RecipientsAllow(mail_address(address))

    def _find(self, store: Store, address: str, channel: str | None) -> list[Recipient]:
        everybody, key = store.recipients.all(channel), mail_key(address)
        if channel is not None and not everybody:
            check_channel(self._settings, channel)
        found = [recipient for recipient in everybody if mail_key(recipient.address) == key]
        if not found:
            raise UsageError(
                f"the store knows no recipient {address}; see `digest recipients list`"
            )
        return found

    def _is_named(self, recipient: Recipient) -> bool:
        return recipient_key(recipient) in self._named

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        return named(self._settings)

    @staticmethod
    def _log_each(what: str, recipients: list[Recipient]) -> list[Recipient]:
        for recipient in recipients:
            event(_log, logging.INFO, what, channel=recipient.channel, recipient=recipient.address)
        return recipients
