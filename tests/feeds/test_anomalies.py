from __future__ import annotations

from datetime import timedelta

import pytest

from digest.feeds.anomalies import expected, is_gap, may_be_flood, outruns
from digest.model import ParsedEntry
from tests.feed_xml import NOW
from tests.feeds.memory import Memory

HOUR = timedelta(hours=1)


def dated(*hours_ago: float | None) -> list[ParsedEntry]:
    return [
        ParsedEntry(str(n), "", f"Entry {n}", "", None if age is None else NOW - age * HOUR, "")
        for n, age in enumerate(hours_ago)
    ]


def entries(guids: str) -> list[ParsedEntry]:
    return [ParsedEntry(guid, "", guid, "", NOW, "") for guid in guids]


@pytest.mark.parametrize(
    ("new", "listed", "flood"),
    [(10, 1, False), (11, 1, True), (11, 22, False), (12, 22, True), (1_000, 0, False)],
)
def test_how_many_may_be_a_flood(new: int, listed: int, *, flood: bool) -> None:
    assert may_be_flood(new, listed) is flood


def test_a_feed_may_bring_twice_what_it_usually_does_in_the_time() -> None:
    assert expected(4.0, timedelta(days=30)) == 240
    assert expected(4.0, 3 * HOUR) == 1
    assert expected(0.0, timedelta(days=400)) == 0


@pytest.mark.parametrize(
    ("ages", "outrun"),
    [
        ([0.1, 0.2, 0.5, 1, 1.9], True),
        ([0.1, 0.2, 0.5, 1, 2.1], False),
        ([0.1, 0.2, 0.5, 1], False),
        ([None] * 20, False),
        ([*[None] * 20, 0.1, 0.2, 0.3, 0.4, 0.5], True),
        ([-5, -4, -3, -2, -1], True),
    ],
)
def test_a_list_must_reach_back_over_two_polls(ages: list[float | None], *, outrun: bool) -> None:
    assert outruns(dated(*ages), HOUR, NOW) is outrun


@pytest.mark.parametrize(
    ("before", "now", "gap"),
    [
        ("abc", "def", True),
        ("abc", "cde", False),
        # A feed of one entry never overlaps; one that is empty has nothing to overlap with.
        ("a", "bcd", False),
        ("abc", "d", False),
        ("", "abc", False),
    ],
)
def test_what_is_a_gap(before: str, now: str, *, gap: bool) -> None:
    memory = Memory()
    memory.read(*entries(before))
    assert is_gap(memory.read(*entries(now)), len(before)) is gap
