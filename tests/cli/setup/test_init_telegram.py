"""`digest init` for Telegram, on a real terminal and without one, against a bot's stand-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels.telegram.chats import chats_in
from digest.config import load_settings
from tests import limits
from tests.channels.telegram.bot_server import FORUM, GROUP, PERSON, TOKEN, BotServer, person
from tests.cli.terminal import on_terminal
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project


@pytest.fixture
def bot() -> Iterator[BotServer]:
    server = BotServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(project: Project) -> Project:
    now = datetime.now(UTC)
    project.feeds.replies["/feed"] = Reply(rss(item(1, published=now), item(2, published=now)))
    return project


def feed(site: Project) -> tuple[str, ...]:
    return ("--feed", f"{site.feeds.url}/feed", "--allow-private-networks")


@pytest.mark.slow
def test_from_an_empty_folder_to_the_first_briefing_in_one_go(
    site: Project, bot: BotServer
) -> None:
    arguments = ("init", *feed(site), "--telegram-api-url", bot.url)
    with on_terminal(site.forking, site.folder, *arguments, TZ="Europe/Berlin") as screen:
        screen.expect("Where should it go?")
        screen.answer("One or more [1]:", "telegram")
        screen.expect("In Telegram, write /newbot to @BotFather")
        screen.answer("The bot's token (not shown):", "my bot")
        screen.expect("must be a bot's token, like 123456789:AAE...")
        screen.answer("The bot's token (not shown):", f"1{TOKEN}")
        screen.expect("! Telegram: 401 Unauthorized; copy the bot's token from @BotFather again")
        screen.answer("The bot's token (not shown):", TOKEN)
        screen.expect("the bot is @morning_bot. In Telegram, write anything to it")
        screen.answer("Press Enter once you have, or write the chat's id:")
        assert bot.waiting.wait(limits.seconds(20))
        bot.write("hello")
        screen.expect("found: Ada")
        screen.expect("Telegram: the bot is @morning_bot, which posts to Ada")
        screen.answer("Post a line there, to see it? [Y/n]:")
        screen.answer("When [daily at 09:00]:")
        screen.answer("Time zone [Europe/Berlin]:")
        screen.answer("to see how all is? [y/N]:")
        screen.expect("The first edition, 2 stories")
        assert screen.finish() == 0
    assert TOKEN.partition(":")[2] not in screen.shown
    text = (site.folder / "config.yaml").read_text()
    assert TOKEN not in text
    assert "  phone:\n    kind: telegram\n    bot_token_file: secrets/telegram_token\n" in text
    assert load_settings(site.folder / "config.yaml", {}).digests["briefing"].send_to == ("phone",)

    # A bot writes to a chat once a second.
    bot.now = lambda: 1e12
    done = site.json("run", "--once")

    assert (done["delivered"], done["undelivered"]) == (1, 0)
    greeting, briefing = bot.messages
    assert greeting["text"] == "digest is set up, and will post the next edition here."
    assert briefing["chat_id"] == str(PERSON)
    assert briefing["text"].startswith("Morning briefing")


@pytest.mark.slow
def test_of_several_chats_one_is_chosen_and_without_a_terminal_it_is_given(
    site: Project, bot: BotServer
) -> None:
    for _ in range(30):
        bot.write("what a group says all day", GROUP)
    bot.write("hello")
    bot.write("/start", FORUM, topic=5)
    (site.folder / "token").write_text(TOKEN)
    (site.folder / "config.txt").write_text("my bot")
    (site.folder / "revoked").write_text(f"1{TOKEN}")
    given = (*feed(site), "--telegram-token-file", "token", "--telegram-api-url", bot.url)
    for arguments, says in (
        (given, "digest: give --telegram-chat; on a terminal, it asks\n"),
        ((*given, "--telegram-chat", "Ada"), "must be the id of a chat, like 123456789"),
        (
            (*given, "--telegram-token-file", "config.txt", "--telegram-chat", "77"),
            "digest: --telegram-token-file: must be a bot's token, like",
        ),
    ):
        refused = site.command("init", *arguments)
        assert refused.returncode == 2
        assert says in refused.stderr

    revoked = ("--telegram-token-file", "revoked")
    asking = ("-c", "asked.yaml", "init", *given, *revoked)
    with on_terminal(site.forking, site.folder, *asking) as screen:
        screen.expect("! Telegram: 401 Unauthorized")
        screen.answer("The bot's token (not shown):", TOKEN)
        screen.answer("Press Enter once you have, or write the chat's id:")
        screen.expect("1  the topic 5 of the group Team")
        screen.expect("2  Ada")
        screen.expect("3  the group Readers")
        screen.answer("Which [1]:", "1, 2")
        screen.expect("write one number of 1 to 3")
        screen.answer("Which [1]:", "1")
        screen.answer("Post a line there, to see it? [Y/n]:", "n")
        assert screen.finish() == 0
    done = site.command("init", *given, "--telegram-chat", str(GROUP), "--telegram-topic", "1")

    assert done.returncode == 0, done.stderr
    asked, options = (
        load_settings(site.folder / name, {}).channels["phone"].model_dump()
        for name in ("asked.yaml", "config.yaml")
    )
    assert (asked["chat"], asked["topic"]) == (str(FORUM), 5)
    assert (options["chat"], options["topic"]) == (str(GROUP), 1)
    assert bot.messages == []


def test_chats_are_found_in_what_a_bot_hears() -> None:
    group = {"id": GROUP, "type": "group", "title": "Readers"}
    made = {"forum_topic_created": {"name": "News"}}
    channel: dict[str, Any] = {"id": -1009, "type": "channel", "title": "Daily"}
    updates: list[dict[str, Any]] = [
        {"message": {"chat": person(), "text": "hello"}},
        {"message": {"chat": {**group, "id": -7}, "migrate_to_chat_id": FORUM}},
        {"my_chat_member": {"chat": group}},
        {"channel_post": {"chat": channel}},
        {
            "message": {
                "chat": {"id": FORUM, "type": "supergroup", "title": "Team"},
                "is_topic_message": True,
                "message_thread_id": 5,
                "reply_to_message": made,
            }
        },
        {"message": {"chat": person(), "text": "again"}},
        {"edited_message": {"chat": group}},
        # As no server of Telegram's own has it.
        {"message": {"chat": None}, "channel_post": {"chat": {}}, "my_chat_member": 5},
        {"my_chat_member": {"chat": {**group, "id": -8}, "new_chat_member": {"status": "kicked"}}},
    ]

    assert [(found.name, found.settings) for found in chats_in(updates)] == [
        ("Ada", {"chat": str(PERSON)}),
        ("the topic News of the group Team", {"chat": str(FORUM), "topic": "5"}),
        ("the channel Daily", {"chat": "-1009"}),
        ("the group Readers", {"chat": str(GROUP)}),
    ]
