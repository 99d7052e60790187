"""The tables. Times are UTC; feeds are keyed by address, never by a name that can be edited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

metadata = sa.MetaData()

# As an index has it: SQLite takes one only for the very same words.
IS_OPEN = "state IN ('pending', 'sending', 'retrying', 'unknown')"


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time as ISO 8601 text of fixed width, so that text order is time order."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else as_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        return None if value is None else datetime.fromisoformat(value)


class UntrustedText(sa.types.TypeDecorator[str]):
    """What others said: on one line, visible and cut; also what was stored before that held."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else clean_words(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else clean_words(value)


def as_text(at: datetime) -> str:
    """An aware time as the database has it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _feed_id(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "feed_id", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=primary_key, nullable=False
    )


def _edition_id(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "edition_id",
        sa.Integer,
        sa.ForeignKey("editions.id"),
        primary_key=primary_key,
        nullable=False,
    )


feeds = sa.Table(
    "feeds",
    metadata,
    _id(),
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
    sqlite_strict=True,
)

# `hold` is empty, `held` (came in a flood, the operator decides) or `discarded` (so decided).
# What is `listed` is in the last body that was read, and so was in the feed until the last poll
# that worked; of anything else, `last_seen_at` is when the feed last had it.
entries = sa.Table(
    "entries",
    metadata,
    _id(),
    _feed_id(),
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
    _feed_id(primary_key=True),
    sa.Column("mark", sa.Integer, primary_key=True, nullable=False),
    sa.Column("entry_id", sa.Integer, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# When a digest is due, as feeds.next_poll_at is when a feed is.
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
    _feed_id(primary_key=True),
    sa.Column("subscribed_at", UtcDateTime, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("baseline", sa.Integer, nullable=False),
    sqlite_strict=True,
)

editions = sa.Table(
    "editions",
    metadata,
    _id(),
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
    _edition_id(),
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
    _edition_id(primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("part", sa.Integer, primary_key=True, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    _edition_id(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("receipt", UntrustedText),
    sa.Column("last_error", UntrustedText),
    sa.Column("doubtful", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, server_default=""),
    # Whether a plainer form of the payload is to be sent, since the payload was refused.
    sa.Column("plainer", sa.Integer, nullable=False, server_default="0"),
    # When it was first put off by a server: after days of that it is given up.
    sa.Column("deferred_at", UtcDateTime),
    # Whether somebody has decided that nothing more is to happen.
    sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    # The delivery that this one repeats, where somebody has had an edition sent once more.
    sa.Column("of_id", sa.Integer, sa.ForeignKey("deliveries.id")),
    sa.CheckConstraint(
        "state IN ('pending', 'sending', 'sent', 'retrying', 'failed', 'unknown')",
        name="deliveries_state",
    ),
    # Each is planned once, and repeated by one other, which others may repeat in turn.
    sa.Index(
        "deliveries_once",
        *("edition_id", "channel", "recipient", "part"),
        sa.text("coalesce(of_id, 0)"),
        unique=True,
    ),
    sa.Index("deliveries_repeating", "of_id", sqlite_where=sa.text("of_id IS NOT NULL")),
    sa.Index("deliveries_by_state", "state"),
    sa.Index("deliveries_by_next_attempt", "next_attempt_at"),
    # What is open of a digest for a recipient goes out in order.
    sa.Index(
        "deliveries_open",
        "channel",
        "recipient",
        "digest",
        "id",
        sqlite_where=sa.text(IS_OPEN),
    ),
    sqlite_strict=True,
)

# Every change of a delivery's state, with what the server said; of an attempt, its Message-ID.
delivery_changes = sa.Table(
    "delivery_changes",
    metadata,
    _id(),
    sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("said", UntrustedText),
    sa.Column("message_id", sa.Text),
    sa.Index("delivery_changes_by_delivery", "delivery_id"),
    sqlite_strict=True,
)
# By the database, so that no change can go without.
NOTE_CHANGES = """
CREATE TRIGGER delivery_changed AFTER UPDATE OF state ON deliveries BEGIN
  INSERT INTO delivery_changes (delivery_id, at, state, attempt, said, message_id)
  VALUES (new.id, new.changed_at, new.state, new.attempts,
    CASE new.state WHEN 'sent' THEN new.receipt WHEN 'sending' THEN NULL ELSE new.last_error END,
    CASE new.state WHEN 'sending' THEN new.message_id END);
END
"""
sa.event.listen(delivery_changes, "after_create", sa.DDL(NOTE_CHANGES))  # type: ignore[no-untyped-call]

# Channels that take nothing from anybody now; `lasting`: until somebody mends them.
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("failing_since", UtcDateTime, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("lasting", sa.Integer, nullable=False),
    sa.Column("last_error", UntrustedText, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime, nullable=False),
    sqlite_strict=True,
)

# Who gets the editions of an email channel: those that are `listed` beside those of the file. A
# row of one whom the file names, or named, only says what became of it. `key` is the address as it
# is compared (digest.config.addresses.mail_key); `zone` and `send_at` (HH:MM) are its own, if any.
recipients = sa.Table(
    "recipients",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("listed", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", UntrustedText, nullable=False, server_default=""),
    # Of one that is paused; null: until it says otherwise.
    sa.Column("paused_until", UtcDateTime),
    sa.Column("zone", sa.Text),
    sa.Column("send_at", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    # `each` or `weekly`: what is wanted.
    sa.Column("frequency", sa.Text, nullable=False, server_default="each"),
    # The key that earlier versions made of the address, where it was another: their links have it.
    sa.Column("former", sa.Text),
    sa.Index("recipients_former", "former", sqlite_where=sa.text("former IS NOT NULL")),
    sa.CheckConstraint(
        "state IN ('active', 'paused', 'unsubscribed', 'bounced')", name="recipients_state"
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# The email channels that the configuration has, or had.
lists = sa.Table(
    "lists",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("gone", sa.Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)

# What a `channel` or a `digest` was called before it was moved: links of readers still say so.
moves = sa.Table(
    "moves",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, nullable=False),
    sa.Column("before", sa.Text, primary_key=True, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sqlite_strict=True,
)

# How often a mailbox (digest.config.addresses.untagged_key) was asked to confirm, and when last.
asks = sa.Table(
    "asks",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True, nullable=False),
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Index("asks_by_time", "asked_at"),
    sqlite_strict=True,
)

# How many mails were asked for since the hour began, of a domain, from a peer and in all.
ask_budgets = sa.Table(
    "ask_budgets",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sqlite_strict=True,
)

# Mailboxes that want never to be asked again.
never_asked = sa.Table(
    "never_asked",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sqlite_strict=True,
)

# Until when what an address was to confirm by is void, and what files say: it did, or was taken off
# the list since.
spent = sa.Table(
    "spent",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
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

# What links and sessions are signed with.
keys = sa.Table(
    "keys",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

# What needs a person: one open row per kind and subject (a feed's address, a channel's name, the
# database's path).
# `told_at` and `end_told_at` are when alerts of its beginning and of its end were made.
incidents = sa.Table(
    "incidents",
    metadata,
    _id(),
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
