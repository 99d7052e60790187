"""The client of the Bot API, against a real server that answers as Telegram does."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from digest.channels.telegram.bot_api import BotApi
from digest.config.channels.telegram import TokenSecret
from digest.errors import ChannelError, DeliveryError
from tests.channels.telegram.bot_server import BOT, GROUP, TOKEN, BotServer, ok, refusal
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bot() -> Iterator[BotServer]:
    server = BotServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def api(bot: BotServer) -> BotApi:
    return BotApi(TokenSecret(TOKEN), f"{bot.url}/")


async def test_a_bot_and_its_chats_are_known(api: BotApi) -> None:
    assert await api.get_me() == BOT
    assert (await api.get_chat(str(GROUP)))["title"] == "Readers"


async def test_what_people_wrote_is_read_once(bot: BotServer, api: BotApi) -> None:
    # A long message in another script takes more room than an answer of other services may.
    for text in ("one", "два" * 4_000, "three"):
        bot.write(text)
    bot.update(channel_post={"text": "not asked for"})

    first = await api.get_updates()
    later = await api.get_updates(first[1]["update_id"] + 1)

    assert [each["message"]["text"] for each in first] == ["one", "два" * 4_000, "three"]
    assert [each["message"]["text"] for each in later] == ["three"]


async def test_an_answer_waits_for_what_somebody_writes(bot: BotServer, api: BotApi) -> None:
    waiting = asyncio.create_task(api.get_updates(seconds=20))
    await asyncio.to_thread(bot.waiting.wait, 10)

    bot.write("/start")

    [update] = await waiting
    assert update["message"]["text"] == "/start"


async def test_two_that_read_at_a_time_are_told(bot: BotServer, api: BotApi) -> None:
    older = asyncio.create_task(api.get_updates(seconds=20))
    await asyncio.to_thread(bot.waiting.wait, 10)
    await api.get_updates()

    with pytest.raises(ChannelError, match="; another program reads this bot's messages") as caught:
        await older
    assert caught.value.lasting


async def test_a_bot_with_a_webhook_is_told(bot: BotServer, api: BotApi) -> None:
    words = "Conflict: can't use getUpdates method while webhook is active"
    bot.server.replies[f"/bot{TOKEN}/getUpdates"] = refusal(409, words)

    with pytest.raises(ChannelError, match="; remove the bot's webhook"):
        await api.get_updates()


@pytest.mark.parametrize("answer", [ok({}), ok([7]), ok([{}]), Reply("{}"), Reply("[", 502)])
async def test_what_cannot_be_read_is_an_error(bot: BotServer, api: BotApi, answer: Reply) -> None:
    bot.server.service = lambda _: answer

    with pytest.raises(DeliveryError):
        await api.get_updates()


async def test_the_token_is_told_to_nobody(
    bot: BotServer, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = TOKEN.partition(":")[2]
    answers = [refusal(400, f"no {TOKEN} at /bot{TOKEN}/x, {key}"), Reply(f"{TOKEN}", 500)]
    told = [repr(api), str(vars(api))]
    for answer in answers:
        bot.server.service = lambda _, answer=answer: answer
        with pytest.raises(DeliveryError) as caught:
            await api.send_message("1", {"text": "x"})
        told += [repr(caught.value), *traceback.format_exception(caught.value)]
    bot.stop()
    with pytest.raises(DeliveryError) as caught:
        await api.get_me()
    bot.server = type(bot.server)()
    bot.server.start()

    told += [*traceback.format_exception(caught.value), caplog.text, json.dumps(told)]
    assert key not in "".join(told)
