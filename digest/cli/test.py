"""`digest test`: sends a line through a channel, to see that it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.app.wiring import open_runtime
from digest.cli import aio, pass_settings
from digest.cli.holder import ask_holder
from digest.cli.names import channel_names
from digest.cli.output import print_result, say
from digest.errors import InstanceError
from digest.jobs.test_sends import ChannelTest

if TYPE_CHECKING:
    from digest.config import Settings


@click.command()
@click.argument("channel", shell_complete=channel_names)
@pass_settings
def test(settings: Settings, channel: str) -> None:
    """Send a test message through CHANNEL.

    An email goes to the first recipient of the file. To files nothing is written: their folder is
    looked at.
    """
    print_result(aio.run(_test(settings, channel)), _print)


async def _test(settings: Settings, channel: str) -> ChannelTest:
    try:
        async with open_runtime(settings, "digest test") as runtime:
            return await runtime.trial_sender.greet(channel)
    except InstanceError as error:
        return await ask_holder(settings, error, ChannelTest, "test", channel=channel)


def _print(result: ChannelTest) -> None:
    deed = f"sent to {result.recipient}" if result.recipient else "nothing is sent there"
    say(f"{result.channel}: {deed}: {result.answer}")
