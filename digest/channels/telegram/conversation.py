"""What people write to a bot of Telegram: https://core.telegram.org/bots/api#getupdates."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from digest.channels.telegram.bot_api import BotApi
from digest.channels.telegram.update_parts import part_of
from digest.model import IncomingMessage
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.config.channels.telegram import TelegramSettings

# How long Telegram waits for somebody to write before it says that nobody did.
_WAIT_SECONDS = 25
_MOST_LETTERS = 500
_LONGEST_NAME = 64
# What a message has that is in the name of a group or a channel, or in the words of somebody else.
_OF_OTHERS = {"sender_chat", "forward_origin", "forward_date", "via_bot"}
# A command that names the bot it is for, as clients write it in groups.
_ADDRESSED = re.compile(r"^(/\w+)@(\w+)")


class TelegramConversation:
    """Hears and answers as the bot of a channel; `chat` tells the id of the channel's own chat.

    It asks beside what the channel sends, which so knows of each of its messages what became of it.
    """

    def __init__(self, settings: TelegramSettings, chat: Callable[[], str]) -> None:
        self._api = BotApi(settings.bot_token, settings.api_url)
        self._chat = chat
        self._username = ""

    async def incoming(self, after: int | None) -> list[IncomingMessage]:
        """Every message since; contract and errors are `Conversation`'s."""
        if not self._username:
            self._username = str((await self._api.get_me()).get("username", ""))
        offset = 0 if after is None else after + 1
        updates = await self._api.get_updates(offset, seconds=_WAIT_SECONDS)
        return [self._incoming(update) for update in updates]

    def is_own(self, message: IncomingMessage) -> bool:
        """Whether it was written in the chat that the channel posts to."""
        return self._chat().casefold() in {message.chat, message.chat_name.casefold()}

    async def answer(self, message: IncomingMessage, part: bytes) -> None:
        """Answer where a message was written; in its topic, if it has one."""
        payload = json.loads(part)
        if message.thread:
            payload["message_thread_id"] = int(message.thread)
        await self._api.send_message(message.chat, payload)

    def _incoming(self, update: dict[str, Any]) -> IncomingMessage:
        message = part_of(update, "message")
        sender, chat = part_of(message, "from"), part_of(message, "chat")
        theirs = sender.get("is_bot") is False and not _OF_OTHERS & message.keys()
        return IncomingMessage(
            number=int(update["update_id"]),
            person=_id(sender),
            name=_name(sender),
            chat=_id(chat),
            chat_name=f"@{chat['username']}" if isinstance(chat.get("username"), str) else "",
            private=chat.get("type") == "private",
            text=self._text(message) if theirs else "",
            at=_time(message.get("date")),
            thread=_thread(message),
        )

    def _text(self, message: dict[str, Any]) -> str:
        """What was written to this bot; empty where it is for another, or nothing to read."""
        text = message.get("text")
        # JSON can have halves of characters, which nothing else takes.
        text = text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""
        text = text[:_MOST_LETTERS]
        addressed = _ADDRESSED.match(text)
        if addressed is None:
            return text
        ours = addressed[2].casefold() == self._username.casefold()
        return addressed[1] + text[addressed.end() :] if ours else ""


def _id(value: dict[str, Any]) -> str:
    number = value.get("id")
    return str(number) if type(number) is int else ""


def _name(sender: dict[str, Any]) -> str:
    """What a person is called, and the name that nobody else has, on one bounded line."""
    called = [
        sender[key] for key in ("first_name", "last_name") if isinstance(sender.get(key), str)
    ]
    username = sender.get("username")
    if isinstance(username, str):
        called.append(f"@{username}")
    return clean_words(" ".join(called), _LONGEST_NAME) or "somebody"


def _thread(message: dict[str, Any]) -> str:
    thread = message.get("message_thread_id")
    return str(thread) if message.get("is_topic_message") is True and type(thread) is int else ""


def _time(value: object) -> datetime:
    """A time in seconds since 1970, which is then where it is none: so nobody takes it for new."""
    try:
        return datetime.fromtimestamp(value if type(value) is int else 0, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)
