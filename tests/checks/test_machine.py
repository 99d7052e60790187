"""What is checked of this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.checks.machine import check_clock, check_database, check_disk, check_zones
from digest.store import Store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_a_database_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    assert check_database(path).said == "not there yet; `digest run` makes it"
    Store(path).close()
    assert check_database(path).said.startswith("whole, schema 00")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    damaged = check_database(path)
    assert (damaged.verdict, damaged.remedy) == ("fail", "restore a backup")
    assert damaged.said.startswith("the database is damaged")


def test_a_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert check_disk(tmp_path / "data" / "deeper" / "digest.db").verdict == "ok"
    assert list(tmp_path.iterdir()) == []
    finding = check_disk(tmp_path.__class__("/proc/digest.db"))
    assert finding.verdict == "fail"
    assert "set another `database`" in finding.remedy


def test_zones_load_and_are_not_old() -> None:
    well = check_zones(["UTC", "Europe/Berlin", "UTC"], NOW)
    assert (well.verdict, well.said) == ("ok", "Europe/Berlin, UTC")
    assert well.name
    unknown = check_zones(["Europe/Nowhere"], NOW)
    assert (unknown.verdict, "Europe/Nowhere is not known" in unknown.said) == ("fail", True)
    assert "install newer zone data" in unknown.remedy
    assert check_zones(["UTC"], NOW + timedelta(days=20_000)).verdict == "warn"


@pytest.mark.parametrize(
    ("minutes", "verdict", "said"),
    [
        ([], "ok", "not compared"),
        ([-300.0, 0.2, 60.0], "ok", "as 3 answers have it"),
        ([-300.0, -6.0], "warn", "6 min ahead of the nearest server"),
        ([90.0], "warn", "90 min behind the nearest server"),
    ],
)
def test_the_nearest_clock_counts(minutes: list[float], verdict: str, said: str) -> None:
    finding = check_clock([timedelta(minutes=one) for one in minutes])
    assert (finding.verdict, finding.said.startswith(said)) == (verdict, True)
    assert bool(finding.remedy) == (verdict == "warn")
