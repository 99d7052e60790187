"""Entries go by several names; feeds have wishes, moves and an end; floods and incidents."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUL = "\0"
_WEB = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def upgrade() -> None:
    """Add columns and tables, and name the entries that are there by their keys and links."""
    for column in (
        sa.Column("read_at", sa.Text),
        sa.Column("new_at", sa.Text),
        sa.Column("missed_at", sa.Text),
        sa.Column("gone_at", sa.Text),
        sa.Column("wishes", sa.Text, nullable=False, server_default="{}"),
        sa.Column("moved_to", sa.Text),
        sa.Column("moved_since", sa.Text),
        sa.Column("moved_answers", sa.Integer, nullable=False, server_default="0"),
        sa.Column("answered_by", sa.Text),
    ):
        op.add_column("feeds", column)
    for column in (
        sa.Column("edited_at", sa.Text),
        sa.Column("resend_at", sa.Text),
        sa.Column("hold", sa.Text, nullable=False, server_default=""),
        sa.Column("image", sa.Text, nullable=False, server_default=""),
        sa.Column("seconds", sa.Integer),
    ):
        op.add_column("entries", column)
    op.create_index("entries_by_last_seen", "entries", ["feed_id", "last_seen_at"])
    held = sa.text("hold = 'held'")
    op.create_index(
        "entries_held", "entries", ["feed_id"], sqlite_where=held, postgresql_where=held
    )
    op.create_index("edition_entries_by_entry", "edition_entries", ["entry_id"])
    names = op.create_table(
        "entry_names",
        sa.Column(
            "feed_id", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=True, nullable=False
        ),
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column(
            "entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, nullable=False
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("entry_names_by_entry", "entry_names", ["entry_id"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("closed_at", sa.Text),
        sqlite_strict=True,
    )
    op.create_index(
        "incidents_open",
        "incidents",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _fill(names)


def _fill(names: sa.Table) -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE feeds SET read_at = (SELECT max(last_seen_at) FROM entries"
            " WHERE entries.feed_id = feeds.id), new_at = (SELECT max(first_seen_at)"
            " FROM entries WHERE entries.feed_id = feeds.id)"
        )
    )
    # An empty body counted as the last one, which it does not any more.
    connection.execute(
        sa.text(
            "UPDATE feeds SET body_entries = (SELECT count(*) FROM entries"
            " WHERE entries.feed_id = feeds.id AND last_seen_at = feeds.read_at)"
            " WHERE read_at IS NOT NULL"
        )
    )
    # The next answer is read whole, so that every entry in it gets the rest of its names; what it
    # said is hashed otherwise now, so that nobody can tell whether that changed.
    connection.execute(
        sa.text("UPDATE feeds SET etag = NULL, last_modified = NULL, body_hash = NULL")
    )
    connection.execute(sa.text("UPDATE entries SET fingerprint = ''"))
    entries = connection.execute(
        sa.text("SELECT id, feed_id, key, link, title, published FROM entries")
    )
    rows = {
        (entry.feed_id, name, entry.id)
        for entry in entries.all()
        for name in (
            *_names(entry.key, entry.link),
            *_dated_names(entry.title, entry.published),
        )
    }
    if rows:
        keys = ("feed_id", "name", "entry_id")
        connection.execute(sa.insert(names), [dict(zip(keys, row, strict=True)) for row in rows])


def _names(key: str, link: str) -> set[str]:
    """What an entry goes by of which 0001 kept the folded guid, link or content, and the link."""
    kind, _, value = key.partition(":")
    if kind == "hash":
        return {f"text:{value[:24]}", *_link_names(link)}
    return {f"{kind}:{_digest(value)}", *_link_names(link)}


def _dated_names(title: str, published: str | None) -> set[str]:
    if not title or not published:
        return set()
    at = datetime.fromisoformat(published)
    return {f"dated:{_digest(f'{title}{_NUL}{at}')}"}


def _link_names(link: str) -> set[str]:
    match = _WEB.fullmatch(link)
    folded = f"{match[1].lower()}{match[2]}".rstrip("/") if match else link
    return {f"link:{_digest(form)}" for form in (link, folded) if form}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
