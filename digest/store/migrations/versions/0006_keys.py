"""Keys to sign with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table, empty: a key is made when it is first asked for."""
    op.create_table(
        "keys",
        sa.Column("purpose", sa.Text, primary_key=True, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
