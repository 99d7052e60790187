from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from digest.store.tables import UtcDateTime

DIALECT = sqlite.dialect()
# A day from either end of the calendar, every zone is still inside it.
AWARE = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-24 * 60 + 1, 24 * 60 - 1).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    ),
)


def text(moment: datetime) -> str:
    stored = UtcDateTime().process_bind_param(moment, DIALECT)
    assert stored is not None
    return stored


@given(AWARE, AWARE)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    assert (text(one) < text(other)) == (one < other)
    assert (text(one) == text(other)) == (one == other)


@given(AWARE)
def test_a_time_comes_back_as_it_was_in_utc(moment: datetime) -> None:
    again = UtcDateTime().process_result_value(text(moment), DIALECT)
    assert again == moment
    assert again.tzinfo == UTC


def test_no_time_is_no_time() -> None:
    assert UtcDateTime().process_bind_param(None, DIALECT) is None
    assert UtcDateTime().process_result_value(None, DIALECT) is None
