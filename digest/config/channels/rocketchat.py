"""The settings of channels that post to Rocket.Chat."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import Label, SecretUrl


class RocketchatSettings(ChannelSettings):
    """A channel that posts to Rocket.Chat, through an incoming integration."""

    kind: Literal["rocketchat"]
    webhook_url: SecretUrl = Field(description="The integration's webhook URL; a secret.")
    channel: Label | None = Field(
        None, description="Another channel, as `#NAME` or `@NAME`; default: the integration's."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": WEBHOOK_WORDS,
        "channel": "channel_id channel_name room room_id conversation to",
    }
    hook: ClassVar[Hook | None] = Hook(
        "webhook_url", "rocketchat", "The Rocket.Chat integration's address"
    )
    display_name: ClassVar[str] = "Rocket.Chat"
    remedy: ClassVar[str] = (
        "look whether the integration is still there and enabled, and at the network"
    )
