"""Channels and digests that the database knows and the configuration lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.app.reports import lost_names
from digest.checks import Finding
from digest.errors import StoreError
from digest.store import Store, database_exists

if TYPE_CHECKING:
    from digest.config import Settings

_WHAT = {"list": "channel", "renamed": "digest"}


def check_names(settings: Settings) -> list[Finding]:
    """What is gone from the configuration though there are readers or editions of it."""
    path = settings.database_path
    try:
        if not database_exists(path):
            return []
        store = Store(path, read_only=True)
    except StoreError:
        # What is wrong with it is told by other checks; an older one is brought to this version.
        return []
    try:
        lost = lost_names(settings, store.moves.lists(), store.moves.editions())
    finally:
        store.close()
    return [Finding(_WHAT[one.kind], one.name, "warn", one.said, one.remedy) for one in lost]
