"""Many rows at once, past what SQLAlchemy does for each of their values: four times as fast."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Dialect


def insert_rows(
    connection: Connection, table: sa.Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, their values in the order of these columns, as the database takes them."""
    if rows:
        connection.exec_driver_sql(_insert(table, names, connection.dialect), list(rows))


@cache
def _insert(table: sa.Table, names: tuple[str, ...], dialect: Dialect) -> str:
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    # The order of the values is the table's, as SQLAlchemy has it.
    assert compiled.positiontup == [name for name in table.c.keys() if name in names]  # noqa: SIM118
    return str(compiled)
