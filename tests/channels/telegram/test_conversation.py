"""What people write to a bot, whatever the updates of Telegram have in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels.telegram.conversation import TelegramConversation
from digest.config.channels.telegram import TelegramSettings
from tests.channels.telegram.bot_server import TOKEN, BotServer

if TYPE_CHECKING:
    from digest.model import IncomingMessage

ADA = {"id": 77, "is_bot": False, "first_name": "Ada", "username": "ada"}
ALONE = {"id": 77, "type": "private"}
WHOLE = {"date": 1_700_000_000, "from": ADA, "chat": ALONE, "text": "/now"}


async def heard(**fields: Any) -> IncomingMessage:
    """What is heard of a message that has these fields."""
    bot = BotServer()
    bot.start()
    try:
        settings = TelegramSettings.model_validate(
            {"kind": "telegram", "bot_token": TOKEN, "chat": "@Readers", "api_url": bot.url}
        )
        conversation = TelegramConversation(settings, lambda: settings.chat)
        bot.update(message={**WHOLE, **fields})
        (message,) = await conversation.incoming(None)
        assert conversation.is_own(message) is (message.chat_name == "@readers")
        return message
    finally:
        bot.stop()


async def test_a_message_is_somebody_s_in_a_chat() -> None:
    message = await heard(message_thread_id=5, is_topic_message=True)
    assert (message.number, message.person, message.chat, message.private) == (
        *(500, "77", "77"),
        True,
    )
    assert (message.name, message.text, message.thread) == ("Ada @ada", "/now", "5")
    assert message.at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    "message",
    [
        {"from": None},
        {"from": {**ADA, "is_bot": True}},
        {"from": {"id": 77}},
        {"sender_chat": ALONE},
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "Eve"}},
        {"forward_date": 1_700_000_000},
        {"via_bot": {"id": 5, "is_bot": True, "first_name": "A game"}},
        {"text": None},
        {"text": ["/now"]},
        {"text": "/now@another_bot weekly"},
    ],
)
async def test_what_is_nobody_s_or_for_another_says_nothing(message: dict[str, Any]) -> None:
    assert (await heard(**message)).text == ""


@pytest.mark.parametrize("date", [None, "now", True, -(10**30), 10**30])
async def test_a_time_that_is_none_is_long_ago(date: object) -> None:
    assert (await heard(date=date)).at == datetime.fromtimestamp(0, UTC)


async def test_everything_has_a_bound_and_a_public_group_is_known_by_its_name() -> None:
    message = await heard(
        text="/why \ud800" + "x" * 5_000,
        chat={"id": True, "type": ["private"], "username": "readers"},
        **{"from": {**ADA, "first_name": "\u202e" + "Ada " * 100}},
        message_thread_id="5",
        is_topic_message=True,
    )
    assert (len(message.text), len(message.name)) == (500, 64)
    assert message.text.startswith("/why ?x")
    assert message.name.startswith("\\u202eAda Ada")
    assert (message.chat, message.private, message.thread) == ("", False, "")
