"""Services as text: what systemd and launchd read out of it is what was meant."""

from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cli.setup.service_files import (
    Service,
    daemon_command,
    launchd_plist,
    systemd_unit,
    writable_folders,
)
from tests.config.files import load

ODD = Path("/srv/my 50% \"feeds\" \\ $HOME 'x'")
SERVICE = Service(daemon_command("/opt/py/bin/python", ODD / "config.yaml"), ODD, (ODD / "data",))


def values(unit: str) -> dict[str, str]:
    lines = (line.partition("=") for line in unit.splitlines() if "=" in line)
    return {name: value for name, _, value in lines}


def single(text: str, sign: str) -> str:
    """A text in which a sign stands for itself where it is doubled, and nowhere alone."""
    assert sign not in text.replace(sign * 2, "")
    return text.replace(sign * 2, sign)


def words(value: str) -> list[str]:
    """A value as systemd splits and fills it (systemd.syntax, systemd.unit)."""
    # In double quotes a backslash escapes the same two characters for both.
    return [single(word, "%") for word in shlex.split(value)]


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \"\\%$'")))
def test_any_path_comes_back_as_it_was(name: str) -> None:
    folder = Path("/srv", f"x{name.replace('/', '')}x")
    service = Service(daemon_command("/bin/python", folder / "c.yaml"), folder, (folder,))
    unit = values(systemd_unit(service))
    command = [single(word, "$") for word in words(unit["ExecStart"])]
    assert command == list(service.command)
    assert words(unit["ReadWritePaths"]) == [str(folder)]
    assert single(unit["WorkingDirectory"], "%") == str(folder)
    assert plistlib.loads(launchd_plist(service, folder / "log").encode())[
        "ProgramArguments"
    ] == list(service.command)


@pytest.mark.parametrize("user", [None, "root"])
def test_systemd_takes_the_unit(tmp_path: Path, user: str | None) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not here to read the unit")
    folder = tmp_path / "my 50% feeds \\ $HOME"
    folder.mkdir()
    service = Service(("/bin/sh", str(folder / "c.yaml"), "run"), folder, (folder,), user)
    (tmp_path / "digest.service").write_text(systemd_unit(service), "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / "digest.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_is_hardened_and_stops_and_reloads_as_the_daemon_does() -> None:
    unit = values(systemd_unit(SERVICE))
    assert unit["ProtectSystem"] == "strict"
    assert unit["NoNewPrivileges"] == "yes"
    assert unit["Restart"] == "on-failure"
    assert unit["RestartPreventExitStatus"] == "2"
    assert unit["TimeoutStopSec"] == "15"
    assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_a_users_unit_asks_for_nothing_that_takes_privileges() -> None:
    own = values(systemd_unit(SERVICE))
    whole = values(systemd_unit(Service(SERVICE.command, ODD, SERVICE.writable, "ada")))
    assert {"CapabilityBoundingSet", "PrivateDevices", "ProtectClock", "User"} <= whole.keys()
    assert not {"CapabilityBoundingSet", "PrivateDevices", "ProtectClock", "User"} & own.keys()
    assert (own["WantedBy"], whole["WantedBy"]) == ("default.target", "multi-user.target")
    assert "After" in whole
    assert "After" not in own


def test_the_property_list_keeps_it_running() -> None:
    job = plistlib.loads(launchd_plist(SERVICE, ODD / "digest.log").encode())
    assert job["KeepAlive"] == {"SuccessfulExit": False}
    assert (job["RunAtLoad"], job["ExitTimeOut"]) == (True, 15)
    assert job["StandardErrorPath"] == str(ODD / "digest.log")
    assert "UserName" not in job


def test_the_database_and_every_file_channel_can_be_written(tmp_path: Path) -> None:
    text = """\
feeds: [https://a.example/]
database: sqlite:///db/x.db
channels:
  one: {kind: file, path: "out/{digest}/{date}.md"}
  two: {kind: file, path: "out/pre-{date}.md"}
  three: {kind: file, path: fixed.md}
  mail: {kind: slack, webhook_url: "https://hooks.example/x"}
digests: {weekly: {schedule: daily at 07:00, send_to: one}}
"""
    settings = load(tmp_path, text)
    assert writable_folders(settings) == (tmp_path / "db", tmp_path / "out", tmp_path)
