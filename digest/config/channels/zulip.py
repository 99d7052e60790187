"""The settings of channels that post to Zulip."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from digest.config.channels.base import ChannelSettings, Question, Setup
from digest.config.fields import Address, Label, WebUrl
from digest.config.secrets import Secret

# MAX_TOPIC_NAME_LENGTH of Zulip, which cuts what is longer.
TOPIC_LENGTH = 60


class ZulipSettings(ChannelSettings):
    """A channel that posts to Zulip, as a bot."""

    kind: Literal["zulip"]
    url: WebUrl = Field(description="The organisation's address, like https://NAME.zulipchat.com.")
    email: Address = Field(description="The bot's email address.")
    api_key: Secret = Field(description="The bot's API key; a secret.")
    channel: Label = Field(description="The channel's name, or its id.")
    topic: Annotated[Label, StringConstraints(max_length=TOPIC_LENGTH)] | None = Field(
        None, description="The topic to post under; default: the digest's title."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": "site server server_url organization_url realm host address",
        "email": "bot_email user username login bot",
        "api_key": "key token bot_token secret password",
        "channel": "stream stream_name channel_name channel_id stream_id to",
        "topic": "subject thread",
    }
    setup: ClassVar[Setup | None] = Setup(
        "zulip",
        (
            Question("url", "The organisation's address, like https://NAME.zulipchat.com"),
            Question("email", "The bot's email address"),
            Question("api_key", "The bot's API key"),
            Question("channel", "The channel's name"),
            Question("topic"),
        ),
    )
    remedy: ClassVar[str] = (
        "look whether the bot is still active, at its email and api_key, and at the network"
    )

    @property
    def shares(self) -> str:
        """What bots of one address share: the limit of their requests."""
        return f"zulip {self.url} {self.email}"

    @property
    def server_url(self) -> str:
        """The address that it posts to."""
        return self.url
