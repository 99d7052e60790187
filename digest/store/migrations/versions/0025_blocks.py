"""The last good answers that blocks of editions are made of are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add a table; the next editions fill it."""
    op.create_table(
        "block_answers",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
