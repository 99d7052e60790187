"""How long a bot is left alone that cannot be asked, and when a person hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.store.incidents import NOT_HEARD

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store import Store, StoreThread

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_MOST_DOUBLINGS = 8
# Long enough for a restart of the service, or for another process of ours to end.
_PASSES_WITHIN = timedelta(minutes=10)


class Outage:
    """Begins with a failure, ends with what works; after ten minutes it is an incident."""

    def __init__(self, store: StoreThread[Store], channel: str) -> None:
        self._store = store
        self._channel = channel
        self._failures = 0
        self._since: datetime | None = None
        # One of before may be open still.
        self._told = True

    async def note(self, reason: str, retry_after: timedelta | None, now: datetime) -> timedelta:
        """Count a failure; answers how long to wait before it is tried again."""
        self._since = self._since or now
        self._failures += 1
        if now - self._since >= _PASSES_WITHIN:
            self._told = True
            await self._store.transact(
                lambda store: store.incidents.note(NOT_HEARD, self._channel, reason, now)
            )
        return pause_after(self._failures, retry_after)

    async def end(self, now: datetime) -> None:
        """Note that it works."""
        self._failures, self._since = 0, None
        if self._told:
            self._told = False
            await self._store.transact(
                lambda store: store.incidents.note(NOT_HEARD, self._channel, None, now)
            )


def pause_after(failures: int, retry_after: timedelta | None) -> timedelta:
    """Two seconds, doubling to five minutes; longer where the service asks for it."""
    doubled: timedelta = min(_FIRST_PAUSE * 2 ** min(failures - 1, _MOST_DOUBLINGS), _LONGEST_PAUSE)
    return retry_after if retry_after and retry_after > doubled else doubled
