"""Kinds that notify a phone: a line and a link, within limits, and what each refusal means."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import time_machine

from digest.channels import channel_class, open_channels
from digest.channels.pace import Pace
from digest.config.channels import CHANNEL_KINDS
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.model import ALERTS
from digest.rendering.push_message import PushMessage, push_message
from tests.channels import apprise, gotify, ntfy, pushover
from tests.channels.making import TEMPLATES, deliveries, open_it, send, started
from tests.rendering.samples import edition, ordinary, story
from tests.servers import Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition
    from tests.channels.place import HttpPlace

PUSHES: tuple[type[HttpPlace], ...] = (ntfy.Topic, gotify.Application, pushover.Application)
PAGE = "https://digest.example/e/weekly/20261116/token"


@pytest.fixture(params=PUSHES, ids=lambda place: place.kind)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HttpPlace]:
    made: HttpPlace = request.param(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (edition(), "Nothing new this time."),
        (edition(story(1)), "1 story · Story 1"),
        (
            edition(*map(story, range(1, 30))),
            "29 stories · Story 1 · Story 2 · Story 3 · Story 4 · Story 5",
        ),
        # An alert counts no stories: its title says what is the matter.
        (edition(story(1), digest=ALERTS), "Story 1"),
    ],
)
def test_a_push_is_a_count_and_the_first_titles(made: Edition, text: str) -> None:
    assert push_message(made, PAGE, 500) == PushMessage(
        "Weekly reading", text, PAGE, "View in browser"
    )


@pytest.mark.parametrize(
    ("url", "addresses", "link", "title"),
    [
        (PAGE, ["https://site.example/1"], PAGE, "View in browser"),
        ("", ["https://site.example/1", "https://site.example/2"], "https://site.example/1", "1"),
        ("", ["", "javascript:alert(1)", "https://site.example/3"], "https://site.example/3", "3"),
        ("", [f"https://site.example/{'a' * 500}", "https://a.example"], "https://a.example", "2"),
        ("", [""], "", ""),
        ("", [], "", ""),
    ],
)
def test_a_push_leads_to_the_edition_or_its_first_story(
    url: str, addresses: list[str], link: str, title: str
) -> None:
    made = edition(*(story(n, url=at, title=f"{n}") for n, at in enumerate(addresses, 1)))
    push = push_message(made, url, 500)

    assert (push.link, push.link_title) == (link, title)


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧‍👦" * 400, "x" * 9_000, "語" * 9_000, "e" + "\u0301" * 9_000, '\\"' * 9_000]
)
def test_any_edition_is_within_every_limit(text: str) -> None:
    """What the places refuse is what the services would."""
    made = edition(*(story(n, title=text, feed=text) for n in range(9)), title=text)

    def part_of(place: type[HttpPlace]) -> dict[str, str]:
        settings = CHANNEL_KINDS[place.kind].model_validate(place.example)
        channel = channel_class(place.kind)("it", settings, Pace())
        (part,) = channel.render(made, TEMPLATES, url=PAGE).parts
        post: dict[str, str] = json.loads(part)
        return post

    secrets = {"topic": "t" * 64, "sequence_id": "s" * 32}
    assert ntfy.refusal_of(json.dumps(part_of(ntfy.Topic) | secrets).encode()) is None
    secrets = {"token": pushover.TOKEN, "user": pushover.USER}
    assert pushover.refusal_of(part_of(pushover.Application) | secrets) is None


async def test_what_feeds_say_is_plain_text(place: HttpPlace) -> None:
    title = "<b>x</b> [a](https://evil.example) @everyone *b*\n\nnext"
    channel = open_it(place.folder, place.channel())

    await send(channel, *deliveries(channel, edition(story(title=title))))

    (post,) = map(json.loads, place.arrived())
    assert post["message"].endswith("<b>x</b> [a](https://evil.example) @everyone *b* next")
    # Plain text is what each shows unless it is told otherwise.
    assert not post.keys() & {"markdown", "html"}
    assert "client::display" not in str(post)


async def test_each_says_in_its_own_words_where_a_push_leads(place: HttpPlace) -> None:
    channel = open_it(place.folder, place.channel())
    (part,) = channel.render(edition(story()), TEMPLATES, url=PAGE).parts
    post = json.loads(part)

    expected: dict[str, dict[str, Any]] = {
        "ntfy": {"click": PAGE},
        "gotify": {"extras": {"client::notification": {"click": {"url": PAGE}}}},
        "pushover": {"url": PAGE, "url_title": "View in browser"},
    }
    assert expected[place.kind].items() <= post.items()


async def test_what_is_kept_of_a_push_has_no_secret(place: HttpPlace) -> None:
    channel = open_it(place.folder, place.channel())

    (made,) = deliveries(channel, edition(story()))
    await send(channel, made)

    assert b"s3cr3t" not in made.payload


async def test_a_second_attempt_posts_the_same_bytes(place: HttpPlace) -> None:
    channel = open_it(place.folder, place.channel())
    (made,) = deliveries(channel, edition(story()))

    await send(channel, made, made)

    first, second = place.arrived()
    assert first == second


async def test_a_check_says_what_is_missing(place: HttpPlace) -> None:
    without = open_it(place.folder, place.channel())
    paged = open_it(place.folder, place.channel(), public_url="https://digest.example")

    hint = "; without web.public_url a push leads to its first story, not to the whole edition"
    assert (await without.check()).endswith(hint)
    assert "web.public_url" not in await paged.check()


@pytest.mark.parametrize(
    ("place", "answer", "reason", "lasting"),
    [
        (ntfy.Topic, ntfy.UNAUTHORIZED, "401 unauthorized; look whether the server", True),
        (ntfy.Topic, ntfy.error(403, 40301, "forbidden"), "403 forbidden; look whether", True),
        (
            ntfy.Topic,
            ntfy.BAD_TOPIC,
            "400 invalid request: topic invalid; choose another topic",
            True,
        ),
        (ntfy.Topic, ntfy.error(507, 50701, "storage is full"), "507 storage is full", False),
        (ntfy.Topic, ntfy.error(429, 42901, "be nice"), "429 be nice", False),
        (
            gotify.Application,
            gotify.UNAUTHORIZED,
            "401 you need to provide a valid access token; look whether url",
            True,
        ),
        (
            pushover.Application,
            pushover.BAD_TOKEN,
            "400 application token is invalid; look whether token and user",
            True,
        ),
        (pushover.Application, pushover.BAD_USER, "400 user identifier is not a valid", True),
        (pushover.Application, pushover.said(503), "503", False),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
async def test_what_is_about_the_channel_is_no_fault_of_the_message(
    tmp_path: Path, place: type[HttpPlace], answer: Reply, reason: str, *, lasting: bool
) -> None:
    error = await answered(place(tmp_path), answer)

    assert isinstance(error, ChannelError)
    assert error.lasting == lasting
    assert error.reason.startswith(reason)


async def answered(made: HttpPlace, answer: Reply) -> DeliveryError:
    """The error of a push that gets an answer."""
    made.start()
    made.server.replies[made.path] = answer
    channel = open_it(made.folder, made.channel())
    try:
        with pytest.raises(DeliveryError) as caught:
            await send(channel, *deliveries(channel, edition(story())))
    finally:
        made.stop()
    return caught.value


async def test_a_status_of_pushover_s_own_counts(tmp_path: Path) -> None:
    error = await answered(
        pushover.Application(tmp_path), Reply('{"status": 0, "request": "5042853c"}')
    )
    assert error.verdict == "unknown"


async def test_a_used_up_day_is_waited_out(tmp_path: Path) -> None:
    limit = ntfy.error(429, 42908, "limit reached: too many messages")
    with time_machine.travel(datetime(2026, 11, 16, 21, 0, tzinfo=UTC), tick=False):
        error = await answered(ntfy.Topic(tmp_path), limit)

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert error.retry_after == timedelta(hours=3)
    assert error.reason.endswith("the messages of this day are used up")


@pytest.mark.parametrize(
    ("reset", "wait"),
    [
        (datetime(2026, 11, 16, 23, 0, tzinfo=UTC), timedelta(hours=2)),
        (datetime(2026, 12, 1, tzinfo=UTC), timedelta(days=1)),
        (datetime(2026, 11, 1, tzinfo=UTC), None),
        (None, timedelta(days=1)),
    ],
)
async def test_a_used_up_month_is_asked_about_once_a_day(
    tmp_path: Path, reset: datetime | None, wait: timedelta | None
) -> None:
    limit = pushover.said(429, errors=["application is over its quota"])
    limit.headers = {"X-Limit-App-Reset": f"{reset.timestamp():.0f}"} if reset else {}
    with time_machine.travel(datetime(2026, 11, 16, 21, 0, tzinfo=UTC), tick=False):
        error = await answered(pushover.Application(tmp_path), limit)

    assert isinstance(error, ChannelError)
    assert error.retry_after == wait


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_a_push_that_is_refused_or_in_doubt_is_not_sent_again(
    place: HttpPlace, tmp_path: Path, state: str
) -> None:
    # An answer without what makes it a receipt.
    place.server.replies[place.path] = place.refuses if state == "failed" else Reply("{}")
    async with started(tmp_path, unpaced(place)) as daemon:
        await daemon.publish(ordinary(29))
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(days=1)

        assert await daemon.states() == [state]
    assert len(place.server.requests_to(place.path)) == 1


def unpaced(made: HttpPlace) -> Channel:
    channel = open_it(made.folder, made.channel())
    channel.pace = Pace()
    return channel


@pytest.mark.parametrize("kind", [*PUSHES, apprise.Service], ids=lambda place: place.kind)
async def test_a_killed_process_sends_nothing_twice(tmp_path: Path, kind: type[HttpPlace]) -> None:
    """Killed before an edition is sent, while it is on its way, and after."""
    made, held, asked = kind(tmp_path), threading.Event(), threading.Event()
    made.start()

    def hold(seen: Seen) -> Reply:
        asked.set()
        return replace(made.reply(seen), hold=held)

    async with started(tmp_path, unpaced(made)) as daemon:
        await daemon.publish(edition(story(1)))
    async with started(tmp_path, unpaced(made)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"]
        made.server.replies[made.path] = hold
        daemon.clock.turn(days=1)
        await daemon.publish(edition(story(2)))
        going = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(asked.wait, 10)
        going.cancel()
        await daemon.delivering.finish()
    held.set()
    async with started(tmp_path, unpaced(made)) as daemon:
        await daemon.delivering.release_claimed()
        daemon.clock.turn(days=2)
        await daemon.delivering.deliver_due()
        found = await daemon.store.transact(lambda store: store.ledger.of_edition(2))
    made.stop()

    assert [each.state for each in found] == ["unknown"]
    assert len(made.server.requests_to(made.path)) == 2


@pytest.mark.parametrize(
    "url", ["https://ntfy.sh", "https://ntfy.sh/", "https://ntfy.sh/a%20b", "https://ntfy.sh/a?b=1"]
)
def test_an_address_without_a_topic_is_told_and_not_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_it(tmp_path, {"kind": "ntfy", "url": url})

    assert "must end in the topic, like https://ntfy.sh/TOPIC" in str(caught.value)


async def test_a_topic_for_everybody_needs_no_login(tmp_path: Path) -> None:
    class Everybody(ntfy.Topic):
        example: ClassVar[dict[str, Any]] = {**ntfy.Topic.example, "token": None}
        answers = Reply('{"username": "*"}')

        def knows(self, seen: Seen) -> bool:
            return "Authorization" not in seen.headers

    made = Everybody(tmp_path)
    made.start()
    channel = open_channels(made.settings())["it"]
    await send(channel, *deliveries(channel, edition(story())))

    assert (await channel.check()).startswith("the server answers, without a login; ")
    assert len(made.arrived()) == 1
    made.stop()
