"""The settings of channels: a module per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from digest.config.channels.base import ChannelSettings
from digest.config.kinds import Kinds, OneOf

CHANNEL_KINDS = Kinds(__name__, __path__, ChannelSettings)
"""The settings of each kind of channel, by its name."""

if TYPE_CHECKING:
    AnyChannel = ChannelSettings
else:
    AnyChannel = Annotated[ChannelSettings, OneOf(CHANNEL_KINDS)]

__all__ = ["CHANNEL_KINDS", "AnyChannel", "ChannelSettings"]
