"""A room of Matrix, against a homeserver that knows a transaction when it sees it again."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace as with_changes
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from digest.channels.matrix import MatrixChannel
from digest.channels.pace import Pace
from digest.config.channels.matrix import MatrixSettings
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.model import NO_PICTURES
from digest.rendering.samples import SAMPLES
from tests.channels.making import TEMPLATES, deliveries, delivery, open_it, send, started
from tests.channels.matrix.homeserver import (
    ALIAS,
    API,
    BAD_JSON,
    LIMITED,
    NO_TOKEN,
    NOT_IN_ROOM,
    ROOM,
    TOKEN,
    TOO_LARGE,
    Homeserver,
    refusal,
    wrong_with,
)
from tests.rendering.markup import fragment, links
from tests.rendering.samples import edition, story
from tests.rendering.slack_samples import rich, rich_editions
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition
    from tests.servers import Seen

EXAMPLE = {"kind": "matrix", "url": "https://m.example", "access_token": TOKEN, "room": ROOM}
# Three notices, quickly made.
LONG = edition(*(story(n, url=f"https://site.example/{n}?{'x' * 1_900}") for n in range(30)))


@pytest.fixture
def server() -> Iterator[HttpServer]:
    server = HttpServer()
    with running(server):
        yield server


@pytest.fixture
def home(server: HttpServer) -> Homeserver:
    made = Homeserver()
    server.service = made
    return made


def matrix(folder: Path, server: HttpServer, **more: Any) -> Channel:
    channel = open_it(folder, {**EXAMPLE, "url": server.url, **more})
    channel.pace = Pace()
    return channel


def parts(of: Edition, url: str = "") -> list[bytes]:
    made = MatrixSettings.model_validate(EXAMPLE)
    return [*MatrixChannel("it", made, Pace()).render(of, TEMPLATES, url=url).parts]


async def refused(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, deliveries(channel, edition(story()))[0])
    return caught.value


async def test_a_part_is_a_notice_and_its_event_the_receipt(
    tmp_path: Path, server: HttpServer, home: Homeserver
) -> None:
    channel = matrix(tmp_path, server)

    [receipt] = await send(channel, *deliveries(channel, edition(story())))

    assert receipt == "$event0"
    assert home.events == [
        {
            "msgtype": "m.notice",
            "body": "Weekly reading\n9 to 16 November 2026 · 1 story · about 4\u00a0min to read\n\n"
            "A feed\n\nStory 1 <https://site.example/1>\nAda · Monday · 4\u00a0min\n"
            "What story 1 is about. And a little more.",
            "format": "org.matrix.custom.html",
            "formatted_body": "<h3>Weekly reading</h3>"
            "<p>9 to 16 November 2026 · 1 story · about 4\u00a0min to read</p><h4>A feed</h4>"
            '<p><strong><a href="https://site.example/1">Story 1</a></strong><br>'
            "<em>Ada · Monday · 4\u00a0min</em><br>What story 1 is about. And a little more.</p>",
            "m.mentions": {},
        }
    ]


@pytest.mark.parametrize("ambiguous", [502, 504, "hang up"])
async def test_an_answer_that_got_lost_makes_no_copy(
    tmp_path: Path, server: HttpServer, home: Homeserver, ambiguous: int | str
) -> None:
    home.taken = True
    # A status that is none is no answer.
    lost = Reply("", ambiguous if isinstance(ambiguous, int) else 99)
    home.answers = [lost, None, lost]
    async with started(tmp_path, matrix(tmp_path, server, threads=True)) as daemon:
        count = await daemon.publish(LONG)
        for _ in range(6):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(minutes=5)

        assert await daemon.states() == ["sent"] * count
    assert list(home.related()) == [None, *["$event0"] * (count - 1)]
    assert home.answers == []


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("taken", [True, False])
async def test_what_was_on_its_way_in_a_crash_makes_no_copy(
    tmp_path: Path, server: HttpServer, home: Homeserver, *, taken: bool, before: int
) -> None:
    go = threading.Event()
    home.answers, home.taken = [*[None] * before, Reply("", 502, hold=go)], taken
    async with started(tmp_path, matrix(tmp_path, server)) as daemon:
        count = await daemon.publish(LONG)
        going = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(home.held.wait, 10)
        going.cancel()
        await daemon.delivering.finish()
        go.set()

    async with started(tmp_path, matrix(tmp_path, server)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * count
    assert len(home.events) == count


async def test_another_token_is_another_device_that_knows_no_copy(
    tmp_path: Path, server: HttpServer, home: Homeserver
) -> None:
    """Which is why the documentation says so."""
    home.tokens["another-token"] = "DEVICE2"
    channel = matrix(tmp_path, server)
    [made] = deliveries(channel, edition(story()))

    receipts = await send(channel, made, made)
    other = await send(matrix(tmp_path, server, access_token="another-token"), made)

    assert receipts == ["$event0", "$event0"]
    assert other == ["$event1"]


@pytest.mark.parametrize("threads", [True, False])
async def test_later_parts_are_in_the_thread_of_the_first(
    tmp_path: Path, server: HttpServer, home: Homeserver, *, threads: bool
) -> None:
    async with started(tmp_path, matrix(tmp_path, server, threads=threads)) as daemon:
        count = await daemon.publish(LONG)
        await daemon.delivering.deliver_due()

    assert count > 1
    first = "$event0" if threads else None
    assert list(home.related()) == [None, *[first] * (count - 1)]


async def test_a_room_is_found_by_its_address_once(
    tmp_path: Path, server: HttpServer, home: Homeserver
) -> None:
    channel = matrix(tmp_path, server, room=ALIAS)
    made = [
        replace(each, message_id=f"<{each.part}@example.com>") for each in deliveries(channel, LONG)
    ]

    await send(channel, *made)

    assert len(home.events) == len(made)
    assert [seen.path for seen in server.seen if seen.method == "GET"] == [
        f"{API}/directory/room/%23news:example.org"
    ]


@pytest.mark.parametrize("answer", [Reply("", 504), Reply("", 99), Reply("{}"), refusal(500, "x")])
async def test_where_a_room_cannot_be_found_nothing_was_posted(
    tmp_path: Path, server: HttpServer, answer: Reply
) -> None:
    server.service = lambda _: answer
    channel = matrix(tmp_path, server, room=ALIAS)

    error = await refused(channel)

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert not channel.begun  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (NO_TOKEN, "write the new token into access_token"),
        (NOT_IN_ROOM, "invite the account to the room"),
        (refusal(403, "M_USER_DEACTIVATED"), "the token of another account"),
        (refusal(404, "M_UNRECOGNIZED"), "the homeserver itself"),
        (Reply("<html>", 404, {"Content-Type": "text/html"}), "look whether the account"),
    ],
    ids=lambda value: json.loads(value.body)["errcode"] if "errcode" in str(value) else "",
)
async def test_what_takes_nothing_needs_a_person(
    tmp_path: Path, server: HttpServer, home: Homeserver, answer: Reply, told: str
) -> None:
    home.answers = [answer]

    error = await refused(matrix(tmp_path, server))

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert told in error.reason.partition("; ")[2]


async def test_a_soft_logout_may_pass(tmp_path: Path, server: HttpServer, home: Homeserver) -> None:
    home.answers = [refusal(401, "M_UNKNOWN_TOKEN", soft_logout=True)]

    error = await refused(matrix(tmp_path, server))

    assert isinstance(error, ChannelError)
    assert not error.lasting


@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, 2), ({"Retry-After": "9"}, 9)], ids=["body", "header"]
)
async def test_a_limit_says_how_long_to_wait(
    tmp_path: Path,
    server: HttpServer,
    home: Homeserver,
    headers: dict[str, str],
    seconds: int,
) -> None:
    home.answers = [with_changes(LIMITED, headers=LIMITED.headers | headers)]

    error = await refused(matrix(tmp_path, server))

    assert isinstance(error, ChannelError)
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("answer", [TOO_LARGE, BAD_JSON], ids=["413", "400"])
async def test_what_is_refused_is_posted_as_plain_text(
    tmp_path: Path, server: HttpServer, home: Homeserver, answer: Reply
) -> None:
    home.answers = [answer]
    async with started(tmp_path, matrix(tmp_path, server)) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]
    [event] = home.events
    assert event.keys() == {"msgtype", "body", "m.mentions"}


async def test_what_is_plain_has_no_plainer_form(tmp_path: Path, server: HttpServer) -> None:
    channel = matrix(tmp_path, server)
    line = channel.greeting("Hello")
    assert line

    assert channel.plainer(line) is None


@pytest.mark.parametrize("wrong", [{"body": ""}, {"format": "x"}, {"formatted_body": "<font>a"}])
async def test_the_stand_in_refuses_what_is_not_drawn(wrong: dict[str, str]) -> None:
    [part] = parts(edition(story()))

    assert wrong_with(part) is None
    assert wrong_with(json.dumps({**json.loads(part), **wrong}).encode()) is BAD_JSON


@pytest.mark.usefixtures("home")
async def test_a_check_posts_nothing_and_says_whose_token_it_is(
    tmp_path: Path, server: HttpServer
) -> None:
    found = await matrix(tmp_path, server, room=ALIAS).check()

    assert found == f"the token is that of @digest:example.org, who is in the room {ROOM}"
    assert {seen.method for seen in server.seen} == {"GET"}


async def test_a_check_warns_of_a_room_that_is_encrypted(
    tmp_path: Path, server: HttpServer, home: Homeserver
) -> None:
    home.encrypted = True

    assert "which is encrypted" in await matrix(tmp_path, server).check()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"membership": "leave"}, "@digest:example.org is not in the room; invite the account"),
        ({"membership": "invite"}, "@digest:example.org is not in the room; invite the account"),
        ({"tokens": {}}, "401 Invalid access token passed.; log in anew"),
    ],
)
async def test_a_check_says_what_is_wrong(
    tmp_path: Path, server: HttpServer, home: Homeserver, change: dict[str, Any], told: str
) -> None:
    vars(home).update(change)

    with pytest.raises(ChannelError) as caught:
        await matrix(tmp_path, server).check()

    assert caught.value.reason.startswith(told)
    assert caught.value.lasting


@pytest.mark.parametrize("known", [True, False])
async def test_a_check_finds_the_homeserver_of_a_domain(
    tmp_path: Path, server: HttpServer, *, known: bool
) -> None:
    def site(seen: Seen) -> Reply:
        if known and seen.path == "/.well-known/matrix/client":
            return Reply('{"m.homeserver": {"base_url": "https://matrix.example.org"}}')
        return Reply("<html>", 404, {"Content-Type": "text/html"})

    server.service = site

    with pytest.raises(ChannelError) as caught:
        await matrix(tmp_path, server).check()

    mend = "write url: https://matrix.example.org" if known else "look whether the account"
    assert mend in caught.value.reason


@pytest.mark.parametrize("room", ["news", "#news", "@ada:example.org", "!a b:example.org", ""])
def test_a_room_is_an_id_or_an_address(tmp_path: Path, server: HttpServer, room: str) -> None:
    with pytest.raises(ConfigError, match="room"):
        matrix(tmp_path, server, room=room)


def test_what_feeds_say_is_text() -> None:
    title = '@room <b>x</b> & &amp; <a href="javascript:a">y</a> <img src=x> **b** ||s||'

    [part] = parts(edition(story(title=title, feed=title, author=title, excerpt=title)))

    content = json.loads(part)
    root = fragment(content["formatted_body"])
    assert content["m.mentions"] == {}
    assert root.text_content().count(title) == 2
    assert content["body"].count(title) == 2
    assert links(root) == {"https://site.example/1"}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "mailto:a@b.example", 'https://site.example/"><b>', ""]
)
def test_a_link_is_one_to_the_web(url: str) -> None:
    [part] = parts(edition(story(url=url)))

    found = links(fragment(json.loads(part)["formatted_body"]))
    assert found == ({"https://site.example/%22%3E%3Cb%3E"} if '"' in url else set())


def test_all_that_an_edition_can_have_is_in_both_forms() -> None:
    contents = [json.loads(part) for part in parts(rich(), "https://read.example/e/1")]

    html = "".join(fragment(each["formatted_body"]).text_content() for each in contents)
    plain = "".join(each["body"] for each in contents)
    for said_there in ("★ lantern", "also in ", "Related: ", "View in browser", "The next edition"):
        assert said_there in html
        assert said_there in plain
    assert "<https://read.example/e/1>" in plain


def test_a_notice_in_hebrew_reads_from_the_right_from_its_first_letter_on() -> None:
    english_title = replace(SAMPLES["right to left"](), title="Reading")

    content = json.loads(parts(english_title)[0])

    assert content["formatted_body"].startswith("\u200f<h3>Reading")
    assert content["body"].startswith("\u200fReading")


def test_a_preview_shows_a_thread_below_its_first_notice() -> None:
    made = [MatrixSettings.model_validate({**EXAMPLE, "threads": on}) for on in (False, True)]

    plain, threaded = (
        MatrixChannel.preview(LONG, TEMPLATES, NO_PICTURES, [each]).page for each in made
    )

    assert plain.count('<div class="message">') == threaded.count('<div class="message">') > 1
    assert '<div class="replies">' in threaded
    assert '<div class="replies">' not in plain


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_notices_that_a_homeserver_takes(name: str) -> None:
    for part in parts(SAMPLES[name](), "https://read.example/e/1"):
        assert wrong_with(part) is None


@pytest.mark.slow
@settings(max_examples=10)
@given(rich_editions())
def test_any_edition_is_notices_that_a_homeserver_takes(made: Edition) -> None:
    assert {wrong_with(part) for part in parts(made, "https://read.example/e/1")} == {None}


async def test_a_greeting_is_a_notice(tmp_path: Path, server: HttpServer, home: Homeserver) -> None:
    channel = matrix(tmp_path, server)
    line = channel.greeting("Hello @room")
    assert line

    await send(channel, delivery("", line))

    assert home.events == [{"msgtype": "m.notice", "body": "Hello @room", "m.mentions": {}}]
