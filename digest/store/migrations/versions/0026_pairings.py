"""People can ask bots, and pause what a channel gets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add three tables; nobody is paired yet."""
    op.create_table(
        "pairings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bot", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("confirmed_at", sa.Text),
        sa.Column("asked_at", sa.Text),
        sa.Index("pairings_once", "bot", "person", unique=True),
        sqlite_strict=True,
    )
    op.create_table(
        "heard",
        sa.Column("bot", sa.Text, primary_key=True, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "pauses",
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Integer, sa.ForeignKey("pairings.id"), nullable=False),
        sqlite_strict=True,
    )
