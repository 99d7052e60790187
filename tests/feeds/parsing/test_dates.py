from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.parsing.dates import read_date
from tests.feed_xml import item, parse_feed, rss


def at(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


RFC_822 = {
    "Mon, 16 Nov 2026 10:00:00 +0100": at(2026, 11, 16, 9),
    "Mon, 16 Nov 2026 10:00:00 GMT": at(2026, 11, 16, 10),
    "Mon, 16 Nov 2026 10:00:00 Z": at(2026, 11, 16, 10),
    "Mon,16 Nov 2026 10:00 -08:00": at(2026, 11, 16, 18),
    "16 Nov 26 10:00 EST": at(2026, 11, 16, 15),
    "16 Nov 96 10:00:00 pdt": at(1996, 11, 16, 17),
    "Tues, 02 Sept 2025 10:00:00 CEST": at(2025, 9, 2, 8),
    "Monday, 16 November 2026 10:00:00 PM": at(2026, 11, 16, 22),
    "Mon, 16-Nov-2026 10:00:00 GMT": at(2026, 11, 16, 10),
    "Thu, 01 Jan 2026 19:48:21 +0100 (CET)": at(2026, 1, 1, 18, 48, 21),
    "Tue, 21 Oct 2025 09:00:00 GMT-05:00": at(2025, 10, 21, 14),
    "Tue, 21 Oct 2025 09:00:00 Etc/GMT": at(2025, 10, 21, 9),
}
WITHOUT_A_ZONE = {
    "Mon, 16 Nov 2026 10:00:00": at(2026, 11, 16, 10),
    "Mon, 16 Nov 2026 10:00:00 XYZ": at(2026, 11, 16, 10),
    "Mon, 16 Nov 2026": at(2026, 11, 16),
    "2026-11-16T10:00:00": at(2026, 11, 16, 10),
    "2026-11-16 10:00": at(2026, 11, 16, 10),
}
ISO_8601 = {
    "2026-11-16T10:00:00Z": at(2026, 11, 16, 10),
    "2026-11-16t10:00:00.123456-08:00": at(2026, 11, 16, 18),
    "2026-11-16T10:00:00,5+0100": at(2026, 11, 16, 9),
    "2026-11-16T10:00+01": at(2026, 11, 16, 9),
    "2026-11-16T10:00Z": at(2026, 11, 16, 10),
    "2026-11-16": at(2026, 11, 16),
    "2026-11-16Z": at(2026, 11, 16),
    "2026-11": at(2026, 11, 1),
    "2026": at(2026, 1, 1),
    "20261116": at(2026, 11, 16),
    "20261116T100000Z": at(2026, 11, 16, 10),
    "20261116100000": at(2026, 11, 16, 10),
    "2026-320": at(2026, 11, 16),
    "2026-11-16T23:59:60Z": at(2026, 11, 16, 23, 59, 59),
    "2026-11-16 10:00:00 +0000 UTC": at(2026, 11, 16, 10),
    "2026-11-16T10:00:00Z[UTC]": at(2026, 11, 16, 10),
}
OTHERS = {
    "2026/11/6 9:05:07": at(2026, 11, 6, 9, 5, 7),
    "Fri, 2006/09/15 08:19:53 EDT": at(2006, 9, 15, 12, 19, 53),
    "Sun Jan  4 16:29:06 2026": at(2026, 1, 4, 16, 29, 6),
    "Sun Jan  4 16:29:06 PST 2026": at(2026, 1, 5, 0, 29, 6),
    "Nov 16, 2026 9:00 pm": at(2026, 11, 16, 21),
    "November 16th, 2026 at 12:30 a.m.": at(2026, 11, 16, 0, 30),
    "25/01/2025": at(2025, 1, 25),
    "01/25/2025 10:00:00 AM": at(2025, 1, 25, 10),
    "25.01.2025 10:00": at(2025, 1, 25, 10),
    "05/05/2025": at(2025, 5, 5),
}
NOT_IN_A_CALENDAR = {
    "Mon, 16 Nov 2026 24:00:00 GMT": at(2026, 11, 17),
    "2026-12-31T24:00:00+01:00": at(2026, 12, 31, 23),
    "Wed, 31 Jun 2026 09:00:00 GMT": at(2026, 6, 30, 9),
    "2026-02-30": at(2026, 2, 28),
    "2028-02-31T10:00:00Z": at(2028, 2, 29, 10),
}
SINCE_1970 = {
    "1763283600": at(2025, 11, 16, 9),
    " 1763283600\n": at(2025, 11, 16, 9),
    "1763283600123": at(2025, 11, 16, 9),
    "999999999": at(2001, 9, 9, 1, 46, 39),
}
FUTURE = {
    "Mon, 16 Nov 2099 10:00:00 GMT": at(2099, 11, 16, 10),
    "9998-12-31T00:00:00Z": at(9998, 12, 31),
}
FORMS = [RFC_822, WITHOUT_A_ZONE, ISO_8601, OTHERS, NOT_IN_A_CALENDAR, SINCE_1970, FUTURE]


@pytest.mark.parametrize(("said", "meant"), [pair for form in FORMS for pair in form.items()])
def test_a_date_is_read(said: str, meant: datetime) -> None:
    assert read_date(said) == meant


NEVER = [
    *("", " ", "yesterday", "16 Nov", "24:00", "24:00:00", "10:30 yesterday", "10:30", "Monday"),
    *("01/02/2025", "1.2.2025 10:00", "02-01-2001", "01/02/03"),
    *("0", "17", "1751", "176328360012", "17632836001234567", "-1763283600", "٢٠٢٦"),
    *("0001-01-01T00:00:00Z", "Sat, 01 Jan 0001 00:00:00 GMT", "1969-12-31T23:59:59Z"),
    *("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31", "9998-12-31T23:59:59-12:00"),
    *("32 Jan 2026", "0 Jan 2026", "16 Foo 2026", "2026-00-10", "2026-13-01", "2026-400"),
    *("2026-11-16T25:00:00Z", "2026-11-16T24:00:01Z", "2026-11-16T10:60:00Z"),
    *("2026-11-16T10:00:00+99:00", "16 Nov 2026 13:00 PM", "2026-11-16 " + "0" * 1_000),
]


@pytest.mark.parametrize("said", NEVER)
def test_what_names_no_moment_or_two_is_none(said: str) -> None:
    assert read_date(said) is None


@pytest.mark.parametrize("said", NEVER)
def test_nor_does_feedparser_get_to_guess(said: str) -> None:
    body = rss(item(1)).replace("Mon, 16 Nov 2026 09:00:00 +0000", said)
    assert parse_feed(body.encode(), "https://site.example/").entries[0].published is None


MOMENTS = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001  # the zone is drawn below
    datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n))),
).map(lambda moment: moment.replace(microsecond=0))


@given(MOMENTS)
def test_every_moment_is_read_as_it_was_written(moment: datetime) -> None:
    for written in (moment.isoformat(), moment.isoformat(" "), format_datetime(moment)):
        assert read_date(written) == moment


@given(st.text() | st.text("0123456789 :-/.+TZtzJanMondayGMT,", max_size=40))
def test_any_text_is_a_date_or_none(said: str) -> None:
    read = read_date(said)
    assert read is None or (read.tzinfo is UTC and 1970 <= read.year < 9999)
