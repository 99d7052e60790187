"""Feeds know by which reading of this program they were read, and when they rotated their guids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add columns; what there is was read by the first reading."""
    op.add_column("feeds", sa.Column("reading", sa.Integer, nullable=False, server_default="1"))
    for name in ("reread_at", "rotated_at"):
        op.add_column("feeds", sa.Column(name, sa.Text))
