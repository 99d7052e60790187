"""What every channel kind keeps to, against a real server or folder."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import pytest

from digest.channels import open_channels
from digest.config.channels import CHANNEL_KINDS
from digest.errors import DeliveryError
from tests.channels.making import TEMPLATES, deliveries, send, settings
from tests.rendering.samples import edition, ordinary, story
from tests.servers import HttpServer, MailServer, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.config import Settings
    from digest.model import Edition


_JSON = {"Content-Type": "application/json"}


class Place(Protocol):
    """Where a kind delivers to, in a folder of its own."""

    patience: timedelta | None
    refusal: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def settings(self) -> Settings: ...
    def arrived(self) -> list[bytes]: ...
    def go_down(self) -> None: ...
    def refuse_for_good(self) -> None: ...


@dataclass
class Mailbox:
    folder: Path
    patience: timedelta | None = timedelta(minutes=10)
    refusal: str = "failed"
    server: MailServer = field(default_factory=MailServer)
    port: int = 0

    def start(self) -> None:
        self.server.start()
        self.port = self.server.port

    def stop(self) -> None:
        if self.port == self.server.port:
            self.go_down()

    def settings(self) -> Settings:
        smtp = {"host": "127.0.0.1", "port": self.port, "from": "digest@example.com"}
        # Only a server that cannot be reached sees a login, for no other takes it in clear.
        smtp |= (
            {"security": "none"}
            if self.server.port
            else {"username": "digest", "password": "s3cr3t-p4ssw0rd"}
        )
        return settings(self.folder, {"kind": "email", "to": "ada@example.com"}, smtp)

    def arrived(self) -> list[bytes]:
        return [mail.raw for mail in self.server.mails]

    def go_down(self) -> None:
        self.server.stop()
        self.server.port = 0

    def refuse_for_good(self) -> None:
        self.server.refuse_recipient = lambda _: "550 no such user"


@dataclass
class Workspace:
    folder: Path
    patience: timedelta | None = None
    refusal: str = "refused"
    server: HttpServer = field(default_factory=HttpServer)
    running: bool = True
    accepted: list[bytes] = field(default_factory=list)

    def start(self) -> None:
        def answer(seen: Any) -> Reply:
            if not (seen.json or {}).get("text"):
                return Reply("no_text", 400)
            self.accepted.append(seen.body)
            return Reply("ok")

        self.server.replies["/services/T/B/s3cr3t-t0k3n"] = answer
        self.server.start()

    def stop(self) -> None:
        if self.running:
            self.go_down()

    def settings(self) -> Settings:
        url = f"{self.server.url}/services/T/B/s3cr3t-t0k3n"
        return settings(self.folder, {"kind": "slack", "webhook_url": url})

    def arrived(self) -> list[bytes]:
        return self.accepted

    def go_down(self) -> None:
        self.server.stop()
        self.running = False

    def refuse_for_good(self) -> None:
        self.server.replies["/services/T/B/s3cr3t-t0k3n"] = Reply("invalid_blocks", 400)


@dataclass
class App(Workspace):
    """The same for an app with a bot token."""

    more: ClassVar[dict[str, Any]] = {}

    def start(self) -> None:
        def answer(seen: Any) -> Reply:
            self.accepted.append(seen.body)
            return Reply('{"ok": true, "ts": "1.2"}', headers=_JSON)

        self.server.replies["/api/chat.postMessage"] = answer
        known = Reply('{"ok": true, "user": "digest"}', headers=_JSON)
        self.server.replies["/api/auth.test"] = known
        self.server.start()

    def settings(self) -> Settings:
        channel = {"kind": "slack", "bot_token": "xoxb-s3cr3t-t0k3n", "channel": "C0123456789"}
        api_url = f"{self.server.url}/api/"
        return settings(self.folder, channel | self.more | {"api_url": api_url})

    def refuse_for_good(self) -> None:
        refusal = Reply('{"ok": false, "error": "invalid_blocks"}', headers=_JSON)
        self.server.replies["/api/chat.postMessage"] = refusal


class Threads(App):
    """The same, with each section in a thread."""

    more: ClassVar[dict[str, Any]] = {"threads": True}


@dataclass
class Folder:
    folder: Path
    patience: timedelta | None = timedelta(0)
    refusal: str = "failed"

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def settings(self) -> Settings:
        path = "out/{digest}/{date}.md"
        return settings(self.folder, {"kind": "file", "path": path})

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "out").rglob("*.md")]

    def go_down(self) -> None:
        (self.folder / "out").write_text("in the way")

    def refuse_for_good(self) -> None:
        (self.folder / "out").mkdir()
        (self.folder / "out/weekly").symlink_to(self.folder)


PLACES: dict[str, type[Mailbox | Workspace | Folder]] = {
    "email": Mailbox,
    "slack": Workspace,
    "slack, as an app": App,
    "slack, in threads": Threads,
    "file": Folder,
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made = PLACES[request.param](tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def channel(place: Place) -> Channel:
    return open_channels(place.settings())["it"]


async def refused(channel: Channel, of: Edition) -> DeliveryError:
    made = deliveries(channel, of)
    with pytest.raises(DeliveryError) as caught:
        await send(channel, made[0])
    return caught.value


def test_every_kind_is_in_this_suite() -> None:
    assert set(CHANNEL_KINDS) == {place.partition(",")[0] for place in PLACES}


def test_a_channel_has_the_name_it_was_given(channel: Channel) -> None:
    assert channel.name == "it"


def test_patience_is_as_documented(place: Place, channel: Channel) -> None:
    assert channel.patience == place.patience


@pytest.mark.parametrize("count", [0, 1, 29, 120])
def test_any_edition_has_parts_and_recipients(channel: Channel, count: int) -> None:
    rendition = channel.render(ordinary(count), TEMPLATES)

    assert rendition.channel == "it"
    assert rendition.parts
    assert all(rendition.parts)
    assert rendition.recipients
    assert len(set(rendition.recipients)) == len(rendition.recipients)


def test_rendering_twice_makes_the_same_bytes(place: Place) -> None:
    first, second = (
        open_channels(place.settings())["it"].render(ordinary(60), TEMPLATES) for _ in range(2)
    )

    assert first == second


def test_editions_of_other_stories_differ(channel: Channel) -> None:
    first, second = (channel.render(edition(story(n)), TEMPLATES) for n in (1, 2))

    assert first.parts != second.parts


def test_rendering_touches_nothing(place: Place, channel: Channel) -> None:
    channel.render(ordinary(5), TEMPLATES)

    assert place.arrived() == []


async def test_what_is_sent_arrives_once_and_has_a_receipt(place: Place, channel: Channel) -> None:
    made = deliveries(channel, edition(story(title="A distinctive headline")))

    receipts = await send(channel, *made)

    assert all(receipts)
    assert len(place.arrived()) == len(made)
    assert b"A distinctive headline" in b"".join(place.arrived())


async def test_editions_follow_each_other(place: Place, channel: Channel) -> None:
    first, second, third = (deliveries(channel, edition(story(n))) for n in (1, 2, 3))

    await send(channel, *first, *second)
    await send(channel, *third)

    arrived = b"".join(place.arrived())
    assert len(place.arrived()) == len([*first, *second, *third])
    assert all(f"Story {number}".encode() in arrived for number in (1, 2, 3))


async def test_a_session_goes_on_after_a_refusal(place: Place, channel: Channel) -> None:
    first, second = (deliveries(channel, edition(story(number))) for number in (1, 2))
    async with channel.session() as session:
        place.refuse_for_good()
        for each in (*first, *second):
            with pytest.raises(DeliveryError) as caught:
                await session.send(each)
            assert caught.value.verdict == place.refusal

    assert place.arrived() == []


async def test_a_session_that_sends_nothing_touches_nothing(place: Place) -> None:
    place.go_down()
    async with open_channels(place.settings())["it"].session():
        pass


async def test_what_is_down_is_tried_again(place: Place) -> None:
    place.go_down()
    channel = open_channels(place.settings())["it"]

    error = await refused(channel, edition(story()))

    assert error.verdict == "retrying"
    assert error.reason
    assert "\n" not in error.reason


async def test_a_refusal_for_good_is_final(place: Place, channel: Channel) -> None:
    place.refuse_for_good()

    error = await refused(channel, edition(story()))

    assert error.verdict == place.refusal
    assert error.retry_after is None
    assert place.arrived() == []


async def test_a_check_says_what_it_found_and_sends_nothing(place: Place, channel: Channel) -> None:
    found = await channel.check()

    assert found
    assert "\n" not in found
    assert place.arrived() == []


async def test_a_check_of_what_is_down_fails(place: Place) -> None:
    place.go_down()

    with pytest.raises(DeliveryError):
        await open_channels(place.settings())["it"].check()


async def test_secrets_are_told_to_nobody(place: Place) -> None:
    place.go_down()
    with_secrets = place.settings()
    channel = open_channels(with_secrets)["it"]

    error = await refused(channel, edition(story()))
    told = [
        *(repr(channel), str(channel), str(vars(channel))),
        *(repr(error), str(error), *traceback.format_exception(error)),
    ]

    secrets = {secret.rpartition("/")[2] for secret in with_secrets.secrets()}
    assert secrets or isinstance(place, Folder)
    assert not [secret for secret in secrets if secret in "".join(told)]
