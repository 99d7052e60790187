"""The settings of channels that send through Pushover."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import ChannelSettings, Question, Setup
from digest.config.fields import WebUrl
from digest.config.secrets import Secret


class PushoverSettings(ChannelSettings):
    """A channel that sends to a user or a group of Pushover, as an application of one's own."""

    kind: Literal["pushover"]
    token: Secret = Field(description="The API token of an application; a secret.")
    user: Secret = Field(description="The key of the user, or of a group; a secret.")
    api_url: WebUrl = Field("https://api.pushover.net/1", description="Where Pushover is.")

    synonyms: ClassVar[dict[str, str]] = {
        "token": "app_token api_token application_token api_key",
        "user": "user_key group group_key recipient to",
        "api_url": "api base_url url",
    }
    setup: ClassVar[Setup | None] = Setup(
        "pushover",
        (
            Question(
                *("token", "The application's API token"),
                hint="On pushover.net/apps/build, make an application: it shows its API token.",
            ),
            Question("user", "Your user key", hint="It is on the first page of pushover.net."),
        ),
    )
    remedy: ClassVar[str] = (
        "look whether token and user are those on pushover.net, and at the network"
    )

    @property
    def server_url(self) -> str:
        """The address of Pushover."""
        return self.api_url
