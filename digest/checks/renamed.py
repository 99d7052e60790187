"""Channels and digests that the database knows and the configuration lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.app.lost_names import lost_names
from digest.checks import Finding
from digest.store import database_of, try_to_read_store

if TYPE_CHECKING:
    from digest.config import Settings

_WHAT = {"list": "channel", "renamed": "digest"}


def check_names(settings: Settings) -> list[Finding]:
    """What is gone from the configuration though there are readers or editions of it."""
    # What is wrong with it is told by other checks; an older one is brought to this version.
    with try_to_read_store(database_of(settings)) as store:
        if store is None:
            return []
        lost = lost_names(settings, store.moves.lists(), store.moves.editions())
    return [
        Finding(_WHAT[name.kind], name.name, "warn", name.message, name.remedy) for name in lost
    ]
