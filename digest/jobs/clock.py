"""The clock: APScheduler, which does nothing here but wake what waits.

Whether anything is due is the store's word. So a wake-up too many does nothing, and one that a
change of the clock or a suspended machine swallowed is made good by the next full minute.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from digest.editions.schedule import next_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from digest.model import Schedule

_MINUTE = timedelta(minutes=1)


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


class MinuteTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires at each full minute."""

    def get_next_fire_time(
        self,
        previous_fire_time: datetime | None,  # noqa: ARG002
        now: datetime,
    ) -> datetime | None:
        """The next full minute, in UTC."""
        return now.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE


class Clock:
    """Calls back, on the event loop, at wall-clock times."""

    def __init__(self) -> None:
        # It logs each wake-up, and warns of the late ones, which are harmless here.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    def every_minute(self, wake: Callable[[], None]) -> None:
        """Call at each full minute."""
        self._scheduler.add_job(_on_loop, MinuteTrigger(), args=[wake])

    def on_schedule(self, schedule: Schedule, zone: ZoneInfo, wake: Callable[[], None]) -> None:
        """Call at each instant of a rule."""
        self._scheduler.add_job(_on_loop, WallClockTrigger(schedule, zone), args=[wake])

    def start(self) -> None:
        """Start calling."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop calling."""
        self._scheduler.shutdown(wait=False)


async def _on_loop(wake: Callable[[], None]) -> None:
    # A coroutine, since APScheduler runs plain functions in a thread.
    wake()
