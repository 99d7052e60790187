"""Table of feeds: what is known of each, and when it is polled next."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, id_column, metadata

feeds = sa.Table(
    "feeds",
    metadata,
    id_column(),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.Text),
    sa.Column("body_entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_poll_at", UtcDateTime, nullable=False),
    sa.Column("polled_at", UtcDateTime),
    sa.Column("succeeded_at", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("last_status", sa.Integer),
    sa.Column("last_error", UntrustedText),
    sa.Column("new_at", UtcDateTime),
    sa.Column("missed_at", UtcDateTime),
    sa.Column("gone_at", UtcDateTime),
    sa.Column("wishes", sa.Text, nullable=False, server_default="{}"),
    sa.Column("moved_to", sa.Text),
    sa.Column("moved_since", UtcDateTime),
    sa.Column("moved_answers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("answered_by", sa.Text),
    # What tells which entries of the next body are in the last one to the byte.
    sa.Column("entry_hashes", sa.LargeBinary),
    sa.Column("home", sa.Text, nullable=False, server_default=""),
    # What it brought on a day (digest.feeds.quota), and when that was more than is kept.
    sa.Column("quota_day", sa.Text, nullable=False, server_default=""),
    sa.Column("quota_entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("quota_size", sa.Integer, nullable=False, server_default="0"),
    sa.Column("over_quota_at", UtcDateTime),
    # By which reading of this program its last body was read (digest.feeds.rereading), and when
    # that was used first, if there was another before.
    sa.Column("reading", sa.Integer, nullable=False, server_default="1"),
    sa.Column("reread_at", UtcDateTime),
    # When it last gave an entry another guid that had been given another before.
    sa.Column("rotated_at", UtcDateTime),
    # When a whole body came last, and when the server refused to be asked for changes only.
    sa.Column("whole_at", UtcDateTime),
    sa.Column("refused_at", UtcDateTime),
    # What the settings of its source mean to the service: the id of the account that has a name.
    sa.Column("resolved", sa.Text, nullable=False, server_default=""),
    sqlite_strict=True,
)
