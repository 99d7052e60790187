"""Table of the last good answers that blocks of editions are made of."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UtcDateTime, metadata

# `key` is a hash of what was asked and for whom; `facts` is JSON.
block_answers = sa.Table(
    "block_answers",
    metadata,
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("answered_at", UtcDateTime, nullable=False),
    sqlite_strict=True,
)
