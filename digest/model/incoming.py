"""What people write to a bot."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class IncomingMessage(Struct, frozen=True):
    """A message to a bot; `number` grows from one to the next.

    `person` and `chat` are ids as the service has them; `name` is what the person is called there,
    bounded, and `chat_name` the address of a chat that has one. `private` says that nobody else is
    in the chat, and `thread` where in it the answer belongs. `text` is what was written, bounded
    and without the bot's own name; it is empty where it is not for the bot.
    """

    number: int
    person: str
    name: str
    chat: str
    private: bool
    text: str
    at: datetime
    chat_name: str = ""
    thread: str = ""
