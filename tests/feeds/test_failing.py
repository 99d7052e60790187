from __future__ import annotations

from datetime import timedelta

import pytest

from digest.feeds.failing import is_incident, is_moody, needs_attention, passes_by_itself
from tests.feed_xml import NOW

YOUTUBE = "https://www.youtube.com/feeds/videos.xml?channel_id=UC1"
OTHER = "https://site.example/feed.xml"


@pytest.mark.parametrize(
    ("url", "moody"),
    [
        (YOUTUBE, True),
        ("https://YouTube.com./feeds/videos.xml", True),
        ("https://notyoutube.com/feed", False),
        ("https://youtube.com.site.example/feed", False),
        (OTHER, False),
        ("hackernews:front", False),
    ],
)
def test_where_feeds_fail_for_days_and_live_on(url: str, moody: bool) -> None:
    assert is_moody(url) is moody


@pytest.mark.parametrize(
    ("url", "hours", "failures", "attention", "incident"),
    [
        (OTHER, 0, 1, True, False),
        (OTHER, 23, 9, True, False),
        (OTHER, 24, 4, True, False),
        (OTHER, 24, 5, True, True),
        (YOUTUBE, 0, 1, False, False),
        (YOUTUBE, 71, 50, False, False),
        (YOUTUBE, 72, 2, True, True),
    ],
)
def test_when_a_person_is_told(
    url: str, hours: int, failures: int, attention: bool, incident: bool
) -> None:
    now = NOW + timedelta(hours=hours)
    assert needs_attention(url, NOW, failures, now, passes=False) is attention
    assert needs_attention(url, NOW, failures, now, passes=True) is incident
    assert is_incident(url, NOW, failures, now) is incident


def test_an_answer_that_cannot_be_read_is_no_mood() -> None:
    assert not is_moody(YOUTUBE, 200)
    assert needs_attention(YOUTUBE, NOW, 1, NOW, passes=False, status=200)
    assert not needs_attention(YOUTUBE, NOW, 1, NOW, passes=False, status=404)
    assert is_incident(YOUTUBE, NOW, 5, NOW + timedelta(days=1), 200)


def test_the_first_failure_is_no_incident() -> None:
    assert not is_incident(OTHER, None, 1, NOW)
    assert not is_incident(YOUTUBE, None, 1, NOW)


@pytest.mark.parametrize(
    ("status", "passes"),
    [(None, True), (500, True), (503, True), (429, True), (404, False), (200, False)],
)
def test_what_passes_by_itself(status: int | None, passes: bool) -> None:
    assert passes_by_itself(status, was_read=True) is passes
    assert not passes_by_itself(status, was_read=False)
