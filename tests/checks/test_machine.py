"""What is checked of this machine."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.checks import exit_code
from digest.checks.access import check_access
from digest.checks.machine import (
    check_clock,
    check_database,
    check_disk,
    check_opens,
    check_ports,
    check_zones,
)
from digest.errors import PlaceError, StoreError
from digest.store import Store
from tests.databases import database_at, store_at
from tests.jobs.bench import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OTHER = "is for another protocol, and no browser asks there"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_a_database_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    assert check_database(database_at(path)).said == "not there yet; `digest run` makes it"
    store_at(path).close()
    assert check_database(database_at(path)).said.startswith("whole, schema 00")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    damaged = check_database(database_at(path))
    assert (damaged.verdict, damaged.remedy) == ("fail", "restore a backup")
    assert damaged.said.startswith("the database is damaged")


def test_a_database_is_opened_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    assert check_opens(database_at(path)) == []
    assert list(tmp_path.iterdir()) == []
    store_at(path).close()
    written = path.stat().st_mtime_ns
    (opened,) = check_opens(database_at(path))
    assert (opened.verdict, opened.said[:14]) == ("ok", "opens, schema ")
    assert (list(tmp_path.iterdir()), path.stat().st_mtime_ns) == ([path], written)
    path.write_text("no database")
    (refused,) = check_opens(database_at(path))
    assert (refused.verdict, refused.said) == ("fail", "file is not a database")


def make_pipe(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.parent.touch(), "{folder} is no folder"),
        (lambda path: path.mkdir(parents=True), "is a folder"),
        (make_pipe, "is no file that keeps anything"),
    ],
    ids=["file for a folder", "folder", "pipe"],
)
def test_what_stands_in_the_place_of_a_database_is_told(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    path = tmp_path / "data" / "digest.db"
    make(path)
    database, told = database_at(path), told.format(folder=path.parent)
    (found,) = check_opens(database)
    assert (found.verdict, found.said) == ("fail", told)
    assert found.remedy == "set `database` to the path of a file"
    for use in (lambda: Store(database), lambda: database.lock("a test").__enter__()):
        with pytest.raises(PlaceError, match=f"{path}: {told}; set `database`"):
            use()


def test_a_path_that_sqlite_cannot_open_is_told(tmp_path: Path) -> None:
    for longest, told in [(504, []), (505, ["SQLite opens no path of over 504 bytes"])]:
        start = f"{tmp_path}/{'x' * 200}/"
        name = "y" * (longest - len(start) - 101)
        path = Path(f"{start}{name}/{'z' * 100}")
        assert len(str(path)) == longest
        assert [found.said for found in check_opens(database_at(path))] == told
        if not told:
            Store(database_at(path)).close()


def test_a_database_that_is_a_link_in_a_circle_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    path.symlink_to(path)
    (found,) = check_opens(database_at(path))
    assert (found.verdict, found.said) == ("fail", "Too many levels of symbolic links")
    with pytest.raises(StoreError, match=f"{path}: Too many levels"):
        database_at(path).lock("a test").__enter__()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can look into, as those of tests are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_database_that_others_can_read_is_told_with_what_mends_it(open_folder: Path) -> None:
    folder = open_folder / "its place"
    path = folder / "digest.db"
    assert check_access(database_at(path)) == []
    with closing(store_at(path)):
        (finding,) = check_access(database_at(path))
        assert (finding.verdict, finding.said) == ("ok", "its owner's alone")
        for file in folder.iterdir():
            file.chmod(0o644)
        # Nobody else comes as far as the file.
        assert check_access(database_at(path))[0].verdict == "ok"
        folder.chmod(0o711)
        (finding,) = check_access(database_at(path))
        assert (finding.verdict, "every user of this machine" in finding.said) == ("warn", True)
        subprocess.run(finding.remedy.strip("`"), shell=True, check=True)
        assert check_access(database_at(path))[0].verdict == "ok"
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o640}


def test_a_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert check_disk(database_at(tmp_path / "data" / "deeper" / "digest.db")).verdict == "ok"
    assert list(tmp_path.iterdir()) == []
    finding = check_disk(database_at(Path("/proc/digest.db")))
    assert finding.verdict == "fail"
    assert "set another `database`" in finding.remedy


def test_ports_of_other_protocols_are_told_without_secrets(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        ["https://site.example:6000/feed", {"url": "http://two.example:8080/", "name": "Two"}],
        channels={
            "team": {"kind": "slack", "webhook_url": "http://hooks.example:25/s3cr3t"},
            "app": {"kind": "slack", "bot_token": "x", "channel": "C", "api_url": "http://a:22/"},
            "vault": {"kind": "file", "path": "{date}"},
        },
    )

    findings = check_ports(settings)

    told = {finding.name: finding.said for finding in findings}
    assert told == {
        "feed https://site.example:6000/feed": f"port 6000 {OTHER}",
        "channel team": f"port 25 {OTHER}",
        "channel app": f"port 22 {OTHER}",
    }
    assert exit_code(findings) == 2
    assert "s3cr3t" not in repr(findings)


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
        (
            [-300.0, 0.2, 60.0],
            "ok",
            "within 5 min of the servers' clocks, by the nearest of 3 answers",
        ),
        ([-300.0, -6.0], "warn", "6 min ahead of the nearest server"),
        ([90.0], "warn", "90 min behind the nearest server"),
    ],
)
def test_the_nearest_clock_counts(minutes: list[float], verdict: str, said: str) -> None:
    finding = check_clock([timedelta(minutes=one) for one in minutes])
    assert (finding.verdict, finding.said.startswith(said)) == (verdict, True)
    assert bool(finding.remedy) == (verdict == "warn")
