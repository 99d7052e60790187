"""Confirming: a mail to an address that somebody wants subscribed, before anything else is sent."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.config.addresses import mail_key
from digest.errors import DeliveryError
from digest.log import event
from digest.model import Delivery
from digest.rendering.confirmation import build_confirmation, confirmation_id
from digest.rendering.tokens import Confirmation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.channels import Channel
    from digest.config import Settings
    from digest.language import Language
    from digest.log import Words
    from digest.rendering.tokens import Tokens

_log = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=3)
_HOUR = timedelta(hours=1)
_MOST_IN_AN_HOUR = 60


class Limit:
    """One mail an hour to an address, and so many in all."""

    def __init__(self, most: int = _MOST_IN_AN_HOUR) -> None:
        self._most = most
        self._asked: OrderedDict[str, datetime] = OrderedDict()

    def allows(self, address: str, now: datetime) -> bool:
        """Whether one more may be sent now; it counts as sent then."""
        while self._asked and now - next(iter(self._asked.values())) >= _HOUR:
            self._asked.popitem(last=False)
        key = mail_key(address)
        if key in self._asked or len(self._asked) >= self._most:
            return False
        self._asked[key] = now
        return True


class Confirming:
    """Sends what an address confirms by, in the background: whoever asks learns nothing of it.

    It is no delivery: what cannot be sent at once is logged, and can be asked for again.
    """

    def __init__(
        self,
        settings: Settings,
        channels: Mapping[str, Channel],
        tokens: Tokens,
        clock: Callable[[], datetime],
        words: Words,
        limit: Limit,
    ) -> None:
        self._settings = settings
        self._channels = channels
        self._tokens = tokens
        self._clock = clock
        self._words = words
        self._limit = limit
        self._sending: set[asyncio.Task[None]] = set()

    def ask(self, channel: str, address: str, title: str, language: Language) -> None:
        """Send the mail, unless too many were asked for."""
        now = self._clock()
        if not self._limit.allows(address, now):
            event(_log, logging.INFO, "not asked to confirm: too many", channel=channel)
            return
        smtp, base = self._settings.smtp, self._settings.links_url
        assert smtp is not None
        asked = Confirmation(channel, address, now + GOOD_FOR)
        url = f"{base}/confirm/{self._tokens.of_confirmation(asked)}"
        delivery = Delivery(
            id=0,
            edition_id=0,
            digest="",
            channel=channel,
            recipient=address,
            part=1,
            state="sending",
            attempts=0,
            created_at=now,
            message_id=confirmation_id(asked, smtp.sender),
            payload=build_confirmation(title, url, smtp.sender, language, now),
        )
        task = asyncio.create_task(self._send(self._channels[channel], delivery))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def finish(self) -> None:
        """Give up what is still being sent."""
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, channel: Channel, delivery: Delivery) -> None:
        await _turn_of(channel)
        try:
            async with channel.session() as session:
                await session.send(delivery)
        except DeliveryError as error:
            reason = self._words(error.reason)
            event(_log, logging.WARNING, "not asked to confirm", channel=channel.name, error=reason)
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while asking to confirm")
        else:
            event(_log, logging.INFO, "asked to confirm", channel=channel.name)


async def _turn_of(channel: Channel) -> None:
    """Wait until the pace of a channel allows one more message."""
    loop = asyncio.get_running_loop()
    while pause := channel.pace.delay(loop.time()):  # noqa: ASYNC110 - it says how long
        await asyncio.sleep(pause)
    channel.pace.begin(loop.time())
