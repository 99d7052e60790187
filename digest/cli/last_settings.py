"""The settings that were last taken over, for commands whose file has an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.store import DatabaseAddress, try_to_read_store

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.config import Settings
    from digest.errors import ConfigError


def address_in(file: Path) -> DatabaseAddress | None:
    """The database that a file names, whatever else is wrong with it."""
    from digest.config.database_place import database_in

    url = database_in(file)
    return DatabaseAddress(url) if url else None


def last_settings(file: Path, error: ConfigError) -> tuple[Settings, datetime]:
    """The settings that were last taken over from this file, and since when they are as they are.

    Raises:
        ConfigError: there are none; it is `error`.
    """
    from digest.config.without_secrets import settings_of

    address = address_in(file)
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
