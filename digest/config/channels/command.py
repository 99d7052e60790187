"""The settings of channels that give each edition to a program of the operator's."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from digest.config.channels.base import ChannelSettings
from digest.config.fields import Command, Interval

_LONGEST = timedelta(minutes=10)


def _not_too_long(value: timedelta) -> timedelta:
    if value > _LONGEST:
        raise ValueError("must be 10m at most; a program that takes longer can queue the edition")
    return value


class CommandSettings(ChannelSettings):
    """A channel that runs a program for each edition, with the edition as JSON on its input."""

    kind: Literal["command"]
    command: Command = Field(
        description="The program with its arguments, in one line; no shell runs it."
    )
    timeout: Annotated[Interval, AfterValidator(_not_too_long)] = Field(
        timedelta(minutes=1), description="How long it may take, 10m at most; then it is killed."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "command": "cmd exec execute run program script path shell argv arguments",
        "timeout": "deadline time_limit max_time seconds",
    }
    remedy: ClassVar[str] = "run the command by hand, with the JSON of a preview as its input"
