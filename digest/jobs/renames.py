"""Moves or forgets what the database knows of channels and digests that the file has no more."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.config.spelling import known_name, nearest
from digest.errors import UsageError
from digest.jobs.recipient_lists import check_channel, named
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from digest.jobs.context import JobContext
    from digest.store import Store
    from digest.store.renames import ListCount

_log = logging.getLogger(__name__)


class RecipientsMove(Struct, frozen=True):
    """`recipients move`."""

    before: str
    """The channel that is gone."""
    after: str
    """The channel that its list is of now."""
    readers: int
    """How many of its list were moved."""
    left: int
    """How many had left it, and stay away."""


class RecipientsForget(Struct, frozen=True):
    """`recipients forget`."""

    name: str
    """The channel that is gone."""
    readers: int
    """How many were on its list, and are forgotten."""
    left: int
    """How many had left it, and stay away."""


class DigestsMove(Struct, frozen=True):
    """`digests move`."""

    before: str
    """The digest that is gone."""
    after: str
    """The digest that it goes on as."""
    editions: int
    """How many editions it had."""


class DigestsForget(Struct, frozen=True):
    """`digests forget`."""

    name: str
    """The digest that is gone."""
    editions: int
    """How many editions it had, which are kept."""


class Renames:
    """Carries out the commands about channels and digests that the configuration has no more."""

    def __init__(self, context: JobContext) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock

    async def carry_out(self, command: str, names: Sequence[str]) -> Struct:
        """Carry out a command by what calls it; answers what there is to show.

        Raises:
            UsageError: it cannot be done; nothing is done.
        """
        do: dict[str, Callable[..., Awaitable[Struct]]] = {
            "recipients move": self.move_recipients,
            "recipients forget": self.forget_recipients,
            "digests move": self.move_digest,
            "digests forget": self.forget_digest,
        }
        return await do[command](*names)

    async def move_recipients(self, before: str, after: str) -> RecipientsMove:
        """Have the list of a channel that is gone go on as that of another.

        Raises:
            UsageError: it is not gone, nothing is known of it, or there is no other.
        """
        check_channel(self._settings, after)
        now = self._clock()
        keys = {key for channel, key in named(self._settings) if channel == after}

        def write(store: Store) -> ListCount:
            self._check_gone(before, "channel", store.moves.lists(), self._settings.lists())
            return store.moves.move_recipients(before, after, keys, now)

        moved = await self._store.transact(write)
        event(_log, logging.INFO, "recipients moved", before=before, after=after)
        return RecipientsMove(before, after, moved.readers, moved.left)

    async def forget_recipients(self, name: str) -> RecipientsForget:
        """Forget the readers of a channel that is gone for good; who left stays away.

        Raises:
            UsageError: it is not gone, or nothing is known of it.
        """

        def write(store: Store) -> ListCount:
            self._check_gone(name, "channel", store.moves.lists(), self._settings.lists())
            return store.moves.forget_recipients(name)

        found = await self._store.transact(write)
        event(_log, logging.INFO, "recipients forgotten", channel=name)
        return RecipientsForget(name, found.readers, found.left)

    async def move_digest(self, before: str, after: str) -> DigestsMove:
        """Have a digest that is gone go on as another.

        Raises:
            UsageError: it is not gone, nothing is known of it, or there is no other.
        """
        digests = self._settings.digests
        after = known_name("digest", after, digests)

        def write(store: Store) -> int:
            self._check_gone(before, "digest", store.moves.editions(), digests)
            return store.moves.move_digest(before, after)

        number = await self._store.transact(write)
        event(_log, logging.INFO, "digest moved", before=before, after=after)
        return DigestsMove(before, after, number)

    async def forget_digest(self, name: str) -> DigestsForget:
        """Tell no more of a digest that is gone for good.

        Raises:
            UsageError: it is not gone, or nothing is known of it.
        """

        def write(store: Store) -> int:
            known = store.moves.editions()
            self._check_gone(name, "digest", known, self._settings.digests)
            return store.moves.forget_digest(name)

        number = await self._store.transact(write)
        event(_log, logging.INFO, "digest forgotten", digest=name)
        return DigestsForget(name, number)

    @staticmethod
    def _check_gone(name: str, what: str, known: Collection[str], here: Collection[str]) -> None:
        """Raise a UsageError where the file has a name, or nobody knows it."""
        if name in here:
            raise UsageError(f"{name} is in the configuration file; rename or remove it there")
        if name not in known:
            gone = sorted(set(known).difference(here))
            hint = nearest(name, gone) or f"; gone are: {', '.join(gone) or 'none'}"
            raise UsageError(f"there is no {what} {name!r} that is gone{hint}")
