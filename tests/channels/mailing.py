"""Email channels for one server, and what becomes of what they send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import ChannelError, DeliveryError
from tests.channels.making import delivery, open_it, send
from tests.channels.scripted import SmtpScript, serving

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Delivery

PASSWORD = "correct horse battery staple"
LOGIN = {"username": "digest", "password": PASSWORD}
PAYLOAD = b"Subject: Hello\r\n\r\nHello\r\n"


def email(
    folder: Path,
    port: int,
    to: str | list[str] = "ada@example.com",
    *,
    public_url: str | None = None,
    **smtp: Any,
) -> Channel:
    server = {"host": "127.0.0.1", "port": port, "security": "none", "from": "d@example.com"}
    return open_it(folder, {"kind": "email", "to": to}, server | smtp, public_url)


async def refused(channel: Channel, recipient: str = "ada@example.com") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, delivery(recipient, PAYLOAD))
    return caught.value


async def outcome(folder: Path, script: SmtpScript, **smtp: Any) -> DeliveryError:
    """The error of one send to a scripted server."""
    with serving(script.talk) as port:
        return await refused(email(folder, port, **smtp))


def verdict(error: DeliveryError) -> str:
    """Its verdict, or how long the channel is down for everybody."""
    if isinstance(error, ChannelError):
        return "down until mended" if error.lasting else "down for now"
    return error.verdict


def mails_to(*names: str) -> list[Delivery]:
    return [delivery(f"{name}@example.com", PAYLOAD) for name in names]


async def verdicts(channel: Channel, *made: Delivery) -> list[str]:
    """What became of each of these, sent in one session."""
    found = []
    async with channel.session() as session:
        for each in made:
            try:
                found.append(await session.send(each))
            except DeliveryError as error:
                found.append(verdict(error))
    return found


def recipients(script: SmtpScript) -> list[str]:
    return re.findall(r"RCPT TO:<(.*?)@", script.in_clear.decode())
