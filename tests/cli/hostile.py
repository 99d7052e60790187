"""Text that acts on who reads it, and a project in which everything that others write is such."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.store import tables
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

# Colours, a title of the window, a link that leads elsewhere, a cleared screen, C1, bells, a line
# of somebody else's, what turns the text around it, markup of rich, NUL and DEL.
MARK = "\x1b[5;7;36m"
HOSTILE = (
    f"{MARK}\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\\x1b[2J\x9b31m\x90q\x9c"
    "\x07\x08\x7f\r\n! all is well\x85\u2028\u202etxt\u2066\u200f\u061c\ufeff"
    "[bold red][link=http://evil.example]x[/link] :skull: \x00"
)
# As much of it as the mail server of the tests can say.
REPLY = "".join(c for c in HOSTILE.replace("\r\n", " ") if c.isascii() and c != "\0")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
# How rich colours, hides the cursor and goes back to draw a bar anew, and nothing else.
_OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|\?1049[lh]|H|2K|[0-9]*A)|\r(?=\n|\x1b\[2K)|\r+")

# The columns that no other person or program writes into.
OUR_WORDS = {
    *("digests.name", "digests.schedule", "digests.last_result"),
    *("subscriptions.digest", "editions.digest", "edition_entries.digest", "passed_over.digest"),
    *("weeks.digest", "weekly_readers.digest", "weekly_readers.channel", "weekly_readers.key"),
    *("deliveries.channel", "deliveries.digest", "deliveries.state", "delivery_changes.state"),
    *("renditions.channel", "renditions.kind", "channels.name", "recipients.channel"),
    *("recipients.state", "recipients.frequency", "recipients.zone", "recipients.send_at"),
    *("incidents.kind", "keys.purpose", "entries.hold", "passed_over.rule"),
    # The addresses of the configured feeds, and what tells bodies and entries apart.
    *("feeds.url", "feeds.body_hash", "entries.fingerprint"),
}
# JSON, in whose strings it is planted.
_DOCUMENTS = {"feeds.wishes", "editions.snapshot", "entries.facts"}


# Where nothing was measured.
_FACT = {"name": f"rank {HOSTILE}", "value": 3, "unit": HOSTILE}


def planted(project: Project) -> Project:
    """The project with hostile text in every column that others write into."""
    with sqlite3.connect(project.folder / "data/digest.db") as database:
        plant(database)
    database.close()
    return project


def plant(database: sqlite3.Connection) -> None:
    """Put hostile text into every column that others write into."""
    for table in tables.metadata.tables.values():
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, sa.Text | tables.UntrustedText) and name not in OUR_WORDS:
                _plant(database, table.name, column.name, document=name in _DOCUMENTS)


def _plant(database: sqlite3.Connection, table: str, column: str, *, document: bool) -> None:
    if not document:
        database.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || ?", (HOSTILE,))
        return
    for row, value in database.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
        made = json.dumps(_worse(json.loads(value)) if value else [_FACT])
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (made, row))


def _worse(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _worse(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_worse(one, key) for one in value]
    texts = {"title", "subject", "excerpt", "author", "feed", "notes"}
    return f"{value}{HOSTILE}" if isinstance(value, str) and key in texts else value


def hostile_servers(project: Project) -> None:
    """Have every server answer with it from now on."""
    entries = [
        {"id": f"{n}", "title": f"{n} {HOSTILE}", "url": f"https://site.example/{n}"}
        for n in range(3)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"A feed {HOSTILE}",
        "items": [{**entry, "content_text": HOSTILE} for entry in entries],
    }
    project.feeds.replies |= {
        "/journal.xml": Reply(json.dumps(feed)),
        "/extra.xml": Reply(json.dumps(feed)),
        "/news.xml": Reply(HOSTILE, 500),
        "/releases.xml": Reply(HOSTILE, 200),
    }
    project.mail.refuse_recipient = lambda to: f"550 {REPLY}" if "grace" in to else None
    project.slack.replies["/services/T0/B0/s3cret"] = Reply(HOSTILE, 404)


def hostile_acts(shown: str) -> list[str]:
    """What of a terminal's bytes would act on it and is not the commands' own drawing."""
    acts = [MARK] if MARK in shown else []
    return [*acts, *_FORBIDDEN.findall(_OURS.sub("", shown))]
