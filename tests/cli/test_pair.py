"""Who may ask a bot: shown, confirmed and revoked, with a daemon and without."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests import limits
from tests.app.bot_commands.talk import bot_server
from tests.channels.telegram.bot_server import PERSON, TOKEN
from tests.cli.test_daemon import event, wait_for
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.channels.telegram.bot_server import BotServer
    from tests.cli.project import Project


@pytest.fixture
def bot() -> Iterator[BotServer]:
    bot = bot_server()
    bot.start()
    yield bot
    bot.stop()


@pytest.fixture
def chatty(project: Project, bot: BotServer) -> Project:
    """A digest that goes to a chat, whose bot takes commands."""
    project.feeds.replies["/feed"] = Reply(rss(*map(item, range(3))))
    project.configure("/feed", send_to="phone")
    config = project.folder / "config.yaml"
    channel = (
        f'phone: {{kind: telegram, bot_token: "{TOKEN}", chat: {PERSON}, '
        f'api_url: "{bot.url}", commands: true}}\n  vault:'
    )
    config.write_text(config.read_text("utf-8").replace("vault:", channel), "utf-8")
    return project


def write(bot: BotServer, text: str) -> None:
    message = {
        "date": int(time.time()),
        "chat": bot.chats[PERSON],
        "from": {"id": PERSON, "is_bot": False, "first_name": "Ada\u202e\n", "username": "ada"},
        "text": text,
    }
    bot.update(message=message)


def answer(bot: BotServer, number: int) -> str:
    """What the bot says in this message, the first of which is 1."""
    give_up = time.monotonic() + limits.seconds(20)
    while len(bot.messages) < number:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    return str(bot.messages[number - 1]["text"])


@pytest.mark.slow
def test_a_person_is_paired_with_a_daemon_that_goes_on_after_a_crash(
    chatty: Project, bot: BotServer
) -> None:
    with chatty.daemon() as process:
        wait_for(process, event("polled"))
        write(bot, "/start")
        code = answer(bot, 1).split()[3].rstrip(".")
        (waiting,) = chatty.json("pair")["pairings"]
        assert (waiting["state"], waiting["name"]) == ("waiting", "Ada\\u202e @ada")
        kept = b"".join(
            each.read_bytes() for each in chatty.folder.glob("data/*") if each.is_file()
        )
        assert str(PERSON).encode() in kept
        assert code.replace("-", "").encode() not in kept
        assert chatty.json("pair", code)["pairing"]["channels"] == ["phone"]
        write(bot, "/send")
        wait_for(process, event("delivered"))
        answer(bot, 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    # As after a crash before the server heard that it was read.
    bot._next_update -= 1
    with chatty.daemon() as process:
        write(bot, "/send")
        write(bot, "/help")
        assert answer(bot, 4).startswith("/now")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        *_, last = wait_for(process, event("stopping"))
        assert process.wait() == 0
        assert time.monotonic() - began < limits.seconds(5)
        assert TOKEN.partition(":")[2] not in str(last)
    assert {each["edition"] for each in chatty.json("deliveries")["deliveries"]} == {1}
    assert chatty.json("pair", "--revoke", str(PERSON))["change"] == "revoked"
    assert chatty.json("pair") == {"pairings": [], "paused": []}


def test_without_a_daemon_people_are_listed_confirmed_and_revoked(chatty: Project) -> None:
    assert chatty.json("pair") == {"pairings": [], "paused": []}
    assert chatty.command("pair").stdout == "Nobody is paired.\n"
    wrong = chatty.command("pair", "BCDF-GHJK")
    assert wrong.returncode == 2
    assert "have the person send /pair to the bot for a new one" in wrong.stderr
    assert chatty.command("pair", "--revoke", "Ada").returncode == 2
    assert chatty.command("pair", "x", "--revoke", "y").returncode == 2
