"""Services through apprise: what it is given, and what each of its outcomes means."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest

from digest.channels.pace import Pace
from digest.config.channels.apprise import AppriseSettings
from digest.config.secrets import secrets_in
from digest.errors import ChannelError, ConfigError, DeliveryError
from tests.channels.apprise import Service
from tests.channels.making import TEMPLATES, deliveries, open_it, send, started
from tests.channels.scripted import serving
from tests.rendering.samples import edition, ordinary, story
from tests.servers import Reply

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel

PAGE = "https://digest.example/e/weekly/20261116/token"
WHATSAPP = f"whatsapp://weekly:{'t0k3n' * 8}@12345678901234/15551234567?:body=1"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    made.start()
    yield made
    made.stop()


def apprise(folder: Path, url: str) -> Channel:
    channel = open_it(folder, {"kind": "apprise", "url": url})
    channel.pace = Pace()
    return channel


async def refused(channel: Channel) -> DeliveryError:
    (made,) = deliveries(channel, edition(story()))
    with pytest.raises(DeliveryError) as caught:
        await send(channel, made)
    return caught.value


@pytest.mark.parametrize(
    ("status", "reason", "verdict", "lasting"),
    [
        (400, "400 Failed to send JSON POST notification: ", "refused", None),
        (413, "413 Failed to send JSON POST notification: error=413", "refused", None),
        (401, "401 Failed to send JSON POST notification: ", "retrying", True),
        (404, "404 Failed to send JSON POST notification: Page not found", "retrying", True),
        (429, "429 Failed to send JSON POST notification: error=429", "retrying", False),
        (500, "500 Failed to send JSON POST notification: ", "retrying", False),
        (504, "504 Failed to send JSON POST notification: error=504: it may", "unknown", None),
        (302, "302: a redirect, which is not followed; write the address", "retrying", True),
    ],
)
async def test_a_status_is_judged_as_everywhere(
    service: Service, status: int, reason: str, verdict: str, *, lasting: bool | None
) -> None:
    service.server.replies[service.path] = Reply("no", status, {"Location": "/login"})
    service.server.replies["/login"] = Reply("a page")
    error = await refused(apprise(service.folder, service.channel()["url"]))

    assert error.reason.startswith(reason)
    assert error.verdict == verdict
    assert getattr(error, "lasting", None) == lasting
    # Never again by itself, and nowhere else.
    assert [seen.path for seen in service.server.seen] == [service.path]


async def test_nobody_there_and_a_lost_answer_are_told_alike(
    service: Service, tmp_path: Path
) -> None:
    """Apprise has the same words for both, so that neither is sent again."""
    read = Event()

    def hang_up(connection: socket.socket) -> None:
        connection.recv(65_536)
        read.set()

    with serving(hang_up) as port:
        lost = await refused(apprise(tmp_path, f"json://127.0.0.1:{port}/s3cr3t"))
    url = service.channel()["url"]
    service.go_down()
    nobody = await refused(apprise(tmp_path, url))

    assert read.is_set()
    words = "apprise does not say whether it arrived: A Connection error occurred sending JSON"
    for error in (lost, nobody):
        assert error.verdict == "unknown"
        assert error.reason.startswith(words)
        assert not isinstance(error, ChannelError)


async def test_a_call_that_does_not_end_is_left_behind(service: Service) -> None:
    held = Event()
    service.server.replies[service.path] = Reply("ok", hold=held)
    channel = apprise(service.folder, service.channel()["url"])
    vars(channel)["longest_seconds"] = 0.1
    try:
        error = await refused(channel)
    finally:
        held.set()

    assert error.reason == "apprise has not ended after 0.1 seconds; look whether it arrived"
    assert error.verdict == "unknown"


async def test_what_is_in_doubt_is_not_sent_again(service: Service, tmp_path: Path) -> None:
    channel = apprise(tmp_path, service.channel()["url"])
    service.server.replies[service.path] = Reply("", 504)
    async with started(tmp_path, channel) as daemon:
        await daemon.publish(ordinary(3))
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(days=1)

        assert await daemon.states() == ["unknown"]
    assert len(service.server.requests_to(service.path)) == 1


async def test_each_part_is_a_call_of_its_own(service: Service) -> None:
    channel = apprise(service.folder, service.channel()["url"])
    made = deliveries(channel, ordinary(300))
    await send(channel, *made)

    posts = [json.loads(body) for body in service.arrived()]
    assert len(posts) == len(made) > 1
    assert posts[1]["title"] == f"Weekly reading (2/{len(made)})"
    assert posts[1]["message"].startswith(f"continued, part 2 of {len(made)}\n\n== Feed ")


async def test_what_feeds_say_is_plain_text(service: Service) -> None:
    title = r"<b>x</b> [a](https://evil.example/@a) \n @everyone *b* :smile: a@b.example"
    channel = apprise(service.folder, service.channel()["url"])
    await send(channel, *deliveries(channel, edition(story(title=title))))

    # Some services notify whom a text names after an @.
    expected = title.replace("@everyone", "@\u2060everyone")
    assert f"\n{expected}\n" in json.loads(service.arrived()[0])["message"]


def test_the_last_part_leads_to_the_edition(service: Service) -> None:
    channel = apprise(service.folder, service.channel()["url"])
    *others, last = channel.render(ordinary(300), TEMPLATES, url=PAGE).parts

    assert json.loads(last)["body"].endswith(f"\n\nView in browser: {PAGE}")
    assert not any(PAGE in part.decode() for part in others)
    assert all(len(json.loads(part)["body"]) <= 32_768 for part in (*others, last))


def test_what_takes_only_markdown_gets_it_escaped(tmp_path: Path) -> None:
    channel = apprise(tmp_path, "simplepush://HuxgBB")
    rendition = channel.render(ordinary(200), TEMPLATES, url=PAGE)
    parts = [json.loads(part) for part in rendition.parts]

    assert {part["format"] for part in parts} == {"markdown"}
    # Of 7,000, since it is converted.
    assert max(len(part["body"]) for part in parts) <= 3_500
    assert parts[0]["body"].startswith("# Weekly reading (1/")


@pytest.mark.parametrize(
    ("count", "url"), [(29, PAGE), (29, ""), (0, ""), (29, f"{PAGE}{'x' * 990}")]
)
def test_a_service_of_few_characters_gets_one_line_and_the_link(
    tmp_path: Path, count: int, url: str
) -> None:
    (part,) = apprise(tmp_path, WHATSAPP).render(ordinary(count), TEMPLATES, url=url).parts
    message = json.loads(part)

    assert message["title"] == ""
    assert message["body"].startswith("Weekly reading · ")
    # A template of WhatsApp takes a parameter of one line.
    assert "\n" not in message["body"]
    assert len(message["body"]) <= 1_024
    assert (PAGE in message["body"]) == (url == PAGE)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("syslog://", "must lead to a service that answers, which syslog:// does not"),
        ("dbus://", "must lead to a service that answers, which dbus:// does not"),
        ("nothing-s3cr3t://a/b", "is no address that apprise takes"),
        ("json://[s3cr3t", "is no address that apprise takes"),
        ("s3cr3t", "must be an address of apprise, like service://token/target"),
        ("json://a.example/s3cr3t?redirect=yes", "must not say redirect, which digest decides"),
        ("json://a.example/s3cr3t?retry=3", "must not say retry, which digest decides by itself"),
        ("json://a.example/s3cr3t?overflow=split&optional=yes", "must not say optional, overflow"),
        (
            "ntfy://a.example/s3cr3t",
            "has a kind of channel of its own, which keeps more promises: ntfy",
        ),
        ("discord://123456789/s3cr3t", "which keeps more promises: discord"),
        ("mailto://ada:s3cr3t@a.example", "which keeps more promises: email"),
        (
            "signal://a.example/15551234567/15551234568/15551234569",
            "has 2 targets; write a channel for each",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        apprise(tmp_path, url)

    assert words in str(caught.value)
    assert "s3cr3t" not in str(caught.value).replace("nothing-s3cr3t", "")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "digest.config.extras.find_spec",
        lambda name: None if name == "apprise" else found(name),
    )

    with pytest.raises(ConfigError, match=r"needs an extra: pip install 'feed-digest\[apprise\]'"):
        apprise(tmp_path, WHATSAPP)


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        (
            "json://ada:word@a.example/hook1234/x?k=1",
            {"ada", "word", "YWRhOndvcmQ=", "hook1234", "x"},
        ),
        ("twist://password:ada@a.example/t", {"password", "ada", "cGFzc3dvcmQ6YWRh", "t"}),
        ("simplepush://HuxgBB", {"HuxgBB"}),
        ("json://localhost/x", {"x"}),
        ("json://[::1]:8080/x", {"x"}),
    ],
)
def test_what_logs_in_is_secret_wherever_it_stands(url: str, secrets: set[str]) -> None:
    settings = AppriseSettings(kind="apprise", url=url)  # type: ignore[arg-type] # a text is read

    assert set(secrets_in(settings)) == {url, *secrets}


def test_it_is_as_fast_as_apprise_would_be(tmp_path: Path) -> None:
    channel = open_it(tmp_path, {"kind": "apprise", "url": WHATSAPP})
    channel.pace.begin(0)

    assert channel.pace.delay(0) > 0
    assert channel.patience is None
    assert timedelta(seconds=channel.pace.delay(0)) < timedelta(minutes=1)


def test_emails_are_written_as_without_it() -> None:
    in_a_process = """
import sys
from email.header import Header
before = Header("Grüße und mehr", "utf-8").encode()
from digest.config.channels.apprise import service_of
assert service_of("json://service.example/path") and "apprise.plugins.email" in sys.modules
assert Header("Grüße und mehr", "utf-8").encode() == before
"""
    subprocess.run([sys.executable, "-c", in_a_process], check=True)
