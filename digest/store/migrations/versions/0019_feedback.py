"""Readers say of stories that they want more like one, or less from its feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add a table, and columns that tell what it came to; nobody has said anything yet."""
    op.create_table(
        "feedback",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column(
            "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
        ),
        sa.Column("vote", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Index("feedback_by_entry", "entry_id"),
        sa.CheckConstraint("vote IN ('more', 'less')", name="feedback_vote"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for name in ("more", "less"):
        op.add_column(
            "edition_entries", sa.Column(name, sa.Integer, nullable=False, server_default="0")
        )
