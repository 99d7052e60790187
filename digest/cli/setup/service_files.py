"""What keeps the daemon running, as text: a unit of systemd, a property list of launchd."""

from __future__ import annotations

import plistlib
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.store import database_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.settings import Settings

MADE_BY = "Made by `digest service install`"
LABEL = "feed-digest"

# Without privileges systemd can take no capabilities away, and fails to start what asks it to;
# these need none (systemd.exec, sandboxing).
_HARDENED = """\
NoNewPrivileges=yes
ProtectSystem=strict
PrivateTmp=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
"""
_HARDENED_SYSTEM = """\
CapabilityBoundingSet=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
"""


class Service(Struct, frozen=True):
    """A command that is kept running; paths are absolute, of printable characters.

    `writable` are the folders that it writes to, `user` is whom a service of the system runs as;
    None makes it a service of the user who installs it.
    """

    command: tuple[str, ...]
    folder: Path
    writable: tuple[Path, ...]
    user: str | None = None


def writable_folders(settings: Settings) -> tuple[Path, ...]:
    """Where the daemon writes: the database's folder, and those of file channels."""
    folders = [channel.folder for channel in settings.channels.values() if channel.folder]
    return tuple(dict.fromkeys((database_of(settings).folder(), *folders)))


def systemd_unit(service: Service) -> str:
    """A unit for systemd (systemd.service, systemd.exec)."""
    whole_system = service.user is not None
    target = "multi-user.target" if whole_system else "default.target"
    online = "After=network-online.target\nWants=network-online.target\n" if whole_system else ""
    user = f"User={_percent(service.user)}\n" if service.user is not None else ""
    return f"""\
# {MADE_BY}; `systemctl edit` keeps changes of your own apart from it.
[Unit]
Description=digest: turns feeds into digests
{online}
[Service]
ExecStart={" ".join(map(_argument, service.command))}
ExecReload=/bin/kill -HUP $MAINPID
# Less memory (docs/performance.md).
Environment=MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072
Environment=PYTHONNODEBUGRANGES=1 FROZENLIST_NO_EXTENSIONS=1
WorkingDirectory={_percent(str(service.folder))}
{user}Restart=on-failure
RestartSec=10
# A configuration that does not load is not mended by another try.
RestartPreventExitStatus=2
KillMode=mixed
TimeoutStopSec=15

ReadWritePaths={" ".join(_quoted(str(folder)) for folder in service.writable)}
{_HARDENED}{_HARDENED_SYSTEM if whole_system else ""}
[Install]
WantedBy={target}
"""


def _argument(text: str) -> str:
    """A word of a command line; a dollar sign begins a variable in it."""
    return _quoted(text).replace("$", "$$")


def _quoted(text: str) -> str:
    """A word in quotes, where a backslash escapes (systemd.syntax)."""
    escaped = _percent(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _percent(text: str) -> str:
    """A percent sign begins a specifier everywhere."""
    return text.replace("%", "%%")


def launchd_plist(service: Service, log: Path) -> str:
    """A property list for launchd (launchd.plist), with the daemon's output in a file."""
    job: dict[str, Any] = {
        "Label": LABEL,
        "ProgramArguments": list(service.command),
        "WorkingDirectory": str(service.folder),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 15,
        "ProcessType": "Background",
        "StandardErrorPath": str(log),
    }
    if service.user is not None:
        job["UserName"] = service.user
    text = plistlib.dumps(job, sort_keys=False).decode()
    head, doctype, rest = text.partition("<plist")
    return f"{head}<!-- {MADE_BY} -->\n{doctype}{rest}"


def daemon_command(interpreter: str, config: Path) -> tuple[str, ...]:
    """The command line of the daemon."""
    # -P: a folder `digest` beside the configuration is not the program.
    return (interpreter, "-P", "-m", "digest", "-c", str(config), "run")
