"""Bringing a database to the schema this version works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from digest.errors import StoreError
from digest.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# The newest revision; alembic itself is imported only where there is something to migrate.
HEAD = "0028"


def revision_of(connection: Connection) -> str | None:
    """The schema revision of a database, None for an empty one.

    Raises:
        StoreError: it holds another program's tables, or a newer version's.
    """
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or "deliveries" not in tables:
        raise StoreError("the database belongs to another program; set another database")
    revision = str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())
    # Revisions are numbered, so that their order is that of their text.
    if revision > HEAD:
        raise StoreError(
            f"the database has schema {revision}, newer than this version's {HEAD}; upgrade digest"
        )
    return revision


def migrate(connection: Connection) -> None:
    """Bring a database to `HEAD`, inside the connection's transaction."""
    revision = revision_of(connection)
    if revision is None:
        create(connection)
    elif revision != HEAD:
        upgrade(connection)


def create(connection: Connection) -> None:
    """Make the tables of an empty database: what the migrations would, without loading alembic."""
    metadata.create_all(connection)
    connection.execute(
        sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(connection: Connection) -> None:
    """Apply the migrations that are missing."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent))
    command.upgrade(config, "head")
