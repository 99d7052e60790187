"""The table of what readers say of stories."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UtcDateTime, metadata

# Whether a reader wants `more` like the story of an entry, or `less` from its feed, in a digest;
# `key` is that of recipients.
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column(
        "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
    ),
    sa.Column("vote", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("feedback_by_entry", "entry_id"),
    sa.CheckConstraint("vote IN ('more', 'less')", name="feedback_vote"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
