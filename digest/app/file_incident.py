"""The incident of a configuration file that is not taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.app.settings_file import mended, runs_with, trouble_of
from digest.app.wiring import utc_now

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.errors import DigestError
    from digest.store import Store, StoreThread

_KIND = "settings"


class FileIncident:
    """Open from an error in the file until other settings are taken over, or nothing is new."""

    def __init__(self, store: StoreThread[Store], file: Path) -> None:
        self._store = store
        self._file = file

    async def open(self, error: DigestError, timezone: str) -> None:
        """Say what is wrong, and which settings are worked by; their times are in `timezone`."""
        trouble, now = trouble_of(error), utc_now()
        await self._store.transact(lambda store: self._note(store, trouble, timezone, now))

    async def wait_for_reload(self, timezone: str) -> None:
        """Say that the file is mended, where there is an incident."""

        def note(store: Store) -> None:
            if any(incident.kind == _KIND for incident in store.incidents.open_ones()):
                self._note(store, mended(self._file), timezone, utc_now())

        await self._store.transact(note)

    async def close(self) -> None:
        """It is over: what the file says is what is worked by."""
        await self._store.transact(lambda store: store.incidents.close_all(_KIND, utc_now()))

    def _note(self, store: Store, trouble: str, timezone: str, now: datetime) -> None:
        last = store.last_settings.read()
        message = runs_with(last.since if last else None, trouble, timezone, now)
        store.incidents.note(_KIND, str(self._file), message, now)
