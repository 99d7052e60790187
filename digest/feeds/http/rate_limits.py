"""What answers say of how many requests a host allows: rate limit headers, and refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digest.feeds.http.freshness import http_date, server_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Headers of a limit, before -Remaining, -Reset and -Limit: as most have them, of the drafts of
# the IETF that came before `RateLimit`, and with one more hyphen.
_FAMILIES = ("X-RateLimit", "RateLimit", "X-Rate-Limit")
# What the newer drafts have instead (draft-ietf-httpapi-ratelimit-headers): `limit=9, remaining=0,
# reset=30`, and since the eighth `"hour";r=0;t=30`, an item for each limit.
_NONE_LEFT = re.compile(r"(?:^|[\s,;])(?:remaining|r)\s*=\s*0(?![0-9.])")
_RESET = re.compile(r"(?:^|[\s,;])(?:reset|t)\s*=\s*([0-9]{1,10})(?![0-9.])")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
# A reset is a moment at GitHub and lobste.rs, and a wait at Reddit, under one name. Nobody asks to
# wait for 30 years, and no moment is before 2001; in milliseconds, none is before 1973.
_LEAST_EPOCH, _LEAST_EPOCH_IN_MILLISECONDS = 1e9, 1e11
# Dates end in the year 9999.
_LATEST_EPOCH = 1e11
# Of who says that no request is left, but not until when.
_UNTOLD = timedelta(minutes=1)
_LONGEST_REST = timedelta(days=1)


def not_before(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """From when a host allows requests again, where an answer says that none is left.

    None where requests are left, or nothing is said. `headers` are by names in any case.
    """
    waits = [*_older(headers, now), *_newer(headers.get("RateLimit", ""))]
    return now + max(waits) if waits else None


def rest_of(until: datetime | None, now: datetime) -> timedelta | None:
    """How long a host is left alone that allows requests again then; a day at most."""
    return min(until - now, _LONGEST_REST) if until and until > now else None


def is_refusal(status: int, wait: timedelta | None) -> bool:
    """Whether an answer is about how many requests the host allows, and not about what was asked.

    GitHub refuses with a 403 too, which then says how long to `wait`.
    """
    return status == 429 or (status == 403 and wait is not None)


def _older(headers: Mapping[str, str], now: datetime) -> Iterator[timedelta]:
    for family in _FAMILIES:
        remaining = headers.get(f"{family}-Remaining")
        # Some gateways say that none of none is left where there is no limit.
        if remaining is None or not _is_none(remaining) or _is_none(_of(headers, family, "Limit")):
            continue
        reset = _of(headers, family, "Reset-After") or _of(headers, family, "Reset")
        wait = _wait(reset, headers, now)
        yield _UNTOLD if wait is None else wait


def _newer(written: str) -> Iterator[timedelta]:
    for limit in [written] if "remaining" in written else written.split(","):
        if _NONE_LEFT.search(limit):
            reset = _RESET.search(limit)
            yield timedelta(seconds=float(reset[1])) if reset else _UNTOLD


def _of(headers: Mapping[str, str], family: str, name: str) -> str:
    return headers.get(f"{family}-{name}", "")


def _is_none(number: str) -> bool:
    """Whether a number of requests is less than one: Reddit's has decimals."""
    bare = number.strip()
    return bool(_NUMBER.fullmatch(bare)) and float(bare) < 1


def _wait(reset: str, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long it is to a reset: seconds, or a moment by the server's clock; None where neither."""
    bare = reset.strip()
    if not _NUMBER.fullmatch(bare):
        moment = _moment(bare)
        return moment - (server_time(headers) or now) if moment else None
    number = float(bare)
    if number < _LEAST_EPOCH:
        return timedelta(seconds=number)
    seconds = number / 1000 if number >= _LEAST_EPOCH_IN_MILLISECONDS else number
    moment = datetime.fromtimestamp(min(seconds, _LATEST_EPOCH), UTC)
    return moment - (server_time(headers) or now)


def _moment(text: str) -> datetime | None:
    """A moment as Mastodon has it (ISO 8601), or as HTTP does."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return http_date(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
