"""The settings of channels that post to Google Chat."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import SecretUrl


class GooglechatSettings(ChannelSettings):
    """A channel that posts to a space of Google Chat, through a webhook."""

    kind: Literal["googlechat"]
    webhook_url: SecretUrl = Field(description="The webhook's address; a secret.")
    threads: bool = Field(
        False, description="Later messages of an edition as replies to its first."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": f"{WEBHOOK_WORDS} space token",
        "threads": "thread threaded replies use_threads thread_key",
    }
    hook: ClassVar[Hook | None] = Hook(
        *("webhook_url", "space", "The Google Chat webhook's address"),
        pattern=r"https://chat\.googleapis\.com/v1/spaces/[^/]+/messages\?.*",
    )
    display_name: ClassVar[str] = "Google Chat"
    remedy: ClassVar[str] = (
        "look whether the webhook is still among the space's apps, and at the network"
    )
