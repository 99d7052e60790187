"""The accounts that take commands, by which channels they do so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.config.settings import Settings


def bots_of(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The channels of each bot that takes commands, as the file has them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, channel in settings.channels.items():
        if channel.bot:
            found[channel.bot] = (*found.get(channel.bot, ()), name)
    return found
