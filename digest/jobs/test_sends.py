"""Sends tests, which are kept nowhere: an edition as it would be now, or a line by a channel.

Where nothing is new the edition is the last once more, and before the first one that is made up.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from digest.config.addresses import mail_address
from digest.config.fields import one_address
from digest.config.spelling import known_name, nearest, spelled
from digest.errors import DeliveryError, UsageError
from digest.jobs.pictures import without_pictures
from digest.jobs.render import render_beside
from digest.log import event
from digest.model import NO_PICTURES, Delivery
from digest.rendering.email.message import message_id

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from digest.channels import Channel, Session
    from digest.config import Settings
    from digest.jobs.blocks import BlockAdder
    from digest.jobs.context import JobContext
    from digest.jobs.drafts import Drafter
    from digest.jobs.pictures import PictureFetcher
    from digest.model import Edition
    from digest.store import Store

_log = logging.getLogger(__name__)

TestContent = Literal["new", "last", "sample"]
# By what a test has in it: how its subject and title say so.
_MARKS: dict[TestContent, str] = {
    "new": "[Test]",
    "last": "[Test: the last edition]",
    "sample": "[Test: a sample]",
}
_GREETING = "This is a test of digest: what it sends this way arrives."
# Nothing resolves in it (RFC 2606), and nothing of the ledger is in it.
TEST_DOMAIN = "test.digest.invalid"


class SentTest(Struct, frozen=True):
    """`send --test`: a test of an edition, which is in no ledger."""

    digest: str
    channel: str
    recipient: str
    content: TestContent
    """What was in it: what is new, the last edition once more, or a sample that is made up."""


class ChannelTest(Struct, frozen=True):
    """`test`: a line that was sent by a channel, or a look at one that sends none."""

    channel: str
    recipient: str | None
    """Who got the line; null where none was sent."""
    answer: str
    """What the service said, or what was found."""


class TrialSender:
    """Sends tests. They are in no ledger, which is for what readers were promised."""

    def __init__(
        self,
        context: JobContext,
        picture_fetcher: PictureFetcher,
        drafter: Drafter,
        block_adder: BlockAdder,
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._channels = context.channels
        self._templates = context.templates
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._picture_fetcher = picture_fetcher
        self._drafter = drafter
        self._block_adder = block_adder

    async def send(self, digest: str, channel: str, recipient: str) -> TestContent:
        """Send a digest's edition as it would be now, marked in subject and title.

        It takes no entries. Answers what was in it: what is new, the last edition or a sample.

        Raises:
            UsageError: there is no such recipient of the digest.
            DeliveryError: it could not be sent.
        """
        if (channel, recipient) not in recipients(self._settings, digest):
            raise UsageError(f"{digest} does not go to {recipient or channel}")
        return await self._send_edition(digest, channel, recipient)

    async def send_to(self, digest: str, to: str | None) -> SentTest:
        """Send what `send` does to an address or a channel, or the first there is.

        An address need be no recipient of the digest, where an email channel sends it.

        Raises:
            UsageError: there is no such digest, channel or address.
            DeliveryError: it could not be sent.
        """
        digest = known_name("digest", digest, self._settings.digests)
        channel, recipient = target(self._settings, digest, to)
        content = await self._send_edition(digest, channel, recipient)
        return SentTest(digest, channel, recipient or channel, content)

    async def greet(self, name: str) -> ChannelTest:
        """Send a line by a channel; one that sends none is looked at.

        Raises:
            UsageError: there is no such channel.
            DeliveryError: it could not be sent, or would not be.
        """
        name = known_name("channel", name, self._channels)
        channel = self._channels[name]
        now, addresses = self._clock(), self._settings.channels[name].test_recipients
        payload = channel.greeting(_GREETING)
        if payload is None or not addresses:
            return ChannelTest(name, None, await self._careful(channel.check(), channel=name))
        test = _test("", name, addresses[0], now)
        answer = await self._careful(_send_parts(channel, test, (payload,)), channel=name)
        return ChannelTest(name, addresses[0] or name, answer)

    async def _send_edition(self, digest: str, channel: str, recipient: str) -> TestContent:
        now = self._clock()
        content, edition = await self._edition(digest, channel, now)
        pictures = NO_PICTURES
        if content != "last":
            edition = await self._block_adder.add(edition)
        if content != "sample":
            edition, pictures = await self._picture_fetcher.illustrate(edition)
        sender = self._channels[channel]
        marked = _marked(edition, content)
        rendition, _ = await render_beside(
            self._templates[digest], lambda templates: sender.render(marked, templates, pictures)
        )
        to = recipient or rendition.recipients[0]
        test = _test(digest, channel, to, now)
        about = {"digest": digest, "channel": channel, "recipient": to}
        await self._careful(_send_parts(sender, test, rendition.parts), **about)
        event(_log, logging.INFO, "test sent", **about, content=content)
        return content

    async def _edition(
        self, digest: str, channel: str, now: datetime
    ) -> tuple[TestContent, Edition]:
        """What is new as the channel is given it; where that is nothing, what else there is."""
        # What only an edition needs is loaded for the first.
        from digest.editions.channel_view import edition_for

        form = self._settings.digests[digest].forms.get(channel)
        draft = edition_for((await self._drafter.edition(digest, now)).edition, form).edition
        if draft.stories:
            return "new", draft
        last = await self._store.transact(lambda store: _last(store, digest))
        if last and (given := edition_for(last, form).edition).stories:
            return "last", given
        return "sample", _sample(draft, self._settings.title_of(digest))

    async def _careful(self, sending: Awaitable[str], **about: str) -> str:
        """What a service says, without secrets, also where it fails (`DeliveryError`)."""
        try:
            return self._sanitiser(await sending)
        except DeliveryError as error:
            reason = self._sanitiser(error.reason)
            event(_log, logging.WARNING, "test not sent", **about, error=reason)
            raise DeliveryError(f"the test was not sent: {reason}", error.verdict) from None


async def _send_parts(channel: Channel, test: Delivery, parts: tuple[bytes, ...]) -> str:
    """Send these one after the other; answers the first receipt."""
    first = ""
    async with channel.session() as session:
        for number, payload in enumerate(parts, 1):
            part = replace(test, part=number, payload=payload, first_receipt=first)
            receipt = await _send_in_turn(channel, session, part)
            first = first or receipt
    return first


def _test(digest: str, channel: str, recipient: str, now: datetime) -> Delivery:
    """A delivery that is in no ledger; no two tests are the same message."""
    identity = (digest, now, channel, secrets.token_hex(), 0)
    return Delivery(
        *(0, 0, digest, channel, recipient, 0, "sending", 0, now),
        message_id=message_id(identity, TEST_DOMAIN),
    )


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


def _marked(edition: Edition, content: TestContent) -> Edition:
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


def target(settings: Settings, digest: str, to: str | None) -> tuple[str, str]:
    """Where a test goes that is to go to an address, to a channel, or anywhere, as `recipients`.

    Raises:
        UsageError: the digest cannot go there.
    """
    known = recipients(settings, digest)
    to = to and spelled(to, [channel for channel, _ in known])
    for channel, address in known:
        if to in {None, channel, address} or (address and to == mail_address(address)):
            return channel, address
    mailing = [name for name, _ in known if settings.channels[name].keeps_list]
    if to and "@" in to and mailing:
        try:
            return mailing[0], one_address(to)
        except ValueError as error:
            raise UsageError(str(error)) from None
    if not known:
        raise UsageError(f"{digest} only goes to files, which are not tested; see `digest preview`")
    names = [name for pair in known for name in pair if name]
    goes_to = nearest(str(to), names) or f"; it goes to {', '.join(dict.fromkeys(names))}"
    raise UsageError(f"{digest} does not go to {to!r}{goes_to}")
