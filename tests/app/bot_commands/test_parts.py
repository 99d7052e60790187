"""The pure parts of commands: their text, how many are answered, how long an outage is waited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app.bot_commands.command_text import (
    Command,
    parse_command,
    parse_pause,
)
from digest.app.bot_commands.outage import Outage, pause_after
from digest.app.bot_commands.quota import Quota
from digest.errors import UsageError
from tests.jobs.bench import StoppedClock, open_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/now", Command("now")),
        ("  /Now  weekly\n reading ", Command("now", "weekly reading")),
        ("/why how?", Command("why", "how?")),
        ("/pause\t1w", Command("pause", "1w")),
        *(
            (text, None)
            for text in ("now", "", "/", "//now", "/now@bot", "/1", "see /now", "/ now")
        ),
    ],
)
def test_a_message_is_a_command_or_none(text: str, command: Command | None) -> None:
    assert parse_command(text) == command


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_on_one_line(text: str) -> None:
    for written in (text, f"/why {text}"):
        command = parse_command(written)
        assert command is None or command.words == " ".join(command.words.split())


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        *(("12h", 12), ("1 hour", 1), ("3d", 72), ("1 DAY", 24), ("1w", 168), ("2 weeks", 336)),
        ("26w", 26 * 168),
    ],
)
def test_a_pause_has_a_length(words: str, hours: int) -> None:
    assert parse_pause(words) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "words", ["", "0d", "1", "w", "-1d", "1m", "27w", "9999w", "99999d", "1w 2d", "²d", "forever"]
)
def test_what_is_no_length_is_told_with_examples(words: str) -> None:
    with pytest.raises(UsageError, match="12h, 3d, 1w, or 2 weeks"):
        parse_pause(words)


def test_a_quota_is_of_each_and_of_all_and_told_once_a_minute() -> None:
    now = [0.0]
    quota = Quota(2, 5, clock=lambda: now[0])
    assert [quota.judge("ada") for _ in range(4)] == ["allowed", "allowed", "told", "ignored"]
    others = [quota.judge(str(number)) for number in range(9)]
    # Of those who are one too many, no more are told so than are answered.
    assert others == ["allowed"] * 3 + ["told"] * 4 + ["ignored"] * 2
    now[0] = 60.0
    assert quota.judge("ada") == "allowed"


async def test_an_outage_is_an_incident_after_ten_minutes_and_over_with_it(tmp_path: Path) -> None:
    clock = StoppedClock()
    async with open_store(tmp_path) as store:

        async def told() -> list[tuple[str, str, str]]:
            found = await store.transact(lambda opened: opened.incidents.open_ones())
            return [(each.kind, each.subject, each.message) for each in found]

        outage = Outage(store, "phone")
        await outage.note("conflict", None, clock())
        clock.turn(minutes=9)
        await outage.note("conflict", None, clock())
        assert await told() == []
        clock.turn(minutes=1)
        await outage.note("conflict", None, clock())
        assert await told() == [("commands", "phone", "conflict")]
        # A process that was started since knows nothing of it.
        await Outage(store, "phone").end(clock())
        assert await told() == []


def test_who_cannot_be_asked_is_asked_less_and_less_or_when_it_says() -> None:
    pauses = [pause_after(failures, None).total_seconds() for failures in (1, 2, 3, 8, 9, 999)]
    assert pauses == [2, 4, 8, 256, 300, 300]
    hour = timedelta(hours=1)
    assert (pause_after(1, hour), pause_after(9, timedelta(seconds=1))) == (
        hour,
        timedelta(minutes=5),
    )
