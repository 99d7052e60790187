"""What an edition shows an entry as is known: a story, a line, or only counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add a column; of what editions had before, it is not known."""
    op.add_column(
        "edition_entries", sa.Column("shown_as", sa.Text, nullable=False, server_default="")
    )
