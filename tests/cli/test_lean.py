"""Commands import only what they need: a start is mostly imports, and so is idle memory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import limits
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONFIG = """\
feeds: ["https://feeds.invalid/1"]
smtp: {host: 127.0.0.1, security: none, from: "Weekly <digest@sender.example>"}
channels:
  inbox: {kind: email, to: [ada@one.example]}
  team: {kind: slack, webhook_url: "https://hooks.example/T0/B0/x"}
digests:
  weekly: {schedule: every monday at 09:00, send_to: [inbox, team]}
"""
# English needs no Babel; workers parse; the database is made without
# migrations; tables and bars are for terminals.
NEVER = {
    *("aiosmtpd", "alembic", "babel", "feedparser", "lxml", "mako", "multiprocessing", "rich"),
    *("sqlalchemy.dialects.postgresql", "sqlalchemy.orm"),
    # Kinds that no file here names.
    *("digest.config.channels.discord", "digest.config.sources.hackernews"),
    # Nor does any ask for summaries.
    *(
        "digest.summaries",
        "digest.jobs.summaries",
        "digest.jobs.models",
        "digest.jobs.model_client",
    ),
    *("digest.jobs.draft_summaries", "digest.jobs.draft_topics", "digest.store.model_answers"),
    *("digest.app.summary_trial", "digest.checks.models"),
}
SENDING = {"aiosmtplib", "apscheduler", "css_inline", "jinja2", "re2", "regex", "slack_sdk"}
FETCHING = {"aiohttp", "nh3"}
READING = {
    *("digest.feeds.parsing.fast", "digest.feeds.parsing.tolerant"),
    "digest.workers.processes",
}
UNPUBLISHED = {"aiohttp.web", "digest.jobs.publish", "digest.rendering.clean"}
SETTINGS = {"pydantic", "yaml"}
STORE = {"asyncio", "sqlalchemy", "sqlite3"}


def imported(folder: Path, *arguments: str) -> set[str]:
    """Every module that `digest` with these arguments imports."""
    (folder / "config.yaml").write_text(CONFIG, "utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "digest", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=limits.seconds(60),
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--version"], NEVER | SENDING | FETCHING | SETTINGS | STORE),
        (["--help"], NEVER | SENDING | FETCHING | SETTINGS | STORE),
        (["--json", "feeds", "list"], NEVER | SENDING | FETCHING - {"nh3"}),
        (["--json", "status"], NEVER | SENDING | FETCHING),
        (["--json", "poll"], NEVER | SENDING | READING | UNPUBLISHED),
        (["run", "--once"], NEVER | SENDING | {"difflib", "nh3"} | READING),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_only_what_it_needs(
    tmp_path: Path, arguments: Sequence[str], unneeded: set[str]
) -> None:
    modules = imported(tmp_path, *arguments)

    assert "digest.cli" in modules
    assert not modules & unneeded
