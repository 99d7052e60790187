"""Since when the source of an entry has it no more is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add a column; nothing that came before is known to be gone."""
    op.add_column("entries", sa.Column("gone_at", sa.Text))
