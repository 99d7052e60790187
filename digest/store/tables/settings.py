"""Table of the settings that were last taken over, without their secrets."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UtcDateTime, metadata

# At most one row: `file` is where they were read, `since` when they became what they are.
last_settings = sa.Table(
    "last_settings",
    metadata,
    sa.Column("file", sa.Text, primary_key=True, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sqlite_strict=True,
)
