"""Tables of articles that were fetched from their pages, and of what robots.txt allows there."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, metadata

# An entry whose page was asked for: `reason` is why its text is still the feed's, empty where it is
# the page's; it is asked for once more at `again_at`, if there is one.
full_texts = sa.Table(
    "full_texts",
    metadata,
    sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("reason", UntrustedText, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("again_at", UtcDateTime),
    sqlite_strict=True,
)

# The rules for this program at an origin (digest.feeds.http.robots), a line each.
robots = sa.Table(
    "robots",
    metadata,
    sa.Column("origin", sa.Text, primary_key=True, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sqlite_strict=True,
)
