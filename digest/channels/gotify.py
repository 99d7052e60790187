"""Gotify, as an application of a server: https://gotify.net/docs/pushmsg."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.channels.http import Endpoint
from digest.channels.http_verdicts import fields_of
from digest.channels.push import PushChannel
from digest.config.channels.gotify import GotifySettings
from digest.config.secrets import secrets_in

if TYPE_CHECKING:
    from digest.channels.base import PartRequest
    from digest.channels.http_answer import Answer
    from digest.model import Delivery
    from digest.rendering.push_message import PushMessage


class GotifyChannel(PushChannel[GotifySettings]):
    """Sends a line as plain text, which is what Gotify shows unless it is told otherwise.

    A message has no identity that Gotify would recognise a copy by, so nothing is sent again.
    """

    kind = "gotify"

    @cached_property
    def endpoint(self) -> Endpoint:
        """The server."""
        secrets = secrets_in(self.settings)
        return Endpoint(self.settings.url.rstrip("/"), secrets, mend=self.remedy)

    def message(self, push: PushMessage) -> dict[str, Any]:
        """A message, and what a tap on it opens: https://gotify.net/docs/msgextras."""
        click = {"client::notification": {"click": {"url": push.link}}}
        extras = {"extras": click} if push.link else {}
        return {"title": push.title, "message": push.text, **extras}

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """With the token, which is not in the address, so that no proxy writes it down."""
        token = self.settings.token.get_secret_value()
        return {"path": "/message", "headers": {"X-Gotify-Key": token}}

    def receipt(self, answer: Answer) -> str:
        """The id of the message."""
        return str(fields_of(answer, "id")["id"])

    async def check(self) -> str:
        """Ask for the server's version; whether the token is right only a message shows."""
        version = fields_of(await self.endpoint.get("/version"), "version")["version"]
        return self.found(f"Gotify {version} answers")
