"""Sends a test: an edition as it would be now, to one recipient, kept nowhere.

Where nothing is new it is the last edition once more, and before the first one that is made up.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from digest.errors import DeliveryError, UsageError
from digest.jobs.pictures import without_pictures
from digest.jobs.render import render_beside
from digest.log import event
from digest.model import NO_PICTURES, Delivery
from digest.rendering.email.message import message_id

if TYPE_CHECKING:
    from datetime import datetime

    from digest.channels import Channel, Session
    from digest.config import Settings
    from digest.jobs.context import JobContext
    from digest.jobs.drafts import Drafter
    from digest.jobs.pictures import PictureFetcher
    from digest.model import Edition
    from digest.store import Store

_log = logging.getLogger(__name__)

# What a test has in it, and how its subject and title say so.
Content = Literal["new", "last", "sample"]
_MARKS: dict[Content, str] = {
    "new": "[Test]",
    "last": "[Test: the last edition]",
    "sample": "[Test: a sample]",
}
# Nothing resolves in it (RFC 2606), and nothing of the ledger is in it.
_DOMAIN = "test.digest.invalid"


class TrialSender:
    """Sends tests. They are in no ledger, which is for what readers were promised."""

    def __init__(
        self, context: JobContext, picture_fetcher: PictureFetcher, drafter: Drafter
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._channels = context.channels
        self._templates = context.templates
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._picture_fetcher = picture_fetcher
        self._drafter = drafter

    async def send(self, digest: str, channel: str, recipient: str) -> Content:
        """Send a digest's edition as it would be now, marked in subject and title.

        It takes no entries. Answers what was in it: what is new, the last edition or a sample.

        Raises:
            UsageError: there is no such recipient of the digest.
            DeliveryError: it could not be sent.
        """
        if (channel, recipient) not in recipients(self._settings, digest):
            raise UsageError(f"{digest} does not go to {recipient or channel}")
        now = self._clock()
        content, edition = await self._edition(digest, now)
        pictures = NO_PICTURES
        if content != "sample":
            edition, pictures = await self._picture_fetcher.illustrate(edition)
        sender = self._channels[channel]
        marked = _marked(edition, content)
        rendition, _ = await render_beside(
            self._templates[digest], lambda templates: sender.render(marked, templates, pictures)
        )
        to = recipient or rendition.recipients[0]
        # No two tests are the same message.
        identity = (digest, now, channel, secrets.token_hex(), 0)
        test = Delivery(
            *(0, 0, digest, channel, to, 0, "sending", 0, now),
            message_id=message_id(identity, _DOMAIN),
        )
        await self._send(sender, test, rendition.parts)
        fields = {"digest": digest, "channel": channel, "recipient": to, "content": content}
        event(_log, logging.INFO, "test sent", **fields)
        return content

    async def _edition(self, digest: str, now: datetime) -> tuple[Content, Edition]:
        draft = (await self._drafter.edition(digest, now)).edition
        if draft.stories:
            return "new", draft
        if last := await self._store.transact(lambda store: _last(store, digest)):
            return "last", last
        return "sample", _sample(draft, self._settings.title_of(digest))

    async def _send(self, channel: Channel, test: Delivery, parts: tuple[bytes, ...]) -> None:
        first = ""
        try:
            async with channel.session() as session:
                for number, payload in enumerate(parts, 1):
                    part = replace(test, part=number, payload=payload, first_receipt=first)
                    receipt = await _send_in_turn(channel, session, part)
                    first = first or receipt
        except DeliveryError as error:
            reason = self._sanitiser(error.reason)
            event(
                _log,
                logging.WARNING,
                "test not sent",
                digest=test.digest,
                channel=test.channel,
                recipient=test.recipient,
                error=reason,
            )
            raise DeliveryError(f"the test was not sent: {reason}", error.verdict) from None


def _last(store: Store, digest: str) -> Edition | None:
    newest = store.archive.editions((digest,), 1)
    return store.editions.load(newest[0].id) if newest else None


def _sample(draft: Edition, title: str) -> Edition:
    """An edition of a digest that has no story to show yet."""
    # Hardly anybody ever needs it.
    from digest.rendering.samples import ordinary

    made_up = without_pictures(ordinary())
    return replace(
        made_up,
        digest=draft.digest,
        title=title,
        subject=made_up.subject.replace(made_up.title, title),
        timezone=draft.timezone,
        language=draft.language,
    )


def _marked(edition: Edition, content: Content) -> Edition:
    mark = _MARKS[content]
    return replace(edition, subject=f"{mark} {edition.subject}", title=f"{mark} {edition.title}")


async def _send_in_turn(channel: Channel, session: Session, part: Delivery) -> str:
    """Send when the pace of the channel allows it, which deliveries keep too."""
    loop = asyncio.get_running_loop()
    while pause := channel.pace.delay(loop.time()):  # noqa: ASYNC110 - deliveries take turns too
        await asyncio.sleep(pause)
    channel.pace.begin(loop.time())
    return await session.send(part)


def recipients(settings: Settings, digest: str) -> list[tuple[str, str]]:
    """Who a test of a digest can go to, as channel and address; without address, the channel."""
    return [
        (name, address)
        for name in settings.digests[digest].send_to
        for address in settings.channels[name].test_recipients
    ]
