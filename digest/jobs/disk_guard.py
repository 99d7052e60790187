"""Keeps the jobs from sending what there is no room to record."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from digest.errors import StoreError
from digest.log import event
from digest.store import DatabaseAddress, database_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.jobs.context import JobContext

_log = logging.getLogger(__name__)

_ASKED_AGAIN_SECONDS = 1.0


class DiskGuard:
    """Asks what is lacking to record what is sent, and tells of it once: log and incident.

    `ask` answers why nothing should be sent that a database has to record, None where it may be.
    """

    def __init__(
        self,
        context: JobContext,
        ask: Callable[[DatabaseAddress], str | None] = DatabaseAddress.reason_not_to_send,
        again_seconds: float = _ASKED_AGAIN_SECONDS,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._database = database_of(context.settings)
        self._ask = ask
        self._again_seconds = again_seconds
        self._asked_at = float("-inf")
        self._lack: str | None = None
        # Neither a lack nor none: what an earlier process noted is not known here.
        self._noted: str | None = ""

    @property
    def lack(self) -> str | None:
        """Why nothing is sent now; None where it is."""
        return self._lack and f"{self._database}: {self._lack}"

    async def has_room(self) -> bool:
        """Whether what is sent now can be recorded; asks again after a second."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_at >= self._again_seconds:
            self._asked_at = now
            await self._look()
        return self._lack is None

    async def _look(self) -> None:
        before, self._lack = self._lack, await asyncio.to_thread(self._ask, self._database)
        if self._lack != before:
            level = logging.ERROR if self._lack else logging.INFO
            message = "nothing is sent" if self._lack else "there is room, sending goes on"
            event(_log, level, message, database=self._database, error=self._lack)
        if self._lack != self._noted:
            await self._note(self._lack)

    async def _note(self, lack: str | None) -> None:
        now = self._clock()
        try:
            await self._store.transact(
                lambda store: store.incidents.note("disk", str(self._database), lack, now)
            )
            self._noted = lack
        except StoreError as error:
            # It will be when there is room; the log has it.
            event(_log, logging.DEBUG, "incident not recorded yet", error=str(error))
