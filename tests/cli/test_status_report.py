"""`status` for a person: the verdict, what mends what, feeds by health, and in place."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from digest.app.results import (
    Attention,
    Counts,
    DigestPlan,
    FeedCondition,
    FeedHealth,
    LargeFeed,
    Status,
    Storage,
)
from digest.cli.status import code_of
from digest.cli.status_report import overview
from digest.cli.status_watch import SECONDS, watch
from digest.jobs.pairing import PausedChannel
from tests import limits
from tests.conftest import environment

if TYPE_CHECKING:
    from tests.cli.project import Project

# A Friday.
NOW = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def feed(key: str, health: FeedCondition = "ok", **more: Any) -> FeedHealth:
    known = FeedHealth(
        url=f"https://{key}.example/",
        name=key,
        health=health,
        polled_at=NOW - timedelta(minutes=20),
        last_new_at=NOW - timedelta(days=2),
        next_poll_at=NOW + timedelta(minutes=40),
        failures=0,
        failing_since=None,
        status=200,
        error=None,
        missed_at=None,
        moved_to=None,
    )
    return replace(known, **more)


def digest(
    name: str,
    at: datetime,
    last: str | None = None,
    weekly: tuple[int, datetime | None] = (0, None),
) -> DigestPlan:
    return DigestPlan(
        name=name,
        title=name,
        schedule="every monday at 09:00",
        next_edition="",
        next_edition_at=at,
        last_due="Mon 2026-11-23 09:00 CET",
        last_due_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC) if last else None,
        last_result=last,
        weekly_readers=weekly[0],
        weekly_edition_at=weekly[1],
    )


def report(*feeds: FeedHealth, **more: Any) -> Status:
    status = Status(
        feeds=feeds or (feed("a"),),
        digests=(digest("weekly", datetime(2026, 11, 30, 8, 0, tzinfo=UTC), "published"),),
        deliveries=Counts(pending=2, sent=40),
        attention=(),
        storage=Storage(),
    )
    return replace(status, **more)


def need(kind: str, name: str, message: str, url: str | None = None) -> Attention:
    return Attention(kind, name, url, message)


def shown(what: Status, *, running: bool = True, everything: bool = False) -> list[str]:
    lines = overview(what, BERLIN, NOW, running=running, everything=everything)
    return [line.text for line in lines]


def test_all_is_well_in_one_line() -> None:
    lines = shown(report())
    assert lines[0] == "All well: next edition 'weekly' on Monday at 09:00 (in 2 d 14 h)"
    assert "  weekly  on Monday at 09:00 (in 2 d 14 h), every monday at 09:00" in lines[3]
    assert lines[3].endswith("; last: published (Mon 2026-11-23 09:00 CET)")
    counts = "Deliveries: 2 pending, 40 sent, 0 retrying, 0 failed, 0 unknown"
    assert lines[5:] == ["Feeds: 1 well", "", counts, "Database: 0.0 MB"]


def test_the_size_of_the_database_comes_last() -> None:
    large = tuple(LargeFeed("u", name, 1_250_000) for name in ("A feed", "Another"))
    storage = Storage(bytes=12_340_000, largest_feeds=large)
    lines = [shown(report(storage=storage), everything=one)[-1] for one in (False, True)]
    assert lines == [
        "Database: 12.3 MB, most of A feed (1.2 MB)",
        "Database: 12.3 MB, most of A feed (1.2 MB), Another (1.2 MB)",
    ]
    empty = report(storage=Storage(bytes=90_000))
    assert shown(empty)[-1] == "Database: 0.1 MB"


def test_a_channel_that_somebody_has_paused_is_named() -> None:
    pause = PausedChannel("phone", NOW + timedelta(days=2))
    counts = shown(report()).index(
        "Deliveries: 2 pending, 40 sent, 0 retrying, 0 failed, 0 unknown"
    )
    lines = shown(report(paused=(pause,)))
    assert lines[counts + 1] == "  phone is paused until Sun 2026-11-29 19:00 CET"


def test_that_nothing_runs_is_said() -> None:
    lines = shown(report(), running=False)
    assert lines[0] == "No daemon runs now: nothing happens until `digest run`"
    assert "All well" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("ahead", "when"),
    [
        (timedelta(hours=-1), "today at 18:00 (due now)"),
        (timedelta(minutes=12), "today at 19:12 (in 12 min)"),
        (timedelta(hours=5, minutes=3), "on Saturday at 00:03 (in 5 h 3 min)"),
        (timedelta(hours=14), "on Saturday at 09:00 (in 14 h 0 min)"),
        (timedelta(days=7), "on Friday, 2026-12-04 at 19:00 (in 7 d 0 h)"),
    ],
)
def test_when_the_next_edition_is(ahead: timedelta, when: str) -> None:
    digests = [
        digest("weekly", NOW + timedelta(days=30)),
        digest("daily", NOW + ahead),
    ]
    lines = shown(report(digests=digests))
    assert lines[0] == f"All well: next edition 'daily' {when}"
    assert [line.split()[0] for line in lines[3:5]] == ["daily", "weekly"]


def test_deliveries_that_nobody_waits_for_are_settled() -> None:
    lines = shown(report(deliveries=Counts(sent=4, failed=1, settled=2)))
    counts = "0 pending, 4 sent, 0 retrying, 1 failed, 0 unknown"
    settled = "2 settled (their recipients have left or bounced)"
    assert f"Deliveries: {counts}, {settled}" in lines


def test_who_gets_it_weekly_is_told_of() -> None:
    at = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    rows = [digest("weekly", at, weekly=(3, at + timedelta(days=2)))]
    assert shown(report(digests=rows))[4] == (
        "          all in one on Monday at 09:00 (in 2 d 14 h), for 3 who get it weekly"
    )


@pytest.mark.parametrize(
    ("kind", "name", "message", "mend"),
    [
        ("feed", "a", "answered 404", "digest feeds test https://a.example/"),
        ("gone", "a", "gone", "digest feeds remove https://a.example/"),
        ("flood", "a", "30 entries", "digest held https://a.example/"),
        ("moved", "a", "moved", "change its url in the configuration file"),
        ("missed", "a", "missed", "give it a shorter `every` in the configuration file"),
        ("rotates", "a", "rotates", "give it `identity: link` in the configuration file"),
        ("channel", "team", "rests", "digest check --online"),
        (
            "disk",
            "/data",
            "full",
            "make room, or mount it so that it can be written; then: digest check --online",
        ),
        ("digest", "weekly", "not published", "digest preview weekly"),
        (
            "delivery",
            "weekly to inbox (ada)",
            "failed: 550",
            "digest deliveries --state failed, then: digest retry ID",
        ),
        ("something new", "x", "odd", "digest incidents"),
        ("feed", "https://b.example/?x&y", "no", "digest feeds test 'https://b.example/?x&y'"),
    ],
)
def test_what_needs_attention_comes_with_what_mends_it(
    kind: str, name: str, message: str, mend: str
) -> None:
    url = "https://a.example/" if name == "a" else None
    lines = shown(report(attention=[need(kind, name, message, url)]))
    assert lines[:3] == ["1 thing needs attention", f"! {kind} {name}: {message}", f"    {mend}"]


def test_feeds_that_are_called_alike_are_told_apart() -> None:
    feeds = [feed("a", name="one.example"), feed("b", name="one.example")]
    needs = [need("feed", same.name, "answered 404", same.url) for same in feeds]
    lines = shown(report(*feeds, attention=needs))
    assert [line.split()[-1] for line in lines if "feeds test" in line] == [
        "https://a.example/",
        "https://b.example/",
    ]


FEEDS = (
    feed("good"),
    feed("new", "not polled yet", polled_at=None, next_poll_at=None, last_new_at=None),
    feed("late", next_poll_at=NOW - timedelta(hours=3)),
    feed("rest", "paused", next_poll_at=None),
    feed("still", last_new_at=NOW - timedelta(days=100)),
    feed("fast", missed_at=NOW - timedelta(days=1)),
    feed("bad", "failing", error="answered 500"),
    feed("dead", "gone", error="answered 410"),
)


def test_feeds_stand_by_health_the_worst_first() -> None:
    lines = shown(report(*FEEDS))
    begin = next(n for n, line in enumerate(lines) if line.startswith("Feeds"))
    assert lines[begin : begin + 8] == [
        "Feeds: 1 failing, 1 gone, 1 outrun, 1 late, 1 quiet, 1 not polled yet, 1 paused, 1 well",
        "  failing         bad: answered 500",
        "  gone            dead: answered 410",
        "  outrun          fast: brought more between two polls than it lists",
        "  late            late: was due 3 h ago",
        "  quiet           still: nothing new since 2026-08-19",
        "  not polled yet  new",
        "  paused          rest",
    ]
    assert not any("good" in line for line in lines)
    assert "  well            good: polled 20 min ago, new 2 d ago" in shown(
        report(*FEEDS), everything=True
    )


def test_a_group_of_many_is_cut_short() -> None:
    many = [feed(f"f{n}", "failing", error="no") for n in range(30)]
    lines = shown(report(*many))
    assert sum(line.endswith(": no") for line in lines) == 10
    assert "  failing         and 20 more; -v shows all" in lines
    assert sum(line.endswith(": no") for line in shown(report(*many), everything=True)) == 30


def test_it_is_shown_anew_until_q() -> None:
    pressed = iter([None, "x", "q", None])
    numbers = iter(range(9))
    seen: list[int] = []
    waited: list[float] = []

    def key(seconds: float) -> str | None:
        waited.append(seconds)
        return next(pressed)

    watch(lambda: next(numbers), seen.append, key)
    assert (seen, waited) == ([0, 1, 2], [SECONDS] * 3)


def test_watching_needs_a_terminal(project: Project) -> None:
    project.configure("/feed")
    done = project.command("status", "--watch")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("digest: --watch needs a terminal")


@pytest.mark.parametrize(("pressed", "code"), [(b"q", 0), (b"\x03", 130)])
def test_watching_ends_with_a_key(project: Project, pressed: bytes, code: int) -> None:
    project.configure("/feed")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    before = termios.tcgetattr(theirs)
    with subprocess.Popen(
        [sys.executable, "-m", "digest", "status", "--watch"],
        cwd=project.folder,
        env=environment(TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    ) as process:
        os.close(theirs)
        read = b""
        while b"1 not polled yet" not in read:
            read += os.read(ours, 65_536)
        os.write(ours, pressed)
        assert process.wait(limits.seconds(30)) == code
    assert termios.tcgetattr(ours) == before
    os.close(ours)


@pytest.mark.parametrize(
    ("needs", "running", "code"), [(0, True, 0), (1, True, 1), (0, False, 4), (2, False, 4)]
)
def test_what_monitoring_sees(*, needs: int, running: bool, code: int) -> None:
    attention = tuple(need("feed", "a", "cannot be read") for _ in range(needs))
    assert code_of(report(attention=attention), running=running) == code
