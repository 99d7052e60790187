"""Table of hosts that allow no more requests, or have refused the last."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UtcDateTime, metadata

# `refusals` are those in a row; a host that answers as usual has no row.
host_backoffs = sa.Table(
    "host_backoffs",
    metadata,
    sa.Column("host", sa.Text, primary_key=True, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("refusals", sa.Integer, nullable=False),
    sqlite_strict=True,
)
