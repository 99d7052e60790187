"""Databases by the paths of their files, as tests know them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.settings import SQLITE_PREFIX
from digest.store import DatabaseAddress, Store

if TYPE_CHECKING:
    import sqlite3

    from digest.config import Settings

# What the revisions of the schema added, and how it is taken out again.
_TAKE_OUT = {
    "0018": ["ALTER TABLE edition_entries DROP COLUMN shown_as"],
    "0019": [
        *(f"ALTER TABLE edition_entries DROP COLUMN {name}" for name in ("more", "less")),
        "DROP TABLE feedback",
    ],
    "0020": ["ALTER TABLE entries DROP COLUMN video"],
    "0021": ["DROP TABLE last_settings"],
    "0022": ["ALTER TABLE feeds DROP COLUMN resolved"],
    "0023": ["ALTER TABLE entries DROP COLUMN gone_at"],
    "0025": ["DROP TABLE block_answers"],
    "0026": [f"DROP TABLE {name}" for name in ("pauses", "heard", "pairings")],
    "0027": ["DROP TABLE not_given"],
    "0028": [f"DROP TABLE model_{name}" for name in ("answers", "requests", "forms")],
    "0024": ["DROP TABLE full_texts", "DROP TABLE robots"],
}


def database_at(path: Path) -> DatabaseAddress:
    return DatabaseAddress.of_file(path)


def store_at(path: Path, *, read_only: bool = False, check: bool = False) -> Store:
    return Store(database_at(path), read_only=read_only, check=check)


def file_of(settings: Settings) -> Path:
    """The file of the database that settings name."""
    return Path(settings.database.removeprefix(SQLITE_PREFIX))


def as_of(connection: sqlite3.Connection, revision: str) -> None:
    """Make a database one that an earlier revision of the schema left."""
    for later in sorted(_TAKE_OUT, reverse=True):
        for statement in _TAKE_OUT[later] if later > revision else ():
            connection.execute(statement)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
