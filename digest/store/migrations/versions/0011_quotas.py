"""What feeds bring has a bound by day; entries know the size of their content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add columns; what is held keeps its title and its link."""
    for column in (
        sa.Column("quota_day", sa.Text, nullable=False, server_default=""),
        sa.Column("quota_entries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("quota_size", sa.Integer, nullable=False, server_default="0"),
        sa.Column("over_quota_at", sa.Text),
    ):
        op.add_column("feeds", column)
    op.add_column("entries", sa.Column("size", sa.Integer, nullable=False, server_default="0"))
    op.execute(
        "UPDATE entries SET content = '', excerpt = '', author = '', image = '', categories = ''"
        " WHERE hold != ''"
    )
    op.execute("UPDATE entries SET size = length(CAST(content AS BLOB)) WHERE content != ''")
    op.create_index(
        "entries_sized",
        "entries",
        ["first_seen_at", "feed_id", "size"],
        sqlite_where=sa.text("size > 0"),
    )
