"""A program of the operator's, with the edition as JSON on its standard input."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from digest.channels.base import MessageChannel
from digest.channels.http_verdicts import MOST_WORDS
from digest.channels.idempotency import idempotency_key
from digest.channels.programs import run_program
from digest.config.channels.command import CommandSettings
from digest.errors import ChannelError, DeliveryError
from digest.feeds.text import one_line
from digest.model import NO_PICTURES, Rendition
from digest.rendering.snapshot import as_json_object

if TYPE_CHECKING:
    from digest.channels.pace import Pace
    from digest.channels.programs import Ended
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

# <sysexits.h>: the user is invited to try again.
_TRY_AGAIN = 75
# How a shell, and programs that are like one, say that a signal has ended a program.
_SIGNALLED = range(128 + 1, 128 + 32)
# What a program needs of this one's surroundings; secrets of the configuration are in none of it.
_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
)


class CommandChannel(MessageChannel[CommandSettings]):
    """Runs the program once for each edition; its exit code is the verdict.

    Whether a program knows a copy by its id nobody can tell from here, so nothing is given twice.
    """

    kind = "command"

    def __init__(self, name: str, settings: CommandSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self.begun = False
        """Whether the program was started with the last edition."""

    def render(
        self,
        edition: Edition,
        templates: Renderer,  # noqa: ARG002
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """The edition, whole, as one line of JSON."""
        line = f"{json.dumps(as_json_object(edition, url))}\n"
        return Rendition(self.name, self.kind, ("command",), (line.encode(),))

    def readable(self, part: bytes) -> str:
        """What it gets, in lines."""
        return json.dumps(json.loads(part), ensure_ascii=False, indent=2)

    async def send(self, delivery: Delivery) -> str:
        """Run the program; the receipt is the first line that it writes."""
        self.begun = False
        seconds = self.settings.timeout.total_seconds()
        try:
            ended = await run_program(
                self.settings.command,
                delivery.payload,
                seconds=seconds,
                environment=_environment(delivery),
                begin=self._begin,
            )
        except OSError as error:
            raise self._not_there(error.strerror or type(error).__name__) from None
        return receipt_of(ended, seconds)

    async def check(self) -> str:
        """Whether the program is there; it is not run."""
        found = shutil.which(self.settings.command[0])
        if found is None:
            raise self._not_there("no such program, or not executable")
        return f"the program is {found}; what it does with an edition, a run shows"

    def _begin(self) -> None:
        self.begun = True

    def _not_there(self, why: str) -> ChannelError:
        mend = "mend the setting command, or the program's rights"
        return ChannelError(f"cannot run {self.settings.command[0]}: {why}; {mend}", lasting=True)


def receipt_of(ended: Ended, seconds: float) -> str:
    """What a program that took an edition says of it.

    Raises:
        DeliveryError: `retrying` for exit code 75, `unknown` where it was killed, else `failed`.
    """
    if ended.code is None:
        reason = f"the command took longer than {seconds:g} s and was killed"
        raise DeliveryError(f"{reason}; look what it did, or set timeout", "unknown")
    words = _last_line(ended.errors)
    if ended.code < 0 or ended.code in _SIGNALLED:
        number = -ended.code if ended.code < 0 else ended.code - _SIGNALLED.start + 1
        reason = f"the command was ended by signal {number}{words}"
        raise DeliveryError(f"{reason}; look what it did", "unknown")
    if ended.code == 0:
        lines = ended.output.decode("utf-8", "replace").splitlines()
        return one_line(lines[0] if lines else "", MOST_WORDS) or "exit code 0"
    reason = f"the command ended with exit code {ended.code}{words}"
    if ended.code == _TRY_AGAIN:
        raise DeliveryError(reason, "retrying")
    raise DeliveryError(f"{reason}; mend that, then retry the delivery", "failed")


def _last_line(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return f": {one_line(lines[-1], MOST_WORDS)}" if lines else ""


def _environment(delivery: Delivery) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "DIGEST_ID": idempotency_key(delivery),
        "DIGEST_NAME": delivery.digest,
        "DIGEST_CHANNEL": delivery.channel,
    }
