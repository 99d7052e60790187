"""How often recipients want editions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; each gets each edition, as before."""
    op.add_column("recipients", sa.Column("choices", sa.Text, nullable=False, server_default="[]"))
