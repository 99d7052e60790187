"""Whether what was answered works: a site has a feed, a server takes the login, a webhook lives."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from digest.app.wiring import utc_now
from digest.channels import channel_class
from digest.channels.email.channel import EmailChannel
from digest.channels.pace import Pace, Paces
from digest.cli.feeds_probe import open_scout
from digest.cli.source_names import sources_named
from digest.config import Settings
from digest.config.channels import CHANNEL_KINDS
from digest.config.channels.email import EmailSettings
from digest.config.secrets import secrets_in
from digest.errors import FeedError
from digest.jobs.test_sends import TEST_DOMAIN
from digest.log import Redactor, Sanitiser
from digest.model import Delivery
from digest.rendering.email.message import message_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.channels import Channel
    from digest.cli.feeds_probe import Candidate
    from digest.cli.setup.kinds import Answers
    from digest.config import SmtpSettings

_HELLO = "digest is set up, and will post the next edition here."


async def find_feeds(site: str, done: Callable[[str], None], *, private: bool) -> list[Candidate]:
    """The feeds that work at a site, the likeliest first; `done` hears of each one tried.

    Raises:
        FeedError: there is none, or the address cannot be had.
    """
    feeds = sources_named(site, allow_private_networks=private)
    async with open_scout(Settings.model_construct(feeds=feeds, digests={})) as scout:
        found = await scout.discover(*feeds, done=done)
    working = [candidate for candidate in found if not candidate.error]
    if not working:
        raise FeedError(f"{found[0].url}: {found[0].error}")
    return working


async def try_login(smtp: SmtpSettings, to: Sequence[str]) -> str:
    """Connect, encrypt, log in; answers what was found.

    Raises:
        DeliveryError: it would not work now.
    """
    return await _email_channel(smtp, to).check()


async def send_greeting(smtp: SmtpSettings, to: str) -> str:
    """Send an email of one line; answers what the server said.

    Raises:
        DeliveryError: it was not sent, or nobody knows.
    """
    channel = _email_channel(smtp, [to])
    return await _greet(channel, to, channel.greeting(_HELLO))


def _email_channel(smtp: SmtpSettings, to: Sequence[str]) -> EmailChannel:
    return EmailChannel("inbox", EmailSettings(kind="email", to=tuple(to)), smtp, Pace())


async def _greet(channel: Channel, to: str, greeting: bytes) -> str:
    now = utc_now()
    identity = ("", now, channel.name, secrets.token_hex(), 0)
    line = Delivery(
        *(0, 0, "", channel.name, to, 1, "sending", 0, now),
        message_id=message_id(identity, TEST_DOMAIN),
        payload=greeting,
    )
    async with channel.session() as session:
        return await session.send(line)


class ChannelProbe:
    """A channel of one kind, as it would be if the answers about it were configured."""

    def __init__(self, kind: str, answers: Answers) -> None:
        settings = CHANNEL_KINDS[kind].model_validate({"kind": kind, **answers})
        whole = Settings.model_construct(feeds=(), digests={}, channels={kind: settings})
        self._channel = channel_class(kind).open(kind, settings, whole, Paces())
        self._secrets = [*secrets_in(settings)]
        self._greeting = self._channel.greeting(_HELLO)

    @property
    def can_greet(self) -> bool:
        """Whether a line can be posted there for people to see."""
        return self._greeting is not None

    async def check(self) -> str:
        """What is found there; posts nothing.

        Raises:
            DeliveryError: it would not work now.
        """
        return await self._channel.check()

    async def greet(self) -> None:
        """Post a line, for people to see.

        Raises:
            DeliveryError: it was not posted, or nobody knows.
        """
        assert self._greeting is not None
        await _greet(self._channel, "", self._greeting)

    def one_line(self, text: str) -> str:
        """What the server said, as it may be shown."""
        return Sanitiser(Redactor(self._secrets))(text)


def one_line(text: str) -> str:
    """What a mail server or a feed said, as it may be shown."""
    return Sanitiser(Redactor())(text)
