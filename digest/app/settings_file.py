"""What is told of a configuration file with an error, while older settings are worked by."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.app.human_units import time_of_day
from digest.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.errors import DigestError


def runs_with(since: datetime | None, trouble: str, timezone: str, now: datetime) -> str:
    """`runs with the settings of 07:12; config.yaml:37 has an error: …`, in the file's zone."""
    if since is None:
        return trouble
    return f"runs with the settings of {time_of_day(since, now, ZoneInfo(timezone))}; {trouble}"


def trouble_of(error: DigestError) -> str:
    """What keeps a file from being taken over: its first error, and how many more there are."""
    if not isinstance(error, ConfigError):
        return f"what changed since is not taken over: {'; '.join(str(error).splitlines())}"
    first, *others = error.problems
    where = f"{error.path}:{first.line}" if first.line else f"{error.path}"
    more = f" (and {len(others)} more)" if others else ""
    return f"{where} has an error: {': '.join(filter(None, (first.key, first.message)))}{more}"


def mended(file: Path) -> str:
    """What is told of a file that had an error, until somebody has it taken over."""
    return f"{file} has no error now; `digest reload` takes it over"
