"""Entries have facts, which may change, and a link to where people talk about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add columns; no entry has any yet."""
    for name in ("facts", "discussion"):
        op.add_column("entries", sa.Column(name, sa.Text, nullable=False, server_default=""))
