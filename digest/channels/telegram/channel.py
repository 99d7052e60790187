"""Telegram, as a bot: https://core.telegram.org/bots/api#sendmessage."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.channels.base import MessageChannel
from digest.channels.telegram.chats import ChatFinder, chat_name
from digest.channels.telegram.verdicts import ChatMovedError
from digest.config.channels.telegram import TelegramSettings
from digest.errors import ChannelError, DeliveryError
from digest.log import event
from digest.model import NO_PICTURES, Rendition
from digest.rendering.telegram.messages import line_message, plainer_message, telegram_messages
from digest.rendering.telegram.preview import telegram_page, telegram_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from digest.channels.pace import Pace, Paces
    from digest.channels.telegram.bot_api import BotApi
    from digest.channels.telegram.conversation import TelegramConversation
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer
    from digest.rendering.telegram.messages import Message

_log = logging.getLogger(__name__)
# One message a second in a chat, 20 a minute in a group or channel:
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
_SECONDS, _SECONDS_IN_GROUPS = 1.0, 3.0
# Every group that has topics has this one, which is meant where none is named.
_GENERAL_TOPIC = 1


class TelegramChannel(MessageChannel[TelegramSettings]):
    """Posts an edition to one chat as a bot, in as many messages as it takes.

    A message has no identity that Telegram would recognise a copy by, so nothing is posted again.
    """

    kind = "telegram"

    @classmethod
    def open(cls, name: str, settings: TelegramSettings, whole: Settings, paces: Paces) -> Self:  # noqa: ARG003
        """The channel of this name, at the pace that its chat takes."""
        seconds = _SECONDS_IN_GROUPS if settings.is_group else _SECONDS
        return cls(name, settings, paces.of(settings.shares, seconds))

    def __init__(self, name: str, settings: TelegramSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self._chat = settings.chat
        self._how = _how(settings)

    @cached_property
    def _bot(self) -> BotApi:
        return _bot_of(self.settings)

    @classmethod
    def finder(cls, answers: Mapping[str, str]) -> ChatFinder:
        """What finds the chats of the bot whose token is among the answers."""
        # Nobody knows the chat by now.
        settings = TelegramSettings.model_validate({"chat": "0", **answers, "kind": cls.kind})
        return ChatFinder(_bot_of(settings))

    def page(self, parts: Sequence[bytes]) -> str:
        """The messages as a chat shows them."""
        return telegram_page([*map(json.loads, parts)])

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
            return await self._post(message)
        except ChatMovedError as moved:
            # It was refused where the group was, so nothing is in doubt.
            event(_log, logging.WARNING, "chat moved", channel=self.name, error=moved.reason)
            self._chat = moved.chat
            return await self._post(message)

    async def _post(self, message: Message) -> str:
        try:
            return await self._bot.send_message(self._chat, message)
        except ChannelError as error:
            if error.retry_after:
                # It is meant for the bot, whatever the chat, and so for all channels of it.
                now = asyncio.get_running_loop().time()
                self.pace.rest(now, error.retry_after.total_seconds())
            raise

    async def check(self) -> str:
        """Ask whose token it is, what the chat is, and whether the bot may post there."""
        bot = await self._bot.get_me()
        chat = await self._bot.get_chat(self._chat)
        try:
            await self._bot.try_chat(self._chat, self._how)
        except DeliveryError as error:
            # Of a server that does not know this question.
            if error.verdict != "refused":
                raise
        return f"the bot is @{bot.get('username')}, which posts to {chat_name(chat)}"

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
    how: dict[str, Any] = {}
    if settings.topic not in {None, _GENERAL_TOPIC}:
        how["message_thread_id"] = settings.topic
    if settings.silent:
        how["disable_notification"] = True
    return how


def _bot_of(settings: TelegramSettings) -> BotApi:
    # Who asks nobody does without what it loads.
    from digest.channels.telegram.bot_api import BotApi

    return BotApi(settings.bot_token, settings.api_url)
