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
_SERVER_ERRORS = 500
# Request Timeout, Too Early and Too Many Requests.
_BUSY = {408, 425, 429}
# Hosts where feeds fail for days and live on. YouTube answered 404 and 500 for all kinds of living
# channels in January 2024, and in February, March, April and September 2026.
_MOODY_HOSTS = ("youtube.com",)
_LASTING_AT_MOODY_HOSTS = timedelta(days=3)
_ANSWERED = 200


def is_moody(url: str, status: int | None = None) -> bool:
    """Whether feeds at the host of an address, or of its kind, fail for days, and live on.

    They do by refusals: an answer that cannot be read, such as a page about cookies, stays one.
    """
    if status == _ANSWERED:
        return False
    kind, _, rest = url.partition(":")
    if not rest.startswith("//"):
        # Commands that only look at the store need it hardly ever.
        from digest.feeds.sources import kinds, source_of

        return kind in kinds() and source_of(kind).fails_for_days
    host = f".{(urlsplit(url).hostname or '').rstrip('.')}"
    return host.endswith(tuple(f".{moody}" for moody in _MOODY_HOSTS))


def needs_attention(
    url: str,
    since: datetime | None,
    failures: int,
    now: datetime,
    *,
    passes: bool,
    status: int | None = None,
) -> bool:
    """Whether a feed that fails `since` a time, lastly with a status, is to be shown to a person.

    What usually `passes`, like an error of its server, is shown when it has lasted.
    """
    if since is None:
        return True
    return not (passes or is_moody(url, status)) or is_incident(url, since, failures, now, status)


def passes_by_itself(status: int | None, *, was_read: bool) -> bool:
    """Whether a failure is of the kind that is over without anybody's doing.

    That is no answer, an error of the server or a wish for patience, from a feed that was read
    before: an address that never answered is probably wrong.
    """
    return was_read and (status is None or status >= _SERVER_ERRORS or status in _BUSY)


def is_incident(
    url: str,
    since: datetime | None,
    failures: int,
    now: datetime,
    status: int | None = None,
    *,
    lasting: bool = False,
) -> bool:
    """Whether a feed fails `since` so long, so many times in a row, that an alert is due.

    What is `lasting` until somebody mends it is told when it happens a second time.
    """
    if since is None:
        return False
    if lasting:
        return True
    if is_moody(url, status):
        return now - since >= _LASTING_AT_MOODY_HOSTS
    return now - since >= _LASTING and failures >= _LEAST_FAILURES
