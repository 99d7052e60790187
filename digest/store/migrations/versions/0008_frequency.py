"""Weekly editions: who wants them, who gets them, and what they have had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nobody wants them yet; weeks begin with the first start."""
    op.add_column(
        "recipients", sa.Column("frequency", sa.Text, nullable=False, server_default="each")
    )
    op.create_table(
        "weeks",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column("last_edition", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "weekly_readers",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
