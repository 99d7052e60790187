"""Tables of who may ask a bot, how far what was asked is heard, and what somebody has paused."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, id_column, metadata

# A person that wrote to a bot (digest.config.channels.base.ChannelSettings.bot). Until it is
# confirmed there is the hash of a code, and how often a wrong one was given meanwhile.
pairings = sa.Table(
    "pairings",
    metadata,
    id_column(),
    sa.Column("bot", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("name", UntrustedText, nullable=False),
    sa.Column("code_hash", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("asked_at", UtcDateTime),
    sa.Index("pairings_once", "bot", "person", unique=True),
    sqlite_strict=True,
)

# The number of the last message to a bot that is not to be heard again, and when it came.
heard = sa.Table(
    "heard",
    metadata,
    sa.Column("bot", sa.Text, primary_key=True, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sqlite_strict=True,
)

# Channels whose deliveries wait, since a paired person wants it so; with the pairing it is over.
pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("pairing_id", sa.Integer, sa.ForeignKey("pairings.id"), nullable=False),
    sqlite_strict=True,
)
