"""What an answer of the Bot API makes of what was asked: pure decisions.

https://core.telegram.org/bots/api#making-requests; the words are those of its server, in
https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.channels.http_verdicts import accepted, json_object, told, wait_of
from digest.errors import ChannelError, DeliveryError

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer

MEND = "copy the bot's token from @BotFather again, or ask it for a new one"
_NO_CHAT = "write to the bot first or add it to the group, and look at the setting chat"
_NO_TOPIC = "look at the setting topic"
_NO_RIGHT = "allow the bot to post there: make it an administrator"
# What no message gets past, in lower case, with what a person can do.
_REMEDIES = {
    "chat not found": _NO_CHAT,
    "chat_id": _NO_CHAT,
    "peer_id_invalid": _NO_CHAT,
    "initiate conversation": "write to the bot first, then it may answer",
    "messages to bots": "look at the setting chat: bots cannot write to bots",
    "blocked by the user": "unblock the bot: in the chat with it, choose Restart",
    "kicked": "add the bot to the group or channel again",
    "not a member": "add the bot to the group, or to the channel as an administrator",
    "deactivated": "the account is gone; look at the setting chat",
    "group chat was deleted": "the group is gone; look at the setting chat",
    "message thread not found": _NO_TOPIC,
    "topic_deleted": _NO_TOPIC,
    "topic_id_invalid": _NO_TOPIC,
    "topic_closed": "open the topic again, or make the bot an administrator",
    "rights": _NO_RIGHT,
    "write_forbidden": _NO_RIGHT,
    "send_plain_forbidden": _NO_RIGHT,
    "admin_required": _NO_RIGHT,
    "chat_restricted": _NO_RIGHT,
    "not allowed to send": _NO_RIGHT,
}
_BY_WEBHOOK = "remove the bot's webhook, or use a bot of its own for digest"
_BY_ANOTHER = "another program reads this bot's messages; stop it, or use a bot of its own"
# In seconds: a day, as for every service.
_LONGEST_WAIT = 86_400
# It was about to stop, and did nothing.
_NOT_SENT = "restart"
_SENT = "sent message was immediately deleted"


class ChatMovedError(ChannelError):
    """The group became a supergroup, whose id is `chat`; nothing was sent."""

    def __init__(self, reason: str, chat: str) -> None:
        super().__init__(f"{reason}; write chat: {chat} into the file", lasting=True)
        self.chat = chat


def answered(answer: Answer) -> Answer:
    """The same answer, if it says that what was asked was done.

    Raises:
        ChatMovedError: the chat has another id now.
        ChannelError: nothing was done, and nothing else fares better now.
        DeliveryError: this is refused, or nobody knows whether it was done.
    """
    if 400 <= answer.status < 500:
        _raise_refusal(answer)
    return accepted(answer, MEND)


def sent(answer: Answer) -> Answer:
    """The same answer, if it says that a message was sent; errors are those of `answered`."""
    words = _description(answer)
    if answer.status == 500 and _SENT in words:
        return answer
    if answer.status >= 500 and _NOT_SENT not in words:
        raise DeliveryError(f"{told(answer)}: it may have been sent", "unknown")
    return answered(answer)


def _raise_refusal(answer: Answer) -> None:
    """Raise what a refusal means beyond its status, if anything."""
    words = _description(answer)
    parameters = _parameters(answer)
    if chat := parameters.get("migrate_to_chat_id"):
        raise ChatMovedError(told(answer), str(chat))
    if answer.status == 429:
        raise ChannelError(told(answer), retry_after=_wait(parameters) or wait_of(answer))
    if answer.status == 409:
        remedy = _BY_WEBHOOK if "webhook" in words else _BY_ANOTHER
        raise ChannelError(f"{told(answer)}; {remedy}", lasting=True)
    if remedy := _remedy(answer.status, words):
        raise ChannelError(f"{told(answer)}; {remedy}", lasting=True)


def _remedy(status: int, words: str) -> str:
    """What a person can do where the chat takes no message at all; empty where it may."""
    if status not in {400, 403}:
        return ""
    found = (remedy for key, remedy in _REMEDIES.items() if key in words)
    return next(found, _NO_RIGHT if status == 403 else "")


def _wait(parameters: dict[str, Any]) -> timedelta | None:
    seconds = parameters.get("retry_after")
    if not isinstance(seconds, (int, float)):
        return None
    return timedelta(seconds=min(max(seconds, 0), _LONGEST_WAIT))


def _description(answer: Answer) -> str:
    return str((json_object(answer.body) or {}).get("description", "")).lower()


def _parameters(answer: Answer) -> dict[str, Any]:
    parameters = (json_object(answer.body) or {}).get("parameters")
    return parameters if isinstance(parameters, dict) else {}
