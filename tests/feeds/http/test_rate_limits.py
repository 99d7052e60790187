from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from multidict import CIMultiDict

from digest.feeds.http.rate_limits import is_refusal, not_before
from tests.feed_xml import NOW

MINUTE = timedelta(minutes=1)
EPOCH = f"{(NOW + 10 * MINUTE).timestamp():.0f}"


def wait(**headers: str) -> timedelta | None:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    until = not_before(named, NOW)
    return until - NOW if until else None


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        # GitHub, and in lower case as it comes over HTTP/2.
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": EPOCH}, 10),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": EPOCH}, 10),
        # Reddit.
        ({"x_ratelimit_remaining": "0.0", "x_ratelimit_reset": "42.0"}, 0.7),
        # Mastodon.
        (
            {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": f"{NOW + MINUTE:%FT%T}.123Z"},
            1 + 0.123 / 60,
        ),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": format_datetime(NOW + MINUTE)}, 1),
        # Discord.
        (
            {
                "X_RateLimit_Remaining": "0",
                "X_RateLimit_Reset": "1470173023.123",
                "X_RateLimit_Reset_After": "6.0",
            },
            0.1,
        ),
        # lobste.rs, and the drafts that it is named after.
        ({"RateLimit_Remaining": "0", "RateLimit_Reset": EPOCH}, 10),
        ({"RateLimit_Remaining": "0", "RateLimit_Reset": "60"}, 1),
        ({"RateLimit": "limit=100, remaining=0, reset=90"}, 1.5),
        ({"RateLimit": '"burst";r=9;t=5, "hour";r=0;t=120'}, 2),
        ({"RateLimit": '"hour";r=0;t=120, "day";r=0;t=300'}, 5),
        ({"RateLimit": '"hour";r=0'}, 1),
        # Others.
        ({"X_Rate_Limit_Remaining": " 0 ", "X_Rate_Limit_Reset": "120"}, 2),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": EPOCH + "000"}, 10),
        # Not until when, or not in a way that can be read.
        ({"X_RateLimit_Remaining": "0"}, 1),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "soon"}, 1),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "-5"}, 1),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Limit": "60"}, 1),
        # Requests are left, or there is no limit.
        ({}, None),
        ({"X_RateLimit_Remaining": "1", "X_RateLimit_Reset": EPOCH}, None),
        ({"X_RateLimit_Remaining": "99.0", "X_RateLimit_Reset": "42"}, None),
        ({"X_RateLimit_Remaining": "", "X_RateLimit_Reset": EPOCH}, None),
        ({"X_RateLimit_Remaining": "-1", "X_RateLimit_Limit": "-1"}, None),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Limit": "0", "X_RateLimit_Reset": "0"}, None),
        ({"X_RateLimit_Reset": EPOCH}, None),
        ({"RateLimit": "limit=100, remaining=10, reset=90"}, None),
        ({"RateLimit": '"hour";r=10;t=90'}, None),
        ({"RateLimit": "nonsense"}, None),
        ({"RateLimit_Policy": '"hour";q=0;w=3600'}, None),
    ],
)
def test_from_when_requests_are_allowed(headers: dict[str, str], minutes: float | None) -> None:
    expected = None if minutes is None else timedelta(minutes=minutes)
    assert wait(**headers) == expected


def test_a_reset_is_by_the_clock_of_the_server() -> None:
    slow = "Mon, 16 Nov 2020 09:00:00 GMT"
    reset = f"{datetime(2020, 11, 16, 9, 5, tzinfo=UTC).timestamp():.0f}"
    headers = {"Date": slow, "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
    assert wait(**headers) == 5 * MINUTE


@pytest.mark.parametrize("reset", ["9" * 15, "9" * 400, "1e99", "NaN", "99999999999.9", "\u0664"])
def test_nonsense_raises_nothing(reset: str) -> None:
    assert wait(X_RateLimit_Remaining="0", X_RateLimit_Reset=reset) is not None
    assert wait(RateLimit=f'"a";r=0;t={reset}') is not None
    assert wait(RateLimit=f"remaining=0, reset={reset}") is not None


@pytest.mark.parametrize(
    ("status", "seconds", "refused"),
    [(429, None, True), (429, 5, True), (403, 5, True), (403, None, False), (503, 5, False)],
)
def test_what_is_a_refusal(status: int, seconds: int | None, refused: bool) -> None:
    span = None if seconds is None else timedelta(seconds=seconds)
    assert is_refusal(status, span) is refused
