"""Rows of one name that become those of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def take_over(
    connection: Connection, table: sa.Table, column: str, before: str, after: str
) -> None:
    """Have the rows of one name be those of another; what is there already stays as it is."""
    others = [each.name for each in table.c if each.name != column]
    rows = sa.select(sa.literal(after), *(table.c[name] for name in others)).where(
        table.c[column] == before
    )
    connection.execute(insert(table).from_select([column, *others], rows).on_conflict_do_nothing())
    connection.execute(sa.delete(table).where(table.c[column] == before))
