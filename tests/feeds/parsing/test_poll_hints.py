from __future__ import annotations

from datetime import timedelta

import pytest

from digest.model import PollHints
from tests.feed_xml import parse_feed, rss

NAMESPACE = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def wished(*elements: str) -> PollHints:
    body = rss(*elements).replace("<rss", f"<rss {NAMESPACE}")
    return parse_feed(body.encode(), "https://site.example/").poll_hints


def period(said: str) -> str:
    return f"<sy:updatePeriod>{said}</sy:updatePeriod>"


def frequency(said: str) -> str:
    return f"<sy:updateFrequency>{said}</sy:updateFrequency>"


@pytest.mark.parametrize(
    ("said", "interval"),
    [
        (["<ttl>90</ttl>"], timedelta(minutes=90)),
        (["<ttl> 90\n</ttl>"], timedelta(minutes=90)),
        ([period("hourly")], timedelta(hours=1)),
        ([period(" Daily ")], timedelta(days=1)),
        ([period("weekly"), frequency("7")], timedelta(days=1)),
        ([period("monthly")], timedelta(days=30)),
        ([period("yearly")], timedelta(days=365)),
        ([frequency("4")], timedelta(hours=6)),
        ([period("hourly"), "<ttl>90</ttl>"], timedelta(minutes=90)),
        ([period("daily"), "<ttl>90</ttl>"], timedelta(days=1)),
        ([period("sometimes"), "<ttl>90</ttl>"], timedelta(minutes=90)),
        ([period("daily"), "<ttl>soon</ttl>"], timedelta(days=1)),
    ],
)
def test_the_longest_interval_is_wished(said: list[str], interval: timedelta) -> None:
    assert wished(*said) == PollHints(interval=interval)


@pytest.mark.parametrize(
    "said",
    [
        *("", "<ttl/>", "<ttl>0</ttl>", "<ttl>-5</ttl>", "<ttl>1.5</ttl>", '<ttl unit="m">5</ttl>'),
        f"<ttl>{'9' * 5_000}</ttl>",
        *(period("sometimes"), period("daily") + frequency("0"), period("daily") + frequency("x")),
        *("<skipHours/>", "<skipHours><hour>25</hour><hour>x</hour><hour/></skipHours>"),
        "<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>",
        "<skipDays><day>Someday</day></skipDays>",
        "<!-- <skipHours><hour>3</hour></skipHours> -->",
        "<item><title>&lt;skipHours>&lt;hour>3&lt;/hour>&lt;/skipHours></title></item>",
    ],
)
def test_nonsense_is_no_wish(said: str) -> None:
    assert wished(said) == PollHints()


def test_all_days_are_no_wish() -> None:
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    days = [f"<day>{name}</day>" for name in week]
    assert wished(f"<skipDays>{''.join(days)}</skipDays>") == PollHints()
    six = wished(f"<skipDays>{''.join(days[1:])}</skipDays>")
    assert six.skip_days == {1, 2, 3, 4, 5, 6}


def test_hours_and_days_are_read_where_they_are_said() -> None:
    said = wished(
        "<skipDays>\n<day>\nMONDAY </day></skipDays><item><hour>7</hour></item>",
        "<skipHours><hour>24</hour><hour>05</hour></skipHours><day>Sunday</day>",
    )
    assert said == PollHints(skip_hours=frozenset({0, 5}), skip_days=frozenset({0}))
