"""The settings of channels that post to Mattermost."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import Label, SecretUrl


class MattermostSettings(ChannelSettings):
    """A channel that posts to Mattermost, through an incoming webhook."""

    kind: Literal["mattermost"]
    webhook_url: SecretUrl = Field(description="The incoming webhook's address; a secret.")
    channel: Label | None = Field(
        None,
        description="Another channel: its name in addresses, or `@NAME`; default: the webhook's.",
    )

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": WEBHOOK_WORDS,
        "channel": "channel_id channel_name room conversation to",
    }
    hook: ClassVar[Hook | None] = Hook(
        "webhook_url", "mattermost", "The Mattermost webhook's address"
    )
    remedy: ClassVar[str] = (
        "look whether the webhook is still among the integrations of Mattermost, and at the network"
    )
