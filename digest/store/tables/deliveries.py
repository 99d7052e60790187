"""Tables of the ledger: deliveries, each change of them, and channels that are backing off."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import (
    UntrustedText,
    UtcDateTime,
    edition_id_column,
    id_column,
    metadata,
)

# As an index has it: SQLite takes one only for the very same words.
IS_OPEN = "state IN ('pending', 'sending', 'retrying', 'unknown')"

deliveries = sa.Table(
    "deliveries",
    metadata,
    id_column(),
    edition_id_column(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("receipt", UntrustedText),
    sa.Column("last_error", UntrustedText),
    sa.Column("doubtful", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, server_default=""),
    # Whether a plainer form of the payload is to be sent, since the payload was refused.
    sa.Column("plainer", sa.Integer, nullable=False, server_default="0"),
    # When it was first put off by a server: after days of that it is given up.
    sa.Column("deferred_at", UtcDateTime),
    # Whether somebody has decided that nothing more is to happen.
    sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    # The delivery that this one repeats, where somebody has had an edition sent once more.
    sa.Column("of_id", sa.Integer, sa.ForeignKey("deliveries.id")),
    sa.CheckConstraint(
        "state IN ('pending', 'sending', 'sent', 'retrying', 'failed', 'unknown')",
        name="deliveries_state",
    ),
    # Each is planned once, and repeated by one other, which others may repeat in turn.
    sa.Index(
        "deliveries_once",
        *("edition_id", "channel", "recipient", "part"),
        sa.text("coalesce(of_id, 0)"),
        unique=True,
    ),
    sa.Index("deliveries_repeating", "of_id", sqlite_where=sa.text("of_id IS NOT NULL")),
    sa.Index("deliveries_by_state", "state"),
    sa.Index("deliveries_by_next_attempt", "next_attempt_at"),
    # What is open of a digest for a recipient goes out in order.
    sa.Index(
        "deliveries_open",
        "channel",
        "recipient",
        "digest",
        "id",
        sqlite_where=sa.text(IS_OPEN),
    ),
    sqlite_strict=True,
)

# Every change of a delivery's state, with what the server said; of an attempt, its Message-ID.
delivery_changes = sa.Table(
    "delivery_changes",
    metadata,
    id_column(),
    sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("said", UntrustedText),
    sa.Column("message_id", sa.Text),
    sa.Index("delivery_changes_by_delivery", "delivery_id"),
    sqlite_strict=True,
)
# By the database, so that no change can go without.
_NOTE_CHANGES = """
CREATE TRIGGER delivery_changed AFTER UPDATE OF state ON deliveries BEGIN
  INSERT INTO delivery_changes (delivery_id, at, state, attempt, said, message_id)
  VALUES (new.id, new.changed_at, new.state, new.attempts,
    CASE new.state WHEN 'sent' THEN new.receipt WHEN 'sending' THEN NULL ELSE new.last_error END,
    CASE new.state WHEN 'sending' THEN new.message_id END);
END
"""
sa.event.listen(delivery_changes, "after_create", sa.DDL(_NOTE_CHANGES))  # type: ignore[no-untyped-call]

# Channels that take nothing from anybody now; `lasting`: until somebody mends them.
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("failing_since", UtcDateTime, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("lasting", sa.Integer, nullable=False),
    sa.Column("last_error", UntrustedText, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime, nullable=False),
    sqlite_strict=True,
)
