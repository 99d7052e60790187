from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from digest.errors import InstanceError, StoreError
from tests import limits
from tests.databases import database_at, store_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLD = """
import pathlib, sys
from tests.databases import database_at
with database_at(pathlib.Path(sys.argv[1])).lock("digest run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process


def refusal(path: Path) -> str:
    with pytest.raises(InstanceError) as caught, database_at(path).lock("digest poll"):
        pass
    return str(caught.value)


def test_a_second_process_is_refused_at_once_and_told_who_holds_it(path: Path) -> None:
    with held_elsewhere(path) as process:
        started = time.monotonic()
        reason = refusal(path)
        assert time.monotonic() - started < limits.seconds(1)
        assert f"(digest run, process {process.pid}, since " in reason
        assert "\n" not in reason
        # A refusal changes nothing for the next one.
        assert refusal(path) == reason


def test_since_when_is_told_in_the_time_zone_of_who_asks(path: Path) -> None:
    lock = path.with_name(f"{path.name}.lock")
    with database_at(path).lock("digest run"):
        lock.write_text("digest run, process 7, since 2026-11-30 22:10:05 UTC\n", "utf-8")
        with pytest.raises(InstanceError, match=r"process 7, since 2026-12-01 03:40 IST\)"):
            database_at(path).lock("digest poll", ZoneInfo("Asia/Kolkata")).__enter__()
        # Its disk was full.
        lock.write_text("digest run, proc", "utf-8")
        assert "(digest run, proc)" in refusal(path)


def test_a_process_that_ends_frees_it(path: Path) -> None:
    with held_elsewhere(path) as process:
        process.communicate("")
        with database_at(path).lock("digest poll"):
            assert "digest poll, process" in refusal(path)


def test_a_process_that_is_killed_frees_it(path: Path) -> None:
    with held_elsewhere(path) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(limits.seconds(10)) == -signal.SIGKILL
        with database_at(path).lock("digest poll"):
            assert "digest poll, process" in refusal(path)


def test_it_is_freed_when_the_work_fails(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), database_at(path).lock("digest poll"):
        raise ZeroDivisionError
    with database_at(path).lock("digest poll"):
        pass


def test_other_databases_have_other_locks(path: Path) -> None:
    with database_at(path).lock("one"), database_at(path.with_name("other.db")).lock("other"):
        assert "one" in refusal(path)


def test_where_no_lock_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="data"), database_at(tmp_path / "data" / "x.db").lock("x"):
        pass


def test_a_database_and_what_is_beside_it_are_their_owners_alone(path: Path) -> None:
    for opened in range(2):
        with database_at(path).lock("one"), closing(store_at(path)) as store:
            store.keys.key("links")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        names = {"digest.db", "digest.db-wal", "digest.db-shm", "digest.db.lock"}
        assert modes == dict.fromkeys(names, 0o600), opened
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_an_operator_opened_to_others_stays_so(path: Path) -> None:
    store_at(path).close()
    path.chmod(0o664)
    path.parent.chmod(0o775)
    with database_at(path).lock("one"), closing(store_at(path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o664
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o775


def test_a_link_may_lead_to_a_database_that_is_not_there_yet(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("elsewhere.db")
    store_at(path).close()
    assert stat.S_IMODE((path.parent / "elsewhere.db").stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_lock_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me", "utf-8")
    (tmp_path / "digest.db.lock").symlink_to(precious)

    with (
        pytest.raises(StoreError, match=r"digest\.db\.lock: "),
        database_at(tmp_path / "digest.db").lock("a test"),
    ):
        pass

    assert precious.read_text("utf-8") == "keep me"
