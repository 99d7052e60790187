"""Hosts that allow no more requests are known, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add a table; no host is known to be such."""
    op.create_table(
        "host_backoffs",
        sa.Column("host", sa.Text, primary_key=True, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
