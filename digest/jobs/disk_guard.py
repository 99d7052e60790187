"""Room: nothing is sent that could not be recorded."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from digest.errors import StoreError
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)

_ASKED_AGAIN_SECONDS = 1.0


class DiskGuard:
    """Asks what is lacking to record what is sent, and tells of it once: log and incident.

    `ask` answers why nothing should be sent, None where it may be; `subject` is the database.
    """

    def __init__(
        self,
        store: StoreThread[Store],
        subject: str,
        ask: Callable[[], str | None],
        clock: Callable[[], datetime],
        again_seconds: float = _ASKED_AGAIN_SECONDS,
    ) -> None:
        self._store = store
        self._subject = subject
        self._ask = ask
        self._clock = clock
        self._again_seconds = again_seconds
        self._asked_at = float("-inf")
        self._lack: str | None = None
        # Neither a lack nor none: what an earlier process noted is not known here.
        self._noted: str | None = ""

    @property
    def lack(self) -> str | None:
        """Why nothing is sent now; None where it is."""
        return self._lack and f"{self._subject}: {self._lack}"

    async def is_left(self) -> bool:
        """Whether what is sent now can be recorded; asks again after a second."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_at >= self._again_seconds:
            self._asked_at = now
            await self._look()
        return self._lack is None

    async def _look(self) -> None:
        before, self._lack = self._lack, await asyncio.to_thread(self._ask)
        if self._lack != before:
            level = logging.ERROR if self._lack else logging.INFO
            said = "nothing is sent" if self._lack else "there is room, sending goes on"
            event(_log, level, said, database=self._subject, error=self._lack)
        if self._lack != self._noted:
            await self._note(self._lack)

    async def _note(self, lack: str | None) -> None:
        now = self._clock()
        try:
            await self._store.run(
                lambda store: store.incidents.note("disk", self._subject, lack, now)
            )
            self._noted = lack
        except StoreError as error:
            # It will be when there is room; the log has it.
            event(_log, logging.DEBUG, "incident not recorded yet", error=str(error))
