"""What is sent once more is a delivery of its own; each attempt keeps its Message-ID."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_DELIVERIES = """
INSERT INTO deliveries_new (id, edition_id, channel, recipient, part, state, attempts,
  next_attempt_at, message_id, receipt, last_error, doubtful, created_at, changed_at, digest,
  plainer, deferred_at, dropped)
SELECT id, edition_id, channel, recipient, part, state, attempts,
  next_attempt_at, message_id, receipt, last_error, doubtful, created_at, changed_at, digest,
  plainer, deferred_at, dropped
FROM deliveries ORDER BY id
"""
# Which of its Message-IDs an attempt had is not known where an edition was sent once more.
_CHANGES = """
INSERT INTO changes_new (id, delivery_id, at, state, attempt, said, message_id)
SELECT changes.id, delivery_id, at, changes.state, attempt, said,
  CASE WHEN changes.state = 'sending' AND message_id NOT LIKE '%.again%@%' THEN message_id END
FROM delivery_changes AS changes JOIN deliveries ON deliveries.id = delivery_id
ORDER BY changes.id
"""
_NOTE_CHANGES = """
CREATE TRIGGER delivery_changed AFTER UPDATE OF state ON deliveries BEGIN
  INSERT INTO delivery_changes (delivery_id, at, state, attempt, said, message_id)
  VALUES (new.id, new.changed_at, new.state, new.attempts,
    CASE new.state WHEN 'sent' THEN new.receipt WHEN 'sending' THEN NULL ELSE new.last_error END,
    CASE new.state WHEN 'sending' THEN new.message_id END);
END
"""
_OPEN = "state IN ('pending', 'sending', 'retrying', 'unknown')"


def upgrade() -> None:
    """Make both tables anew: SQLite takes no constraint away, and minds what refers to a table."""
    _make_tables()
    op.execute(_DELIVERIES)
    op.execute(_CHANGES)
    for name in ("delivery_changes", "deliveries"):
        op.drop_table(name)
    op.rename_table("deliveries_new", "deliveries")
    op.rename_table("changes_new", "delivery_changes")
    _make_indexes()
    op.execute(_NOTE_CHANGES)


def _make_tables() -> None:
    op.create_table(
        "deliveries_new",
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
        sa.Column("digest", sa.Text, nullable=False, server_default=""),
        sa.Column("plainer", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deferred_at", sa.Text),
        sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
        sa.Column("of_id", sa.Integer, sa.ForeignKey("deliveries_new.id")),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retrying', 'failed', 'unknown')",
            name="deliveries_state",
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "changes_new",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries_new.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("message_id", sa.Text),
        sqlite_strict=True,
    )


def _make_indexes() -> None:
    planned = ("edition_id", "channel", "recipient", "part")
    op.create_index(
        "deliveries_once", "deliveries", [*planned, sa.text("coalesce(of_id, 0)")], unique=True
    )
    op.create_index(
        "deliveries_repeating", "deliveries", ["of_id"], sqlite_where=sa.text("of_id IS NOT NULL")
    )
    op.create_index("deliveries_by_state", "deliveries", ["state"])
    op.create_index("deliveries_by_next_attempt", "deliveries", ["next_attempt_at"])
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["channel", "recipient", "digest", "id"],
        sqlite_where=sa.text(_OPEN),
    )
    op.create_index("delivery_changes_by_delivery", "delivery_changes", ["delivery_id"])
