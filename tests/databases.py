"""Databases by the paths of their files, as tests know them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.settings import SQLITE_PREFIX
from digest.store import DatabaseAddress, Store

if TYPE_CHECKING:
    from digest.config import Settings


def database_at(path: Path) -> DatabaseAddress:
    return DatabaseAddress.of_file(path)


def store_at(path: Path, *, read_only: bool = False, check: bool = False) -> Store:
    return Store(database_at(path), read_only=read_only, check=check)


def file_of(settings: Settings) -> Path:
    """The file of the database that settings name."""
    return Path(settings.database.removeprefix(SQLITE_PREFIX))
