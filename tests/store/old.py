"""A database as an earlier revision left it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from digest.store import migrations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digest.model import ParsedEntry

STAMP = "2026-11-15T09:00:00.000000Z"
STATES = ("pending", "sending", "sent", "retrying", "failed", "unknown")


def old_key(entry: ParsedEntry) -> str:
    """The key that 0001 gave an entry whose guid, or else link, nobody else had."""
    if entry.guid:
        return f"guid:{_folded(entry.guid)}"
    if entry.link:
        return f"link:{_folded(entry.link)}"
    said = f"{entry.title}\0{entry.html}"
    return f"hash:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _folded(guid: str) -> str:
    scheme, separator, rest = guid.partition("://")
    if not separator or scheme.lower() not in {"http", "https"}:
        return guid
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def bring_to(path: Path, revision: str) -> None:
    """Migrate a database, or an empty file, to a revision and no further."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(migrations.__path__[0]))
        command.upgrade(config, revision)
    engine.dispose()


def make_old_database(path: Path, url: str, entries: Sequence[ParsedEntry]) -> None:
    """One feed with these entries, the last of them the newest, read by a digest `weekly`."""
    bring_to(path, "0001")
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO feeds (id, url, title, etag, last_modified, body_hash, body_entries,"
                " next_poll_at, polled_at, succeeded_at) VALUES (1, :url, 'A feed', '\"old\"',"
                " 'Sun, 15 Nov 2026 09:00:00 GMT', 'hash', :entries, :at, :at, :at)"
            ),
            {"url": url, "entries": len(entries), "at": STAMP},
        )
        connection.execute(
            sa.text("INSERT INTO subscriptions VALUES ('weekly', 1, :at, NULL, 0)"), {"at": STAMP}
        )
        rows = [
            {
                "key": old_key(entry),
                "title": entry.title,
                "link": entry.link,
                "published": entry.published and f"{entry.published:%Y-%m-%dT%H:%M:%S.%fZ}",
                "content": entry.html,
                "at": STAMP,
            }
            for entry in entries
        ]
        connection.execute(
            sa.text(
                "INSERT INTO entries (feed_id, key, fingerprint, title, link, author, published,"
                " content, excerpt, words, first_seen_at, last_seen_at) VALUES (1, :key, 'f',"
                " :title, :link, '', :published, :content, '', 1, :at, :at)"
            ),
            rows,
        )
    engine.dispose()


def add_deliveries(path: Path) -> None:
    """An edition of `weekly` and one of `daily`, with a delivery of every state between them."""
    said = {"sent": "'250 ok', NULL", "failed": "NULL, 'no such user'"}
    with closing(sqlite3.connect(path)) as connection, connection:
        # As every version has it, and keeps it.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executemany(
            "INSERT INTO editions VALUES (?, ?, ?, ?, ?, 'A subject', '{}')",
            [(1, "weekly", STAMP, STAMP, STAMP), (2, "daily", STAMP, STAMP, STAMP)],
        )
        for number, state in enumerate(STATES):
            connection.execute(
                "INSERT INTO deliveries (id, edition_id, channel, recipient, part, state, attempts,"
                " message_id, created_at, changed_at, receipt, last_error) VALUES"
                f" (?, ?, 'inbox', 'ada@example.com', ?, ?, ?, 'id', ?, ?, "
                f"{said.get(state, 'NULL, NULL')})",
                (number + 1, number % 2 + 1, number + 1, state, number, STAMP, STAMP),
            )
