"""What a command works by: the file, or what was last taken over where that has an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.app.settings_file import runs_with, trouble_of
from digest.cli.output import say
from digest.config.database_place import database_in
from digest.config.without_secrets import settings_of
from digest.errors import ConfigError
from digest.store import DatabaseAddress, database_of, try_to_read_store

if TYPE_CHECKING:
    from pathlib import Path

    from digest.cli.options import Options
    from digest.config import Settings


class InUse(Struct, frozen=True):
    """Settings that a command works by; not those of the file where that has an error."""

    settings: Settings
    file: Path
    error: ConfigError | None = None


def settings_in_use(options: Options) -> InUse:
    """The settings of the file; where it has an error, those that were last taken over from it.

    Then a line on standard error says so. Only errors are logged, unless the options say so.

    Raises:
        UsageError: no file, or one with problems of which nothing was ever taken over.
    """
    file = options.file()
    try:
        in_use = InUse(options.load(secrets=False), file)
    except ConfigError as error:
        settings, since = _last_settings(file, error)
        in_use = InUse(settings, file, error)
        told = runs_with(since, trouble_of(error), settings.timezone, datetime.now(UTC))
        say(f"digest: {told}", err=True)
    options.set_up_log(in_use.settings, in_use.settings.secrets(), "error")
    return in_use


def database_in_use(options: Options) -> DatabaseAddress:
    """Where the database is, whatever else is wrong with the file.

    Raises:
        UsageError: there is no file, or it names no database that can be.
    """
    return _address_in(options.file()) or database_of(options.load(secrets=False))


def _address_in(file: Path) -> DatabaseAddress | None:
    """The database that a file names, whatever else is wrong with it."""
    url = database_in(file)
    return DatabaseAddress(url) if url else None


def _last_settings(file: Path, error: ConfigError) -> tuple[Settings, datetime]:
    """The settings that were last taken over from this file, and since when they are as they are.

    Raises:
        ConfigError: there are none; it is `error`.
    """
    address = _address_in(file)
    if address is None:
        raise error
    with try_to_read_store(address) as store:
        last = store.last_settings.read() if store else None
    path = file.absolute()
    settings = settings_of(last.data, file) if last and last.file == str(path) else None
    if last is None or settings is None:
        raise error
    # A file whose `database` was edited leads there already.
    return settings.model_copy(update={"database": address.url}), last.since
