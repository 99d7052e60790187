"""What people who are paired with a bot are answered, and that nobody else is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from digest.app.reports import status_report
from digest.channels.telegram.bot_api import BotApi
from digest.config.channels.telegram import TokenSecret
from digest.errors import UsageError
from digest.rendering.dialects import JOINER
from tests import limits
from tests.app.bot_commands.talk import (
    STRANGER,
    Talk,
    bot_server,
    phone,
    settings_for,
    talking,
)
from tests.channels.telegram.bot_server import (
    DETECTED,
    FORUM,
    GROUP,
    TOKEN,
    BotServer,
    refusal,
    trouble_in,
)
from tests.store import build
from tests.web.site import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from digest.store import Store

TEAM = {"id": GROUP, "type": "group", "title": "Team"}
TOPICS = {"id": FORUM, "type": "supergroup", "title": "Team", "is_forum": True}


@pytest.fixture
def bot() -> Iterator[BotServer]:
    bot = bot_server()
    bot.start()
    yield bot
    bot.stop()


@pytest_asyncio.fixture
async def talk(bot: BotServer, tmp_path: Path) -> AsyncIterator[Talk]:
    """A person who is paired."""
    async with talking(settings_for(tmp_path, bot), bot) as talk:
        await talk.pair()
        yield talk


def editions(store: Store) -> list[int]:
    return [edition.id for edition in store.archive.editions(("weekly",), 10)]


async def test_a_stranger_hears_nothing_but_a_code_that_counts_once(
    bot: BotServer, tmp_path: Path
) -> None:
    async with talking(settings_for(tmp_path, bot), bot) as talk:
        for text in ("/now", "/help", "hello", "/send weekly"):
            talk.write(text, by=STRANGER)
        code = (await talk.answer("/start", by=STRANGER)).split()[3].rstrip(".")
        talk.write("/pair", by=STRANGER)
        await talk.pair()
        admin = talk.runtime.pairing_admin
        with pytest.raises(UsageError, match="no such code waits"):
            await admin.confirm("BCDF-GHJK")
        paired = await admin.confirm(code)
        assert (paired.pairing.person, paired.pairing.channels) == (str(STRANGER), ("phone",))
        with pytest.raises(UsageError, match="no such code waits"):
            await admin.confirm(code)
        assert "/now – the edition" in await talk.answer("/help", by=STRANGER)

        await admin.revoke(str(paired.pairing.id))
        talk.write("/help", by=STRANGER)
        await talk.answer("/help")
        assert talk.told == len(bot.messages) == 4


async def test_now_shows_the_edition_and_takes_nothing(talk: Talk) -> None:
    assert await talk.answer("/now") == "Nothing is new for weekly."
    await talk.learn("Owls", "Larks")
    before = await talk.read(build.dump)
    talk.clock.turn(seconds=1)
    shown = await talk.answer("/NOW Weekly")
    assert shown.startswith("Now: weekly")
    assert shown.count("Owls") == shown.count("Larks") == 1
    after = await talk.read(build.dump)
    assert {name for name in after if after[name] != before[name]} == {"heard", "pairings"}


async def test_send_publishes_once_however_often_it_is_heard(
    bot: BotServer, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, bot)
    async with talking(settings, bot) as talk:
        await talk.pair()
        await talk.learn("Owls")
        clock, sent = talk.clock, {await talk.answer("/send"), await talk.answer()}
        assert "weekly: 1 entry on the way." in sent
        await talk.learn("Larks")
    # As a server does that never heard that it was read.
    bot._next_update -= 1
    async with talking(settings, bot, clock) as talk:
        talk.write("/send")
        talk.write("/pause")
        assert "how long" in await talk.answer()
        assert await talk.read(editions) == [1]


async def test_an_empty_edition_is_sent_to_nobody_because_somebody_asks(
    bot: BotServer, tmp_path: Path
) -> None:
    digest = {"schedule": "every monday", "when_empty": "send", "send_to": ["phone"]}
    async with talking(settings_for(tmp_path, bot, digests={"weekly": digest}), bot) as talk:
        await talk.pair()
        assert await talk.answer("/send") == "Nothing is new for weekly."
        assert await talk.read(editions) == []


async def test_what_a_process_had_begun_that_was_killed_is_not_begun_again(talk: Talk) -> None:
    await talk.learn("Owls")
    # It is noted as heard, and nothing more.
    number = talk.bot._next_update
    await talk.read(lambda store: store.pairings.hear("telegram 123456789", number, talk.clock()))
    talk.write("/send")
    talk.bot._next_update = number + 1
    assert await talk.answer("/now") != ""
    assert await talk.read(editions) == []


async def test_send_asks_before_it_reaches_others(bot: BotServer, tmp_path: Path) -> None:
    digests = {
        "weekly": {
            "schedule": "every monday",
            "first_edition": "3650d",
            "send_to": ["vault", "phone"],
        },
        "secret": {"schedule": "every monday", "first_edition": "3650d", "send_to": ["vault"]},
    }
    async with talking(settings_for(tmp_path, bot, digests=digests), bot) as talk:
        await talk.pair()
        await talk.learn("Owls")
        asked = await talk.answer("/send")
        assert asked == (
            "weekly also goes to 1 other channel: vault.\n"
            "/send weekly all sends it to all of them now."
        )
        assert "there is no digest" in await talk.answer("/send secret all")
        sent = {await talk.answer("/send weekly all"), await talk.answer()}
        await talk.delivered()
        assert "weekly: 1 entry on the way." in sent
    assert (tmp_path / "weekly-2026-11-16.md").exists()


async def test_why_tells_of_what_goes_here_and_of_nobody_else(
    bot: BotServer, tmp_path: Path
) -> None:
    digests = {
        name: {"schedule": "every monday", "first_edition": "3650d", "send_to": send_to}
        for name, send_to in {"weekly": ["vault", "phone"], "secret": ["vault"]}.items()
    }
    async with talking(settings_for(tmp_path, bot, digests=digests), bot) as talk:
        await talk.pair()
        assert "no feed of yours" in await talk.answer("/why owls")
        await talk.learn("Owls")
        assert await talk.answer("/why owls") == (
            "Owls\n– weekly: will be in the next edition, as a story"
        )
        await talk.runtime.publish_job.publish_now("weekly")
        await talk.runtime.deliver_job.deliver_due()
        await talk.message()
        why = await talk.answer("/why owls")
        assert "phone: sent" in why
        assert "vault" not in why
        assert "secret" not in why


async def test_why_calls_nobody_by_a_title_and_fits_into_one_message(talk: Talk) -> None:
    hostile = "Owls @durov /send #tag https://bad.example/ bad.example"
    await talk.learn(hostile, *(f"Owls {number} " + "🦉" * 900 for number in range(4)))
    why = await talk.answer("/why owls")
    assert trouble_in({"text": why}) is None
    assert why.count("– weekly: will be in the next edition") == 5
    assert hostile in why.replace(JOINER, "")
    assert not DETECTED.search(why)
    assert not DETECTED.search(await talk.answer("/why @durov https://bad.example"))


async def test_what_a_pause_holds_up_comes_when_it_ends(talk: Talk) -> None:
    assert await talk.answer("/pause 1w") == (
        "phone: paused until Mon 2026-11-23 09:00 UTC.\n"
        "Editions wait until then, and are sent one after the other. /resume ends the pause."
    )
    await talk.learn("Owls")
    sent = await talk.answer("/send")
    assert "weekly: 1 entry on the way.\nphone is paused until" in sent
    await talk.delivered()
    assert await talk.read(lambda store: store.ledger.waiting(talk.clock())) == 0
    health = await talk.read(lambda store: store.health.read())
    (paused,) = status_report(talk.runtime.settings, health, talk.clock()).paused
    assert (paused.channel, paused.until) == ("phone", talk.clock() + timedelta(weeks=1))
    talk.clock.turn(days=6)
    await talk.runtime.deliver_job.deliver_due()
    assert "phone is paused" in await talk.answer("/help")
    talk.clock.turn(days=2)
    await talk.runtime.deliver_job.deliver_due()
    assert "Owls" in await talk.answer()
    assert status_report(talk.runtime.settings, health, talk.clock()).paused == ()


async def test_a_pause_is_over_with_resume_or_with_who_wanted_it(talk: Talk) -> None:
    await talk.learn("Owls")
    for end in ("/resume", "/pause off", ""):
        await talk.answer("/pause 2 weeks")
        if end:
            assert "no pause" in await talk.answer(end)
        else:
            (found,) = await talk.read(lambda store: store.pairings.all(talk.clock()))
            await talk.runtime.pairing_admin.revoke(found.name.upper())
        assert await talk.read(lambda store: store.pairings.paused(talk.clock())) == {}


async def test_a_group_is_answered_where_it_is_named_and_there_only_who_is_paired(
    bot: BotServer, tmp_path: Path
) -> None:
    channels = {
        "phone": phone(bot),
        "team": phone(bot, chat=FORUM, topic=5),
        "vault": {"kind": "file", "path": "x.md"},
    }
    async with talking(settings_for(tmp_path, bot, channels=channels), bot) as talk:
        await talk.pair()
        talk.write("/help", chat=TEAM)
        talk.write("/pair", chat=TOPICS, by=STRANGER)
        talk.write("/help", chat=TOPICS, by=STRANGER)
        talk.write("/help@another_bot", chat=TOPICS)
        # Of a bot that is in the group too, as people write who do not name it.
        talk.write("/weather", chat=TOPICS)
        talk.write("/help", chat=TOPICS, sender_chat=TOPICS)
        answered = await talk.message(
            "/now@Morning_Bot", chat=TOPICS, message_thread_id=5, is_topic_message=True
        )
        assert answered["text"] == "no digest goes here"
        assert (answered["chat_id"], answered["message_thread_id"]) == (str(FORUM), 5)
        # Alone with the bot it is the channel of that chat.
        assert "Nothing is new" in await talk.answer("/now")


async def test_what_was_asked_while_nobody_listened_is_not_answered(talk: Talk) -> None:
    await talk.learn("Owls")
    talk.write("/send", ago=301)
    assert "Now:" in await talk.answer("/now", ago=299)
    assert await talk.read(editions) == []


async def test_a_flood_is_told_so_once_and_then_ignored(talk: Talk) -> None:
    for _ in range(30):
        talk.write("/help")
    for who in range(1000, 1020):
        talk.write("/pair", by=who)
    answers = [await talk.answer() for _ in range(11)]
    assert [each.startswith("/now") for each in answers] == [True] * 10 + [False]
    assert answers[-1] == "That was a lot at once. Ask again in a minute."
    codes = [await talk.answer() for _ in range(4)]
    assert all(each.startswith("Your code is") for each in codes)


async def test_an_answer_has_ten_messages_at_the_most(bot: BotServer, tmp_path: Path) -> None:
    digest = {"schedule": "every monday", "first_edition": "3650d", "send_to": ["phone"]}
    digests = {"weekly": {**digest, "max_entries": 150}}
    async with talking(settings_for(tmp_path, bot, digests=digests), bot) as talk:
        await talk.pair()
        words = " ".join(f"{{0}}x{number}" for number in range(150))
        await talk.learn(*(words.format(number) for number in range(150)))
        answers = [await talk.answer("/now"), *[await talk.answer() for _ in range(10)]]
        assert answers[0].startswith("Now: weekly")
        assert answers[-1].startswith("There is more of it: ")
        assert (await talk.answer("/help")).startswith("/now")


async def test_a_bot_that_is_to_wait_does_so_for_a_minute_at_most(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.bot.answers = [refusal(429, "Too Many Requests: retry after 0", retry_after=0.01)]
    assert (await talk.answer("/help")).startswith("/now")
    talk.bot.answers = [refusal(429, "Too Many Requests: retry after 61", retry_after=61)]
    talk.write("/pause")
    assert (await talk.answer("/help")).startswith("/now")
    assert caplog.messages.count("not answered") == 1
    # As after a delivery that was refused like this.
    loop = asyncio.get_running_loop()
    talk.runtime.context.channels["phone"].pace.rest(loop.time(), 61)
    talk.write("/resume")
    await until(lambda: caplog.messages.count("not answered") == 2)


async def test_what_cannot_be_done_is_told_with_a_remedy(talk: Talk) -> None:
    told = {
        "/pause": "write /pause and how long: 12h, 3d, 1w, or 2 weeks",
        "/pause 99w": "a pause lasts 26 weeks at the most",
        "/now monthly": "there is no digest 'monthly'; there are: weekly",
        "/why": "write /why and an address",
        "/dance": "there is no /dance; /help says what there is",
        f"/now {'ü' * 4_000}": "there is no digest",
    }
    for text, words in told.items():
        answer = await talk.answer(text)
        assert words in answer
        assert len(answer) <= 600


async def test_without_commands_nobody_is_heard(bot: BotServer, tmp_path: Path) -> None:
    silent = {"phone": phone(bot, commands=False)}
    async with talking(settings_for(tmp_path, bot, channels=silent), bot):
        assert not is_listened()


async def test_another_program_that_reads_along_is_told_of(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.to_thread(talk.bot.waiting.wait, limits.seconds(10))
    await BotApi(TokenSecret(TOKEN), talk.bot.url).get_updates()
    await until(lambda: "commands are not heard" in caplog.messages)
    (record,) = [each for each in caplog.records if each.message == "commands are not heard"]
    assert "stop it, or use a bot of its own" in record.__dict__["fields"]["error"]


async def test_who_cannot_be_reached_is_named_without_its_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = bot_server()
    bot.start()
    settings = settings_for(tmp_path, bot)
    bot.stop()
    async with talking(settings, bot):
        await until(lambda: "commands are not heard" in caplog.messages)
    fields = [record.__dict__.get("fields") for record in caplog.records]
    assert "cannot connect" in str(fields)
    assert TOKEN.partition(":")[2] not in f"{caplog.text}{fields}"


@pytest.mark.slow
async def test_a_reload_begins_and_ends_the_listening(bot: BotServer, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, bot)
    silent = settings_for(tmp_path, bot, channels={"phone": phone(bot, commands=False)})
    async with serve(settings, tmp_path) as site:
        for taken_over, listens in ((silent, False), (settings, True)):
            site.loaded.append(taken_over)
            await site.daemon.read_anew()
            await until(lambda: is_listened() is listens)  # noqa: B023 - it is over then


def is_listened() -> bool:
    return any("Listener.listen" in str(task) for task in asyncio.all_tasks())


async def until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(limits.seconds(10)):
        while not wanted():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def test_now_shows_what_the_channel_is_given(bot: BotServer, tmp_path: Path) -> None:
    digest = {"schedule": "every monday", "first_edition": "3650d", "watch": ["owls"]}
    send_to = [{"channel": "phone", "only": "watched"}, "vault"]
    digests = {"weekly": {**digest, "send_to": send_to}}
    async with talking(settings_for(tmp_path, bot, digests=digests), bot) as talk:
        await talk.pair()
        await talk.learn("Larks leave")
        assert await talk.answer("/now") == "Nothing is new for weekly."
        assert "not given to phone" in await talk.answer("/why larks")
        await talk.learn("Owls are back")
        shown = await talk.answer("/now")
        assert "Owls are back" in shown
        assert "Larks" not in shown
