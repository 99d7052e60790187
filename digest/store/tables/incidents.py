"""Table of incidents: what needs a person."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, id_column, metadata

# What needs a person: one open row per kind and subject (the address of a feed, a host, a channel,
# the database's path).
# `told_at` and `end_told_at` are when alerts of its beginning and of its end were made.
incidents = sa.Table(
    "incidents",
    metadata,
    id_column(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("message", UntrustedText, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("told_at", UtcDateTime),
    sa.Column("end_told_at", UtcDateTime),
    sa.Index(
        "incidents_open",
        "kind",
        "subject",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
    ),
    sqlite_strict=True,
)
