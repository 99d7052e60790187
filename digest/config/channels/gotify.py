"""The settings of channels that send to a server of Gotify."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.channels.base import ChannelSettings, Question, Setup
from digest.config.fields import WebUrl
from digest.config.secrets import Secret


class GotifySettings(ChannelSettings):
    """A channel that sends to a server of Gotify, as one of its applications."""

    kind: Literal["gotify"]
    url: WebUrl = Field(description="The server's address, like `https://push.example.com`.")
    token: Secret = Field(description="The token of an application there; a secret.")

    synonyms: ClassVar[dict[str, str]] = {
        "url": "server server_url host address base_url endpoint webhook_url",
        "token": "app_token application_token api_key key access_token",
    }
    setup: ClassVar[Setup | None] = Setup(
        "gotify",
        (
            Question("url", "The server's address, like https://push.example.com"),
            Question("token", "The application's token", hint="In Gotify, under Apps, make one."),
        ),
    )
    remedy: ClassVar[str] = (
        "look whether url is the server's address, whether the token is still among its Apps, and"
        " at the network"
    )

    @property
    def server_url(self) -> str:
        """The address of the server."""
        return self.url
