"""The settings of channels that post to Slack."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import SecretUrl, WebUrl
from digest.config.secrets import Secret


class SlackSettings(ChannelSettings):
    """A channel that posts to Slack, through an incoming webhook or as an app with a bot token."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["webhook_url"]}, {"required": ["bot_token", "channel"]}]
        }
    )

    kind: Literal["slack"]
    webhook_url: SecretUrl | None = Field(
        None, description="The incoming webhook's address; a secret."
    )
    bot_token: Secret | None = Field(
        None, description="The token of an app with chat:write, instead of a webhook; a secret."
    )
    channel: str | None = Field(
        None, min_length=1, description="With bot_token: the channel's id, like C0123456789."
    )
    api_url: WebUrl = Field(
        "https://slack.com/api/", description="With bot_token: where Slack is, for proxies."
    )
    threads: bool = Field(
        False, description="With bot_token: a short post, and its sections in at most six replies."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "webhook_url": WEBHOOK_WORDS,
        "bot_token": "token api_token slack_token oauth_token access_token bot api_key",
        "channel": "channel_id channel_name room conversation to",
        "api_url": "api base_url",
        "threads": "thread threaded replies use_threads",
    }
    hook: ClassVar[Hook | None] = Hook(
        *("webhook_url", "team", "The Slack webhook's address"),
        pattern=r"https://hooks\.slack(-gov)?\.com/.*",
    )
    rank: ClassVar[int] = 50
    remedy: ClassVar[str] = "look at the network, and at HTTPS_PROXY where there is a proxy"

    @property
    def server_url(self) -> str:
        """The address that it posts to; a webhook's is secret."""
        return self.webhook_url.get_secret_value() if self.webhook_url else self.api_url

    @field_validator("threads")
    @classmethod
    def _replies_need_a_bot(cls, threads: bool, info: ValidationInfo) -> bool:
        if threads and info.data.get("bot_token") is None:
            raise ValueError("needs bot_token and channel; a webhook cannot post replies")
        return threads

    @model_validator(mode="after")
    def _one_way_to_post(self) -> SlackSettings:
        if (self.webhook_url is None) == (self.bot_token is None):
            raise ValueError("give webhook_url, or bot_token and channel")
        if (self.bot_token is None) != (self.channel is None):
            raise ValueError("bot_token and channel belong together")
        return self
