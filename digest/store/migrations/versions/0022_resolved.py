"""What the settings of a source mean to its service is kept, once it is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add a column; the next poll of such a source fills it."""
    op.add_column("feeds", sa.Column("resolved", sa.Text, nullable=False, server_default=""))
