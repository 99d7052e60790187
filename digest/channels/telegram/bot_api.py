"""The Bot API of Telegram, by one bot: https://core.telegram.org/bots/api."""

from __future__ import annotations

import json
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from digest.channels.http import Endpoint
from digest.channels.http_verdicts import fields_of, told
from digest.channels.telegram.verdicts import MEND, answered, sent
from digest.config.secrets import UrlSecret, secrets_in
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.channels.http_answer import Answer
    from digest.config.channels.telegram import TokenSecret

# An update is at most a few long messages, each letter of which may take six bytes.
MOST_UPDATES = 20
_MOST_BYTES = 8 * 1024 * 1024
# How long an answer may take once the server has stopped waiting for something to tell.
_GRACE_SECONDS = 15
_SENT_AND_GONE = "sent, and deleted in the chat at once"


class BotApi:
    """Asks as one bot; its token is told to nobody: it is in no error, no log and no `repr`.

    Every method raises a `ChannelError` where the bot can do nothing there now (with `retry_after`
    where it is to wait, `lasting` where a person has to mend it), and a `DeliveryError` where it
    is refused, or where nobody knows what became of it.
    """

    def __init__(self, token: TokenSecret, api_url: str) -> None:
        url = UrlSecret(f"{api_url.rstrip('/')}/bot{token.get_secret_value()}")
        self._endpoint = Endpoint(url, secrets_in(token), mend=MEND)

    @property
    def begun(self) -> bool:
        """Whether a byte of the last request may have left."""
        return self._endpoint.begun

    async def get_me(self) -> dict[str, Any]:
        """The bot: `id`, `first_name`, `username`."""
        return _object(_result(await self._ask("getMe")))

    async def get_chat(self, chat: str) -> dict[str, Any]:
        """A chat by its id or its @name: `id`, `type`, `title` of a group, names of a person."""
        return _object(_result(await self._ask("getChat", {"chat_id": chat})))

    async def try_chat(self, chat: str, how: Mapping[str, Any]) -> None:
        """Ask whether a message may be sent there, with what belongs to it; nobody sees that.

        Who stops typing that never began has all rights to write that a message takes.
        """
        asked = {name: how[name] for name in how if name == "message_thread_id"}
        await self._ask("sendChatAction", {"chat_id": chat, "action": "cancel", **asked})

    async def send_message(self, chat: str, message: Mapping[str, Any]) -> str:
        """Send a message, `text` and what belongs to it; answers the receipt: its number.

        Raises:
            ChatMovedError: the chat has another id now; nothing was sent.
        """
        answer = await self._ask("sendMessage", {"chat_id": chat, **message}, judge=sent)
        if answer.status != HTTPStatus.OK:
            return _SENT_AND_GONE
        return str(_object(_result(answer), "message_id")["message_id"])

    async def get_updates(
        self, offset: int = 0, *, seconds: int = 0, kinds: Sequence[str] = ("message",)
    ) -> list[dict[str, Any]]:
        """What people wrote since, oldest first: the updates from the `update_id` `offset` on.

        Those before it are forgotten by Telegram; of a negative `offset` so many of the newest are
        meant. At most `MOST_UPDATES` come at a time. Where there is none, the answer waits for one
        for so many `seconds`. `kinds` are the names of updates. Only one program can ask at a time.
        """
        request = {
            "offset": offset,
            "timeout": seconds,
            "limit": MOST_UPDATES,
            "allowed_updates": [*kinds],
        }
        wait = seconds + _GRACE_SECONDS
        answer = await self._ask("getUpdates", request, seconds=wait, most=_MOST_BYTES)
        updates = _result(answer)
        if not isinstance(updates, list):
            raise DeliveryError(f"{told(answer)}: no list of updates", "unknown")
        return [_object(update, "update_id") for update in updates]

    async def _ask(
        self, method: str, request: Mapping[str, Any] = MappingProxyType({}), **how: Any
    ) -> Answer:
        """What a method answers that did as it was asked."""
        how = {"judge": answered, **how}
        return await self._endpoint.post(json.dumps({**request}).encode(), f"/{method}", **how)


def _result(answer: Answer) -> Any:
    return fields_of(answer, "result")["result"]


def _object(value: object, *needed: str) -> dict[str, Any]:
    """A value that is an object with these keys.

    Raises:
        DeliveryError: `unknown`, since it is none.
    """
    if not isinstance(value, dict) or not value.keys() >= {*needed}:
        raise DeliveryError("an answer that says nothing that can be read", "unknown")
    return value
