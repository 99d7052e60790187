"""Channels as a configuration file makes them, deliveries for them, and a daemon that delivers."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from digest.channels import open_channels
from digest.config import load_settings
from digest.model import Delivery
from digest.rendering.templates import Templates
from tests.jobs.bench import StoppedClock, context_of, open_deliver_job, open_store
from tests.rendering.samples import NOW
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.config import Settings
    from digest.model import Edition
    from digest.store import Store, StoreThread

TEMPLATES = Templates()
MESSAGE_ID = "<weekly.20261116090000.0123456789abcdef01234567@example.com>"


def settings(
    folder: Path,
    channel: dict[str, Any],
    smtp: dict[str, Any] | None = None,
    public_url: str | None = None,
) -> Settings:
    """The settings of a file with one channel, called `it`."""
    data = {
        "feeds": ["https://site.example/feed.xml"],
        "channels": {"it": channel},
        "digests": {"weekly": {"schedule": "daily at 09:00", "send_to": ["it"]}},
    } | ({"smtp": smtp} if smtp else {})
    data |= {"web": {"public_url": public_url}} if public_url else {}
    path = folder / "config.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return load_settings(path, environ={})


def open_it(
    folder: Path,
    channel: dict[str, Any],
    smtp: dict[str, Any] | None = None,
    public_url: str | None = None,
) -> Channel:
    """The channel of a file with only that."""
    return open_channels(settings(folder, channel, smtp, public_url))["it"]


def delivery(recipient: str, payload: bytes, part: int = 1) -> Delivery:
    """A delivery as the ledger claims it."""
    return Delivery(
        id=1,
        edition_id=1,
        digest="weekly",
        channel="it",
        recipient=recipient,
        part=part,
        state="sending",
        attempts=0,
        created_at=NOW,
        message_id=MESSAGE_ID,
        payload=payload,
    )


async def send(channel: Channel, *made: Delivery) -> list[str]:
    """The receipts of deliveries that are sent in one session."""
    async with channel.session() as session:
        return [await session.send(each) for each in made]


def deliveries(channel: Channel, edition: Edition) -> list[Delivery]:
    """Every delivery of an edition: each part for each recipient."""
    rendition = channel.render(edition, TEMPLATES)
    return [
        delivery(recipient, payload, part)
        for recipient in rendition.recipients
        for part, payload in enumerate(rendition.parts, 1)
    ]


class Daemon:
    """What delivers editions to a channel from a real ledger, with a clock that a test turns."""

    def __init__(self, store: StoreThread[Store], channel: Channel) -> None:
        self.store, self.clock, self.channel = store, StoppedClock(), channel
        context = context_of(store, self.clock, {"it": channel})
        self.delivering = open_deliver_job(context, grace_seconds=0, record_again_seconds=0)

    async def publish(self, edition: Edition) -> int:
        """Store an edition and what is to be delivered of it; answers how many parts that is."""
        rendition = self.channel.render(edition, TEMPLATES)
        await self.store.transact(
            lambda store: build.publish(store, at=self.clock(), sent_as=(rendition,))
        )
        return len(rendition.parts)

    async def states(self) -> list[str]:
        """The state of each delivery of the first edition."""
        found = await self.store.transact(lambda store: store.ledger.of_edition(1))
        return [each.state for each in found]


@asynccontextmanager
async def started(folder: Path, channel: Channel) -> AsyncIterator[Daemon]:
    """A daemon on the database of a folder, which a later one goes on with."""
    async with open_store(folder) as store:
        yield Daemon(store, channel)
