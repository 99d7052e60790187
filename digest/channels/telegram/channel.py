"""Telegram, as a bot: https://core.telegram.org/bots/api#sendmessage."""

from __future__ import annotations

import json
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.channels.base import MessageChannel
from digest.channels.telegram.verdicts import ChatMovedError
from digest.config.channels.telegram import TelegramSettings
from digest.log import event
from digest.model import NO_PICTURES, Rendition
from digest.rendering.preview import Preview
from digest.rendering.telegram.messages import line_message, plainer_message, telegram_messages
from digest.rendering.telegram.preview import telegram_page, telegram_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.pace import Pace
    from digest.channels.telegram.bot_api import BotApi
    from digest.channels.telegram.conversation import TelegramConversation
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer
    from digest.rendering.telegram.messages import Message

_log = logging.getLogger(__name__)
# Every group that has topics has this one, which is meant where none is named.
_GENERAL_TOPIC = 1


class TelegramChannel(MessageChannel[TelegramSettings]):
    """Posts an edition to one chat as a bot, in as many messages as it takes.

    A message has no identity that Telegram would recognise a copy by, so nothing is posted again.
    """

    kind = "telegram"

    def __init__(self, name: str, settings: TelegramSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self._chat = settings.chat
        self._how = _how(settings)

    @cached_property
    def _bot(self) -> BotApi:
        # Who asks nobody does without what it loads.
        from digest.channels.telegram.bot_api import BotApi

        return BotApi(self.settings.bot_token, self.settings.api_url)

    @classmethod
    def preview(
        cls,
        edition: Edition,
        templates: Renderer,  # noqa: ARG003
        pictures: Pictures,  # noqa: ARG003
        settings: Sequence[TelegramSettings],  # noqa: ARG003
    ) -> Preview:
        """The messages as a chat shows them."""
        made = telegram_messages(edition)
        return Preview("\n\n".join(map(telegram_text, made)), telegram_page(made))

    def readable(self, part: bytes) -> str:
        """The text of a message, with the addresses of its links."""
        return telegram_text(json.loads(part))

    def render(
        self,
        edition: Edition,
        templates: Renderer,  # noqa: ARG002
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """Each message as JSON, without the chat that it goes to."""
        parts = tuple(map(_payload, telegram_messages(edition, url)))
        return Rendition(self.name, self.kind, (self.settings.chat,), parts)

    def plainer(self, payload: bytes) -> bytes | None:
        """The same as one text without entities."""
        message = plainer_message(json.loads(payload))
        return _payload(message) if message else None

    @property
    def begun(self) -> bool:
        """Whether a byte of the last message may have left."""
        return self._bot.begun

    async def send(self, delivery: Delivery) -> str:
        """Post one message; to where the group has moved, if it has."""
        message = {**json.loads(delivery.payload), **self._how}
        try:
            return await self._bot.send_message(self._chat, message)
        except ChatMovedError as moved:
            # The first was refused, so there is nothing in doubt.
            event(_log, logging.WARNING, "chat_moved", channel=self.name, reason=moved.reason)
            self._chat = moved.chat
            return await self._bot.send_message(self._chat, message)

    async def check(self) -> str:
        """Ask whose token it is, and what the chat is."""
        bot, chat = await self._bot.get_me(), await self._bot.get_chat(self._chat)
        return f"the bot is @{bot.get('username')}; it posts to {_named(chat)}"

    def conversation(self) -> TelegramConversation:
        """What people write to the bot, and its answers."""
        from digest.channels.telegram.conversation import TelegramConversation

        return TelegramConversation(self.settings, lambda: self._chat)

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        return _payload(line_message(line))


def _payload(message: Message) -> bytes:
    return json.dumps(message).encode()


def _how(settings: TelegramSettings) -> dict[str, Any]:
    """What the settings add to each message."""
    topic = {"message_thread_id": settings.topic} if settings.topic != _GENERAL_TOPIC else {}
    return {
        **(topic if settings.topic else {}),
        **({"disable_notification": True} if settings.silent else {}),
    }


def _named(chat: dict[str, Any]) -> str:
    """What a chat is, and what it is called."""
    names = (chat.get("title"), chat.get("first_name"), chat.get("username"), chat.get("id"))
    kind = {"private": "the person", "channel": "the channel"}.get(
        str(chat.get("type")), "the group"
    )
    return f"{kind} {next(filter(None, names), '?')}"
