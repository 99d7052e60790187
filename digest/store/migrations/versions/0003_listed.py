"""Entries know whether the last body listed them; feeds remember that body by hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Mark the entries of each feed's last body, and index by that."""
    op.add_column("feeds", sa.Column("entry_hashes", sa.LargeBinary))
    op.add_column("entries", sa.Column("listed", sa.Integer, nullable=False, server_default="0"))
    op.drop_index("entries_by_last_seen", "entries")
    op.execute(
        "UPDATE entries SET listed = 1 WHERE last_seen_at ="
        " (SELECT read_at FROM feeds WHERE feeds.id = entries.feed_id)"
    )
    op.drop_column("feeds", "read_at")
    for name, columns, condition in (
        ("entries_listed", ["feed_id"], sa.text("listed = 1")),
        ("entries_unlisted", ["feed_id", "last_seen_at"], sa.text("listed = 0")),
    ):
        op.create_index(name, "entries", columns, sqlite_where=condition)
