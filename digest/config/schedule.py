"""Schedules as people write them: phrases, or five cron fields."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.config.cron import is_cron, parse_cron
from digest.config.schedule_phrase import parse_phrase
from digest.config.schedule_words import EXAMPLES, NoScheduleError

if TYPE_CHECKING:
    from digest.model import Schedule

_EVERY_LEAP_DAY_ONCE = 366 * 8
_EXAMPLES_SHOWN = 3


def parse_schedule(text: str) -> Schedule:
    """Read a phrase or a cron expression.

    Raises:
        ValueError: it is neither, or it describes a date that never comes.
    """
    schedule = parse_cron(text) if is_cron(text.strip()) else _phrase(text)
    first = date(2024, 1, 1)
    if not any(schedule.on(first + timedelta(days=n)) for n in range(_EVERY_LEAP_DAY_ONCE)):
        raise ValueError(f"{text!r} describes a date that never comes")
    return schedule


def _phrase(text: str) -> Schedule:
    try:
        return parse_phrase(text)
    except NoScheduleError as error:
        examples = ", ".join(map(repr, _examples_near(text)))
        write = " Write" if str(error).endswith("?") else "; write"
        raise ValueError(f"not a schedule: {text!r}: {error}{write} like {examples}") from None
    except ValueError as error:
        raise ValueError(f"not a schedule: {text!r}: {error}") from None


def _examples_near(text: str) -> list[str]:
    """What was probably meant, by the letters it shares with what can be written."""
    # A file without an error does without.
    import difflib

    near = difflib.get_close_matches(text.lower(), EXAMPLES, n=_EXAMPLES_SHOWN, cutoff=0.4)
    return near or list(EXAMPLES[:_EXAMPLES_SHOWN])
