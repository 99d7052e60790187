"""Feeds know when a whole body came last, and whether their server refuses validators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add columns; what came before is not known."""
    for name in ("whole_at", "refused_at"):
        op.add_column("feeds", sa.Column(name, sa.Text))
