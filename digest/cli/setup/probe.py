"""Whether what was answered works: a site has a feed, a server takes the login, a webhook lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from digest.channels.email.channel import EmailChannel
from digest.channels.pace import Pace
from digest.channels.slack.channel import Webhook
from digest.cli.feeds_probe import open_scout
from digest.config import EmailSettings, FeedSettings, Settings
from digest.errors import FeedError
from digest.log import Redactor, Sanitiser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.cli.feeds_probe import Candidate
    from digest.config import SmtpSettings

_HELLO = "digest is set up, and will post the next edition here."


async def find_feeds(url: str, done: Callable[[str], None], *, private: bool) -> list[Candidate]:
    """The feeds that work at an address, the likeliest first; `done` hears of each one tried.

    Raises:
        FeedError: there is none, or the address cannot be had.
    """
    feed = FeedSettings(url=url, allow_private_networks=private)
    async with open_scout(Settings.model_construct(feeds=(feed,), digests={})) as scout:
        found = await scout.discover(feed, done)
    working = [one for one in found if not one.error]
    if not working:
        raise FeedError(f"{found[0].url}: {found[0].error}")
    return working


async def try_login(smtp: SmtpSettings, to: Sequence[str]) -> str:
    """Connect, encrypt, log in; answers what was found.

    Raises:
        DeliveryError: it would not work now.
    """
    email = EmailSettings(kind="email", to=tuple(to))
    return await EmailChannel("inbox", email, smtp, Pace()).check()


async def try_webhook(url: str) -> str:
    """Whether Slack knows a webhook; posts nothing.

    Raises:
        DeliveryError: it would not work now.
    """
    return await Webhook(SecretStr(url)).check()


async def post_hello(url: str) -> None:
    """Post a line through a webhook, for people to see.

    Raises:
        DeliveryError: it was not posted, or nobody knows.
    """
    await Webhook(SecretStr(url)).post({"text": _HELLO})


def one_line(text: str, secret: str | None = None) -> str:
    """What a server or a feed said, as it may be shown."""
    return Sanitiser(Redactor([secret] if secret else []))(text)
