"""What channels and digests were called before, who was asked to subscribe, and domains of 2008."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

import idna
import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_LEFT = ("unsubscribed", "bounced")
_KNOWN_LISTS = """
INSERT INTO lists (name)
SELECT DISTINCT channel FROM renditions WHERE kind = 'email'
UNION SELECT channel FROM recipients
"""


def upgrade() -> None:
    """Nothing was renamed and nobody was asked; addresses are compared anew."""
    op.add_column("digests", sa.Column("gone", sa.Integer, nullable=False, server_default="0"))
    op.add_column("recipients", sa.Column("former", sa.Text))
    op.create_index(
        "recipients_former", "recipients", ["former"], sqlite_where=sa.text("former IS NOT NULL")
    )
    op.create_table(
        "lists",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("gone", sa.Integer, nullable=False, server_default="0"),
        sqlite_strict=True,
    )
    op.create_table(
        "moves",
        sa.Column("kind", sa.Text, primary_key=True, nullable=False),
        sa.Column("before", sa.Text, primary_key=True, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "asks",
        sa.Column("mailbox", sa.Text, primary_key=True, nullable=False),
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Index("asks_by_time", "asked_at"),
        sqlite_strict=True,
    )
    op.create_table(
        "ask_budgets",
        sa.Column("subject", sa.Text, primary_key=True, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "never_asked",
        sa.Column("mailbox", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "spent",
        sa.Column("channel", sa.Text, primary_key=True, nullable=False),
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.execute(_KNOWN_LISTS)
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT * FROM recipients")).mappings().all():
        if (key := _key(row["address"])) != row["key"]:
            _compare_anew(connection, dict(row), key)


def _compare_anew(connection: sa.Connection, row: dict[str, Any], key: str) -> None:
    """Give a row its key of now; who left stays away under both, since its mail went to the old."""
    which = {"channel": row["channel"], "before": row["key"], "key": key}
    left = row["state"] in _LEFT
    # As far as the domain made it another: that is where the mail went.
    former = row["key"] if row["key"].rpartition("@")[2] != key.rpartition("@")[2] else None
    there = connection.execute(
        sa.text("SELECT state FROM recipients WHERE channel = :channel AND key = :key"), which
    ).scalar()
    if there is not None:
        # The same mailbox, written in two ways.
        if left and there not in _LEFT:
            _delete(connection, row["channel"], key)
            there = None
        else:
            _delete(connection, row["channel"], row["key"])
    if there is None:
        connection.execute(
            sa.text(
                "UPDATE recipients SET key = :key, former = :former"
                " WHERE channel = :channel AND key = :before"
            ),
            {**which, "former": former},
        )
    connection.execute(
        sa.text(
            "UPDATE OR REPLACE weekly_readers SET key = :key"
            " WHERE channel = :channel AND key = :before"
        ),
        which,
    )
    if left and former:
        kept = {**row, "address": row["key"], "listed": 0}
        columns = ", ".join(kept)
        values = ", ".join(f":{name}" for name in kept)
        connection.execute(
            sa.text(f"INSERT OR IGNORE INTO recipients ({columns}) VALUES ({values})"),  # noqa: S608
            kept,
        )


def _delete(connection: sa.Connection, channel: str, key: str) -> None:
    connection.execute(
        sa.text("DELETE FROM recipients WHERE channel = :channel AND key = :key"),
        {"channel": channel, "key": key},
    )


def _key(address: str) -> str:
    """As addresses are compared from now on."""
    local, at, domain = address.rpartition("@")
    if not at:
        return address.lower()
    content = re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local
    content = normalize("NFC", content).lower()
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]+", content):
        content = '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return address.lower()
    return f"{content}@{domain.lower().removesuffix('.')}"
