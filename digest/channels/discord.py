"""Discord, through a webhook: https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.channels.base import HttpChannel, PartRequest
from digest.channels.http_verdicts import fields_of, json_object, told
from digest.config.channels.discord import DiscordSettings
from digest.errors import ChannelError
from digest.rendering.markdown_messages import markdown_messages
from digest.rendering.parts import Limit, utf16_units

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer
    from digest.model import Delivery, Edition

# Characters, of which those outside the basic plane may count twice.
_LIMITS = [Limit(utf16_units, 2_000)]
_SUPPRESS_EMBEDS = 1 << 2
# Unknown channel, wrong type of channel, archived or locked thread, forum without a thread.
_NO_PLACE = (10003, 50024, 50083, 160005, 220001)


class DiscordChannel(HttpChannel[DiscordSettings]):
    """Posts an edition as Markdown, in as many messages as it takes, and mentions nobody.

    A message has no identity that Discord would recognise a copy by, so nothing is posted again.
    """

    kind = "discord"
    seconds_between = 2.0  # Discord takes 30 messages a minute for a channel.

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """So that the answer has the message, and in the thread."""
        thread = self.settings.thread
        return {"params": {"wait": "true"} | ({"thread_id": thread} if thread else {})}

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is posted, in order."""
        return [_message(text) for text in markdown_messages(edition, _LIMITS, url)]

    def judge(self, answer: Answer) -> Answer:
        """By the status, but for a place that takes no message at all: the next fares the same."""
        code = (json_object(answer.body) or {}).get("code")
        if answer.status >= 400 and code in _NO_PLACE:
            raise ChannelError(f"{told(answer)}; look at the setting thread", lasting=True)
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The id of the message."""
        return str(fields_of(answer, "id")["id"])

    async def check(self) -> str:
        """Ask which channel the webhook posts to; whether a thread is there only a post shows."""
        webhook = fields_of(await self.endpoint.get(), "name", "channel_id")
        place = f"thread {self.settings.thread} of channel" if self.settings.thread else "channel"
        return f"the webhook is {webhook['name']}, which posts to {place} {webhook['channel_id']}"

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        return json.dumps(_message(line)).encode()

    def readable(self, part: bytes) -> str:
        """The Markdown of a message."""
        return str(json.loads(part)["content"])


def _message(text: str) -> dict[str, Any]:
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": _SUPPRESS_EMBEDS}
