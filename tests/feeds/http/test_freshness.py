from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from digest.feeds.http.freshness import fresh_for, retry_after, server_time
from tests.feed_xml import NOW

SENT = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # an hour slow by NOW
DATE = ("Date", format_datetime(SENT, usegmt=True))
MINUTE = timedelta(minutes=1)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def headers(*lines: tuple[str, str]) -> CIMultiDict[str]:
    return CIMultiDict(lines)


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        ([("Cache-Control", "max-age=600")], 10),
        ([("cache-control", "public, MAX-AGE=600, must-revalidate")], 10),
        ([("Cache-Control", 'max-age="600"')], 10),
        ([("Cache-Control", "max-age = 600 ")], 10),
        ([("Cache-Control", "max-age=600, max-age=60")], 10),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=600")], 10),
        ([("Cache-Control", 'private="a, no-cache, b", max-age=600')], 10),
        ([("Cache-Control", "s-maxage=9000, max-age=600")], 10),
        ([("Cache-Control", "max-age=600"), ("Age", "120")], 8),
        ([("Cache-Control", "max-age=600"), ("Age", "soon")], 10),
        # max-age outweighs Expires (RFC 9111, section 5.3).
        ([("Cache-Control", "max-age=600"), DATE, ("Expires", http_date(SENT + 5 * MINUTE))], 10),
        ([DATE, ("Expires", http_date(SENT + 5 * MINUTE))], 5),
        ([DATE, ("Expires", http_date(SENT + 5 * MINUTE)), ("Age", "60")], 4),
        ([("Expires", http_date(NOW + 5 * MINUTE))], 5),
        ([("Date", "now"), ("Expires", http_date(NOW + 5 * MINUTE))], 5),
        ([DATE, ("Expires", "Monday, 16-Nov-26 08:05:00 GMT")], 5),
        ([DATE, ("Expires", "Mon Nov 16 08:05:00 2026")], 5),
        ([DATE, ("Cache-Control", "public"), ("Expires", http_date(SENT + 5 * MINUTE))], 5),
        ([("X-Poll-Interval", "120")], 2),
        ([("Cache-Control", "private, max-age=60"), ("X-Poll-Interval", "120")], 2),
        ([("Cache-Control", "max-age=600"), ("X-Poll-Interval", "soon")], 10),
    ],
)
def test_an_answer_says_how_long_it_is_fresh(lines: list[tuple[str, str]], minutes: float) -> None:
    assert fresh_for(headers(*lines), NOW) == minutes * MINUTE


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [DATE],
        [("Cache-Control", "")],
        [("Cache-Control", "max-age=0")],
        [("Cache-Control", "max-age=600"), ("Age", "600")],
        [("Cache-Control", "max-age=600"), ("Age", "9" * 5000)],
        [("Cache-Control", "no-cache, max-age=600")],
        [("Cache-Control", "No-Store"), ("Cache-Control", "max-age=600")],
        [("Cache-Control", "max-age=-1")],
        [("Cache-Control", "max-age=1.5")],
        [("Cache-Control", "max-age=\u0661")],
        [("Cache-Control", "max-age")],
        # What is given and no number is stale, whatever Expires says.
        [("Cache-Control", "max-age=x"), DATE, ("Expires", http_date(SENT + MINUTE))],
        [DATE, ("Expires", "0")],
        [DATE, ("Expires", "-1")],
        [DATE, ("Expires", "")],
        [DATE, ("Expires", DATE[1])],
        [DATE, ("Expires", http_date(SENT - MINUTE))],
        [DATE, ("Expires", "Mon, 16 Nov 2026 09:00:00 +99999999999999")],
    ],
)
def test_an_answer_that_is_stale_or_says_nonsense(lines: list[tuple[str, str]]) -> None:
    assert fresh_for(headers(*lines), NOW) is None


@pytest.mark.parametrize(
    ("said", "lines", "expected"),
    [
        ("120", [], 2 * MINUTE),
        (" 120 ", [], 2 * MINUTE),
        (http_date(NOW + 5 * MINUTE), [], 5 * MINUTE),
        (http_date(SENT + 5 * MINUTE), [DATE], 5 * MINUTE),
        ("Mon Nov 16 08:05:00 2026", [DATE], 5 * MINUTE),
        ("2592001", [], timedelta(days=30)),
        ("9" * 5000, [], timedelta(days=30)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", [DATE], timedelta(days=30)),
        ("0", [], None),
        ("-60", [], None),
        ("1.5", [], timedelta(seconds=2)),
        ("0.25", [], timedelta(seconds=1)),
        ("2.0", [], timedelta(seconds=2)),
        ("-1.5", [], None),
        ("1.5.2", [], None),
        ("120, 60", [], timedelta(seconds=120)),
        ("0.5,7", [], timedelta(seconds=7)),
        ("60, soon", [], None),
        ("60,", [], None),
        ("1e9", [], None),
        ("0, 0", [], None),
        ("soon", [], None),
        ("", [], None),
        (http_date(NOW - MINUTE), [], None),
        (http_date(SENT), [DATE], None),
    ],
)
def test_retry_after(said: str, lines: list[tuple[str, str]], expected: timedelta | None) -> None:
    assert retry_after(headers(("Retry-After", said), *lines), NOW) == expected


def test_no_retry_after() -> None:
    assert retry_after(headers(DATE), NOW) is None


NAMES = st.sampled_from(["Cache-Control", "Age", "Expires", "Date", "Retry-After"])
PIECES = st.sampled_from(
    ["max-age", "=", "no-cache", ",", '"', "600", "-", ":", " ", "GMT", "Mon", "Nov", "2026", "+"]
)
VALUES = st.text(max_size=40) | st.lists(PIECES, max_size=12).map("".join)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_whatever_a_server_says_gives_a_positive_span_or_none(
    lines: list[tuple[str, str]],
) -> None:
    fresh, wait = fresh_for(headers(*lines), NOW), retry_after(headers(*lines), NOW)
    assert fresh is None or fresh > timedelta(0)
    assert wait is None or timedelta(0) < wait <= timedelta(days=30)


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=3000)), st.datetimes())
def test_a_clock_that_is_wrong_does_not_matter(span: timedelta, wrong: datetime) -> None:
    span = timedelta(seconds=span // timedelta(seconds=1))
    sent = wrong.replace(year=2000 + wrong.year % 100, day=1, microsecond=0, tzinfo=UTC)
    lines = [("Date", http_date(sent)), ("Expires", http_date(sent + span))]
    assert fresh_for(headers(*lines), NOW) == span


def test_a_copy_from_a_cache_is_of_an_earlier_time() -> None:
    assert server_time(headers(DATE)) == SENT
    assert server_time(headers(DATE, ("Age", "60"))) == SENT + MINUTE
    assert server_time(headers(("Date", "yesterday"))) is None
