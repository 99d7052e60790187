"""Deliveries know their digest and note each change; channels rest; incidents are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NOTE_CHANGES = """
CREATE TRIGGER delivery_changed AFTER UPDATE OF state ON deliveries BEGIN
  INSERT INTO delivery_changes (delivery_id, at, state, attempt, said)
  VALUES (new.id, new.changed_at, new.state, new.attempts,
    CASE new.state WHEN 'sent' THEN new.receipt WHEN 'sending' THEN NULL ELSE new.last_error END);
END
"""


def upgrade() -> None:
    """Add columns and tables; what became of deliveries so far is their first change."""
    for column in (
        sa.Column("digest", sa.Text, nullable=False, server_default=""),
        sa.Column("plainer", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deferred_at", sa.Text),
        sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("deliveries", column)
    op.execute(
        "UPDATE deliveries SET digest ="
        " (SELECT digest FROM editions WHERE editions.id = deliveries.edition_id)"
    )
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["channel", "recipient", "digest", "id"],
        sqlite_where=sa.text("state IN ('pending', 'sending', 'retrying', 'unknown')"),
    )
    op.create_table(
        "delivery_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("said", sa.Text),
        sqlite_strict=True,
    )
    op.create_index("delivery_changes_by_delivery", "delivery_changes", ["delivery_id"])
    op.execute(
        "INSERT INTO delivery_changes (delivery_id, at, state, attempt, said)"
        " SELECT id, changed_at, state, attempts, coalesce(receipt, last_error) FROM deliveries"
        " WHERE state != 'pending'"
    )
    op.execute(_NOTE_CHANGES)
    op.create_table(
        "channels",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("failing_since", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("lasting", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("next_attempt_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    for name in ("told_at", "end_told_at"):
        op.add_column("incidents", sa.Column(name, sa.Text))
