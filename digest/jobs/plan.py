"""Plans which digests there are, and when the next edition of each is due."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest.config.secrets import missing_in
from digest.config.without_secrets import masked_json
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of, weekly_schedule
from digest.log import event
from digest.store.schedules import DigestPlan

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Settings
    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)


def plan(settings: Settings, now: datetime) -> list[DigestPlan]:
    """Every digest, and its weekly editions, with the next time of its schedule."""
    plans = []
    for name, digest in settings.digests.items():
        zone = settings.zone_of(name)
        plans.append(
            DigestPlan(
                name=name,
                schedule=f"{digest.schedule.text} ({zone.key})",
                next_edition_at=next_after(digest.schedule, zone, now),
                feeds=tuple(feed.address for feed in settings.feeds_of(name)),
                first_edition=digest.reach,
            )
        )
        if list_channels(settings, name):
            weekly = weekly_schedule(digest.schedule)
            plans.append(
                DigestPlan(
                    name=weekly_of(name),
                    schedule=f"{weekly.text} ({zone.key})",
                    next_edition_at=next_after(weekly, zone, now),
                    # It takes what the other editions have, and nothing else.
                    feeds=(),
                    first_edition=digest.reach,
                )
            )
    return plans


async def know_settings(settings: Settings, store: StoreThread[Store], now: datetime) -> None:
    """Keep what is worked by from now on, for commands whose file has an error later.

    What lacks a secret here is not all that the file says.
    """
    file = settings.file
    if file is not None and not any(missing_in(settings)):
        kept = masked_json(settings)
        await store.transact(lambda opened: opened.last_settings.keep(str(file), kept, now))


async def bring_in_line(settings: Settings, store: StoreThread[Store], now: datetime) -> None:
    """Have the database know the feeds and digests of the settings, and when each is due."""
    plans, urls = plan(settings, now), [feed.address for feed in settings.feeds]
    await store.transact(lambda opened: opened.schedules.plan(plans, now, urls))


async def know_lists(settings: Settings, store: StoreThread[Store]) -> None:
    """Note which lists of recipients there are; who left one that is gone stays off new ones."""
    names = settings.lists()
    carried = await store.transact(lambda opened: opened.moves.know_lists(names, settings.digests))
    if carried:
        event(_log, logging.WARNING, "kept from new lists, as from those gone", recipients=carried)


def list_channels(settings: Settings, digest: str) -> list[str]:
    """The channels of a digest that have a list of recipients, who choose how often they hear."""
    channels = settings.digests[digest].send_to
    return [name for name in channels if settings.channels[name].keeps_list]
