"""The settings of channels: a module per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config.channels.base import ChannelSettings
from digest.config.kinds import find_kinds, union_of

CHANNEL_KINDS = find_kinds(__name__, __path__, ChannelSettings)
"""The settings of each kind of channel, by its name."""

if TYPE_CHECKING:
    AnyChannel = ChannelSettings
else:
    AnyChannel = union_of(CHANNEL_KINDS)

__all__ = ["CHANNEL_KINDS", "AnyChannel", "ChannelSettings"]
