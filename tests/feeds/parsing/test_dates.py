from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from babel.dates import format_date as format_day
from babel.dates import format_datetime as format_moment
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
ZONES = {
    "Sat, 18 Mar 2023 20:21:00 America/Los_Angeles": at(2023, 3, 19, 3, 21),
    "Tue, 31 Jan 2023 20:20:00 Europe/Berlin": at(2023, 1, 31, 19, 20),
    "2023-07-31 20:20:00 Europe/Berlin": at(2023, 7, 31, 18, 20),
    "2023-01-31 20:20:00 US/Eastern": at(2023, 2, 1, 1, 20),
    "2023-01-31 20:20:00 America/Argentina/Buenos_Aires": at(2023, 1, 31, 23, 20),
    "2023-01-31 20:20:00 Etc/GMT+5": at(2023, 2, 1, 1, 20),
    # A folder of zones, and nothing.
    "2023-01-31 20:20:00 America/Argentina": at(2023, 1, 31, 20, 20),
    "2023-01-31 20:20:00 Europe/Nowhere": at(2023, 1, 31, 20, 20),
    "Mon, 03 Dec 2018 13:03:47 HKT": at(2018, 12, 3, 5, 3, 47),
    "Mon, 03 Dec 2018 13:03:47 CEDT": at(2018, 12, 3, 11, 3, 47),
    "Mon, 03 Dec 2018 13:03 NPT": at(2018, 12, 3, 7, 18),
    # India's, Ireland's or Israel's.
    "Mon, 03 Dec 2018 13:03:47 IST": at(2018, 12, 3, 13, 3, 47),
    "Mon, 03 Dec 2018 13:03:47 \u22120100": at(2018, 12, 3, 14, 3, 47),
}
DAY_FIRST = {
    "03.12.2018 13:03": at(2018, 12, 3, 13, 3),
    "3. 12. 2018 13.03": at(2018, 12, 3, 13, 3),
    "1.2.2025": at(2025, 2, 1),
    "15.08.19": at(2019, 8, 15),
    "12.24.2018": at(2018, 12, 24),
    "2018. 12. 3.": at(2018, 12, 3),
}
OF_DRUPAL = {
    "Monday, December 3, 2018 - 13:03": at(2018, 12, 3, 13, 3),
    "Mon, 12/24/2018 - 13:03": at(2018, 12, 24, 13, 3),
    "Tue, 12/04/2018 - 13:03": at(2018, 12, 4, 13, 3),
    "Thursday, 12/04/2018": at(2018, 4, 12),
    "\u200eMon, 03 Dec 2018 13:03:47 +0000\u200e": at(2018, 12, 3, 13, 3, 47),
    "December 3, 2018 | 1:03 pm": at(2018, 12, 3, 13, 3),
    "Lun, 12/24/2018 - 13:03": at(2018, 12, 24, 13, 3),
}
IN_WORDS = {
    "Do, 31 Okt 2019 23:52:59 -0400": at(2019, 11, 1, 3, 52, 59),
    "Mittwoch, 3. März 2021 um 10:00 Uhr": at(2021, 3, 3, 10),
    "3 Mrz 2020 10:00 MEZ": at(2020, 3, 3, 9),
    "1er janvier 2019 à 13h03": at(2019, 1, 1, 13, 3),
    # Tuesday, not March.
    "mar, 02 ene 2018 19:56:51 +0000": at(2018, 1, 2, 19, 56, 51),
    "lunes, 3 de diciembre de 2018, 1:03 p. m.": at(2018, 12, 3, 13, 3),
    "segunda-feira, 3 de dezembro de 2018 às 13:03": at(2018, 12, 3, 13, 3),
    "Пн, 3 Дек 2018 г. в 13:03": at(2018, 12, 3, 13, 3),
    "03 Ağu 2018 10:00": at(2018, 8, 3, 10),
    "月, 03 12月 2018 13:03:47 +0900": at(2018, 12, 3, 4, 3, 47),
    "2018年12月3日(月) 13:03": at(2018, 12, 3, 13, 3),
    "周一, 03 十二月 2018 13:03:47 +0800": at(2018, 12, 3, 5, 3, 47),
    "2018年12月3日星期一下午1:03": at(2018, 12, 3, 13, 3),
    # Korea has one time.
    "2004년 05월 28일  01:31:15": at(2004, 5, 27, 16, 31, 15),
    "2004-05-25 오후 11:23:17": at(2004, 5, 25, 14, 23, 17),
    "2004-július-13T9:15-05:00": at(2004, 7, 13, 14, 15),
    "Κυρ, 11 Ιούλ 2004 12:00:00 EST": at(2004, 7, 11, 17),
    "Posted on 3rd December, 2018": at(2018, 12, 3),
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
FORMS = [
    *(RFC_822, WITHOUT_A_ZONE, ISO_8601, OTHERS, ZONES, DAY_FIRST, OF_DRUPAL, IN_WORDS),
    *(NOT_IN_A_CALENDAR, SINCE_1970, FUTURE),
]


@pytest.mark.parametrize(("said", "meant"), [pair for form in FORMS for pair in form.items()])
def test_a_date_is_read(said: str, meant: datetime) -> None:
    assert read_date(said) == meant


NEVER = [
    *("", " ", "yesterday", "16 Nov", "24:00", "24:00:00", "10:30 yesterday", "10:30", "Monday"),
    *("01/02/2025", "02-01-2001", "01/02/03", "01/02/2025 - 13:03"),
    *("0", "17", "1751", "176328360012", "17632836001234567", "-1763283600", "٢٠٢٦"),
    *("Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z", "1970-01-01"),
    *("Thu, 01 Jan 1970 01:00:00 +0100", "Wed, 31 Dec 1969 19:00:00 -0500"),
    *("Wed, 30 Nov -0001 00:00:00 +0000", "0000-00-00 00:00:00", "Mon, 01 Jan 0001 00:00:00 +0000"),
    *("jui 3 2018", "3. Foo 2018 10:00 Uhr"),
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


LANGUAGES = ("de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh", "el", "hu")
PATTERNS = (
    *("EEE, dd MMM y HH:mm:ss Z", "EEEE, d MMMM y HH:mm:ss Z", "d LLL y HH:mm:ss Z"),
    "d LLLL y, HH:mm:ss Z",
)


@pytest.mark.parametrize("language", LANGUAGES)
@given(moment=MOMENTS)
def test_every_moment_is_read_in_every_language(language: str, moment: datetime) -> None:
    for pattern in PATTERNS:
        assert read_date(format_moment(moment, pattern, locale=language)) == moment
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    for length in ("full", "long", "medium"):
        assert read_date(format_day(moment, length, locale=language)) == midnight


@given(st.text() | st.text("0123456789 :-/.+TZtzJanMondayGMT,", max_size=40))
def test_any_text_is_a_date_or_none(said: str) -> None:
    read = read_date(said)
    assert read is None or (read.tzinfo is UTC and 1970 <= read.year < 9999)
