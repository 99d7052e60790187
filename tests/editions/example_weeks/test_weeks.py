"""Every example lives through a week: what came is at each of its places, once, and in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from digest.cli.setup.example import EXAMPLES
from tests import limits
from tests.editions.example_weeks.week import lived
from tests.editions.example_weeks.world import CALENDAR, EVENTS, LIKED, MONDAY, notes_in
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

# It has a week of its own, in which much goes wrong.
BRIEFING = "morning-briefing"
DEAD = f"{LIKED}/ai"


class Expected(NamedTuple):
    """What an example does in a week: its editions by their hours, and its places."""

    hours: list[str]
    places: set[str]
    words: str = ""
    """What titles have, where only such are let in beside what is tagged as one's own."""
    most: int | None = None
    """How many titles an edition has room for, where the rest is left out."""


WEEKDAYS = range(5)
EXPECTED = {
    "friday-digest": Expected(["4 16:00"], {"ada@example.com"}),
    "team-slack": Expected([f"{day} 09:30" for day in WEEKDAYS], {"a channel"}),
    "security-advisories": Expected(
        [f"{day} 08:00" for day in WEEKDAYS], {"a community", "a workflow"}, words="openssl"
    ),
    "newsletters-in-one": Expected(["5 08:00"], {"ada@example.com"}),
    "research": Expected([f"{day} 07:00" for day in WEEKDAYS], {"ada@example.com", "notes"}),
    "family": Expected(["6 08:00"], {"grandma@example.com", "oma@example.com"}, most=8),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*EXAMPLES} - {BRIEFING}))
async def test_a_week(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A day of this week takes no second, for which a Maildir leaves alone what is new.
    monkeypatch.setattr("digest.feeds.mailboxes.maildir._SETTLING", 0)
    expected = EXPECTED[name]
    async with lived(name, tmp_path, always=expected.words) as week:
        await week.run()

        assert week.failed == set()
        assert await week.states() == {"sent"}
        hours = sorted({f"{(at - MONDAY).days} {at:%H:%M}" for _, at in week.editions})
        assert hours == expected.hours
        shown = week.places.shown()
        assert shown.keys() == expected.places
        last = max(at for _, at in week.editions)
        titles = week.planned.all_by(last)
        assert titles
        for place, text in shown.items():
            found = {title: text.count(title.partition(" ")[0]) for title in titles}
            assert {title: times for title, times in found.items() if times > 1} == {}, place
            missing = [title for title, times in found.items() if not times]
            assert len(missing) == (len(titles) - expected.most if expected.most else 0), missing


@pytest.mark.slow
async def test_the_briefing_is_there_whatever_is_down(tmp_path: Path) -> None:
    """The weather is off on two days, the calendar on another, and a source is dead from one on."""

    def morning(day: int) -> None:
        down = day in {2, 4}
        week.weather.replies = {"/v1/forecast": Reply("busy", 503)} if down else {}
        week.web.replies = {CALENDAR: Reply("busy", 503) if day == 6 else EVENTS}

    watched = {(f"{LIKED}/programming", 3): "kubernetes"}
    async with lived(BRIEFING, tmp_path, words=watched, dead_from={DEAD: 3}) as week:
        await week.run(morning)

        assert week.failed == {"DEV, AI"}
        assert await week.states() == {"sent"}
        assert [f"{at:%H:%M}" for _, at in week.editions] == ["09:00"] * 7
        # Deliveries begin as soon as an edition is there, and are done within ten seconds.
        assert week.slowest < limits.seconds(10)
        shown = week.places.shown()
        assert shown.keys() == {"a chat", "a channel", "notes"}
        titles = week.planned.all_by(week.clock())
        assert len(titles) == 6 * 7 + 7 - 4
        for text in shown.values():
            assert {text.count(title.partition(" ")[0]) for title in titles} == {1}
        notes = notes_in(tmp_path)
        [day] = [text for text in notes if "kubernetes" in text]
        _, first = min((day.find(title), title) for title in titles if title in day)
        assert "kubernetes" in first
        # What was down that day is not there, and nothing else is missing for it.
        assert [int("°C" in text) for text in notes] == [1, 1, 0, 1, 0, 1, 1]
        assert [int("Stand-up" in text) for text in notes] == [0, 0, 1, 1, 1, 1, 0]
