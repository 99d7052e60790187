"""Channels as a configuration file makes them, and deliveries for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.channels import open_channels
from digest.config import load_settings
from digest.model import Delivery
from digest.rendering.templates import Templates
from tests.rendering.samples import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel
    from digest.config import Settings
    from digest.model import Edition

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
