"""The settings of channels that post to Telegram."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from digest.config.channels.base import ChannelSettings, Question, Setup
from digest.config.fields import WebUrl
from digest.config.secrets import MAY_BE_MISSING, PartedSecret

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class TokenSecret(PartedSecret):
    """A bot's token: its id, which is no secret, a colon, and a key."""

    def parts(self) -> Iterator[str]:
        """The key."""
        yield self.get_secret_value().partition(":")[2]


def _a_token(value: TokenSecret) -> TokenSecret:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("must be a bot's token, like 123456789:AAE..., as @BotFather shows it")
    return value


BotToken = Annotated[TokenSecret, AfterValidator(_a_token), MAY_BE_MISSING]
"""A token, as an address below which its bot is asked."""
_CHAT = r"^(-?[0-9]+|@[A-Za-z][A-Za-z0-9_]{3,31})$"


def _a_chat(value: object) -> str:
    # YAML reads an id as a number.
    text = str(value) if type(value) in {str, int} else ""
    if not re.fullmatch(_CHAT, text):
        raise ValueError("must be the id of a chat, like 123456789 or -1001234567890, or @NAME")
    return text


Chat = Annotated[
    str,
    BeforeValidator(_a_chat),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": _CHAT}]}),
]


class TelegramSettings(ChannelSettings):
    """A channel that posts to a chat, a group or a channel of Telegram, as a bot."""

    kind: Literal["telegram"]
    bot_token: BotToken = Field(description="The token of the bot; a secret.")
    chat: Chat = Field(
        description='The chat\'s id, like 123456789, or -1001234567890 for a group; or its "@name".'
    )
    topic: int | None = Field(
        None, ge=1, description="The number of a topic to post into, in a group that has topics."
    )
    silent: bool = Field(False, description="Post without a sound.")
    api_url: WebUrl = Field(
        "https://api.telegram.org", description="Where the Bot API is, for a server of your own."
    )
    commands: bool = Field(
        False, description="Whether paired people can ask the bot for what digest has."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "bot_token": "token api_token telegram_token access_token bot api_key key",
        "chat": "chat_id channel channel_id group group_id to user user_id recipient",
        "topic": "topic_id thread thread_id message_thread_id",
        "silent": "quiet mute disable_notification no_sound",
        "api_url": "api base_url url server",
        "commands": "bot_commands interactive listen answer",
    }
    remedy: ClassVar[str] = (
        "look at bot_token and chat, at the network, and at HTTPS_PROXY where there is a proxy"
    )

    setup: ClassVar[Setup | None] = Setup(
        "phone",
        (
            Question(
                *("bot_token", "The bot's token"),
                hint="In Telegram, write /newbot to @BotFather: it shows the token of a new bot.",
                word="token",
            ),
            Question("chat", "The chat's id", found=True),
            Question("topic"),
            Question("api_url"),
        ),
    )
    rank: ClassVar[int] = 20

    @property
    def is_group(self) -> bool:
        """Whether the chat is a group or a channel, which takes fewer messages than a person."""
        return not self.chat.isdigit()

    @property
    def shares(self) -> str:
        """Its bot, whose limits hold for all its chats."""
        return f"telegram {sha256(self.bot_token.get_secret_value().encode()).hexdigest()}"

    @property
    def server_url(self) -> str:
        """Where the Bot API is, without the token."""
        return self.api_url
