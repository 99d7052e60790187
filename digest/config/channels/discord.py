"""The settings of channels that post to Discord."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import Digits, SecretUrl


class DiscordSettings(ChannelSettings):
    """A channel that posts to Discord, through a webhook."""

    kind: Literal["discord"]
    webhook_url: SecretUrl = Field(description="The webhook's address; a secret.")
    thread: Digits | None = Field(None, description="The id of a thread to post into.")

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": f"{WEBHOOK_WORDS} channel channel_id token",
        "thread": "thread_id topic",
    }
    hook: ClassVar[Hook | None] = Hook(
        *("webhook_url", "community", "The Discord webhook's address"),
        # Those that end in the name of another kind take what that one posts.
        pattern=r"https://(\w+\.)?discord(app)?\.com/api/webhooks/[^/]+/[^/]+/?",
    )
    rank: ClassVar[int] = 30
    remedy: ClassVar[str] = (
        "look whether the webhook is still among the channel's integrations, and at the network"
    )
