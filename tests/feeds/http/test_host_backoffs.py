from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import PostponedError
from digest.feeds.http.host_backoffs import (
    HostBackoffs,
    after_refusal,
    after_wish,
    asked_hosts,
)
from digest.model import HostBackoff
from tests.feed_xml import NOW
from tests.jobs.bench import StoppedClock

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def refusals_in(hours: int, wait: timedelta | None) -> list[datetime]:
    """When a host is asked that refuses everything, by who asks as soon as it may."""
    now, backoff, asked = NOW, None, []
    while now < NOW + hours * HOUR:
        asked.append(now)
        backoff = after_refusal(backoff, "h", wait, now)
        now = backoff.until
    return asked


def test_a_minute_that_doubles_up_to_six_hours() -> None:
    asked = refusals_in(48, None)
    minutes = [(later - sooner) // MINUTE for sooner, later in itertools.pairwise(asked)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360, 360, 360]


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_a_host_that_says_less_is_not_asked_sooner(seconds: int) -> None:
    assert refusals_in(48, timedelta(seconds=seconds)) == refusals_in(48, None)


def test_a_host_that_says_more_is_asked_then() -> None:
    asked = refusals_in(10, 2 * HOUR)
    assert len(asked) == 5
    assert asked[1] - asked[0] == 2 * HOUR


def test_refusals_of_requests_that_were_under_way_are_one() -> None:
    first = after_refusal(None, "h", None, NOW)
    assert after_refusal(first, "h", None, NOW) == first
    longer = after_refusal(first, "h", HOUR, NOW)
    assert longer == HostBackoff("h", NOW, NOW + HOUR, 1)


def test_a_refusal_after_a_wish_is_the_first() -> None:
    wish = after_wish(None, "h", HOUR, NOW)
    assert wish == HostBackoff("h", NOW, NOW + HOUR)
    early = after_refusal(wish, "h", None, NOW + MINUTE)
    assert (early.refusals, early.until) == (1, NOW + HOUR)
    assert after_wish(wish, "h", MINUTE, NOW).until == NOW + HOUR


def test_an_answer_ends_a_row_of_refusals_once_its_time_is_over() -> None:
    clock = StoppedClock()
    backoffs = HostBackoffs(clock)
    backoffs.refused("h", None)
    # Of a request that was under way.
    backoffs.answered("h")
    with pytest.raises(PostponedError):
        backoffs.check("h")
    clock.turn(minutes=1)
    backoffs.check("h")
    assert backoffs.refused("h", None).refusals == 2
    clock.turn(hours=1)
    backoffs.answered("h")
    assert backoffs.known == {}


def test_hosts_are_forgotten() -> None:
    clock = StoppedClock()
    backoffs = HostBackoffs(clock)
    for number in range(100):
        clock.turn(days=1)
        backoffs.refused(f"h{number}", None)
    assert len(backoffs.known) < 32


ANSWERS = st.sampled_from(["refuses", "wishes", "answers"])
WAITS = st.none() | st.timedeltas(timedelta(0), timedelta(days=40))
SPANS = st.timedeltas(timedelta(0), timedelta(hours=12))


@given(st.lists(st.tuples(SPANS, ANSWERS, WAITS), max_size=30))
def test_no_time_that_was_said_is_ever_cut_short(
    answers: list[tuple[timedelta, str, timedelta | None]],
) -> None:
    clock, until = StoppedClock(), NOW
    backoffs = HostBackoffs(clock)
    for span, answer, wait in answers:
        clock.now += span
        if answer == "refuses":
            until = max(until, clock.now + (wait or MINUTE))
            backoffs.refused("h", wait)
        elif answer == "wishes" and wait is not None:
            until = max(until, clock.now + wait)
            backoffs.leave_alone("h", wait)
        else:
            backoffs.answered("h")
        if clock.now < until:
            with pytest.raises(PostponedError):
                backoffs.check("h")


def test_which_hosts_are_asked() -> None:
    addresses = ("https://A.example:443/feed", "http://b.example:8080/", "hackernews:front", None)
    assert asked_hosts(*addresses) == {"a.example", "b.example:8080"}
    assert asked_hosts("http://a.example/") == asked_hosts("https://a.example/")
