"""The settings of channels that post to Discord."""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from digest.config.channels.base import ChannelSettings, Hook
from digest.config.fields import SecretUrl


class DiscordSettings(ChannelSettings):
    """A channel that posts to Discord, through a webhook."""

    kind: Literal["discord"]
    webhook_url: SecretUrl = Field(description="The webhook's address; a secret.")
    thread: str | None = Field(None, description="The id of a thread to post into, in quotes.")

    hook: ClassVar[Hook | None] = Hook("webhook_url", "community", "The webhook's address")
    remedy: ClassVar[str] = (
        "look at the network, and whether the webhook is still among the channel's integrations"
    )

    @property
    def shares(self) -> str:
        """The webhook: its limits hold for all its threads together."""
        return f"discord {sha256(self.webhook_url.get_secret_value().encode()).hexdigest()}"

    @field_validator("thread")
    @classmethod
    def _is_an_id(cls, thread: str | None) -> str | None:
        if thread is not None and not (thread.isascii() and thread.isdigit()):
            raise ValueError("must be the id of a thread, which is all digits")
        return thread
