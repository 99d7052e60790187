"""Pairs people with bots: a code for each that asks, which the operator confirms."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.config.bots import bots_of
from digest.errors import UsageError
from digest.log import event
from digest.store.pairings import CODE_COUNTS, MOST_TRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.config import Settings
    from digest.model import IncomingMessage
    from digest.store import Store, StoreThread
    from digest.store.pairings import Pairing

_log = logging.getLogger(__name__)

# Capital letters and digits of which no two look alike, as 8 and B do; no vowels, so that no code
# is a word.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ3479"
_LENGTH = 8


class PairedPerson(Struct, frozen=True):
    """Who may ask a bot, or waits for that."""

    id: int
    name: str
    """As the service has it: whoever writes chooses it."""
    person: str
    """The id that the service knows the person by, which nobody can choose."""
    channels: tuple[str, ...]
    """What the person may ask for; empty where no channel takes commands by this bot now."""
    state: Literal["paired", "waiting"]
    created_at: datetime
    confirmed_at: datetime | None
    """Null until the code is confirmed."""
    asked_at: datetime | None
    """When it asked for something last."""


class PausedChannel(Struct, frozen=True):
    """A channel whose deliveries wait, since somebody who is paired wants it so."""

    channel: str
    until: datetime


class Pairings(Struct, frozen=True):
    """`pair`: everybody who is paired, or waits, and the channels that are paused."""

    pairings: tuple[PairedPerson, ...]
    paused: tuple[PausedChannel, ...]


class PairingChanged(Struct, frozen=True):
    """`pair` with a code, or with `--revoke`."""

    change: Literal["paired", "revoked"]
    pairing: PairedPerson


class PairingAdmin:
    """Gives codes to people, and carries out what the operator says of them."""

    def __init__(
        self, settings: Settings, store: StoreThread[Store], clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    async def give_code(self, bot: str, message: IncomingMessage) -> str | None:
        """A code for whoever asks, which is kept as a hash; None where too many wait already."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        now = self._clock()
        given = await self._store.transact(
            lambda store: store.pairings.open(bot, message, _hash(code), now)
        )
        event(
            _log,
            logging.INFO,
            "pairing asked for" if given else "pairing not offered: too many wait",
            name=message.name,
            person=message.person,
        )
        return code if given else None

    async def carry_out(self, command: str, word: str) -> PairingChanged:
        """Carry out `pair` of a code, or `revoke` of a name or number.

        Raises:
            UsageError: there is no such code or person; nothing is done.
        """
        return await {"pair": self.confirm, "revoke": self.revoke}[command](word)

    async def confirm(self, code: str) -> PairingChanged:
        """Pair the person whom the bot gave this code.

        Raises:
            UsageError: nobody has it, or it is over.
        """
        now = self._clock()
        pairing = await self._store.transact(lambda store: store.pairings.confirm(_hash(code), now))
        if pairing is None:
            minutes = CODE_COUNTS.seconds // 60
            raise UsageError(
                f"no such code waits; it counts once, for {minutes} minutes, and no more after "
                f"{MOST_TRIES} wrong ones: have the person send /pair to the bot for a new one"
            )
        return self._changed("paired", pairing)

    async def revoke(self, who: str) -> PairingChanged:
        """End the pairing of a name or a number, and what it has paused.

        Raises:
            UsageError: nobody is called so, or several are.
        """
        now = self._clock()

        def revoke(store: Store) -> Pairing:
            pairing = _named(who, store.pairings.all(now))
            store.pairings.revoke(pairing.id)
            return pairing

        return self._changed("revoked", await self._store.transact(revoke))

    def _changed(self, change: Literal["paired", "revoked"], pairing: Pairing) -> PairingChanged:
        event(_log, logging.INFO, change, name=pairing.name, person=pairing.person)
        return PairingChanged(change, as_shown(self._settings, pairing))


def as_shown(settings: Settings, pairing: Pairing) -> PairedPerson:
    """A pairing as commands show it, with the channels of its bot by these settings."""
    return PairedPerson(
        id=pairing.id,
        name=pairing.name,
        person=pairing.person,
        channels=bots_of(settings).get(pairing.bot, ()),
        state="paired" if pairing.confirmed_at else "waiting",
        created_at=pairing.created_at,
        confirmed_at=pairing.confirmed_at,
        asked_at=pairing.asked_at,
    )


def pairings_of(settings: Settings, store: Store, now: datetime) -> Pairings:
    """All that `pair` shows."""
    paused = store.pairings.paused(now)
    return Pairings(
        tuple(as_shown(settings, pairing) for pairing in store.pairings.all(now)),
        tuple(PausedChannel(channel, until) for channel, until in paused.items()),
    )


def _hash(code: str) -> str:
    """A code as it is kept and compared, however it is written down."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(letters.encode()).hexdigest()


def _named(who: str, pairings: Sequence[Pairing]) -> Pairing:
    found = [pairing for pairing in pairings if who == str(pairing.id)] or [
        pairing for pairing in pairings if who.casefold() in _names(pairing)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(pairing.id) for pairing in found)
        raise UsageError(f"{len(found)} people are called {who!r}; give one of the ids {ids}")
    raise UsageError(f"nobody is paired as {who!r}; `digest pair` shows who is")


def _names(pairing: Pairing) -> set[str]:
    return {pairing.person, pairing.name.casefold()}


def code_lines(code: str) -> list[str]:
    """What a person is told who is given a code."""
    minutes = CODE_COUNTS.seconds // 60
    return [
        f"Your code is {code[:4]}-{code[4:]}. It counts for {minutes} minutes.",
        "Give it to whoever runs digest: they type `digest pair` and the code. Then write /help.",
    ]
