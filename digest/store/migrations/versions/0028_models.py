"""What models are asked, what they answer, and in which form they do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add three tables; nothing was asked yet."""
    op.create_table(
        "model_answers",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
        sa.Column("answered_at", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("seconds", sa.REAL, nullable=False, server_default="0"),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Index("model_requests_by_time", "asked_at"),
        sqlite_strict=True,
    )
    op.create_table(
        "model_forms",
        sa.Column("model", sa.Text, primary_key=True, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sqlite_strict=True,
    )
