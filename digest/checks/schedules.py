"""When digests go out: each schedule in the one way to write it, and its next times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.checks import Finding
from digest.config.schedule_text import canonical
from digest.editions.schedule import next_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from digest.config import Settings

_TIMES = 3


def check_schedules(settings: Settings, now: datetime) -> list[Finding]:
    """The next three times of each digest, by its own clock: what was meant shows in them."""
    return [
        Finding(
            "schedule",
            name,
            "ok",
            f"{canonical(digest.schedule)} ({settings.zone_of(name).key}):"
            f" {', '.join(_next_times(settings, name, now))}",
        )
        for name, digest in settings.digests.items()
    ]


def _next_times(settings: Settings, name: str, now: datetime) -> Iterator[str]:
    zone, at = settings.zone_of(name), now
    for _ in range(_TIMES):
        at = next_after(settings.digests[name].schedule, zone, at)
        yield f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
