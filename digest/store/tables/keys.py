"""Table of the keys that links and sessions are signed with."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import metadata

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)
