"""Statements compiled once for all databases that tests open, and not again with each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import CompiledCacheType

# All that the store has, many times over.
_MOST_STATEMENTS = 4_000


def share_statements() -> None:
    """Have all connections of this process share what is compiled for one.

    SQLAlchemy keeps what it compiled with an engine and its dialect. A daemon has one of them, but
    each test has its own, and would spend most of its time on the compiling alone.
    """
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        dialect = connection.dialect
    engine.dispose()
    compiled: CompiledCacheType = LRUCache(_MOST_STATEMENTS)

    def share(connection: sa.Connection) -> None:
        connection.dialect = connection.engine.dialect = dialect
        connection.execution_options(compiled_cache=compiled)

    event.listen(sa.Engine, "engine_connect", share)
