"""Rostering: what the operator does with the recipients that are kept in the store."""

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
from digest.log import event
from digest.model import Recipient, as_dict
from digest.store import SUPPRESSED, Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from digest.config import Settings
    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)

_SAID = {"address", "name", "state", "reason", "paused_until", "zone", "send_at", "frequency"}


class Imported(Struct, frozen=True):
    """How many were new, how many changed, and who stays away whatever the file says.

    `removed` were taken off since the file was written.
    """

    added: int
    changed: int
    suppressed: tuple[str, ...]
    removed: tuple[str, ...] = ()


class RecipientAdmin:
    """Carries out the commands about recipients."""

    def __init__(
        self, settings: Settings, store: StoreThread[Store], clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    async def carry_out(self, command: str, asked: dict[str, Any]) -> dict[str, Any]:
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
        return {"recipients": [shown(one, self._clock()) for one in done]}

    async def _take(self, command: str, asked: dict[str, Any]) -> dict[str, Any]:
        given = convert(asked["recipients"], list[Recipient])
        if command == "set":
            done = await self.change(given[0], asked["channel"], asked["columns"])
            return {"recipients": [shown(one, self._clock()) for one in done]}
        for channel in {one.channel for one in given}:
            check_channel(self._settings, channel)
        if command == "add":
            return {"recipients": [shown(await self.add(given[0]), self._clock())]}
        return as_dict(await self.take_over(given, asked["columns"]))

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

        return self._say("recipient added", [await self._store.run(write)])[0]

    async def take_over(self, given: Sequence[Recipient], columns: Collection[str]) -> Imported:
        """Have the store say what these columns do, all of it or nothing; who has left stays away.

        What no column tells of one that is known stays as it is.
        """
        now, said = self._clock(), _SAID & set(columns)

        def write(store: Store) -> Imported:
            known = {_key(one): one for one in store.recipients.all()}
            away = [one for one in given if _stays_away(known.get(_key(one)), one)]
            void = store.asking.void()
            removed = [
                one
                for one in given
                if _key(one) not in known and _is_void(one, void.get(_key(one)))
            ]
            kept = {_key(one) for one in (*away, *removed)}
            wanted = {
                _key(one): self._told(known.get(_key(one)), one, said)
                for one in given
                if _key(one) not in kept
            }
            store.recipients.put(wanted.values(), now)
            self._welcome(store, [wanted[key] for key in wanted.keys() - known.keys()])
            return Imported(
                added=len(wanted.keys() - known.keys()),
                changed=sum(known[key] != one for key, one in wanted.items() if key in known),
                suppressed=tuple(f"{one.address} ({one.channel})" for one in away),
                removed=tuple(f"{one.address} ({one.channel})" for one in removed),
            )

        result = await self._store.run(write)
        event(_log, logging.INFO, "recipients imported", new=result.added, changed=result.changed)
        return result

    def _told(self, known: Recipient | None, one: Recipient, said: Collection[str]) -> Recipient:
        listed = not self._is_named(one)
        if known is None:
            return replace(one, listed=listed)
        if known.state in SUPPRESSED:
            # To say once more that it has left puts it on no list.
            listed = known.listed
        return replace(known, listed=listed, **{name: getattr(one, name) for name in said})

    def _welcome(self, store: Store, new: Collection[Recipient]) -> None:
        """Have those who begin with weekly editions get the week that is on as one."""
        wanted: dict[str, list[Recipient]] = defaultdict(list)
        for one in new:
            # Whom the file names gets editions already.
            if one.listed and one.frequency == "weekly":
                wanted[one.channel].append(one)
        for channel, some in wanted.items():
            digests = self._settings.digests_to(channel)
            schedules = {name: self._settings.digests[name].schedule for name in digests}
            store.weeks.join([name for name in digests if is_lively(schedules[name])], some)

    async def change(
        self, one: Recipient, channel: str | None, columns: Collection[str]
    ) -> list[Recipient]:
        """Have an address be as these columns say, on every list that it is on, or on one.

        Raises:
            UsageError: it is on none.
        """
        key, now = mail_key(one.address), self._clock()
        if channel is not None:
            check_channel(self._settings, channel)

        def write(store: Store) -> list[Recipient]:
            known = {
                each.channel: each
                for each in store.recipients.all(channel)
                if mail_key(each.address) == key
            }
            named = {on for on, whom in self._named if whom == key and channel in {None, on}}
            lists = sorted(named.union(known))
            if not lists:
                raise UsageError(f"there is no recipient {one.address}; see `recipients list`")
            said = _SAID & set(columns)
            told = [self._told(known.get(on), replace(one, channel=on), said) for on in lists]
            store.recipients.put(told, now)
            return [self._find(store, one.address, on)[0] for on in lists]

        return self._say("recipient changed", await self._store.run(write))

    async def remove(self, address: str, channel: str | None) -> list[Recipient]:
        """Take an address off the lists of the store, or of one channel.

        Raises:
            UsageError: it is on none; the file names it; it has left, which is not to be forgotten.
        """
        now = self._clock()

        def write(store: Store) -> list[Recipient]:
            found = self._find(store, address, channel)
            for one in found:
                if one.state in SUPPRESSED:
                    raise UsageError(f"{one.address} {_WHY[one.state]}; that is kept, for good")
                if self._is_named(one):
                    raise UsageError(f"{one.address} is in the configuration file; take it out")
            for one in found:
                store.recipients.remove(one.channel, one.address)
                store.asking.taken_off(Ask(one.channel, one.address), now)
            return found

        return self._say("recipient removed", await self._store.run(write))

    async def restore(self, address: str, channel: str | None) -> list[Recipient]:
        """Send to an address again that has unsubscribed or bounced.

        Raises:
            UsageError: it has done neither.
        """
        now = self._clock()

        def write(store: Store) -> list[Recipient]:
            found = self._find(store, address, channel)
            away = [one for one in found if one.state in SUPPRESSED]
            if not away:
                raise UsageError(f"{address} has neither unsubscribed nor bounced")
            back = [replace(one, state="active", reason="") for one in away]
            store.recipients.put(back, now)
            return back

        return self._say("recipient restored", await self._store.run(write))

    async def allow(self, address: str) -> dict[str, Any]:
        """Let an address be asked again whether it is to be on a list.

        Raises:
            UsageError: nothing keeps it from being asked.
        """
        if not await self._store.run(lambda store: store.asking.allow(address)):
            raise UsageError(f"{address} may be asked; nothing keeps it from that")
        event(_log, logging.INFO, "may be asked again", recipient=address)
        return {"address": mail_address(address)}

    def _find(self, store: Store, address: str, channel: str | None) -> list[Recipient]:
        everybody, key = store.recipients.all(channel), mail_key(address)
        if channel is not None and not everybody:
            check_channel(self._settings, channel)
        found = [one for one in everybody if mail_key(one.address) == key]
        if not found:
            raise UsageError(
                f"the store knows no recipient {address}; see `digest recipients list`"
            )
        return found

    def _is_named(self, one: Recipient) -> bool:
        return _key(one) in self._named

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        return named(self._settings)

    @staticmethod
    def _say(what: str, whom: list[Recipient]) -> list[Recipient]:
        for one in whom:
            event(_log, logging.INFO, what, channel=one.channel, recipient=one.address)
        return whom


_WHY = {"unsubscribed": "has unsubscribed", "bounced": "bounced"}


def check_channel(settings: Settings, channel: str) -> None:
    """Raise a UsageError where there is no such email channel."""
    if channel not in settings.lists():
        raise UsageError(f"there is no email channel {channel!r}")


def named(settings: Settings) -> set[tuple[str, str]]:
    """Whom the configuration file names, as channels and keys of addresses."""
    return {
        (channel, mail_key(address))
        for channel in settings.channels
        for address in settings.audience_of(channel)
    }


def is_kept(one: Recipient, named: Collection[tuple[str, str]]) -> bool:
    """Whether there is more to know of a recipient than what somebody of no list wanted once."""
    return one.listed or one.state in SUPPRESSED or _key(one) in named


def shown(one: Recipient, now: datetime) -> dict[str, Any]:
    """A recipient as commands show it."""
    return {**as_dict(one), "state": one.state_at(now)}


def _key(one: Recipient) -> tuple[str, str]:
    return one.channel, mail_key(one.address)


def _is_void(given: Recipient, until: datetime | None) -> bool:
    """Whether a file has somebody on a list that was taken off it since; a no is never void."""
    if given.state in SUPPRESSED or given.changed_at is None or until is None:
        return False
    return given.changed_at <= until


def _stays_away(known: Recipient | None, given: Recipient) -> bool:
    return bool(known and known.state in SUPPRESSED and given.state not in SUPPRESSED)
