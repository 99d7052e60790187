"""When a feed that cannot be read needs a person: after a time, which is longer at some hosts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datetime import datetime

# What is over before that is told of by `status` alone.
_LASTING = timedelta(days=1)
_LEAST_FAILURES = 5
# Hosts where feeds fail for days and live on. YouTube answered 404 and 500 for all kinds of living
# channels in January 2024, and in February, March, April and September 2026.
_MOODY_HOSTS = ("youtube.com",)
_LASTING_AT_MOODY_HOSTS = timedelta(days=3)


def is_moody(url: str) -> bool:
    """Whether feeds at the host of an address fail for days, and live on."""
    host = f".{(urlsplit(url).hostname or '').rstrip('.')}"
    return host.endswith(tuple(f".{moody}" for moody in _MOODY_HOSTS))


def needs_attention(url: str, since: datetime | None, now: datetime) -> bool:
    """Whether a feed that fails `since` a time is to be shown to a person."""
    return since is None or not is_moody(url) or now - since >= _LASTING_AT_MOODY_HOSTS


def is_incident(url: str, since: datetime | None, failures: int, now: datetime) -> bool:
    """Whether a feed fails `since` so long, so many times in a row, that an alert is due."""
    if since is None:
        return False
    if is_moody(url):
        return now - since >= _LASTING_AT_MOODY_HOSTS
    return now - since >= _LASTING and failures >= _LEAST_FAILURES
