"""Mails an address that somebody wants subscribed, before anything else is sent to it."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import DeliveryError, StoreError
from digest.log import event
from digest.model import Delivery
from digest.rendering.email.confirmation import build_confirmation, confirmation_id
from digest.signing.tokens import Confirmation
from digest.store.confirmations import Ask

if TYPE_CHECKING:
    from datetime import datetime

    from digest.channels import Channel
    from digest.jobs.context import JobContext
    from digest.language import Language
    from digest.signing.tokens import Tokens

_log = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=3)


class ConfirmationMailer:
    """Sends what an address confirms by, in the background: whoever asks learns nothing of it.

    It is no delivery: what cannot be sent at once is logged, and can be asked for again.
    """

    def __init__(self, context: JobContext, tokens: Tokens) -> None:
        self._settings = context.settings
        self._store = context.store
        self._channels = context.channels
        self._tokens = tokens
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._sending: set[asyncio.Task[None]] = set()

    def ask(self, channel: str, address: str, title: str, language: Language) -> None:
        """Send the mail, unless that would trouble somebody; what is decided outlives a restart.

        All of it is done later, so that not even the time it takes tells which it was.
        """
        task = asyncio.create_task(self._ask(Ask(channel, address), title, language))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def finish(self) -> None:
        """Give up what is still being sent."""
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _ask(self, ask: Ask, title: str, language: Language) -> None:
        now, channel = self._clock(), ask.channel
        try:
            verdict = await self._store.transact(lambda store: store.asking.ask(ask, now))
            if verdict != "asked":
                event(_log, logging.INFO, "not asked to confirm", channel=channel, reason=verdict)
                return
            await self._send(ask, title, language, now)
        except (DeliveryError, StoreError) as error:
            reason = self._sanitiser(str(error))
            event(_log, logging.WARNING, "not asked to confirm", channel=channel, error=reason)
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while asking to confirm")
        else:
            event(_log, logging.INFO, "asked to confirm", channel=channel)

    async def _send(self, ask: Ask, title: str, language: Language, now: datetime) -> None:
        channel = self._channels[ask.channel]
        await _turn_of(channel)
        async with channel.session() as session:
            await session.send(self._mail(ask, title, language, now))

    def _mail(self, ask: Ask, title: str, language: Language, now: datetime) -> Delivery:
        smtp, base = self._settings.smtp, self._settings.links_url
        assert smtp is not None
        asked = Confirmation(ask.channel, ask.address, now + GOOD_FOR)
        url = f"{base}/confirm/{self._tokens.of_confirmation(asked)}"
        never_url = f"{base}/u/{self._tokens.of_refusal(ask.channel, ask.address)}"
        return Delivery(
            id=0,
            edition_id=0,
            digest="",
            channel=ask.channel,
            recipient=ask.address,
            part=1,
            state="sending",
            attempts=0,
            created_at=now,
            message_id=confirmation_id(asked, smtp.sender),
            payload=build_confirmation(title, url, never_url, smtp.sender, language, now),
        )


async def _turn_of(channel: Channel) -> None:
    """Wait until the pace of a channel allows one more message."""
    loop = asyncio.get_running_loop()
    while pause := channel.pace.delay(loop.time()):  # noqa: ASYNC110 - it says how long
        await asyncio.sleep(pause)
    channel.pace.begin(loop.time())
