"""`digest service`: what is written, and what systemd and launchd are told, by small stand-ins."""

from __future__ import annotations

import json
import os
import plistlib
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.cli.schemas import conforms

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.cli.project import Project

CONFIG = """\
feeds: [https://a.example/feed]
channels: {out: {kind: file, path: "out/{digest}.md"}}
digests: {weekly: {schedule: daily at 07:00, send_to: out}}
"""
# Each notes what it is told; `fails` has words that it fails at, `state` what it says.
STAND_IN = """\
#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/told"
for word in $(cat "$here/fails" 2>/dev/null); do
  case " $* " in *" $word "*) echo "Failed to connect to bus" >&2; exit 1;; esac
done
case " $* " in *" is-active "* | *" print "*) cat "$here/state" 2>/dev/null;; esac
"""


@dataclass
class Machine:
    """A folder with a configuration, a home, and programs of its own."""

    project: Project
    programs: Path

    @property
    def home(self) -> Path:
        return self.project.folder / "home"

    @property
    def told(self) -> list[str]:
        """What the stand-ins were told."""
        file = self.programs / "told"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def service(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}:{os.defpath}"
        env = {"HOME": str(self.home), "XDG_CONFIG_HOME": "", "PATH": path}
        return self.project.command("service", *arguments, **env)

    def say(self, state: str) -> None:
        (self.programs / "state").write_text(state, "utf-8")


@pytest.fixture
def machine(project: Project) -> Machine:
    programs = project.folder / "programs"
    programs.mkdir()
    for name in ("systemctl", "launchctl"):
        (programs / name).write_text(STAND_IN, "utf-8")
        (programs / name).chmod(0o755)
    (project.folder / "config.yaml").write_text(CONFIG, "utf-8")
    return Machine(project, programs)


def test_a_unit_is_installed_looked_at_and_removed(machine: Machine) -> None:
    machine.say("active\n")
    unit = machine.home / ".config/systemd/user/digest.service"
    done = machine.service("install", "--user", "--manager", "systemd")
    assert (done.returncode, done.stdout) == (0, f"active: {unit}\n"), done.stderr
    assert "loginctl enable-linger" in done.stderr
    assert machine.told == [
        "--user daemon-reload",
        "--user enable digest.service",
        "--user restart digest.service",
        "--user is-active digest.service",
    ]
    folder = machine.project.folder
    text = unit.read_text("utf-8")
    assert f'ExecStart="{sys.executable}" "-P" "-m" "digest" "-c" "{folder}/config.yaml"' in text
    assert f'ReadWritePaths="{folder}/data" "{folder}/out"\n' in text
    # The database is its owner's alone, what is written for others to read is not.
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "out").stat().st_mode) & 0o700 == 0o700
    assert (folder / "out").stat().st_mode & 0o077

    machine.say("failed\n")
    looked = machine.service("status", "--user", "--manager", "systemd")
    assert (looked.returncode, looked.stdout) == (1, f"failed: {unit}\n")

    again = machine.service("install", "--user", "--manager", "systemd")
    assert again.returncode == 1
    removed = machine.service("remove", "--user", "--manager", "systemd")
    assert (removed.returncode, removed.stdout) == (0, f"removed {unit}\n")
    assert machine.told[-2:] == ["--user disable --now digest.service", "--user daemon-reload"]
    assert not unit.exists()
    assert (folder / "config.yaml").exists()
    gone = machine.service("status", "--user", "--manager", "systemd")
    assert (gone.returncode, gone.stdout) == (1, f"not installed: {unit}\n")


