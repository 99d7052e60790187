"""What single channels are not given of an edition is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add a table; the editions of before gave all channels everything."""
    op.create_table(
        "not_given",
        sa.Column(
            "edition_id", sa.Integer, sa.ForeignKey("editions.id"), primary_key=True, nullable=False
        ),
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("why", sa.Text, primary_key=True, nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
        sqlite_strict=True,
    )
