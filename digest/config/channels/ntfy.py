"""The settings of channels that publish to a topic of ntfy."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from digest.config.channels.base import ChannelSettings, Hook
from digest.config.fields import SecretUrl
from digest.config.secrets import MAY_BE_MISSING, Secret, UrlSecret

# https://docs.ntfy.sh/publish/
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


def _with_topic(value: UrlSecret) -> UrlSecret:
    url = urlsplit(value.get_secret_value())
    if url.query or url.fragment or not _TOPIC.fullmatch(url.path.rpartition("/")[2]):
        # The topic is a secret, so the message does not repeat it.
        raise ValueError(
            "must end in the topic, like https://ntfy.sh/TOPIC: 64 letters, digits, - and _ at most"
        )
    return value


class NtfySettings(ChannelSettings):
    """A channel that publishes to a topic of ntfy, which phones subscribe to."""

    kind: Literal["ntfy"]
    url: Annotated[SecretUrl, AfterValidator(_with_topic), MAY_BE_MISSING] = Field(
        description="The topic's address, like `https://ntfy.sh/TOPIC`; a secret, since whoever"
        " knows the topic can read it."
    )
    token: Secret | None = Field(
        None, description="An access token, where the topic wants a login; a secret."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": "topic topic_url server server_url webhook webhook_url address endpoint host",
        "token": "access_token api_key auth auth_token password bearer",
    }
    hook: ClassVar[Hook | None] = Hook(
        *("url", "ntfy", "The ntfy topic's address, like https://ntfy.sh/TOPIC"),
        pattern=r"https://ntfy\.sh/[^/]+",
    )
    remedy: ClassVar[str] = (
        "look whether the server and the topic in url are right, whether the token may publish"
        " there, and at the network"
    )

    @property
    def server(self) -> str:
        """The address of the server, without the topic."""
        return self.url.get_secret_value().rpartition("/")[0]

    @property
    def topic(self) -> str:
        """What phones subscribe to."""
        return self.url.get_secret_value().rpartition("/")[2]
