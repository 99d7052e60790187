"""The clock: APScheduler, which does nothing here but wake what waits.

Whether anything is due is the store's word. So a wake-up too many does nothing, and one that a
change of the clock or a suspended machine swallowed is made good by the next full minute.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from digest.editions.schedule import next_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from digest.model import Schedule


class WallClockTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires at a wall-clock rule's instants, each once."""

    def __init__(self, schedule: Schedule, zone: ZoneInfo) -> None:
        self._schedule = schedule
        self._zone = zone

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """The first instant after both."""
        after = max(previous_fire_time, now) if previous_fire_time else now
        return next_after(self._schedule, self._zone, after)


def seconds_to_next_minute(now: datetime) -> float:
    """More than 0, at most 60."""
    return 60 - (now.second + now.microsecond / 1_000_000)


class Clock:
    """Calls back, on the event loop, at wall-clock times."""

    def __init__(self) -> None:
        self._ticking: asyncio.TimerHandle | None = None
        # It logs each wake-up, and warns of the late ones, which are harmless here.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    def every_minute(self, wake: Callable[[], None]) -> None:
        """Call at each full minute; not by the scheduler, which sleeps through a clock set back."""
        seconds = seconds_to_next_minute(datetime.now(UTC))

        def tick() -> None:
            self.every_minute(wake)
            wake()

        self._ticking = asyncio.get_running_loop().call_later(seconds, tick)

    def on_schedule(self, schedule: Schedule, zone: ZoneInfo, wake: Callable[[], None]) -> None:
        """Call at each instant of a rule."""
        self._scheduler.add_job(_on_loop, WallClockTrigger(schedule, zone), args=[wake])

    def start(self) -> None:
        """Start calling."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop calling."""
        self._scheduler.shutdown(wait=False)
        if self._ticking:
            self._ticking.cancel()


async def _on_loop(wake: Callable[[], None]) -> None:
    # A coroutine, since APScheduler runs plain functions in a thread.
    wake()
