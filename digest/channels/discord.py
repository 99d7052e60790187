"""Discord, through a webhook: https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest import __version__
from digest.channels.base import HttpChannel
from digest.channels.http import Endpoint
from digest.channels.http_verdicts import accepted, fields_of, json_object, told
from digest.config.channels.discord import DiscordSettings
from digest.errors import ChannelError
from digest.rendering.markdown_messages import markdown_messages
from digest.rendering.parts import Limit, utf16_units

if TYPE_CHECKING:
    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition

# Characters, of which those outside the basic plane may count twice.
_LIMITS = [Limit(utf16_units, 2_000)]
_SUPPRESS_EMBEDS = 1 << 2
_HEADERS = {"Content-Type": "application/json", "User-Agent": f"digest/{__version__}"}
# Unknown channel, wrong type of channel, archived or locked thread, forum without a thread.
_NO_PLACE = (10003, 50024, 50083, 160005, 220001)


class DiscordChannel(HttpChannel[DiscordSettings]):
    """Posts an edition as Markdown, in as many messages as it takes, and mentions nobody.

    A message has no identity that Discord would recognise a copy by, so nothing is posted again.
    """

    kind = "discord"
    seconds_between = 2.0  # Discord takes 30 messages a minute for a channel.

    def __init__(self, name: str, settings: DiscordSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self.endpoint = Endpoint(settings.webhook_url)
        self._thread = {"thread_id": settings.thread} if settings.thread else {}

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is posted, in order."""
        return [_message(text) for text in markdown_messages(edition, _LIMITS, url)]

    async def send(self, delivery: Delivery) -> str:
        """Post one part; the receipt is the id of the message."""
        query = {"wait": "true", **self._thread}
        answer = await self.endpoint.ask(
            "POST", data=delivery.payload, headers=_HEADERS, params=query
        )
        said = json_object(answer.body.decode("utf-8", "replace")) or {}
        if answer.status >= 400 and said.get("code") in _NO_PLACE:
            # Of 400 too: it is not about this message, and the next one would fare the same.
            raise ChannelError(f"{told(answer)}; look at the setting thread", lasting=True)
        return str(fields_of(accepted(answer), "id")["id"])

    async def check(self) -> str:
        """Ask which channel the webhook posts to; whether a thread is there only a post shows."""
        webhook = fields_of(await self.endpoint.get(), "name", "channel_id")
        place = f"thread {self.settings.thread} of channel" if self._thread else "channel"
        return f"the webhook is {webhook['name']}, which posts to {place} {webhook['channel_id']}"

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        return json.dumps(_message(line)).encode()

    def readable(self, part: bytes) -> str:
        """The Markdown of a message."""
        return str(json.loads(part)["content"])


def _message(text: str) -> dict[str, Any]:
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": _SUPPRESS_EMBEDS}
