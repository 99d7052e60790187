"""systemd and launchd: where they want a service's text, and the commands that go with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from digest.cli.setup.service_files import LABEL, launchd_plist, systemd_unit
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.cli.setup.service_files import Service

_UNIT = "digest.service"


class Manager(Protocol):
    """What keeps services running, for a user or for the whole system."""

    @property
    def file(self) -> Path:
        """Where the service's text goes."""

    def text(self, service: Service) -> str:
        """The service in its words."""

    def start(self) -> None:
        """Have it run what `file` says, now and after the next start of the machine.

        Raises:
            DigestError: it could not.
        """

    def stop(self) -> None:
        """Have it run no more.

        Raises:
            DigestError: it could not.
        """

    def forget(self) -> None:
        """Notice that `file` is gone."""

    def state(self) -> str:
        """In its own words; `active` and `running` are good."""


class Systemd(Struct, frozen=True):
    """systemd, by `systemctl`."""

    system: bool

    @property
    def file(self) -> Path:
        """The unit's place among those of administrators, or of this user."""
        if self.system:
            return Path("/etc/systemd/system", _UNIT)
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(home, "systemd", "user", _UNIT)

    def text(self, service: Service) -> str:
        """A unit."""
        return systemd_unit(service)

    def start(self) -> None:
        """Enable and start it; what runs already runs on with the new text."""
        self._must("daemon-reload")
        self._must("enable", _UNIT)
        self._must("restart", _UNIT)

    def stop(self) -> None:
        """Stop and disable it."""
        self._must("disable", "--now", _UNIT)

    def forget(self) -> None:
        """Read the units again."""
        self._must("daemon-reload")

    def state(self) -> str:
        """`active`, `inactive`, `failed`, ..."""
        return _ask("systemctl", *self._scope, "is-active", _UNIT).stdout.strip() or "unknown"

    @property
    def _scope(self) -> tuple[str, ...]:
        return () if self.system else ("--user",)

    def _must(self, *arguments: str) -> None:
        _must("systemctl", *self._scope, *arguments)


class Launchd(Struct, frozen=True):
    """launchd, by `launchctl`."""

    system: bool

    @property
    def file(self) -> Path:
        """The property list's place among daemons, or among this user's agents."""
        if self.system:
            return Path("/Library/LaunchDaemons", f"{LABEL}.plist")
        return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def text(self, service: Service) -> str:
        """A property list, with a log beside the configuration."""
        return launchd_plist(service, service.folder / "digest.log")

    def start(self) -> None:
        """Load it, in the place of one that is loaded already."""
        _ask("launchctl", "bootout", f"{self._domain}/{LABEL}")
        _must("launchctl", "bootstrap", self._domain, str(self.file))

    def stop(self) -> None:
        """Unload it."""
        _must("launchctl", "bootout", f"{self._domain}/{LABEL}")

    def forget(self) -> None:
        """It remembers none that is unloaded."""

    def state(self) -> str:
        """`running`, `not running`, ...; `inactive` where it is not loaded."""
        answer = _ask("launchctl", "print", f"{self._domain}/{LABEL}")
        lines = (line.partition("=") for line in answer.stdout.splitlines())
        states = [value.strip() for name, _, value in lines if name.strip() == "state"]
        return states[0] if states and not answer.returncode else "inactive"

    @property
    def _domain(self) -> str:
        return "system" if self.system else f"gui/{os.getuid()}"


MANAGERS: dict[str, type[Systemd | Launchd]] = {"systemd": Systemd, "launchd": Launchd}


def _ask(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = shutil.which(program)
    if path is None:
        raise DigestError(
            f"{program} is not on this machine; `digest service install --print` shows what it"
            " would be given"
        )
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - only words of ours


def _must(program: str, *arguments: str) -> None:
    done = _ask(program, *arguments)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        reason = f": {lines[-1]}" if lines else ""
        raise DigestError(f"`{' '.join((program, *arguments))}` failed{reason}")
