"""Tables of digests, what they subscribe to, and their editions."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import (
    UtcDateTime,
    edition_id_column,
    feed_id_column,
    id_column,
    metadata,
)

# When a digest is due, as feeds.next_poll_at is when a feed is.
# What `last_result` begins with where an edition could not be made.
NOT_PUBLISHED = "not published"

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("next_edition_at", UtcDateTime, nullable=False),
    sa.Column("last_due_at", UtcDateTime),
    sa.Column("last_result", sa.Text),
    # Whether the configuration has it no more: it is not due, and its times wait for it.
    sa.Column("gone", sa.Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)

# A feed's entries up to `baseline` were there when the digest subscribed: of those, only the ones
# published at `since` or later are for it (none where `since` is null). Later ones all are.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    feed_id_column(primary_key=True),
    sa.Column("subscribed_at", UtcDateTime, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("baseline", sa.Integer, nullable=False),
    sqlite_strict=True,
)

editions = sa.Table(
    "editions",
    metadata,
    id_column(),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("scheduled_for", UtcDateTime, nullable=False),
    sa.Column("period_from", UtcDateTime, nullable=False),
    sa.Column("period_to", UtcDateTime, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    # What feeds call it, which never changes; of digest and due time, but for old ones.
    sa.Column("urn", sa.Text),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.UniqueConstraint("digest", "scheduled_for"),
    sqlite_strict=True,
)

edition_entries = sa.Table(
    "edition_entries",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    sa.Column(
        "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
    ),
    edition_id_column(),
    # `story`, `line` or `counted`; empty where an earlier version wrote the row.
    sa.Column("shown_as", sa.Text, nullable=False, server_default=""),
    # How many readers wanted more like it, and less from its feed, when it was taken.
    sa.Column("more", sa.Integer, nullable=False, server_default="0"),
    sa.Column("less", sa.Integer, nullable=False, server_default="0"),
    sa.Index("edition_entries_by_edition", "edition_id"),
    # What is forgotten is looked for here, by us and by the foreign key.
    sa.Index("edition_entries_by_entry", "entry_id"),
    sqlite_strict=True,
)

# What a digest's rules left out, and by which of them: no edition asks for it again.
passed_over = sa.Table(
    "passed_over",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    sa.Column(
        "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
    ),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("passed_over_by_entry", "entry_id"),
    sqlite_strict=True,
)

# What each channel sends, rendered once, so that every attempt sends the same bytes.
renditions = sa.Table(
    "renditions",
    metadata,
    edition_id_column(primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("part", sa.Integer, primary_key=True, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

# Which entries of an edition a channel is not given, and why, where it is not given all of them.
not_given = sa.Table(
    "not_given",
    metadata,
    edition_id_column(primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("why", sa.Text, primary_key=True, nullable=False),
    # Whether they are counted there, or not even that.
    sa.Column("counted", sa.Integer, nullable=False),
    # Their numbers, as a list in JSON: nothing asks for one without its edition.
    sa.Column("entries", sa.Text, nullable=False),
    sqlite_strict=True,
)

# The week of a digest that is on: it has the editions after `last_edition`.
weeks = sa.Table(
    "weeks",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    sa.Column("last_edition", sa.Integer, nullable=False),
    sqlite_strict=True,
)

# Who gets it as one edition, and not each; `key` is that of recipients.
weekly_readers = sa.Table(
    "weekly_readers",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, nullable=False),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
