"""The draft of a digest's next edition; the very first reaches back until it has something."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.config import Settings
    from digest.jobs.draft_material import Draft
    from digest.jobs.drafts import Drafter
    from digest.store import Store, StoreThread

REACHES = tuple(timedelta(days=days) for days in (7, 30, 365))
"""How far a first edition may go back, beyond the period of its schedule."""


async def next_draft(
    drafter: Drafter,
    store: StoreThread[Store],
    settings: Settings,
    digest: str,
    now: datetime,
    until: datetime | None = None,
    channels: Collection[str] = (),
) -> Draft:
    """The edition as it would be now; parameters are the drafter's.

    Where a digest that says nothing of it never had an edition, and feeds have nothing of its
    period, its subscriptions of now reach back further, once.
    """
    draft = await drafter.edition(digest, now, until, channels)
    if draft.has_candidates or settings.digests[digest].first_edition is not None:
        return draft
    for reach in REACHES:
        reach_back = partial(_reach_back, digest=digest, since=now - reach)
        if await store.transact(reach_back):
            draft = await drafter.edition(digest, now, until, channels)
        if draft.has_candidates:
            break
    return draft


def _reach_back(store: Store, *, digest: str, since: datetime) -> bool:
    return store.schedules.reach_back(digest, since)
