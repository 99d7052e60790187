"""Many rows at once, past what SQLAlchemy does for each statement and value."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.store.tables import as_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection, Dialect


# SQLite takes 32,766 parameters in a statement; a body may have more names.
_BATCH = 5_000


def batches(values: Collection[Any]) -> Iterator[Sequence[Any]]:
    """In portions that one statement takes."""
    items = list(values)
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def insert_rows(
    connection: Connection, table: sa.Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, their values in the order of these columns, as the database takes them."""
    if rows:
        connection.exec_driver_sql(_insert(table, names, connection.dialect), list(rows))


def update_rows(
    connection: Connection, table: sa.Table, rows: Mapping[int, Mapping[str, Any]]
) -> None:
    """Set columns of rows by their ids, the same of each; times may be given as they are.

    It is one statement: the thread that carries it out is in nobody's way between rows.
    """
    names = next(((*values,) for values in rows.values()), ())
    given = [
        as_text(value) if isinstance(value, datetime) else value
        for number, values in rows.items()
        for value in (number, *values.values())
    ]
    if given:
        connection.exec_driver_sql(_update(table, names, len(rows)), (*given,))


@cache
def _update(table: sa.Table, names: tuple[str, ...], number: int) -> str:
    row = f"({', '.join('?' * (1 + len(names)))})"
    new = f"new(id, {', '.join(names)}) AS (VALUES {', '.join([row] * number)})"
    values = ", ".join(f"{name} = new.{name}" for name in names)
    # All of it is of our own tables.
    return f"WITH {new} UPDATE {table.name} SET {values} FROM new WHERE {table.name}.id = new.id"  # noqa: S608


@cache
def _insert(table: sa.Table, names: tuple[str, ...], dialect: Dialect) -> str:
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    # The order of the values is the table's, as SQLAlchemy has it.
    assert compiled.positiontup == [name for name in table.c.keys() if name in names]  # noqa: SIM118
    return str(compiled)
