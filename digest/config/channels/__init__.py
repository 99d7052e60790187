"""The settings of channels: a module per kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from digest.config.channels.base import ChannelSettings
from digest.config.kinds import Kinds, OneOf
from digest.config.secrets import MissingSecret

CHANNEL_KINDS = Kinds(__name__, __path__, ChannelSettings)
"""The settings of each kind of channel, by its name."""


def service_name(kind: str) -> str:
    """What people call the service of a kind, like `Google Chat`."""
    return CHANNEL_KINDS[kind].display_name or kind.capitalize()


def refuse_foreign(kind: str, address: str) -> None:
    """Refuse the address of another service's webhook for a channel of this kind.

    Raises:
        ValueError: it belongs to a channel of another kind.
    """
    if _is_of(CHANNEL_KINDS[kind], address):
        # No need to load the others.
        return
    for other, model in CHANNEL_KINDS.items():
        if _is_of(model, address):
            service = service_name(other)
            raise ValueError(
                f"the address is a webhook of {service}, for a channel of kind {other}"
            )


def _is_of(model: type[ChannelSettings], address: str) -> bool:
    """Whether an address looks like those of the kind's own service."""
    pattern = model.hook and model.hook.pattern
    return bool(pattern and re.fullmatch(pattern, address))


def _address_of_its_kind(settings: ChannelSettings) -> ChannelSettings:
    address = settings.hook_address
    if address and not isinstance(address, MissingSecret):
        refuse_foreign(settings.kind, address.get_secret_value())
    return settings


if TYPE_CHECKING:
    AnyChannel = ChannelSettings
else:
    AnyChannel = Annotated[
        ChannelSettings, OneOf(CHANNEL_KINDS), AfterValidator(_address_of_its_kind)
    ]

__all__ = ["CHANNEL_KINDS", "AnyChannel", "ChannelSettings", "refuse_foreign", "service_name"]
