"""Discord, through a webhook: https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

import asyncio
import json
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from digest.channels.base import HttpChannel, PartRequest
from digest.channels.http_verdicts import fields_of, json_object, told, wait_of
from digest.config.channels.discord import DiscordSettings
from digest.errors import ChannelError, DeliveryError
from digest.model import NO_PICTURES
from digest.rendering.discord.messages import (
    DIALECT,
    build_messages,
    in_colour,
    line_message,
    markdown_of,
    without_links,
)
from digest.rendering.discord.preview import discord_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.http_answer import Answer
    from digest.model import Delivery, Edition, Pictures, Rendition
    from digest.rendering.dialects import Dialect
    from digest.rendering.renderer import Renderer

_THREAD = "look at the setting thread"
_FORUM = "the channel is a forum: set new_post: true, or name one of its posts as thread"
# What needs a person, by the codes of its errors (docs/topics/opcodes-and-status-codes).
_REMEDIES = {
    10003: _THREAD,  # unknown channel
    50024: _THREAD,  # wrong type of channel
    50083: _THREAD,  # archived
    160005: _THREAD,  # locked
    220001: _FORUM,
    220003: "the channel is no forum: leave new_post out",
    220004: _FORUM,
    40333: "Discord refuses requests of this version; look for a newer one",
}
# Slow mode, limits of a channel and of a server, what is switched off for a while, overload.
_PASSING = frozenset({20016, 20028, 20029, 40004, 40006, 130000})
# Of what has none of its own: a message of one line.
_POST_NAME = "digest"
# Resets of a webhook's own limit are a few seconds away.
_LONGEST_RESET = 60.0


class DiscordChannel(HttpChannel[DiscordSettings]):
    """Posts an edition as embeds, in as many messages as it takes, and mentions nobody.

    A message has no identity that Discord would recognise a copy by, and a webhook can read a
    message by its id only: what may have arrived is not posted again.
    """

    kind = "discord"
    dialect: ClassVar[Dialect] = DIALECT
    seconds_between = 2.0  # Discord takes 30 messages a minute for a channel.

    def page(self, parts: Sequence[bytes]) -> str:
        """The messages about as Discord shows them."""
        return discord_page([*map(json.loads, parts)])

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is kept, in order."""
        return build_messages(edition, url)

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """Each message as a part, its embeds in the colour of the look."""
        messages = self.messages(edition, url)
        return self.rendition(in_colour(message, templates.accent) for message in messages)

    def request(self, delivery: Delivery) -> PartRequest:
        """So that the answer has the message, and in the thread."""
        # The id of a forum's post is that of its first message.
        of_post = delivery.first_receipt if self.settings.new_post else ""
        thread = self.settings.thread or of_post
        return {"params": {"wait": "true"} | ({"thread_id": thread} if thread else {})}

    def body(self, delivery: Delivery) -> bytes:
        """Only what is to begin a post of a forum has a name for it."""
        message = json.loads(delivery.payload)
        name = message.pop("thread_name", _POST_NAME)
        begins = self.settings.new_post and not delivery.first_receipt
        return self.encoded(message | ({"thread_name": name} if begins else {}))

    def judge(self, answer: Answer) -> Answer:
        """By its code where it names the place or passes by itself, else by the status."""
        self._mind_limit(answer)
        fields = json_object(answer.body) or {}
        code = fields.get("code")
        if answer.status >= 400 and isinstance(code, int):
            if remedy := _REMEDIES.get(code):
                if remedy is _THREAD and self.settings.new_post:
                    # Another edition has another post.
                    reason = f"{told(answer)}: the post that the first part began is gone or closed"
                    raise DeliveryError(reason, "failed")
                raise ChannelError(f"{told(answer)}; {remedy}", lasting=True)
            if code in _PASSING:
                raise ChannelError(told(answer), retry_after=_wait(answer, fields))
        if answer.status == 429:
            raise ChannelError(told(answer), retry_after=_wait(answer, fields))
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
        return self.encoded(line_message(self.dialect.literal(line)))

    def plainer(self, payload: bytes) -> bytes | None:
        """The same without links: Discord's filter does not say which one it takes for harmful."""
        message = json.loads(payload)
        plain = without_links(message)
        return self.encoded(plain) if plain != message else None

    def readable(self, part: bytes) -> str:
        """The Markdown of a message."""
        return markdown_of(json.loads(part))

    def _mind_limit(self, answer: Answer) -> None:
        """Wait for the reset of a limit that this message used up."""
        if answer.headers.get("X-RateLimit-Remaining") != "0":
            return
        seconds = _seconds(answer.headers.get("X-RateLimit-Reset-After"))
        if seconds is not None:
            now = asyncio.get_running_loop().time()
            self.pace.rest(now, min(seconds, _LONGEST_RESET))


def _wait(answer: Answer, fields: dict[str, Any]) -> timedelta | None:
    """How long Discord wants to be left alone, by its header, else by its words."""
    if (asked := wait_of(answer)) is not None:
        return asked
    seconds = _seconds(fields.get("retry_after"))
    return None if seconds is None else timedelta(seconds=math.ceil(min(seconds, 86_400)))


def _seconds(value: object) -> float | None:
    """A number of seconds; None where it is none."""
    if not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
