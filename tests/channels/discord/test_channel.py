"""Discord's webhook, against a real server that holds posts to the limits of Discord."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from digest.channels.discord import DiscordChannel
from digest.channels.pace import Pace
from digest.config.channels.discord import DiscordSettings
from digest.config.looks import LookSettings
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.rendering.discord.messages import build_messages
from digest.rendering.templates import Templates
from tests.channels.discord.webhook import (
    HARMFUL,
    INVALID,
    LIMITED,
    NO_THREAD,
    PATH,
    UNKNOWN,
    Webhook,
    is_valid,
    said,
)
from tests.channels.making import TEMPLATES, deliveries, delivery, open_it, send, started
from tests.channels.scripted import serving
from tests.rendering.samples import edition, editions, ordinary, story
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition

SECRET = "s3cr3t"
HELLO = {"content": "Hello", "allowed_mentions": {"parse": []}}
EXAMPLE = {"kind": "discord", "webhook_url": f"https://discord.com{PATH}"}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    server = HttpServer()
    with running(server):
        yield Webhook(server)


def discord(folder: Path, webhook: Webhook, **more: Any) -> Channel:
    url = f"{webhook.server.url}{PATH}"
    channel = open_it(folder, {"kind": "discord", "webhook_url": url, **more})
    channel.pace = Pace()
    return channel


async def refused(channel: Channel, of: Edition | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, deliveries(channel, of or edition(story()))[0])
    return caught.value


async def test_a_message_mentions_nobody_and_its_id_is_the_receipt(
    tmp_path: Path, webhook: Webhook
) -> None:
    channel = discord(tmp_path, webhook)
    title = "@everyone @here <@1> <@&2> <#3> <t:4:R> <https://a.example> [x](y) ||z|| **b**"

    [receipt] = await send(channel, *deliveries(channel, edition(story(title=title))))

    [post] = webhook.posts
    [asked] = webhook.server.seen
    assert receipt == "1506"
    assert asked.path == f"{PATH}?wait=true"
    assert asked.headers["User-Agent"].startswith("digest/")
    assert post["allowed_mentions"] == {"parse": []}
    [embed] = post["embeds"]
    assert "\\<@\u20601\\>" in embed["description"]
    assert "\\<t:\u20604:R\\>" in embed["description"]
    assert "\\|\\|z" in embed["description"]
    assert "](<https://site.example/1>)" in embed["description"]


async def test_the_parts_of_a_long_edition_arrive_in_order(
    tmp_path: Path, webhook: Webhook
) -> None:
    async with started(tmp_path, discord(tmp_path, webhook)) as daemon:
        count = await daemon.publish(ordinary(40))
        await daemon.delivering.deliver_due()
        states = await daemon.states()

    assert count >= 2
    assert states == ["sent"] * count
    firsts = [text.partition("\n")[0] for text in webhook.contents]
    assert firsts == [f"# Weekly reading ({part}/{count})" for part in range(1, count + 1)]


async def test_a_limit_is_waited_for_and_the_order_kept(tmp_path: Path, webhook: Webhook) -> None:
    webhook.answers = [None, LIMITED]
    async with started(tmp_path, discord(tmp_path, webhook)) as daemon:
        count = await daemon.publish(ordinary(40))
        await daemon.delivering.deliver_due()
        assert (await daemon.states()).count("sent") == 1
        daemon.clock.turn(hours=1)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"] * count
    assert len(webhook.posts) == count
    assert all(f"({n}/{count})" in text for n, text in enumerate(webhook.contents, 1))


async def test_what_hangs_up_after_a_post_is_unknown_and_not_posted_again(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def take_and_hang_up(connection: socket.socket) -> None:
        asked.append(connection.recv(65_536))

    with serving(take_and_hang_up) as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        channel = open_it(tmp_path, {"kind": "discord", "webhook_url": url})
        async with started(tmp_path, channel) as daemon:
            await daemon.publish(edition(story()))
            for _ in range(3):
                await daemon.delivering.deliver_due()
                daemon.clock.turn(days=1)

            assert await daemon.states() == ["unknown"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "answer", [Reply(b"", 204), said(), Reply("{"), said(504), said(524)], ids=lambda a: a.status
)
async def test_an_answer_that_does_not_say_what_became_of_it_is_unknown(
    tmp_path: Path, webhook: Webhook, answer: Reply
) -> None:
    webhook.answers = [answer]

    error = await refused(discord(tmp_path, webhook))

    assert error.verdict == "unknown"


@pytest.mark.parametrize(
    "answer",
    [
        UNKNOWN,
        NO_THREAD,
        said(401, message="Invalid Webhook Token", code=50027),
        said(403, message="Missing Access", code=50001),
        said(400, message="Webhooks posted to forum channels must have …", code=220001),
    ],
    ids=lambda answer: json.loads(answer.body)["message"],
)
async def test_a_webhook_that_is_gone_needs_a_person(
    tmp_path: Path, webhook: Webhook, answer: Reply
) -> None:
    webhook.answers = [answer]

    error = await refused(discord(tmp_path, webhook))

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert json.loads(answer.body)["message"] in error.reason


async def test_a_webhook_that_is_gone_has_its_own_remedy(tmp_path: Path, webhook: Webhook) -> None:
    webhook.answers = [UNKNOWN]
    channel = discord(tmp_path, webhook)
    webhook.server.replies[PATH] = UNKNOWN

    with pytest.raises(ChannelError) as caught:
        await channel.check()

    for error in (caught.value, await refused(channel)):
        assert error.reason == f"404 Unknown Webhook; {channel.remedy}"


async def test_a_limit_says_how_long_to_wait(tmp_path: Path, webhook: Webhook) -> None:
    webhook.answers = [LIMITED]

    error = await refused(discord(tmp_path, webhook))

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert error.retry_after == timedelta(seconds=1)


@pytest.mark.parametrize("code", [130000, 20028, 40006])
async def test_what_passes_by_itself_is_no_refusal(
    tmp_path: Path, webhook: Webhook, code: int
) -> None:
    webhook.answers = [said(403, message="Try again a little later", code=code, retry_after=2.4)]

    error = await refused(discord(tmp_path, webhook))

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert error.retry_after == timedelta(seconds=3)


async def test_a_limit_that_is_used_up_is_waited_for(tmp_path: Path, webhook: Webhook) -> None:
    webhook.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5"}
    channel = discord(tmp_path, webhook)

    await send(channel, *deliveries(channel, edition(story())))

    now = asyncio.get_running_loop().time()
    assert 1 < channel.pace.delay(now) <= 1.5


async def test_a_harmful_link_is_dropped_and_the_rest_arrives(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.answers = [HARMFUL]
    async with started(tmp_path, discord(tmp_path, webhook)) as daemon:
        await daemon.publish(edition(story(title="A [story] (of) links")))
        for _ in range(2):
            await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]
    [post] = webhook.posts
    assert "https://" not in json.dumps(post)
    assert "**A \\[story\\] (of) links**" in post["embeds"][0]["description"]


async def test_each_edition_is_a_new_post_of_a_forum_with_all_its_parts(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.forum = True
    webhook.answers = [None, LIMITED]
    async with started(tmp_path, discord(tmp_path, webhook, new_post=True)) as daemon:
        count = await daemon.publish(ordinary(80))
        await daemon.delivering.deliver_due()
        daemon.clock.turn(hours=1)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"] * count
    assert count > 2
    assert [post["thread"] for post in webhook.posts] == ["1506"] * count
    assert webhook.posts[0]["thread_name"] == "Weekly reading · 9 to 16 November 2026"


async def test_a_part_whose_first_is_in_doubt_has_a_post_of_its_own(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.forum = True
    webhook.answers = [said(504)]
    async with started(tmp_path, discord(tmp_path, webhook, new_post=True)) as daemon:
        count = await daemon.publish(ordinary(40))
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["unknown", *["sent"] * (count - 1)]
    assert len({post["thread"] for post in webhook.posts}) == count - 1


async def test_a_forum_and_what_is_none_need_a_person(tmp_path: Path, webhook: Webhook) -> None:
    error = await refused(discord(tmp_path, webhook, new_post=True))
    webhook.forum = True
    other = await refused(discord(tmp_path, webhook))

    assert error.reason.endswith("; the channel is no forum: leave new_post out")
    assert "; the channel is a forum: set new_post: true" in other.reason


async def test_the_parts_of_a_post_that_was_removed_fail_and_later_editions_arrive(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.forum = True
    webhook.answers = [None, LIMITED]
    async with started(tmp_path, discord(tmp_path, webhook, new_post=True)) as daemon:
        count = await daemon.publish(ordinary(40))
        await daemon.delivering.deliver_due()
        webhook.threads.clear()
        daemon.clock.turn(hours=1)
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent", *["failed"] * (count - 1)]
    assert count > 1
    assert len(webhook.posts) == 2


@pytest.mark.parametrize("forum", [True, False])
async def test_new_post_may_be_mended_before_an_edition_arrives(
    tmp_path: Path, webhook: Webhook, forum: bool
) -> None:
    webhook.forum = forum
    async with started(tmp_path, discord(tmp_path, webhook, new_post=not forum)) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"]
    async with started(tmp_path, discord(tmp_path, webhook, new_post=forum)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]


def test_a_new_post_is_in_no_thread(tmp_path: Path, webhook: Webhook) -> None:
    with pytest.raises(ConfigError, match="a new post needs no thread"):
        discord(tmp_path, webhook, new_post=True, thread="9001")


def test_each_section_is_an_embed_and_no_two_have_one_address() -> None:
    first, second = edition(story(1)).sections[0], edition(story(2)).sections[0]
    made = edition(story(1))
    page = "https://feed.example/"
    made = replace(made, sections=(replace(first, url=page), replace(second, url=page)))
    [message] = build_messages(made)

    assert [embed.get("url") for embed in message["embeds"]] == [page, None]
    assert [embed["title"] for embed in message["embeds"]] == ["A feed"] * 2


def test_embeds_have_the_colour_of_the_look() -> None:
    channel = DiscordChannel("it", DiscordSettings.model_validate(EXAMPLE), Pace())
    look = LookSettings.model_validate({"accent": "#00a1ff"})

    [part] = channel.render(edition(story()), Templates(look=look)).parts

    assert [embed["color"] for embed in json.loads(part)["embeds"]] == [0x00A1FF]


def test_an_edition_takes_fewer_messages_than_as_text() -> None:
    assert len(build_messages(ordinary(120))) <= 6


def test_what_was_stored_as_text_alone_has_a_plainer_form_too() -> None:
    text = {**HELLO, "content": "**[A story](<https://a.example/>)**"}
    channel = DiscordChannel("it", DiscordSettings.model_validate(EXAMPLE), Pace())
    plain = channel.plainer(json.dumps(text).encode())

    assert plain
    assert json.loads(plain)["content"] == "**A story**"
    assert channel.readable(json.dumps(text).encode()) == text["content"]


@pytest.mark.parametrize("code", [50035, 20009, ["10003"], {"a": 1}, None])
async def test_other_refusals_are_of_the_message(
    tmp_path: Path, webhook: Webhook, code: object
) -> None:
    webhook.answers = [said(400, message="Invalid Form Body", code=code)]

    error = await refused(discord(tmp_path, webhook))

    assert error.verdict == "refused"
    assert not isinstance(error, ChannelError)


@pytest.mark.parametrize(
    "post",
    [
        {"content": "𝄞" * 1_001, "allowed_mentions": {"parse": []}},
        {"content": " ", "allowed_mentions": {"parse": []}},
        {"content": "Hello @everyone"},
        {"text": "Hello"},
        {**HELLO, "embeds": [{"description": "d" * 3_001}] * 2},
        {**HELLO, "embeds": [{"description": "d", "url": "https://a.example/"}] * 2},
    ],
    ids=["too long", "empty", "pings", "no content", "over all", "merged"],
)
async def test_what_is_beyond_the_limits_is_refused(
    tmp_path: Path, webhook: Webhook, post: dict[str, Any]
) -> None:
    with pytest.raises(DeliveryError) as caught:
        await send(discord(tmp_path, webhook), delivery("webhook", json.dumps(post).encode()))

    assert caught.value.verdict == "refused"
    assert caught.value.reason == "400 Invalid Form Body"
    assert webhook.posts == []


async def test_it_posts_into_a_thread(tmp_path: Path, webhook: Webhook) -> None:
    channel = discord(tmp_path, webhook, thread="9001")

    await send(channel, *deliveries(channel, edition(story())))

    assert [post["thread"] for post in webhook.posts] == ["9001"]
    assert await channel.check() == (
        "the webhook is Captain, which posts to thread 9001 of channel 77"
    )


async def test_a_thread_that_is_not_there_needs_a_person(tmp_path: Path, webhook: Webhook) -> None:
    error = await refused(discord(tmp_path, webhook, thread=404))

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert "thread" in error.reason


async def test_a_check_posts_nothing(tmp_path: Path, webhook: Webhook) -> None:
    assert await discord(tmp_path, webhook).check() == (
        "the webhook is Captain, which posts to channel 77"
    )

    assert [(seen.method, seen.path) for seen in webhook.server.seen] == [("GET", PATH)]


@pytest.mark.parametrize("thread", ["", "news", "12\n", "١٢", "-1", "1&wait=false"])
def test_a_thread_is_an_id(tmp_path: Path, webhook: Webhook, thread: str) -> None:
    with pytest.raises(ConfigError, match="all digits"):
        discord(tmp_path, webhook, thread=thread)


async def test_a_greeting_is_a_message(tmp_path: Path, webhook: Webhook) -> None:
    channel = discord(tmp_path, webhook)
    line = channel.greeting("Hello @everyone")
    assert line

    await send(channel, delivery("", line))

    assert webhook.contents == ["Hello @\u2060everyone"]


@pytest.mark.slow
@settings(max_examples=20)
@given(editions())
def test_any_edition_is_messages_that_discord_takes(made: Edition) -> None:
    channel_settings = DiscordSettings.model_validate(EXAMPLE)

    parts = DiscordChannel("it", channel_settings, Pace()).render(made, TEMPLATES).parts

    assert all(map(is_valid, parts))


@pytest.mark.parametrize(
    "answer",
    [UNKNOWN, INVALID, LIMITED, said(400, message=f"no {PATH} or s3cr3t-t0k3n"), said(500)],
)
async def test_the_token_is_told_to_nobody(
    tmp_path: Path, webhook: Webhook, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook.answers = [answer]
    channel = discord(tmp_path, webhook, thread="9001")

    error = await refused(channel)

    told = [repr(error), *traceback.format_exception(error), caplog.text, str(vars(channel))]
    assert SECRET not in "".join(told)
