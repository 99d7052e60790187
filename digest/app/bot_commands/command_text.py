"""What people write to a bot, read as commands: pure."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

from digest.errors import UsageError

_COMMAND = re.compile(r"/([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)
_SPAN = re.compile(r"([0-9]{1,4})\s*(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_A_PAUSE = "write /pause and how long: 12h, 3d, 1w, or 2 weeks"
LONGEST_PAUSE = timedelta(weeks=26)


class Command(Struct, frozen=True):
    """A command and the words behind it, which are on one line."""

    name: str
    words: str = ""


def parse_command(text: str) -> Command | None:
    """The command that a message is; None where it is something else."""
    if (found := _COMMAND.fullmatch(text.strip())) is None:
        return None
    return Command(found[1].lower(), " ".join((found[2] or "").split()))


def parse_pause(words: str) -> timedelta:
    """How long to pause.

    Raises:
        UsageError: it is no length, or too long.
    """
    found = _SPAN.fullmatch(words.strip())
    span = int(found[1]) * _UNITS[found[2][0].lower()] if found else timedelta()
    if not span:
        raise UsageError(_A_PAUSE)
    if span > LONGEST_PAUSE:
        weeks = LONGEST_PAUSE // _UNITS["w"]
        raise UsageError(f"a pause lasts {weeks} weeks at the most; {_A_PAUSE}")
    return span
