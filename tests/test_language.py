"""How languages write dates, numbers and counts, and how values come into their texts."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from digest.language import Language, language_of, languages

DAY = date(2026, 11, 20)


def plain(text: str) -> str:
    """A text with ordinary spaces: which ones CLDR has differs by version."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("tag", "day", "month", "weekday", "hour"),
    [
        ("en", "20 November 2026", "20 November", "Friday", "09:05"),
        ("en-US", "November 20, 2026", "November 20", "Friday", "9:05 AM"),
        ("de", "20. November 2026", "20. November", "Freitag", "09:05"),
        ("fr", "20 novembre 2026", "20 novembre", "vendredi", "09:05"),
        ("es", "20 de noviembre de 2026", "20 de noviembre", "viernes", "9:05"),
        ("pt-BR", "20 de novembro de 2026", "20 de novembro", "sexta-feira", "09:05"),
        ("ja", "2026年11月20日", "11月20日", "金曜日", "9:05"),
        ("ar", "20 نوفمبر 2026", "20 نوفمبر", "الجمعة", "9:05 ص"),
        ("he", "20 בנובמבר 2026", "20 בנובמבר", "יום שישי", "9:05"),
    ],
)
def test_a_day(tag: str, day: str, month: str, weekday: str, hour: str) -> None:
    language = language_of(tag)

    assert language.day(DAY) == day
    assert language.day_and_month(DAY) == month
    assert language.weekday(DAY) == weekday
    assert plain(language.time_of_day(time(9, 5))) == hour


@pytest.mark.parametrize(
    ("tag", "days", "months", "years"),
    [
        (
            "en",
            "13 to 20 November 2026",
            "30 October to 20 November 2026",
            "30 December 2025 to 20 November 2026",
        ),
        (
            "en-US",
            "November 13 – 20, 2026",
            "October 30 – November 20, 2026",
            "December 30, 2025 – November 20, 2026",
        ),
        (
            "de",
            "13.–20. November 2026",
            "30. Oktober – 20. November 2026",
            "30. Dezember 2025 – 20. November 2026",
        ),
        (
            "es",
            "13–20 de noviembre de 2026",
            "30 de octubre – 20 de noviembre de 2026",
            "30 de diciembre de 2025 – 20 de noviembre de 2026",
        ),
        (
            "ja",
            "2026年11月13日～20日",
            "2026年10月30日～11月20日",
            "2025年12月30日～2026年11月20日",
        ),
        (
            "ar",
            "13–20 نوفمبر 2026",
            "30 أكتوبر – 20 نوفمبر 2026",
            "30 ديسمبر 2025 – 20 نوفمبر 2026",
        ),
    ],
)
def test_a_period(tag: str, days: str, months: str, years: str) -> None:
    language = language_of(tag)

    assert language.period(DAY, DAY) == language.day(DAY)
    assert plain(language.period(date(2026, 11, 13), DAY)) == days
    assert plain(language.period(date(2026, 10, 30), DAY)) == months
    assert plain(language.period(date(2025, 12, 30), DAY)) == years


@pytest.mark.parametrize(
    ("tag", "ages"),
    [
        ("en", ["Friday", "Thursday", "Wednesday", "Saturday", "13 November"]),
        ("en-US", ["Friday", "Thursday", "Wednesday", "Saturday", "November 13"]),
        ("de", ["Freitag", "Donnerstag", "Mittwoch", "Samstag", "13. November"]),
        ("ja", ["金曜日", "木曜日", "水曜日", "土曜日", "11月13日"]),
    ],
)
def test_an_age(tag: str, ages: list[str]) -> None:
    days = (0, 1, 2, 6, 7)
    assert [language_of(tag).age(DAY - timedelta(n), DAY) for n in days] == ages


@given(st.integers(-400, 400), st.sampled_from(languages()))
def test_an_age_has_a_year_where_it_is_not_this_one(days: int, tag: str) -> None:
    day = DAY - timedelta(days)
    said = language_of(tag).age(day, DAY)
    assert (str(day.year) in said) == (day.year != DAY.year)
    assert language_of(tag).age(DAY - timedelta(6), DAY) == language_of(tag).weekday(
        DAY - timedelta(6)
    )


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", ["1 story", "2 stories", "12,000 stories"]),
        ("en-US", ["1 story", "2 stories", "12,000 stories"]),
        ("de", ["1 Artikel", "2 Artikel", "12.000 Artikel"]),
        ("fr", ["1 article", "2 articles", "12 000 articles"]),
        ("ja", ["記事1件", "記事2件", "記事12,000件"]),
        ("ar", ["مقال واحد", "مقالان", "12,000 مقال"]),
    ],
)
def test_a_count(tag: str, said: list[str]) -> None:
    numbers = (1, 2, 12_000)
    assert [plain(language_of(tag).count(n, "story", "stories")) for n in numbers] == said


def test_arabic_has_its_six_forms() -> None:
    count = language_of("ar").count
    assert [count(n, "story", "stories") for n in (0, 1, 2, 3, 10, 11, 99, 100, 103)] == [
        *("لا مقالات", "مقال واحد", "مقالان", "3 مقالات", "10 مقالات"),
        *("11 مقالًا", "99 مقالًا", "100 مقال", "103 مقالات"),
    ]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", ["4\u00a0min", "2\u00a0h", "1\u00a0h\u00a020\u00a0min"]),
        ("de", ["4\u00a0Min.", "2\u00a0Std.", "1\u00a0Std.\u00a020\u00a0Min."]),
        ("ja", ["4分", "2時間", "1時間20分"]),
        ("ar", ["4\u00a0دقائق", "ساعتان", "ساعة\u00a0واحدة\u00a0و20\u00a0دقيقة"]),
    ],
)
def test_a_duration(tag: str, said: list[str]) -> None:
    assert [language_of(tag).duration(minutes) for minutes in (4, 120, 80)] == said


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", "Friday, 20 November"),
        ("en-US", "Friday, November 20"),
        ("fr", "vendredi 20 novembre"),
        ("ja", "11月20日（金曜日）"),
    ],
)
def test_a_day_to_come(tag: str, said: str) -> None:
    assert language_of(tag).day_to_come(DAY) == said


def test_names_are_listed_with_the_comma_of_the_language() -> None:
    lists = {tag: language_of(tag).list_of(["A", "B"]) for tag in ("en", "de", "ja", "ar")}
    assert lists == {"en": "A, B", "de": "A, B", "ja": "A、B", "ar": "A، B"}


def test_languages_are_written_one_way_or_the_other() -> None:
    assert {tag for tag in languages() if language_of(tag).direction == "rtl"} == {"ar", "he"}


def test_what_is_not_in_a_catalog_stays_as_it_is() -> None:
    assert language_of("de").translate("Read on, {name}", name="Ada") == "Read on, Ada"
    assert language_of("de").count(2, "link") == "2 links"


def test_a_text_is_markup_where_a_value_is_and_the_rest_of_it_escaped() -> None:
    language = Language()

    assert type(language.translate("a & {b}", b="<i>")) is str
    said = language.translate("{a} & {b} & {n}", a=Markup("<b>A</b>"), b="<i>", n=1_000)
    assert isinstance(said, Markup)
    assert said == "<b>A</b> &amp; &lt;i&gt; &amp; 1,000"


def test_a_value_is_not_looked_into_nor_filled_itself() -> None:
    language = Language()

    assert language.translate("{a.__class__} {a}", a="{b}", b="c") == "{a.__class__} {b}"
    with pytest.raises(ValueError, match="is given no value for 'a'"):
        language.translate("{a}")
