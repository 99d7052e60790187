"""Email from the ledger to a mail server: what each answer makes of the deliveries."""

from __future__ import annotations

import asyncio
import json
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

from digest.channels import open_channels
from digest.channels.pace import Paces
from digest.config import load_settings
from digest.model import Rendition
from tests import limits
from tests.channels.mailing import LOGIN, PAYLOAD
from tests.channels.making import TEMPLATES
from tests.channels.scripted import SmtpScript, serving
from tests.jobs.bench import StoppedClock, context_of, open_deliver_job, open_store
from tests.rendering.samples import ordinary
from tests.servers import Mail, MailServer, running
from tests.store import build

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from digest.channels import Channel
    from digest.store import Store, StoreThread
    from tests.certificates import Certificate


def two_channels(folder: Path, port: int, **smtp: Any) -> dict[str, Channel]:
    """Channels `one` and `two`, for one mail server."""
    server = {"host": "127.0.0.1", "port": port, "security": "none", "from": "d@example.com"}
    channel = {"kind": "email", "to": "ada@example.com"}
    data = {
        "feeds": ["https://a.example/"],
        "smtp": server | smtp,
        "channels": {"one": channel, "two": channel},
        "digests": {"weekly": {"schedule": "daily at 09:00", "send_to": ["one", "two"]}},
    }
    # JSON is YAML.
    (folder / "config.yaml").write_text(json.dumps(data), "utf-8")
    return open_channels(load_settings(folder / "config.yaml", {}))


def to(channel: str, *names: str, payload: bytes = PAYLOAD) -> Rendition:
    recipients = tuple(f"{name}@example.com" for name in names)
    return Rendition(channel, "email", recipients, (payload,))


async def delivered(
    store: StoreThread[Store], channels: dict[str, Channel], *sent_as: Rendition
) -> dict[str, str]:
    """What became of the deliveries of one edition, by the recipient's name."""
    clock = StoppedClock()
    delivering = open_deliver_job(context_of(store, clock, channels))
    await store.transact(lambda opened: build.publish(opened, sent_as=sent_as))
    async with asyncio.timeout(limits.seconds(30)):
        await delivering.deliver_due()
    rows = (await store.transact(build.dump))["deliveries"]
    return {row[3].partition("@")[0]: row[5] for row in rows}


async def test_each_recipient_has_an_outcome_of_their_own(tmp_path: Path) -> None:
    answers = {"RCPT 2": "450 busy", "RCPT 3": "550 gone", ". 2": "451 later", ". 3": None}
    script = SmtpScript(dict(answers))
    with serving(script.talk) as port:
        async with open_store(tmp_path) as store:
            names = ("ada", "busy", "gone", "greylisted", "lost", "edith")
            became = await delivered(store, two_channels(tmp_path, port), to("one", *names))

    assert became == {
        "ada": "sent",
        "busy": "retrying",
        "gone": "failed",
        "greylisted": "retrying",
        "lost": "unknown",
        "edith": "sent",
    }


async def test_what_is_too_large_is_shrunk_once(tmp_path: Path) -> None:
    server = MailServer()
    whole = two_channels(tmp_path, 25)["one"].render(ordinary(20), TEMPLATES).parts[0]
    server.smtp_options = {"data_size_limit": len(whole) // 2}

    def no_room(mail: Mail) -> str | None:
        return "552 no room at all" if mail.recipient.startswith("grace") else None

    server.refuse_data = no_room
    with running(server):
        async with open_store(tmp_path) as store:
            channels = two_channels(tmp_path, server.port)
            became = await delivered(store, channels, to("one", "ada", "grace", payload=whole))

    assert became == {"ada": "sent", "grace": "failed"}
    [mail] = server.mails
    message = message_from_bytes(mail.raw)
    assert message.get_content_type() == "text/plain"
    assert message["Message-ID"] == build.name_message("one", "ada@example.com", 1)
    assert b"too large for the mail server" in mail.raw


async def test_a_login_that_is_refused_is_tried_once_and_fails_nobody(
    tmp_path: Path, trusted: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    script = SmtpScript(
        {"AUTH": "535 wrong"}, ("AUTH PLAIN",), tls=trusted.context, tls_from_the_start=True
    )
    with serving(script.talk) as port:
        async with open_store(tmp_path) as store:
            channels = two_channels(tmp_path, port, security="tls", **LOGIN)
            became = await delivered(store, channels, to("one", "ada", "grace"))
            attempts = [row[6] for row in (await store.transact(build.dump))["deliveries"]]

    assert became == {"ada": "pending", "grace": "pending"}
    assert attempts == [0, 0]
    assert script.asked["AUTH"] == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].message == "channel rests"


async def test_all_channels_share_the_pace_of_their_server(tmp_path: Path) -> None:
    with serving(SmtpScript().talk) as port:
        async with open_store(tmp_path) as store:
            channels = two_channels(tmp_path, port, max_per_minute=300)
            began = asyncio.get_running_loop().time()
            renditions = (to("one", "ada", "grace"), to("two", "edith", "joan"))
            became = await delivered(store, channels, *renditions)
            took = asyncio.get_running_loop().time() - began

    assert list(became.values()) == ["sent"] * 4
    # Four with a fifth of a second between; by channel it would be one of those.
    assert took >= 0.6


async def test_nothing_is_waited_for_after_the_last(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        async with open_store(tmp_path) as store:
            channels = two_channels(tmp_path, port, max_per_minute=1)
            became = await delivered(store, channels, to("one", "ada"))

    assert became == {"ada": "sent"}


def test_a_server_has_one_pace() -> None:
    paces = Paces()

    pace = paces.of("smtp.example.com:25", 60)
    pace.begin(100)

    assert paces.of("smtp.example.com:25", 60).delay(101) == 59
    assert paces.of("smtp.example.com:587", 60).delay(101) == 0
