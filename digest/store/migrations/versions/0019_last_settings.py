"""The settings that were last taken over are kept, for commands whose file has an error."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add a table; the next start fills it."""
    op.create_table(
        "last_settings",
        sa.Column("file", sa.Text, primary_key=True, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sqlite_strict=True,
    )
