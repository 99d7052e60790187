"""An open database, as queries use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection


class Database(Protocol):
    """Transactions over one connection, used from one thread.

    Each of them, and what it yields, raises `StoreError` where the database refuses.
    """

    def transaction(self) -> AbstractContextManager[Connection]:
        """All or nothing; a part of `together` where that is open."""

    def statement(self) -> AbstractContextManager[Connection]:
        """What needs no undoing: one statement, which is all or nothing by itself, or reading."""

    def together(self) -> AbstractContextManager[None]:
        """Transactions in one: each all or nothing for itself, kept at the end or none of them."""

    def close(self) -> None:
        """Close the connection."""