def test_a_property_list_is_installed_looked_at_and_removed(machine: Machine) -> None:
    machine.say("gui/501/feed-digest = {\n\tstate = running\n\tpid = 7\n}\n")
    plist = machine.home / "Library/LaunchAgents/feed-digest.plist"
    done = machine.service("install", "--user", "--manager", "launchd")
    assert (done.returncode, done.stdout) == (0, f"running: {plist}\n"), done.stderr
    domain = f"gui/{os.getuid()}"
    assert machine.told == [
        f"bootout {domain}/feed-digest",
        f"bootstrap {domain} {plist}",
        f"print {domain}/feed-digest",
    ]
    job = plistlib.loads(plist.read_bytes())
    assert job["ProgramArguments"][-2:] == [str(machine.project.folder / "config.yaml"), "run"]

    (machine.programs / "fails").write_text("print", "utf-8")
    looked = machine.service("status", "--user", "--manager", "launchd")
    assert (looked.returncode, looked.stdout) == (1, f"inactive: {plist}\n")
    assert machine.service("remove", "--user", "--manager", "launchd").returncode == 0
    assert not plist.exists()


@pytest.mark.parametrize("scope", ["--user", "--system"])
@pytest.mark.parametrize(("manager", "sign"), [("systemd", "[Unit]"), ("launchd", "<plist")])
def test_print_shows_it_and_changes_nothing(
    machine: Machine, manager: str, sign: str, scope: str
) -> None:
    done = machine.service("install", scope, "--manager", manager, "--print")
    assert (done.returncode, done.stderr) == (0, "")
    assert sign in done.stdout
    owner = (machine.project.folder / "config.yaml").owner()
    says_who = f"User={owner}\n" in done.stdout or f"<string>{owner}</string>" in done.stdout
    assert says_who == (scope == "--system")
    assert machine.told == []
    assert not machine.home.exists()
    assert not (machine.project.folder / "data").exists()


def test_print_is_a_result_for_programs_too(machine: Machine) -> None:
    arguments = ("service", "install", "--user", "--manager", "systemd", "--print")
    home = {"HOME": str(machine.home), "XDG_CONFIG_HOME": ""}
    text = machine.project.command(*arguments, **home).stdout
    done = machine.project.command("--json", *arguments, **home)
    result = json.loads(done.stdout)
    conforms(arguments, result)
    unit = machine.home / ".config/systemd/user/digest.service"
    assert result == {"file": str(unit), "text": text}


def test_what_goes_wrong_is_one_line(machine: Machine) -> None:
    unit = machine.home / ".config/systemd/user/digest.service"
    where = ("--user", "--manager", "systemd")
    none = machine.service("remove", *where)
    assert none.returncode == 2
    assert none.stderr == f"digest: no service is installed: there is no {unit}\n"

    (machine.programs / "fails").write_text("enable", "utf-8")
    failed = machine.service("install", *where)
    assert failed.returncode == 1
    assert failed.stderr == (
        "digest: `systemctl --user enable digest.service` failed: Failed to connect to bus\n"
    )
    (machine.programs / "systemctl").unlink()
    missing = machine.project.command(
        "service", "install", *where, HOME=str(machine.home), PATH=str(machine.programs)
    )
    assert missing.returncode == 1
    assert missing.stderr.startswith("digest: systemctl is not on this machine; `digest service")

    unit.write_text("[Service]\nExecStart=/bin/mine\n", "utf-8")
    for command in ("install", "remove"):
        refused = machine.service(command, *where)
        assert refused.returncode == 2
        assert "was not made by `digest service install`, and stays as it is" in refused.stderr
    assert "/bin/mine" in unit.read_text("utf-8")


def test_what_the_shell_alone_knows_is_refused(machine: Machine) -> None:
    config = machine.project.folder / "config.yaml"
    config.write_text(CONFIG.replace("https://a.example/feed", '"https://${SITE}/feed"'), "utf-8")
    done = machine.project.command(
        *("service", "install", "--user", "--manager", "systemd"),
        HOME=str(machine.home),
        SITE="a.example",
    )
    assert done.returncode == 2
    assert "the environment variable SITE is not set" in done.stderr
    assert "a service does not have the variables of this shell" in done.stderr
    assert not machine.home.exists()
