"""What tables are made of: their MetaData, the types of columns, and references to other tables.

Times are UTC; feeds are keyed by address, never by a name that can be edited.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

metadata = sa.MetaData()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time as ISO 8601 text of fixed width, so that text order is time order."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else as_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        return None if value is None else datetime.fromisoformat(value)


class UntrustedText(sa.types.TypeDecorator[str]):
    """What others said: on one line, visible and cut; also what was stored before that held."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else clean_words(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else clean_words(value)


def as_text(at: datetime) -> str:
    """An aware time as the database has it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def id_column() -> sa.Column[int]:
    """The number of a row."""
    return sa.Column("id", sa.Integer, primary_key=True)


def feed_id_column(*, primary_key: bool = False) -> sa.Column[int]:
    """The feed that a row is of."""
    return sa.Column(
        "feed_id", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=primary_key, nullable=False
    )


def edition_id_column(*, primary_key: bool = False) -> sa.Column[int]:
    """The edition that a row is of."""
    return sa.Column(
        "edition_id",
        sa.Integer,
        sa.ForeignKey("editions.id"),
        primary_key=primary_key,
        nullable=False,
    )
