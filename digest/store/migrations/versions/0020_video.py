"""Whether the recording of an entry is to be watched is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add a column; what came before is said to be heard, as it was."""
    op.add_column("entries", sa.Column("video", sa.Integer, nullable=False, server_default="0"))
