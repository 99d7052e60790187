"""How long an answer stays fresh, and how long its server wants to be left alone: from headers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil
from typing import TYPE_CHECKING
from urllib.request import parse_http_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from multidict import MultiMapping

_MOST_SECONDS = 2**31  # RFC 9111, section 1.2.2: what stands for anything longer
_LONGEST_RETRY_AFTER = timedelta(days=30)
_FRACTION = re.compile(r"[0-9]{1,15}\.[0-9]{1,15}")
_STALE = {"no-cache", "no-store"}


def fresh_for(headers: MultiMapping[str], now: datetime) -> timedelta | None:
    """How much longer an answer is fresh (RFC 9111, section 4.2); None where it does not say.

    `headers` ignore case; `now` stands in for a missing Date. No less than `X-Poll-Interval`, which
    is what GitHub calls the seconds between two polls.
    """
    spans = (_lifetime(headers, now), _seconds(headers.get("X-Poll-Interval")))
    return max(filter(None, spans), default=None)


def _lifetime(headers: MultiMapping[str], now: datetime) -> timedelta | None:
    directives = _directives(headers.getall("Cache-Control", []))
    if directives.keys() & _STALE:
        return None
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    else:
        lifetime = _until(headers.get("Expires"), headers, now)
    if lifetime is None:
        return None
    return _positive(lifetime - (_seconds(headers.get("Age")) or timedelta(0)))


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """What time it is by the server's clock; a cache says how old its copy is (`Age`)."""
    moment = http_date(headers.get("Date"))
    return moment and moment + (_seconds(headers.get("Age")) or timedelta(0))


def retry_after(
    headers: Mapping[str, str], now: datetime, longest: timedelta = _LONGEST_RETRY_AFTER
) -> timedelta | None:
    """How long to leave the server alone (RFC 9110, section 10.2.3), at most `longest`.

    None where the answer does not say, or not sensibly; `now` stands in for a missing Date. Some
    servers say a fraction of a second, which is waited for as a whole one; where a proxy has put
    its own beside the server's, the longer counts.
    """
    written = headers.get("Retry-After", "")
    spans = [_whole_seconds(each) for each in written.split(",")]
    # A date has a comma too.
    known = [span for span in spans if span is not None]
    wait = max(known) if len(known) == len(spans) else _until(written, headers, now)
    return min(wait, longest) if wait and wait > timedelta(0) else None


def _directives(lines: list[str]) -> dict[str, str]:
    """Cache-Control's directives by their name in lower case; the first of a name counts."""
    parts = [part.partition("=") for part in parse_http_list(",".join(lines))]
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in reversed(parts)}


def _seconds(text: str | None) -> timedelta | None:
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    # As a float, since thousands of digits are no int.
    return timedelta(seconds=min(float(digits), _MOST_SECONDS))


def _whole_seconds(text: str) -> timedelta | None:
    bare = text.strip()
    return _seconds(str(ceil(float(bare))) if _FRACTION.fullmatch(bare) else bare)


def _until(text: str | None, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """From when the answer was sent, by its own clock, to a date it names."""
    moment = http_date(text)
    return moment - (http_date(headers.get("Date")) or now) if moment else None


def http_date(text: str | None) -> datetime | None:
    """An HTTP-date (RFC 9110, section 5.6.7) or anything near it."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _positive(span: timedelta | None) -> timedelta | None:
    return span if span and span > timedelta(0) else None
