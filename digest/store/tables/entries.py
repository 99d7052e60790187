"""Tables of entries, and of the aliases that find them."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UtcDateTime, feed_id_column, id_column, metadata

# `hold` is empty, `held` (came in a flood, the operator decides) or `discarded` (so decided).
# What is `listed` is in the last body that was read, and so was in the feed until the last poll
# that worked; of anything else, `last_seen_at` is when the feed last had it.
entries = sa.Table(
    "entries",
    metadata,
    id_column(),
    feed_id_column(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("published", UtcDateTime),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
    sa.Column("edited_at", UtcDateTime),
    sa.Column("resend_at", UtcDateTime),
    sa.Column("hold", sa.Text, nullable=False, server_default=""),
    sa.Column("image", sa.Text, nullable=False, server_default=""),
    sa.Column("seconds", sa.Integer),
    sa.Column("listed", sa.Integer, nullable=False, server_default="0"),
    # What the feed files it under, a line each.
    sa.Column("categories", sa.Text, nullable=False, server_default=""),
    # The bytes of the content.
    sa.Column("size", sa.Integer, nullable=False, server_default="0"),
    # A list of `digest.model.Fact` as JSON, or nothing; and where people talk about the entry.
    sa.Column("facts", sa.Text, nullable=False, server_default=""),
    sa.Column("discussion", sa.Text, nullable=False, server_default=""),
    # Whether its recording is to be watched.
    sa.Column("video", sa.Integer, nullable=False, server_default="0"),
    # Since when its source has it no more, where it was asked.
    sa.Column("gone_at", UtcDateTime),
    sa.UniqueConstraint("feed_id", "key"),
    # What may be dropped, and how much feeds have, without a look at the content.
    sa.Index(
        "entries_sized",
        *("first_seen_at", "feed_id", "size"),
        sqlite_where=sa.text("size > 0"),
    ),
    sa.Index(
        "entries_listed",
        "feed_id",
        sqlite_where=sa.text("listed = 1"),
    ),
    sa.Index(
        "entries_unlisted",
        "feed_id",
        "last_seen_at",
        sqlite_where=sa.text("listed = 0"),
    ),
    # Almost none are held, and every edition asks.
    sa.Index(
        "entries_held",
        "feed_id",
        sqlite_where=sa.text("hold = 'held'"),
    ),
    sqlite_strict=True,
)

# The aliases: what each entry was ever called in its feed (digest.feeds.aliases), a line each.
entry_names = sa.Table(
    "entry_names",
    metadata,
    sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("names", sa.Text, nullable=False),
    sqlite_strict=True,
)

# What finds entries by their names (digest.store.aliases). Rows are small, so that those of a feed
# with a long history are on few pages; an index by entry, which a foreign key needs, is not worth
# its own.
entry_marks = sa.Table(
    "entry_marks",
    metadata,
    feed_id_column(primary_key=True),
    sa.Column("mark", sa.Integer, primary_key=True, nullable=False),
    sa.Column("entry_id", sa.Integer, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
