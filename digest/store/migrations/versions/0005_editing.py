"""Feeds know their home page, entries their categories; what rules left out is remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, empty until the next body that is read, and the table."""
    op.add_column("feeds", sa.Column("home", sa.Text, nullable=False, server_default=""))
    op.add_column("entries", sa.Column("categories", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "passed_over",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column(
            "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
        ),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("passed_over_by_entry", "passed_over", ["entry_id"])
