"""`service`: the daemon as a service of systemd or launchd."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.cli.groups import Group
from digest.cli.output import print_result, say, show_document
from digest.cli.setup.service_files import MADE_BY, Service, daemon_command, writable_folders
from digest.cli.setup.service_managers import MANAGERS
from digest.config import load_settings
from digest.errors import ConfigError, UsageError
from digest.file_errors import file_trouble
from digest.store import database_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.cli.options import Options
    from digest.cli.setup.service_managers import Manager

_RUNNING = {"active", "running"}


class ServiceState(Struct, frozen=True):
    """`service install` and `service status`."""

    file: str
    installed: bool
    state: str


class ServiceText(Struct, frozen=True):
    """`service install --print`: what would be written, and where."""

    file: str
    text: str


class ServiceRemoved(Struct, frozen=True):
    """`service remove`."""

    removed: str


def _which(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """The options that say which service is meant."""
    manager = click.option(
        "--manager",
        type=click.Choice(list(MANAGERS)),
        default="launchd" if sys.platform == "darwin" else "systemd",
        show_default=True,
        help="The service manager.",
    )
    scope = click.option(
        "--system/--user",
        default=os.geteuid() == 0,
        help="For the whole machine, or for you. Default: --user, and --system for root.",
    )
    return manager(scope(command))


@click.group(cls=Group)
def service() -> None:
    """Keep the daemon running, also after a restart of the machine."""


@service.command()
@_which
@click.option("--print", "print_only", is_flag=True, help="Show what would be installed.")
@click.pass_obj
def install(options: Options, manager: str, *, system: bool, print_only: bool) -> int:
    """Write the service, enable it and start it.

    With --system it runs as the user who owns the configuration file.
    """
    keeper = MANAGERS[manager](system)
    settings, config = options.settings(log_level="error"), options.file()
    folders = writable_folders(settings)
    text = keeper.text(_service(config, folders, system=system))
    if print_only:
        print_result(ServiceText(str(keeper.file), text), lambda _: show_document(text))
        return 0
    _refuse_variables(config)
    for folder in folders:
        private = folder == database_of(settings).folder()
        _make(folder, config, 0o700 if private else 0o777)
    _write(keeper.file, text)
    keeper.start()
    if manager == "systemd" and not system:
        say("`loginctl enable-linger` keeps it running while you are logged out.", err=True)
    return _show(keeper)


@service.command()
@_which
def status(manager: str, *, system: bool) -> int:
    """Say whether the service is installed and runs. Exit code 1 if it does not run."""
    return _show(MANAGERS[manager](system))


@service.command()
@_which
def remove(manager: str, *, system: bool) -> None:
    """Stop the service and remove it. Configuration and database stay."""
    keeper = MANAGERS[manager](system)
    if not keeper.file.exists():
        raise UsageError(f"no service is installed: there is no {keeper.file}")
    _refuse_foreign(keeper.file)
    keeper.stop()
    try:
        keeper.file.unlink()
    except OSError as error:
        raise UsageError(f"{keeper.file}: {file_trouble(keeper.file, error)}") from None
    keeper.forget()
    removed = ServiceRemoved(str(keeper.file))
    print_result(removed, lambda _: say(f"removed {keeper.file}"))


def _service(config: Path, writable: tuple[Path, ...], *, system: bool) -> Service:
    config = config.absolute()
    user = _owner(config) if system else None
    service = Service(daemon_command(sys.executable, config), config.parent, writable, user)
    for word in (*service.command, *map(str, writable)):
        if not word.isprintable():
            raise UsageError(f"{word!r} has control characters, which no service takes")
    return service


def _owner(config: Path) -> str:
    """Whom a file belongs to: who may read its secrets and write its database."""
    try:
        return config.owner()
    except KeyError:
        return str(config.stat().st_uid)


def _refuse_variables(config: Path) -> None:
    """A service has none of the variables of this shell."""
    try:
        load_settings(config, {})
    except ConfigError as error:
        raise UsageError(
            f"{error}\na service does not have the variables of this shell; put secrets into files"
            " (password_file, webhook_url_file, ...)"
        ) from None


def _make(folder: Path, config: Path, mode: int) -> None:
    """What is to be writable has to be there, and belong to whom the service runs as."""
    try:
        if not folder.exists():
            folder.mkdir(mode, parents=True)
            owner = config.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise UsageError(f"{folder}: {file_trouble(folder, error)}") from None


def _write(file: Path, text: str) -> None:
    try:
        if file.exists():
            _refuse_foreign(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {file_trouble(file, error)}") from None


def _refuse_foreign(file: Path) -> None:
    if MADE_BY not in file.read_text("utf-8", "replace"):
        raise UsageError(f"{file} was not made by `digest service install`, and stays as it is")


def _show(keeper: Manager) -> int:
    """Tell how a service is; answers the exit code."""
    installed = keeper.file.exists()
    state = keeper.state() if installed else "not installed"
    answer = ServiceState(str(keeper.file), installed, state)
    print_result(answer, lambda _: say(f"{state}: {keeper.file}"))
    return 0 if state in _RUNNING else 1
