"""Telegram, against a real server that holds a bot to the limits of Telegram."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.channels.telegram.channel import TelegramChannel
from digest.config import load_settings
from digest.config.channels.telegram import TelegramSettings
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.model import NO_PICTURES
from digest.rendering.dialects import JOINER
from tests.channels import making
from tests.channels.making import TEMPLATES, deliveries, delivery, open_it, send, started
from tests.channels.scripted import serving
from tests.channels.telegram.bot_server import (
    DETECTED,
    FORUM,
    GROUP,
    PERSON,
    TOKEN,
    BotServer,
    ok,
    refusal,
    trouble_in,
    units,
)
from tests.rendering.samples import edition, editions, ordinary, story
from tests.servers import Reply

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition


@pytest.fixture
def bot() -> Iterator[BotServer]:
    server = BotServer(now=count(0, 3).__next__)
    server.start()
    yield server
    server.stop()


def example(bot: BotServer, **more: Any) -> dict[str, Any]:
    """The channel as a file has it."""
    return {"kind": "telegram", "bot_token": TOKEN, "chat": PERSON, "api_url": bot.url, **more}


def telegram(folder: Path, bot: BotServer, **more: Any) -> Channel:
    channel = open_it(folder, example(bot, **more))
    channel.pace = Pace()
    return channel


async def refused(channel: Channel, of: Edition | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, deliveries(channel, of or edition(story()))[0])
    return caught.value


def shown(message: dict[str, Any], kind: str) -> list[str]:
    """The parts of a text that entities of a kind are about, as Telegram cuts them."""
    text = message["text"].encode("utf-16-le")
    return [
        text[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
        for each in message["entities"]
        if each["type"] == kind
    ]


async def test_what_feeds_say_is_literal_and_only_stories_are_links(
    tmp_path: Path, bot: BotServer
) -> None:
    channel = telegram(tmp_path, bot)
    words = "🎉 @durov /start $TSLA #\u200ctag 10.0.0.1 <b>x</b> [a](https://b.example)"
    title = f"{words} \x01a:https://e.example\x02 *c* \x03"

    [receipt] = await send(channel, *deliveries(channel, edition(story(title=title))))

    [message] = bot.messages
    assert not DETECTED.search(message["text"])
    cleaned = f"{words} a:https://e.example *c*"
    assert receipt == "1505"
    assert [text.replace(JOINER, "") for text in shown(message, "text_link")] == [cleaned]
    assert [each.get("url") for each in message["entities"] if each["type"] == "text_link"] == [
        "https://site.example/1"
    ]
    assert message["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in message
    assert "Weekly reading" in shown(message, "bold")


async def test_no_other_address_than_one_of_the_web_is_a_link(
    tmp_path: Path, bot: BotServer
) -> None:
    channel = telegram(tmp_path, bot)

    await send(channel, *deliveries(channel, edition(story(url="tg://resolve?domain=x"))))

    assert shown(bot.messages[0], "text_link") == []


async def test_the_parts_of_a_long_edition_arrive_in_order_and_ring_once(
    tmp_path: Path, bot: BotServer
) -> None:
    async with started(tmp_path, telegram(tmp_path, bot)) as daemon:
        count = await daemon.publish(ordinary(80))
        await daemon.delivering.deliver_due()
        states = await daemon.states()

    assert count >= 3
    assert states == ["sent"] * count
    firsts = [message["text"].partition("\n")[0] for message in bot.messages]
    assert firsts == [f"Weekly reading ({part}/{count})" for part in range(1, count + 1)]
    # Telegram shows what is past the hundredth entity as plain text.
    links = [title for message in bot.messages for title in shown(message, "text_link")]
    assert len([title for title in links if title.startswith("Number ")]) == 80
    rings = ["disable_notification" not in message for message in bot.messages]
    assert rings == [True, *[False] * (count - 1)]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"chat": FORUM, "topic": 5}, {"chat_id": str(FORUM), "message_thread_id": 5}),
        # The general topic goes by no number.
        ({"chat": FORUM, "topic": 1}, {"chat_id": str(FORUM)}),
        ({"chat": f" {GROUP}", "silent": True}, None),
        ({"chat": GROUP, "silent": True}, {"chat_id": str(GROUP), "disable_notification": True}),
    ],
)
async def test_it_posts_where_and_how_the_settings_say(
    tmp_path: Path, bot: BotServer, settings: dict[str, Any], place: dict[str, Any] | None
) -> None:
    if place is None:
        with pytest.raises(ConfigError, match=r"chat: must be the id of a chat"):
            telegram(tmp_path, bot, **settings)
        return
    channel = telegram(tmp_path, bot, **settings)

    await send(channel, *deliveries(channel, edition(story())))

    names = ("chat_id", "message_thread_id", "disable_notification")
    assert {name: bot.messages[0][name] for name in names if name in bot.messages[0]} == place


async def test_a_group_that_became_a_supergroup_is_followed_and_told(
    tmp_path: Path, bot: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    bot.moved[GROUP] = FORUM
    channel = telegram(tmp_path, bot, chat=GROUP)
    advice = f"400 Bad Request: group chat was upgraded to a supergroup chat; write chat: {FORUM}"

    receipts = await send(channel, *deliveries(channel, ordinary(80)))
    with pytest.raises(ChannelError) as caught:
        await telegram(tmp_path, bot, chat=GROUP).check()

    assert len(receipts) == len(bot.messages) > 1
    assert {message["chat_id"] for message in bot.messages} == {str(FORUM)}
    # The next messages go there at once.
    assert len(bot.server.requests_to(f"/bot{TOKEN}/sendMessage")) == len(receipts) + 1
    [warning] = [record for record in caplog.records if record.message == "chat moved"]
    assert advice in str(vars(warning)["fields"])
    assert caught.value.reason.startswith(advice)


async def test_a_limit_holds_for_all_channels_of_the_bot(tmp_path: Path, bot: BotServer) -> None:
    making.settings(tmp_path, example(bot))
    path = tmp_path / "config.yaml"
    data = json.loads(path.read_text())
    data["channels"]["group"] = example(bot, chat=GROUP)
    data["channels"]["other"] = example(bot, bot_token=f"1{TOKEN}")
    path.write_text(json.dumps(data))
    channels = open_channels(load_settings(path, {}))
    bot.answers = [refusal(429, "Too Many Requests: retry after 30", retry_after=30)]

    error = await refused(channels["it"])

    assert isinstance(error, ChannelError)
    assert (error.lasting, error.retry_after) == (False, timedelta(seconds=30))
    now = asyncio.get_running_loop().time()
    assert 29 < channels["group"].pace.delay(now) <= 30
    assert not channels["other"].pace.delay(now)
    # The slower of the two chats: a group takes 20 messages a minute.
    channels["it"].pace.begin(now + 30)
    assert channels["it"].pace.delay(now + 30) == 3


async def test_two_at_a_time_are_limited_by_the_chat(tmp_path: Path, bot: BotServer) -> None:
    bot.now = lambda: 0.0
    channel = telegram(tmp_path, bot)
    first, second = (deliveries(channel, edition(story(number)))[0] for number in (1, 2))

    await send(channel, first)
    with pytest.raises(ChannelError, match="Too Many Requests: retry after 1") as caught:
        await send(channel, second)

    assert caught.value.retry_after == timedelta(seconds=1)


async def test_what_hangs_up_after_a_post_is_unknown_and_not_posted_again(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def take_and_hang_up(connection: socket.socket) -> None:
        asked.append(connection.recv(65_536))

    with serving(take_and_hang_up) as port:
        settings = {"kind": "telegram", "bot_token": TOKEN, "chat": PERSON}
        channel = open_it(tmp_path, {**settings, "api_url": f"http://127.0.0.1:{port}"})
        async with started(tmp_path, channel) as daemon:
            await daemon.publish(edition(story()))
            for _ in range(3):
                await daemon.delivering.deliver_due()
                daemon.clock.turn(days=1)

            assert await daemon.states() == ["unknown"]
    assert len(asked) == 1


@pytest.mark.parametrize("part", [1, 2, 3])
async def test_a_daemon_that_dies_while_a_message_is_on_its_way_repeats_none(
    tmp_path: Path, bot: BotServer, part: int
) -> None:
    released = threading.Event()
    taken = ok({"message_id": 1})
    taken.hold = released
    bot.answers = [*[None] * (part - 1), taken]
    async with started(tmp_path, telegram(tmp_path, bot)) as daemon:
        total = await daemon.publish(ordinary(80))
        delivering = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(bot.holding.wait, 10)
        delivering.cancel()
        await daemon.delivering.finish()
    released.set()
    async with started(tmp_path, telegram(tmp_path, bot)) as later:
        await later.delivering.release_claimed()
        await later.delivering.deliver_due()
        states = await later.states()

    assert states == ["sent"] * (part - 1) + ["unknown"] + ["sent"] * (total - part)
    posts = [seen.body for seen in bot.server.requests_to(f"/bot{TOKEN}/sendMessage")]
    assert len(posts) == len(set(posts)) == total


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (refusal(500, "Internal Server Error: restart"), "retrying"),
        (refusal(500, "Internal Server Error"), "unknown"),
        (refusal(502, "Bad Gateway"), "unknown"),
        (Reply("<html>504</html>", 504), "unknown"),
        (ok(True), "unknown"),
        (Reply("{"), "unknown"),
        (Reply("<html>log in</html>"), "retrying"),
        (refusal(400, "Bad Request: can't parse entities"), "refused"),
        (refusal(400, "Bad Request: ENTITIES_TOO_LONG"), "refused"),
        (refusal(413, "Request Entity Too Large"), "refused"),
    ],
    ids=lambda value: str(getattr(value, "body", value))[:60],
)
async def test_an_answer_has_its_verdict(
    tmp_path: Path, bot: BotServer, answer: Reply, verdict: str
) -> None:
    bot.answers = [answer]

    error = await refused(telegram(tmp_path, bot))

    assert error.verdict == verdict


async def test_what_a_chat_deletes_at_once_was_sent(tmp_path: Path, bot: BotServer) -> None:
    bot.answers = [refusal(500, "Internal Server Error: sent message was immediately deleted")]
    channel = telegram(tmp_path, bot)

    [receipt] = await send(channel, *deliveries(channel, edition(story())))

    assert receipt == "sent, and deleted in the chat at once"


@pytest.mark.parametrize(
    ("status", "description", "remedy"),
    [
        (400, "Bad Request: chat not found", "write to the bot first"),
        (400, "Bad Request: message thread not found", "the setting topic"),
        (400, "Bad Request: TOPIC_CLOSED", "open the topic"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "administrator"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "administrator"),
        (403, "Forbidden: bot was blocked by the user", "unblock the bot"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "add the bot"),
        (403, "Forbidden: bot is not a member of the channel chat", "add the bot"),
        (403, "Forbidden: user is deactivated", "the account is gone"),
        (403, "Forbidden: bot can't initiate conversation with a user", "write to the bot"),
        (403, "Forbidden: what nobody has heard of", "administrator"),
        (401, "Unauthorized", "@BotFather"),
        (404, "Not Found", "@BotFather"),
    ],
)
async def test_what_needs_a_person_has_a_remedy(
    tmp_path: Path, bot: BotServer, status: int, description: str, remedy: str
) -> None:
    bot.answers = [refusal(status, description)]

    error = await refused(telegram(tmp_path, bot))

    assert isinstance(error, ChannelError)
    assert error.lasting
    told, _, advice = error.reason.partition("; ")
    assert told == f"{status} {description}"
    assert remedy in advice


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"chat": 404}, "chat not found"),
        ({"chat": FORUM, "topic": 9}, "message thread not found"),
        ({"chat": FORUM, "topic": 6}, "TOPIC_CLOSED"),
        ({"bot_token": f"1{TOKEN}"}, "Unauthorized"),
    ],
)
async def test_a_check_finds_what_a_post_would(
    tmp_path: Path, bot: BotServer, settings: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ChannelError, match=reason):
        await telegram(tmp_path, bot, **settings).check()

    found = await telegram(tmp_path, bot, chat=GROUP).check()
    assert found == "the bot is @morning_bot, which posts to the group Readers"


async def test_what_is_refused_goes_out_plainer_with_its_links(
    tmp_path: Path, bot: BotServer
) -> None:
    bot.answers = [refusal(400, "Bad Request: can't parse entities")]
    async with started(tmp_path, telegram(tmp_path, bot)) as daemon:
        await daemon.publish(edition(story(title="A title")))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"]

    [message] = bot.messages
    assert message["entities"] == []
    assert "A title https://site.example/1" in message["text"]


def test_a_plainer_form_is_never_longer_than_a_message(tmp_path: Path, bot: BotServer) -> None:
    channel = telegram(tmp_path, bot)
    long = [
        story(n, title=f"{n} " + "t" * 60, url=f"https://a.example/{'x' * 300}") for n in range(9)
    ]
    parts = channel.render(edition(*long), TEMPLATES).parts

    for part in parts:
        plainer = channel.plainer(part)
        assert plainer
        assert units(json.loads(plainer)["text"]) <= 4_096
        assert channel.plainer(plainer) is None


async def test_a_line_is_posted_as_it_is(tmp_path: Path, bot: BotServer) -> None:
    channel = telegram(tmp_path, bot)
    line = channel.greeting("Hello @durov")
    assert line

    await send(channel, delivery("", line))

    assert bot.messages[0]["text"] == "Hello @durov"


def test_a_preview_looks_like_the_chat(bot: BotServer) -> None:
    settings = TelegramSettings.model_validate(example(bot))
    made = edition(story(title='<script>"&'))

    preview = TelegramChannel.preview(made, TEMPLATES, NO_PICTURES, [settings])

    link = '<a href="https://site.example/1"><b>&lt;script&gt;&quot;&amp;</b></a>'
    assert link in preview.page
    assert '<script>"& <https://site.example/1>' in preview.text
    assert "prefers-color-scheme: dark" in preview.page


@pytest.mark.slow
@settings(max_examples=40)
@given(editions())
def test_any_edition_is_messages_that_telegram_takes(made: Edition) -> None:
    channel_settings = TelegramSettings.model_validate(
        {"kind": "telegram", "bot_token": TOKEN, "chat": 1}
    )

    parts = TelegramChannel("it", channel_settings, Pace()).render(made, TEMPLATES).parts

    assert all(trouble_in(json.loads(part)) is None for part in parts)
    assert all(len(json.loads(part)["entities"]) <= 90 for part in parts)
