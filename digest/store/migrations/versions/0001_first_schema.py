"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "digests",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("next_edition_at", sa.Text, nullable=False),
        sa.Column("last_due_at", sa.Text),
        sa.Column("last_result", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("scheduled_for", sa.Text, nullable=False),
        sa.Column("period_from", sa.Text, nullable=False),
        sa.Column("period_to", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.UniqueConstraint("digest", "scheduled_for"),
        sqlite_strict=True,
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("body_entries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_poll_at", sa.Text, nullable=False),
        sa.Column("polled_at", sa.Text),
        sa.Column("succeeded_at", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", sa.Text),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("url"),
        sqlite_strict=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("edition_id", sa.Integer, sa.ForeignKey("editions.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", sa.Text),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("doubtful", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.UniqueConstraint("edition_id", "channel", "recipient", "part"),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retrying', 'failed', 'unknown')",
            name="deliveries_state",
        ),
        sqlite_strict=True,
    )
    op.create_index("deliveries_by_next_attempt", "deliveries", ["next_attempt_at"])
    op.create_index("deliveries_by_state", "deliveries", ["state"])
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed_id", sa.Integer, sa.ForeignKey("feeds.id"), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("published", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("first_seen_at", sa.Text, nullable=False),
        sa.Column("last_seen_at", sa.Text, nullable=False),
        sa.UniqueConstraint("feed_id", "key"),
        sqlite_strict=True,
    )
    op.create_table(
        "renditions",
        sa.Column(
            "edition_id", sa.Integer, sa.ForeignKey("editions.id"), primary_key=True, nullable=False
        ),
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("part", sa.Integer, primary_key=True, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "subscriptions",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column(
            "feed_id", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=True, nullable=False
        ),
        sa.Column("subscribed_at", sa.Text, nullable=False),
        sa.Column("since", sa.Text),
        sa.Column("baseline", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "edition_entries",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column(
            "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
        ),
        sa.Column("edition_id", sa.Integer, sa.ForeignKey("editions.id"), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("edition_entries_by_edition", "edition_entries", ["edition_id"])
