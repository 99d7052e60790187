"""Where editions go: a module or a folder per kind, behind one protocol.

A kind `x` is a model of settings in `digest.config.channels.x`, and in `digest.channels.x` a
`BaseChannel` whose `kind` is `x`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from digest.channels.pace import Paces
from digest.channels.protocol import Channel, Conversation, Conversing, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.channels.base import BaseChannel
    from digest.config import Settings

__all__ = ["Channel", "Conversation", "Conversing", "Session", "channel_class", "open_channels"]


def channel_class(kind: str) -> type[BaseChannel[Any]]:
    """The class of a kind; it is loaded when it is first asked for."""
    module = import_module(f"{__name__}.{kind}")
    found: Iterator[type[BaseChannel[Any]]] = (
        value for value in vars(module).values() if getattr(value, "kind", None) == kind
    )
    return next(found)


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Every configured channel, by name."""
    paces = Paces()
    return {
        name: channel_class(channel.kind).open(name, channel, settings, paces)
        for name, channel in settings.channels.items()
    }
