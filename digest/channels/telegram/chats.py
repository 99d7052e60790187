"""Finding the chat that a bot is to post to: somebody writes there, and the bot hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.channels.protocol import Found
from digest.channels.telegram.update_parts import part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.channels.telegram.bot_api import BotApi

# Besides messages: what is posted to a channel, and that the bot was added somewhere.
_KINDS = ("message", "channel_post", "my_chat_member")
_WORDS = {"private": "", "channel": "the channel "}


class ChatFinder:
    """Finds chats in which the bot was written to, or added to, of late."""

    def __init__(self, bot: BotApi) -> None:
        self._bot = bot

    async def invite(self) -> str:
        """What a person is to do, and with which bot."""
        name = (await self._bot.get_me()).get("username")
        return (
            f"the bot is @{name}. In Telegram, write anything to it; or add it to a group and write"
            " /start there"
        )

    async def find(self, seconds: int) -> list[Found]:
        """The chats, the newest first."""
        from digest.channels.telegram.bot_api import MOST_UPDATES

        # What waits may be a busy day of a group, of which Telegram tells the oldest first.
        updates = await self._bot.get_updates(-MOST_UPDATES, seconds=seconds, kinds=_KINDS)
        return chats_in(updates)


def chats_in(updates: Sequence[Mapping[str, Any]]) -> list[Found]:
    """The chats of updates, each once, the newest first."""
    found: dict[str, Found] = {}
    for update in reversed(updates):
        for message in _messages(update):
            chat = _found(message)
            found.setdefault(chat.name, chat)
    return [*found.values()]


def chat_name(chat: Mapping[str, Any]) -> str:
    """What a chat is, and what it is called."""
    names = (chat.get("title"), chat.get("first_name"), chat.get("username"), chat.get("id"))
    name = next((name for name in names if name), "?")
    return f"{_WORDS.get(str(chat.get('type')), 'the group ')}{name}"


def _messages(update: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What an update has of a chat that can still be written to."""
    for kind in _KINDS:
        message = part_of(update, kind)
        if "id" in part_of(message, "chat") and not _is_farewell(message):
            yield message


def _is_farewell(message: Mapping[str, Any]) -> bool:
    """Whether the bot was put out, or the group has become a supergroup, which has another id."""
    status = part_of(message, "new_chat_member").get("status")
    return status in ("left", "kicked") or "migrate_to_chat_id" in message


def _found(message: Mapping[str, Any]) -> Found:
    chat = message["chat"]
    name, settings = chat_name(chat), {"chat": str(chat["id"])}
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    if topic is None:
        return Found(name, settings)
    made = part_of(part_of(message, "reply_to_message"), "forum_topic_created")
    return Found(
        f"the topic {made.get('name', topic)} of {name}", {**settings, "topic": str(topic)}
    )
