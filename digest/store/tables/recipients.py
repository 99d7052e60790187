"""Tables of recipients, of mails that ask them to confirm, and of lists that were renamed."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, metadata

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
