"""Articles are fetched from their pages, where a feed asks for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add two tables; nothing was fetched yet."""
    op.create_table(
        "full_texts",
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("again_at", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sqlite_strict=True,
    )
